"""What the doors keep in the record: failures that wait, codes that work once, resets that need two, known browsers."""

from pathlib import Path

import pytest

from telekap.care.instant import DAY, HOUR, MINUTE
from telekap.care.people import Person, Role
from telekap.record import devices, door_diary, links, logins, passkeys, people, recovery, resets, throttle
from telekap.record.store import Store
from telekap.record.tables import recovery_codes
from tests.record.hand import NOON, open_store

ANA = Person(id="p-ana", name="Ana Ruiz", phone="+15550103", zone="UTC", licensed=frozenset({"CA"}))
KIM = Person(id="p-kim", name="Kim Osei", phone="+15550106", zone="UTC")


@pytest.fixture
def store(place: Path) -> Store:
    store = open_store(place)

    def staff(conn):  # type: ignore[no-untyped-def]
        people.add(conn, ANA, people.STAFF, (Role.THERAPIST,), "ana", "$argon2", "JBSWY3DP")
        people.add(conn, KIM, people.STAFF, (), "kim", administers=True)

    store.submit(staff).result()
    return store


async def test_failures_wait_longer_and_longer_but_never_long_for_an_account(store: Store) -> None:
    waits = []
    for _ in range(14):
        await store.write(lambda conn: throttle.fail(conn, ("handle:a",), NOON))
        waits.append(await store.read(lambda conn: throttle.wait(conn, ("handle:a",), NOON)))

    assert waits[:4] == [0, 0, 0, 0]
    assert waits[4:8] == [1_000, 2_000, 4_000, 8_000]
    assert waits[-1] == MINUTE
    assert await store.read(lambda conn: throttle.wait(conn, ("handle:b", "address:a"), NOON)) == 0
    await store.write(lambda conn: throttle.forgive(conn, ("handle:a",)))
    assert await store.read(lambda conn: throttle.wait(conn, ("handle:a",), NOON)) == 0
    store.close()


async def test_an_address_may_type_wrong_often_before_it_waits_long_and_is_forgotten_in_an_hour(store: Store) -> None:
    for _ in range(29):
        await store.write(lambda conn: throttle.fail(conn, ("address:a",), NOON))
    assert await store.read(lambda conn: throttle.wait(conn, ("address:a",), NOON)) == 0
    for _ in range(20):
        await store.write(lambda conn: throttle.fail(conn, ("address:a",), NOON))

    assert await store.read(lambda conn: throttle.wait(conn, ("address:a",), NOON)) == 15 * MINUTE
    await store.write(lambda conn: throttle.fail(conn, ("address:a",), NOON + HOUR))
    assert await store.read(lambda conn: throttle.wait(conn, ("address:a",), NOON + HOUR)) == 0
    store.close()


async def test_a_recovery_code_works_once_for_one_person_and_new_ones_void_the_old(store: Store) -> None:
    codes = await store.write(lambda conn: recovery.make(conn, ANA.id))

    assert len(set(codes)) == recovery.COUNT
    assert not await store.write(lambda conn: recovery.use(conn, KIM.id, codes[0]))
    assert await store.write(lambda conn: recovery.use(conn, ANA.id, codes[0].upper().replace("-", " ")))
    assert not await store.write(lambda conn: recovery.use(conn, ANA.id, codes[0]))
    assert await store.read(lambda conn: recovery.left(conn, ANA.id)) == recovery.COUNT - 1
    await store.write(lambda conn: recovery.make(conn, ANA.id))
    assert not await store.write(lambda conn: recovery.use(conn, ANA.id, codes[1]))
    rows = await store.read(lambda conn: conn.execute(recovery_codes.select()).all())
    store.close()
    assert codes[1].replace("-", "").encode() not in repr(rows).encode()


async def test_a_reset_waits_for_a_second_person_for_a_day_and_is_confirmed_once(store: Store) -> None:
    first = await store.write(lambda conn: resets.ask(conn, ANA.id, KIM.id, NOON))
    again = await store.write(lambda conn: resets.ask(conn, ANA.id, KIM.id, NOON))

    assert [one.id for one in await store.read(lambda conn: resets.waiting(conn, NOON))] == [again]
    assert await store.read(lambda conn: resets.waiting(conn, NOON + DAY)) == []
    assert not await store.write(lambda conn: resets.confirm(conn, first, "p-jo"))
    assert await store.write(lambda conn: resets.confirm(conn, again, "p-jo"))
    assert not await store.write(lambda conn: resets.confirm(conn, again, "p-jo"))
    store.close()


async def test_the_answer_to_a_challenge_is_taken_once(store: Store) -> None:
    take = passkeys.take_challenge

    assert await store.write(lambda conn: take(conn, b"challenge", NOON + MINUTE, NOON))
    assert not await store.write(lambda conn: take(conn, b"challenge", NOON + MINUTE, NOON))
    assert await store.write(lambda conn: take(conn, b"another", NOON + MINUTE, NOON))
    store.close()


async def test_a_browser_that_signed_in_is_known_for_that_person_alone(store: Store) -> None:
    token = await store.write(lambda conn: devices.remember(conn, ANA.id, NOON))

    assert await store.read(lambda conn: devices.known(conn, ANA.id, token))
    assert not await store.read(lambda conn: devices.known(conn, KIM.id, token))
    for turn in range(devices.MOST):
        await store.write(lambda conn, turn=turn: devices.remember(conn, ANA.id, NOON + 1 + turn))  # type: ignore[misc]
    assert not await store.read(lambda conn: devices.known(conn, ANA.id, token))
    store.close()


async def test_no_login_of_somebody_disabled_holds(store: Store) -> None:
    public, _ = await store.write(lambda conn: logins.issue(conn, ANA.id, None, "password", NOON))
    asked = frozenset({public, "nobody"})

    assert await store.read(lambda conn: logins.holding(conn, asked, NOON)) == {public}
    assert await store.read(lambda conn: logins.holding(conn, asked, NOON + logins.STAFF_LASTS)) == set()
    await store.write(lambda conn: people.set_disabled(conn, ANA.id, True))
    assert await store.read(lambda conn: logins.holding(conn, asked, NOON)) == set()
    store.close()


async def test_only_who_enrolled_and_is_not_disabled_counts_as_administrator(store: Store) -> None:
    assert await store.read(people.administrators) == set()
    await store.write(lambda conn: people.enrol(conn, KIM.id, "$argon2", None))
    assert await store.read(people.administrators) == {KIM.id}
    await store.write(lambda conn: people.set_disabled(conn, KIM.id, True))
    assert await store.read(people.administrators) == set()
    store.close()


async def test_withdrawing_links_of_one_purpose_leaves_the_others(store: Store) -> None:
    enrol = await store.write(lambda conn: links.issue(conn, ANA.id, None, links.ENROL, NOON + HOUR))
    other = await store.write(lambda conn: links.issue(conn, ANA.id, None, links.STAFF, NOON + HOUR))

    await store.write(lambda conn: links.revoke_all(conn, ANA.id, links.ENROL))

    assert await store.read(lambda conn: links.peek(conn, enrol, NOON)) is None
    assert await store.read(lambda conn: links.peek(conn, other, NOON)) is not None
    store.close()


async def test_the_diary_tells_the_newest_first(store: Store) -> None:
    await store.write(lambda conn: door_diary.note(conn, NOON, KIM.id, "invited", ANA.id))
    await store.write(lambda conn: door_diary.note(conn, NOON + 1, ANA.id, "enrolled", ANA.id))

    assert [(line.by, line.what) for line in await store.read(door_diary.newest)] == [
        (ANA.id, "enrolled"),
        (KIM.id, "invited"),
    ]
    store.close()
