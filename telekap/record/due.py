"""Every future moment at which something must happen, as a row; written with the facts, claimed before it is served.

A claim is a conditional UPDATE with a lease and a growing fence. Two watchers may look at once, one gets the row; a
watcher that dies leaves a lease that ends; one that was paused past its lease finds its fence outgrown. The effect
itself is decided from the facts in a transaction of its own, so a row served twice changes nothing the second time.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from telekap.care.deadlines import Deadline
from telekap.care.instant import SECOND, Instant
from telekap.record.tables import due

LEASE: Final = 30 * SECOND
"""Real ms a claim holds; the longest a row waits for another watcher after one was killed while serving it."""
FIRST_WAIT: Final = SECOND
"""Real ms before a row is tried again that was served and is still there; doubles each time."""
LONGEST_WAIT: Final = 30 * SECOND
"""A row is put off, never given up: a deadline may be the alarm that saves somebody."""

RANKS: Final = {
    "alarm_begins": 0,
    "alarm_moves": 0,
    "answer_by": 0,
    "check_in_overdue": 0,
    "release_ends": 0,
    "canary": 2,
    "lobby_closes": 2,
    "lobby_opens": 3,
}
"""Kind of a deadline → whose turn it is when many are due at once: what may need a person at a bedside first, the test
sounds after it, and a session that is only about to open last. A kind that is not here is 1.
"""
OPENS: Final = RANKS["lobby_opens"]


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to serve what is due in one session, until the lease ends. ``late``: clinic ms since it fell due.

    ``rank``: of the most urgent of its due rows (``RANKS``).
    """

    session: str
    owner: str
    fence: int
    attempts: int
    late: int
    rank: int = 1


def replace(conn: sa.Connection, session: str, deadlines: Iterable[Deadline]) -> None:
    """Make the rows of ``session`` equal to ``deadlines``. Those that stay as they are keep their lease and fence."""
    replace_all(conn, {session: deadlines})


def replace_all(conn: sa.Connection, wanted: Mapping[str, Iterable[Deadline]]) -> None:
    """The same for several sessions."""
    stored: dict[str, dict[tuple[str, str], Instant]] = {}
    for row in conn.execute(_OF_SESSIONS, {"of": list(wanted)}):
        stored.setdefault(row.session, {})[row.kind, row.subject] = Instant(row.at_utc, row.at_elapsed, row.boot)
    gone, come = [], []
    for session, deadlines in wanted.items():
        before, now = stored.get(session, {}), {(one.kind, one.subject): one.at for one in deadlines}
        for (kind, subject), at in before.items():
            if now.get((kind, subject)) != at:
                gone.append({"of": session, "its_kind": kind, "its_subject": subject})
        for (kind, subject), at in now.items():
            if before.get((kind, subject)) != at:
                come.append(
                    {
                        "session": session,
                        "kind": kind,
                        "subject": subject,
                        "at_utc": at.utc,
                        "at_elapsed": at.elapsed,
                        "boot": at.boot,
                    }
                )
    if gone:
        conn.execute(_FORGET, gone)
    if come:
        conn.execute(_WRITE, come)


def anything(conn: sa.Connection, now: Instant, real: int) -> bool:
    """True if a row waits to be claimed; asked first, because most looks find nothing and need no write."""
    return conn.execute(_ANY_READY, _at(now, real)).first() is not None


def soonest(deadlines: Iterable[Deadline]) -> int | None:
    """UTC ms of the earliest, for lists."""
    return min((one.at.utc for one in deadlines), default=None)


def claim(conn: sa.Connection, owner: str, now: Instant, real: int, most: int = 64) -> list[Claim]:
    """Take the sessions with something due, the most urgent first, then the earliest; lease their due rows.

    What fell due after ``now`` is left alone, whatever time it is by then.
    """
    when = _at(now, real)
    found = conn.execute(_MOST_URGENT, {**when, "most": most}).all()
    if not found:
        return []
    # One statement for all of them: of two watchers the second finds the condition no longer true, row by row.
    mine = {"of": [row.session for row in found], "owner": owner, "until": real + LEASE}
    rows = conn.execute(_CLAIM, {**when, **mine})
    taken: dict[str, list[sa.Row[Any]]] = {}
    for each in rows:
        taken.setdefault(each.session, []).append(each)
    return [_claimed(owner, row.session, row.rank, taken[row.session], now) for row in found if row.session in taken]


def _claimed(owner: str, session: str, rank: int, rows: Sequence[sa.Row[Any]], now: Instant) -> Claim:
    return Claim(
        session,
        owner,
        fence=max(each.fence for each in rows),
        attempts=max(each.attempts for each in rows),
        late=max(_late(Instant(each.at_utc, each.at_elapsed, each.boot), now) for each in rows),
        rank=rank,
    )


def holds(conn: sa.Connection, claim: Claim, real: int) -> bool:
    """True while this claim is the newest one on its session's due rows and its lease has not ended."""
    row = conn.execute(
        sa.select(due.c.fence).where(
            due.c.session == claim.session, due.c.lease_owner == claim.owner, due.c.lease_real > real
        )
    ).first()
    newest = conn.execute(
        sa.select(sa.func.max(due.c.fence)).where(due.c.session == claim.session)
    ).scalar_one_or_none()
    return row is not None and (newest or 0) <= claim.fence


def put_off(conn: sa.Connection, claims: Sequence[Claim], real: int) -> None:
    """The rows of these claims that are still there and still ours wait 1 s, 2 s … 30 s (they failed, or in vain)."""
    if claims:
        conn.execute(_LET_GO, [_again(claim, real) for claim in claims])


def _again(claim: Claim, real: int) -> dict[str, str | int]:
    wait = min(FIRST_WAIT * 2 ** min(claim.attempts - 1, 10), LONGEST_WAIT)
    return {"of": claim.session, "by": claim.owner, "until_fence": claim.fence, "again": real + wait}


def dead_owners(conn: sa.Connection, dead: Callable[[frozenset[str]], frozenset[str]]) -> list[str]:
    """Owners of leases whose process is surely gone. ``dead``: of names of processes, those (``Store.dead_nodes``)."""
    owners = frozenset(conn.execute(sa.select(due.c.lease_owner).distinct()).scalars()) - {""}
    if not owners:
        return []
    gone = dead(frozenset(_node(owner) for owner in owners))
    return sorted(owner for owner in owners if _node(owner) in gone)


def release(conn: sa.Connection, owners: Iterable[str]) -> None:
    """Let go of what these owners hold."""
    conn.execute(due.update().where(due.c.lease_owner.in_(list(owners))).values(lease_owner="", lease_real=0))


def release_dead(conn: sa.Connection, dead: Callable[[frozenset[str]], frozenset[str]]) -> None:
    """At start: let go of what dead processes hold, and of every wait, because the boot clock may have begun anew."""
    release(conn, dead_owners(conn, dead))
    conn.execute(due.update().where(due.c.lease_owner == "", due.c.lease_real > 0).values(lease_real=0))


def next_after(conn: sa.Connection, real: int) -> Instant | None:
    """The earliest deadline that nobody holds, past or future."""
    row = conn.execute(_NEXT, {"real": real}).one_or_none()
    return Instant(row.at_utc, row.at_elapsed, row.boot) if row is not None else None


def subjects(conn: sa.Connection, session: str) -> tuple[Deadline, ...]:
    """The stored deadlines of one session, earliest first."""
    rows = conn.execute(sa.select(due).where(due.c.session == session).order_by(due.c.at_utc, due.c.kind))
    return tuple(
        Deadline(kind=row.kind, subject=row.subject, at=Instant(row.at_utc, row.at_elapsed, row.boot)) for row in rows
    )


_RANK: Final = sa.case(RANKS, value=due.c.kind, else_=1)
_HELD_BY_NOBODY: Final = due.c.lease_real <= sa.bindparam("real")
_READY: Final = sa.and_(
    sa.or_(
        due.c.at_utc <= sa.bindparam("utc"),
        sa.and_(due.c.boot == sa.bindparam("boot_now"), due.c.at_elapsed <= sa.bindparam("elapsed")),
    ),
    _HELD_BY_NOBODY,
)
"""Come, and held by nobody. A deadline has come when either of its two clocks says so (``instant.reached``): a wall
that steps back delays nothing.
"""
# Built once: most of the cost of a short statement is building it.
_ANY_READY: Final = sa.select(due.c.session).where(_READY).limit(1)
_SESSION: Final = due.c.session.concat("")
"""The session, hidden from its index: to group by it SQLite would rather read every row there is, in the order of
sessions, than those few that are due (4 ms of 20,000 for each claim, measured).
"""
_MOST_URGENT: Final = (
    sa.select(_SESSION.label("session"), sa.func.min(_RANK).label("rank"), sa.func.min(due.c.at_utc).label("at"))
    .where(_READY)
    .group_by(_SESSION)
    .order_by("rank", "at")
    .limit(sa.bindparam("most"))
)
_CLAIM: Final = (
    due.update()
    .where(due.c.session.in_(sa.bindparam("of", expanding=True)), _READY)
    .values(
        lease_owner=sa.bindparam("owner"),
        lease_real=sa.bindparam("until"),
        fence=due.c.fence + 1,
        attempts=due.c.attempts + 1,
    )
    .returning(due.c.session, due.c.fence, due.c.attempts, due.c.at_utc, due.c.at_elapsed, due.c.boot)
)
_NEXT: Final = (
    sa.select(due.c.at_utc, due.c.at_elapsed, due.c.boot).where(_HELD_BY_NOBODY).order_by(due.c.at_utc).limit(1)
)
_FORGET: Final = due.delete().where(
    due.c.session == sa.bindparam("of"),
    due.c.kind == sa.bindparam("its_kind"),
    due.c.subject == sa.bindparam("its_subject"),
)
_WRITE: Final = due.insert().values(lease_owner="", lease_real=0, fence=0, attempts=0)
_LET_GO: Final = (
    due.update()
    .where(
        due.c.session == sa.bindparam("of"),
        due.c.lease_owner == sa.bindparam("by"),
        due.c.fence <= sa.bindparam("until_fence"),
    )
    .values(lease_owner="", lease_real=sa.bindparam("again"))
)
_OF_SESSIONS: Final = sa.select(
    due.c.session, due.c.kind, due.c.subject, due.c.at_utc, due.c.at_elapsed, due.c.boot
).where(due.c.session.in_(sa.bindparam("of", expanding=True)))


def _at(now: Instant, real: int) -> dict[str, int | str]:
    return {"utc": now.utc, "elapsed": now.elapsed, "boot_now": now.boot, "real": real}


def _node(owner: str) -> str:
    return owner.partition("/")[0]


def _late(at: Instant, now: Instant) -> int:
    return now.elapsed - at.elapsed if at.boot == now.boot else now.utc - at.utc
