"""People, logins and links: only hashes of secrets, an end to each, and none between T0 and closed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from telekap.care.instant import HOUR
from telekap.care.people import Person, Role
from telekap.care.session import State
from telekap.care.states import LIVE
from telekap.record import links, logins, people, read_model
from telekap.record.store import Store
from telekap.record.tables import session_people, sessions
from telekap.web.home import MOST, listed
from tests.engines import stored_bytes
from tests.record.hand import NOON, moment, open_store

SAM = Person(
    id="p-sam", name="Sam Rivera", phone="+15550101", zone="America/Los_Angeles", birth=date(1988, 3, 14), birth_utc=7
)
ANA = Person(id="p-ana", name="Ana Ruiz", phone="+15550103", zone="UTC", licensed=frozenset({"CA", "OR"}))


@pytest.fixture
def store(place: Path) -> Iterator[Store]:
    opened = open_store(place)
    yield opened
    opened.close()


def both(conn: sa.Connection) -> None:
    people.add(conn, SAM, people.CLIENT)
    people.add(
        conn, ANA, people.STAFF, (Role.THERAPIST, Role.STANDIN), "Ana", password_hash="$argon2", totp_secret="JBSWY3DP"
    )


def a_session(conn: sa.Connection, state: str, id_: str = "s1", client: str = SAM.id, appointed: int = 0) -> None:
    conn.execute(
        sessions.insert().values(
            id=id_,
            version=1,
            course="c1",
            kind="dosing",
            state=state,
            client=client,
            appointed=appointed,
            zone="UTC",
            moved_utc=0,
            open_alarms=0,
        )
    )
    conn.execute(session_people.insert().values(session=id_, person=client, role="client"))


async def test_a_person_comes_back_as_written(store: Store) -> None:
    await store.write(both)

    known = await store.read(lambda conn: people.by_handle(conn, "ANA"))
    assert known is not None
    assert known.person == replace(ANA, staff_of=frozenset({Role.THERAPIST, Role.STANDIN}))
    assert known.staff_of == {Role.THERAPIST, Role.STANDIN}
    assert known.totp_secret == "JBSWY3DP"
    assert await store.read(lambda conn: people.get(conn, "nobody")) is None
    assert set(await store.read(people.staff)) == {ANA.id}
    sam = await store.read(lambda conn: people.get(conn, SAM.id))
    assert sam is not None and sam.person == SAM


async def test_a_date_of_birth_is_sealed_and_changes_like_the_name(store: Store, place: Path) -> None:
    await store.write(both)
    assert b"1988-03-14" not in stored_bytes(place)

    for other in (replace(SAM, birth=None, birth_utc=8), replace(SAM, birth=date(1996, 2, 29), birth_utc=9)):
        await store.write(partial(people.change, person=other))
        known = await store.read(lambda conn: people.among(conn, frozenset({SAM.id})))
        assert known[SAM.id] == other
    store.close()


async def test_a_handle_belongs_to_one_person(store: Store) -> None:
    await store.write(both)
    other = Person(id="p-2", name="Ana Two", phone="+15550109", zone="UTC")

    with pytest.raises(sa.exc.IntegrityError):
        await store.write(lambda conn: people.add(conn, other, people.STAFF, handle="aNA"))
    store.close()


async def test_a_one_time_code_works_once(store: Store) -> None:
    await store.write(both)

    assert await store.write(lambda conn: people.use_totp_step(conn, ANA.id, 100))
    assert not await store.write(lambda conn: people.use_totp_step(conn, ANA.id, 100))
    assert not await store.write(lambda conn: people.use_totp_step(conn, ANA.id, 99))
    assert await store.write(lambda conn: people.use_totp_step(conn, ANA.id, 101))
    store.close()


async def test_a_login_needs_its_own_secret_and_ends(store: Store) -> None:
    await store.write(both)
    one = await store.write(lambda conn: logins.issue(conn, ANA.id, None, "password", NOON))
    two = await store.write(lambda conn: logins.issue(conn, ANA.id, None, "password", NOON))

    async def find(public: str, secret: str, wall: int = NOON) -> logins.Login | None:
        return await store.read(lambda conn: logins.find(conn, public, secret, wall))

    assert (found := await find(*one)) is not None
    assert (found.person, found.actor.login, found.session) == (ANA.id, one[0], None)
    assert await find(one[0], two[1]) is None
    assert await find("no-such", one[1]) is None
    assert await find(*one, NOON + logins.STAFF_LASTS - 1) is not None
    assert await find(*one, NOON + logins.STAFF_LASTS) is None

    await store.write(lambda conn: logins.revoke(conn, one[0]))
    assert await find(*one) is None
    assert await find(*two) is not None
    await store.write(lambda conn: logins.revoke_all(conn, ANA.id))
    assert await find(*two) is None
    store.close()


async def test_no_secret_stands_in_the_database(store: Store, place: Path) -> None:
    await store.write(both)
    _, secret = await store.write(lambda conn: logins.issue(conn, ANA.id, None, "password", NOON))
    token = await store.write(lambda conn: links.issue(conn, SAM.id, "s1", "join", NOON + HOUR))
    store.close()

    stored = stored_bytes(place)
    assert secret.encode() not in stored
    assert token.encode() not in stored


@pytest.mark.parametrize("state", ["dosed", "discharged", "transferred"])
async def test_between_t0_and_closed_neither_login_nor_link_ends(store: Store, state: str) -> None:
    await store.write(both)
    await store.write(lambda conn: a_session(conn, state))
    login = await store.write(lambda conn: logins.issue(conn, SAM.id, "s1", "link", NOON))
    token = await store.write(lambda conn: links.issue(conn, SAM.id, "s1", "join", NOON + HOUR))
    stranger = await store.write(lambda conn: logins.issue(conn, ANA.id, None, "password", NOON))
    late = NOON + 1_000 * HOUR

    assert await store.read(lambda conn: logins.find(conn, *login, late)) is not None
    assert await store.write(lambda conn: links.use(conn, token, late)) is not None
    assert await store.read(lambda conn: logins.find(conn, *stranger, late)) is None, "only the people of the session"

    await store.write(lambda conn: conn.execute(sessions.update().values(state="closed")))
    assert await store.read(lambda conn: logins.find(conn, *login, late)) is None
    assert await store.write(lambda conn: links.use(conn, token, late)) is None
    store.close()


@pytest.mark.parametrize(
    ("before_t0", "held"), [(-1, True), (logins.STAFF_LASTS, True), (logins.STAFF_LASTS + 1, False)]
)
async def test_a_login_that_ran_out_long_before_the_dose_does_not_come_back_by_it(
    store: Store, before_t0: int, held: bool
) -> None:
    await store.write(both)
    await store.write(lambda conn: a_session(conn, "dosed"))
    ended = NOON + logins.STAFF_LASTS
    await store.write(lambda conn: conn.execute(sessions.update().values(t0_utc=ended + before_t0)))
    await store.write(
        lambda conn: conn.execute(session_people.insert().values(session="s1", person=ANA.id, role="therapist"))
    )
    login = await store.write(lambda conn: logins.issue(conn, ANA.id, None, "password", NOON))
    late = ended + 3 * logins.STAFF_LASTS

    assert (await store.read(lambda conn: logins.find(conn, *login, late)) is not None) is held
    assert await store.read(lambda conn: logins.holding(conn, frozenset({login[0]}), late)) == (
        {login[0]} if held else set()
    )
    listed_here = await store.read(lambda conn: logins.of_person(conn, ANA.id, late))
    assert [one.id for one in listed_here] == ([login[0]] if held else []), "its owner sees it, and can end it"
    store.close()


async def test_the_newest_second_factor_of_a_person_counts(store: Store) -> None:
    await store.write(both)
    one = await store.write(lambda conn: logins.issue(conn, ANA.id, None, "password", NOON, moment(1)))
    two = await store.write(lambda conn: logins.issue(conn, ANA.id, None, "password", NOON))
    everybody = frozenset({ANA.id, SAM.id})

    assert await store.read(lambda conn: logins.newest_factors(conn, everybody)) == {ANA.id: moment(1)}
    await store.write(lambda conn: logins.prove_second_factor(conn, two[0], moment(5), NOON))
    assert await store.read(lambda conn: logins.newest_factors(conn, everybody)) == {ANA.id: moment(5)}
    await store.write(lambda conn: logins.revoke(conn, two[0]))
    assert await store.read(lambda conn: logins.newest_factors(conn, everybody)) == {ANA.id: moment(1)}
    found = await store.read(lambda conn: logins.find(conn, *one, NOON))
    assert found is not None and found.actor.second_factor == moment(1)
    store.close()


async def test_looking_at_a_link_does_not_use_it_and_using_it_again_still_works(store: Store) -> None:
    await store.write(both)
    token = await store.write(lambda conn: links.issue(conn, SAM.id, "s1", "join", NOON + HOUR))

    async def peek(wall: int = NOON) -> links.Link | None:
        return await store.read(lambda conn: links.peek(conn, token, wall))

    assert await peek() == await peek() == links.Link(SAM.id, "s1", "join", used=0)
    await store.write(lambda conn: links.use(conn, token, NOON))
    assert await peek() == links.Link(SAM.id, "s1", "join", used=1)
    assert await peek(NOON + HOUR) is None
    assert await store.read(lambda conn: links.peek(conn, token + "x", NOON)) is None

    await store.write(lambda conn: links.revoke(conn, SAM.id, "s1"))
    assert await peek() is None
    store.close()


async def test_whatever_changes_in_a_person_counts_in_the_same_transaction_and_not_after_it_was_undone(
    store: Store,
) -> None:
    """Rows that were read before are kept opened: a right that was taken away must never be read from there."""
    await store.write(both)
    before = (await store.read(people.staff))[ANA.id]

    def changed(conn: sa.Connection) -> list[Person]:
        seen = [people.among(conn, frozenset())[ANA.id]]
        people.set_rights(conn, ANA.id, (Role.STANDIN,), (), administers=False)
        seen.append(people.among(conn, frozenset())[ANA.id])
        people.change(conn, replace(ANA, name="Ana Ruiz-Vega", phone="+15550199", zone="Europe/Lisbon"))
        seen.append(people.among(conn, frozenset())[ANA.id])
        return seen

    def undone(conn: sa.Connection) -> None:
        changed(conn)
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(undone)
    assert (await store.read(people.staff))[ANA.id] == before

    first, second, third = await store.write(changed)
    assert first == before
    assert (second.staff_of, second.licensed, second.name) == ({Role.STANDIN}, frozenset(), before.name)
    assert (third.name, third.phone, third.zone) == ("Ana Ruiz-Vega", "+15550199", "Europe/Lisbon")
    assert (await store.read(people.staff))[ANA.id] == third


async def test_the_list_of_clients_says_the_next_session_of_each_and_what_goes_on(store: Store) -> None:
    def play(conn: sa.Connection) -> None:
        both(conn)
        rows = [
            ("sam", "scheduled", 70),
            ("sam", "scheduled", 30),
            ("sam", "closed", 10),
            ("sam", "dosed", 20),
            ("sam", "discharged", 25),
            ("noor", "arriving", 40),
            ("maya", "cancelled", 50),
        ]
        for n, (client, state, appointed) in enumerate(rows):
            a_session(conn, state, f"s{n}", client, appointed)

    await store.write(play)

    assert await store.read(read_model.next_of_clients) == {"sam": 30}
    assert await store.read(lambda conn: read_model.going_on(conn, LIVE)) == {
        "sam": State.DOSED,
        "noor": State.ARRIVING,
    }


async def test_the_list_of_a_clinic_of_years_is_what_goes_on_and_of_what_is_over_the_newest(store: Store) -> None:
    def play(conn: sa.Connection) -> None:
        both(conn)
        for n in range(60):
            a_session(conn, "closed", f"old{n}", SAM.id, n)
        a_session(conn, "dosed", "now", SAM.id, 500)
        a_session(conn, "scheduled", "soon", SAM.id, 600)
        a_session(conn, "scheduled", "later", SAM.id, 700)

    await store.write(play)
    lines = [row.id for row in await store.read(lambda conn: listed(conn, None))]

    assert lines[:5] == ["now", "soon", "later", "old59", "old58"]
    assert len(lines) == 3 + MOST, "of what is over no more than a list can hold"
    assert [row.id for row in await store.read(lambda conn: read_model.sessions_of(conn, None, LIVE))] == ["now"]
