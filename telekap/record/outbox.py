"""What must be said to whom, as rows of the same transaction as the fact that made it necessary.

Handing a row over may happen twice after a crash, never not at all; the screen drops a repeat by the row's id.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from telekap.care.instant import MINUTE, SECOND, Instant
from telekap.care.notices import Notice
from telekap.record.crypto import vault_of
from telekap.record.tables import outbox

SCREEN: Final = "screen"
WAITING: Final = "waiting"
DELIVERED: Final = "delivered"
FAILED: Final = "failed"

FIRST_WAIT: Final = SECOND
LONGEST_WAIT: Final = 2 * SECOND
"""Real ms between tries. A page that comes back is an occasion of its own and waits for none of them; this is the net
under it, within the five seconds that an alarm may be late.
"""
GIVEN_UP: Final = 5 * MINUTE
"""Clinic ms after which a notice nobody could take is marked failed. The ladder does not wait for it: it hops."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One thing to say to one person. ``text`` holds no health words."""

    id: int
    session: str
    person: str
    kind: str
    subject: str
    text: str
    at_utc: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Told:
    """What follows from the facts of one session up to ``version``. ``key_id``: whose data key seals its stream."""

    session: str
    version: int
    key_id: str
    notices: Sequence[Notice]


def put_all(conn: sa.Connection, at: Instant, told: Iterable[Told]) -> None:
    """Write what must be said."""
    vault = vault_of(conn)
    rows = [
        {
            "session": one.session,
            "version": one.version,
            "place": place,
            "channel": SCREEN,
            "person": notice.to,
            "kind": notice.kind,
            "subject": notice.subject,
            "text": vault.seal(conn, one.key_id, _place(one.session, one.version, place), notice.text.encode()),
            "at_utc": at.utc,
            "state": WAITING,
            "attempts": 0,
            "next_real": 0,
        }
        for one in told
        for place, notice in enumerate(one.notices)
    ]
    if rows:
        conn.execute(outbox.insert(), rows)


def waiting(conn: sa.Connection, real: int, most: int = 256, back: Collection[str] = ()) -> list[OutboxRow]:
    """What is to be handed over now: the most urgent kind first, then the oldest.

    ``back``: people of whom a page has just come; whatever waits for them need not wait for its next try.
    """
    rows = conn.execute(_READY, {"real": real, "most": most, "back": list(back)}).all()
    vault = vault_of(conn)
    return [
        OutboxRow(
            id=row.id,
            session=row.session,
            person=row.person,
            kind=row.kind,
            subject=row.subject,
            text=vault.open(conn, _place(row.session, row.version, row.place), row.text).decode(),
            at_utc=row.at_utc,
            attempts=row.attempts,
        )
        for row in rows
    ]


def settle(conn: sa.Connection, taken: Sequence[int], refused: Sequence[OutboxRow], now: Instant, real: int) -> None:
    """Mark what was taken as delivered (which is not heard), and put off or give up the rest."""
    if taken:
        conn.execute(
            outbox.update()
            .where(outbox.c.id.in_(taken), outbox.c.state == WAITING)
            .values(state=DELIVERED, attempts=outbox.c.attempts + 1)
        )
    if refused:
        waits = [min(FIRST_WAIT * 2 ** min(row.attempts, 10), LONGEST_WAIT) for row in refused]
        over = [now.utc - row.at_utc >= GIVEN_UP for row in refused]
        conn.execute(
            _PUT_OFF,
            [
                {
                    "of": row.id,
                    "to": FAILED if given_up else WAITING,
                    "tries": row.attempts + 1,
                    "next": real + wait,
                }
                for row, wait, given_up in zip(refused, waits, over, strict=True)
            ],
        )


def release_all(conn: sa.Connection) -> None:
    """At start: the boot clock may have begun anew, so nothing waits by it."""
    conn.execute(outbox.update().where(outbox.c.state == WAITING).values(next_real=0))


def states(conn: sa.Connection, session: str) -> list[tuple[str, str, str]]:
    """(person, kind, state) of everything ever said about a session, oldest first."""
    rows = conn.execute(
        sa.select(outbox.c.person, outbox.c.kind, outbox.c.state)
        .where(outbox.c.session == session)
        .order_by(outbox.c.id)
    )
    return [(row.person, row.kind, row.state) for row in rows]


_READY: Final = (
    sa.select(outbox)
    .where(
        outbox.c.state == WAITING,
        (outbox.c.next_real <= sa.bindparam("real")) | outbox.c.person.in_(sa.bindparam("back", expanding=True)),
    )
    # A clinic full of test sounds that nobody takes must not keep an alarm from its turn.
    .order_by(sa.case({"alarm": 0, "order": 0, "page": 1}, value=outbox.c.kind, else_=2), outbox.c.id)
    .limit(sa.bindparam("most"))
)
_PUT_OFF: Final = (
    outbox.update()
    .where(outbox.c.id == sa.bindparam("of"), outbox.c.state == WAITING)
    .values(state=sa.bindparam("to"), attempts=sa.bindparam("tries"), next_real=sa.bindparam("next"))
)


def _place(session: str, version: int, place: int) -> tuple[str, ...]:
    return ("outbox", f"{session}/{version}/{place}", "text")
