"""The one path: all or nothing, once per request, and everything that hangs on a fact in the same commit."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from telekap.care.commands import (
    AcknowledgeAlarm,
    AnswerGate,
    AskHelp,
    BookSession,
    NoteSight,
    Release,
    RevokeClearance,
    Say,
    Taken,
)
from telekap.care.deadlines import deadlines
from telekap.care.decide import Outcome
from telekap.care.errors import Malformed, NotFound, Refused
from telekap.care.facts import AlarmRaised, DoseTaken, HelpAsked, ReleaseEnded, Said
from telekap.care.instant import HOUR, MINUTE, SECOND
from telekap.care.people import SYSTEM, Actor, Person, Role
from telekap.care.session import State
from telekap.care.words import next_prescriber
from telekap.demo.answers import WELL
from telekap.record import due, log, outbox, people, roster
from telekap.record.errors import VersionLost
from telekap.record.tables import metadata
from telekap.record.turn import Turn
from telekap.record.verify import verify
from tests.cast import CA
from tests.engines import stored_bytes
from tests.record.clinic import Clinic
from tests.record.hand import HandMachine

STRANGER = Actor(person="max", login="l-max")


@pytest.fixture
async def clinic(place: Path) -> AsyncIterator[Clinic]:
    opened = await Clinic.at("booked", place)
    yield opened
    opened.close()


@pytest.fixture
async def released(place: Path) -> AsyncIterator[Clinic]:
    opened = await Clinic.at("released", place)
    yield opened
    opened.close()


@pytest.fixture
async def dosed(place: Path) -> AsyncIterator[Clinic]:
    opened = await Clinic.at("dosed", place)
    yield opened
    opened.close()


async def rows(clinic: Clinic) -> dict[str, int]:
    """How many rows each table has."""

    def count(conn: sa.Connection) -> dict[str, int]:
        return {
            name: int(conn.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
            for name, table in metadata.tables.items()
        }

    return await clinic.store.read(count)


async def stored_due(clinic: Clinic) -> set[tuple[str, str, int]]:
    found = await clinic.store.read(lambda conn: due.subjects(conn, clinic.session))
    return {(each.kind, each.subject, each.at.utc) for each in found}


async def wanted_due(clinic: Clinic) -> set[tuple[str, str, int]]:
    return {(each.kind, each.subject, each.at.utc) for each in deadlines(*await clinic.look())}


async def test_a_whole_evening_keeps_rows_lists_and_chain_in_step(dosed: Clinic) -> None:
    for _ in range(5):
        assert await stored_due(dosed) == await wanted_due(dosed) != set()
        session, _world = await dosed.look()
        (row,) = await dosed.handler.sessions_of(dosed.booked.roles[Role.CLIENT])
        assert (row.version, row.state, row.t0) == (session.version, session.state, session.t0 and session.t0.utc)
        assert row.open_alarms == sum(not alarm.resolved for alarm in session.alarms.values())
        assert row.next_due == min(at for _kind, _subject, at in await wanted_due(dosed))
        assert row.roles == dict(session.roles)
        assert verify(dosed.where).ok
        await dosed.pass_time(4 * MINUTE)

    session, _world = await dosed.look()
    assert session.state is State.DOSED
    assert any(not alarm.resolved for alarm in session.alarms.values()), "the premise: silence raised an alarm"


async def test_after_every_single_command_the_due_rows_are_the_deadlines_of_the_rules(clinic: Clinic) -> None:
    clinic.strict = True
    await clinic.until_dosed()
    await clinic.act(Role.SUPPORT, Say(what="concern", note="pale"))
    await clinic.pass_time(20 * MINUTE)
    alarm = next(iter((await clinic.look())[0].alarms.values()))
    await clinic.act(Role.THERAPIST, AcknowledgeAlarm(alarm=alarm.id))  # each act compares (``Clinic.act``)

    assert await stored_due(clinic) == await wanted_due(clinic)


async def test_a_refusal_changes_no_row_of_any_table(clinic: Clinic) -> None:
    before = await rows(clinic)

    with pytest.raises(Refused):
        await clinic.act(Role.THERAPIST, Release(), key="key-release")

    assert await rows(clinic) == before
    assert verify(clinic.where).ok


async def test_a_stranger_and_an_unknown_session_are_told_the_same(clinic: Clinic) -> None:
    before = await rows(clinic)

    with pytest.raises(NotFound):
        await clinic.handler.handle(clinic.session, Say(what="note", note="I am Max"), STRANGER)
    with pytest.raises(NotFound):
        await clinic.handler.handle("no-such-session", Say(what="note"), clinic.by(Role.CLIENT))
    with pytest.raises(NotFound):
        await clinic.handler.session("no-such-session")
    assert await rows(clinic) == before


async def test_what_somebody_said_is_theirs_and_what_the_rules_made_of_it_the_systems(dosed: Clinic) -> None:
    before = (await dosed.look())[0].version
    await dosed.act(Role.CLIENT, AskHelp())

    entries = await dosed.handler.entries(dosed.session, before)
    said = {type(entry.fact): entry for entry in entries}
    assert (said[HelpAsked].by, said[HelpAsked].login) == (dosed.booked.roles[Role.CLIENT], "login-client")
    assert (said[AlarmRaised].by, said[AlarmRaised].login) == ("", "")


# --- once per request


async def test_the_same_request_twice_has_one_effect_and_one_answer(released: Clinic) -> None:
    first = await released.act(Role.CLIENT, Taken(units=(1,)), key="key-dose-1")
    again = await released.act(Role.CLIENT, Taken(units=(1,)), key="key-dose-1")

    session, _world = await released.look()
    assert again == first
    assert len(session.doses) == 1
    assert any(isinstance(fact, DoseTaken) for fact in first.facts)


async def test_twenty_at_once_with_one_key_have_one_effect(clinic: Clinic) -> None:
    say = Say(what="note", note="twenty times")
    done = await asyncio.gather(*(clinic.act(Role.THERAPIST, say, key="key-twenty") for _ in range(20)))

    assert len({each.version for each in done}) == 1
    said = [entry for entry in await clinic.handler.entries(clinic.session) if isinstance(entry.fact, Said)]
    assert len(said) == 1


async def test_a_key_used_for_another_request_is_refused(clinic: Clinic) -> None:
    await clinic.act(Role.THERAPIST, Say(what="note", note="one"), key="key-1")
    before = await rows(clinic)

    with pytest.raises(Malformed):
        await clinic.act(Role.THERAPIST, Say(what="note", note="two"), key="key-1")
    assert await rows(clinic) == before

    await clinic.act(Role.STANDIN, Say(what="note", note="two"), key="key-1")  # a key belongs to one person
    assert (await rows(clinic))["request_keys"] == before["request_keys"] + 1


async def test_a_refused_request_is_decided_again_when_it_is_asked_again(clinic: Clinic) -> None:
    with pytest.raises(Refused):
        await clinic.act(Role.THERAPIST, Release(), key="key-release")
    await clinic.until_ready()

    done = await clinic.act(Role.THERAPIST, Release(), key="key-release")

    assert (await clinic.look())[0].state is State.RELEASED
    assert await clinic.act(Role.THERAPIST, Release(), key="key-release") == done


# --- races and the folds that are kept


async def test_a_lost_race_is_decided_once_more_on_what_is_there_now(clinic: Clinic) -> None:
    versions = []

    def run(turn: Turn) -> int:
        session = turn.session(clinic.session)
        versions.append(session.version)
        if len(versions) == 1:
            raise VersionLost("another writer was faster")
        said = Outcome((Said(role=Role.THERAPIST, what="note"),), ())
        turn.write_session(session, turn.world(session), said, turn.now.utc)
        return turn.grown["session", session.id]

    before = (await clinic.look())[0].version
    assert await clinic.handler._transact(SYSTEM, run) == before + 1
    assert versions == [before, before]


async def test_an_append_after_a_version_that_has_moved_on_is_refused_whole(clinic: Clinic) -> None:
    session, _world = await clinic.look()
    await clinic.act(Role.THERAPIST, Say(what="note", note="faster"))
    before = await rows(clinic)
    stream, now = log.SESSION + clinic.session, clinic.clock.now()

    with pytest.raises(VersionLost):
        await clinic.store.write(
            lambda conn: log.append(
                conn, stream, session.version, now, SYSTEM, [(now.utc, Said(role=Role.CLIENT, what="note"))]
            )
        )
    assert await rows(clinic) == before


async def test_a_fold_made_in_a_transaction_that_was_undone_is_never_used(clinic: Clinic) -> None:
    def undone(conn: sa.Connection) -> None:
        turn = Turn(conn, clinic.handler._around, clinic.clock.now(), SYSTEM)
        session = turn.session(clinic.session)
        said = Outcome((Said(role=Role.THERAPIST, what="stop", note="never happened"),), ())
        turn.write_session(session, turn.world(session), said, turn.now.utc)
        raise KeyError("undo")

    with pytest.raises(KeyError):
        await clinic.store.write(undone)
    # The next fact gets the number that the undone one had.
    await clinic.act(Role.THERAPIST, Say(what="note", note="happened"))

    kept, _world = await clinic.look()
    fresh = Clinic(clinic.place, clinic.store, clinic.machine, clinic.clock, clinic.handler, clinic.watch)
    entries = await fresh.handler.entries(clinic.session)
    assert kept.version == len(entries)
    assert [entry.fact for entry in entries if isinstance(entry.fact, Said)] == [
        Said(role=Role.THERAPIST, what="note", note="happened")
    ]
    assert kept.calls == ()


async def test_a_kept_fold_equals_one_made_anew_from_the_record(dosed: Clinic, place: Path) -> None:
    await dosed.pass_time(20 * MINUTE)
    kept = await dosed.look()
    dosed.close()

    again = await Clinic.open(place, dosed.machine, home=None)
    try:
        session, world = await again.handler.session(dosed.session)
        # Resuming forgets what only a live server saw; nothing else may differ.
        assert {sight.state for sight in session.sight.values()} == {"unknown"}
        assert (session.doses, session.t0, session.parts, session.missed) == (
            kept[0].doses,
            kept[0].t0,
            kept[0].parts,
            kept[0].missed,
        )
        assert world.course == kept[1].course
        assert world.people == kept[1].people
        assert world.code_key == kept[1].code_key
    finally:
        again.close()


# --- listeners


async def test_listeners_hear_of_a_commit_and_cannot_spoil_it(clinic: Clinic) -> None:
    def spoil(_kind: str, _name: str, _version: int) -> None:
        raise RuntimeError("a broken listener")

    clinic.handler.listeners.insert(0, spoil)
    clinic.heard.clear()
    done = await clinic.act(Role.THERAPIST, Say(what="note", note="listen"))

    assert clinic.heard == [("session", clinic.session, done.version)]


async def test_a_browser_that_hung_up_does_not_keep_the_others_from_hearing(clinic: Clinic) -> None:
    clinic.heard.clear()
    told = asyncio.Event()
    clinic.handler.listeners.append(lambda *_: told.set())
    asked = asyncio.ensure_future(clinic.act(Role.THERAPIST, Say(what="note", note="and gone")))
    await asyncio.sleep(0)
    asked.cancel()
    await asyncio.wait_for(told.wait(), 5)

    assert asked.cancelled()
    assert [kind for kind, _, _ in clinic.heard] == ["session"]


# --- the course and its sessions


async def test_i4_revoking_a_clearance_ends_the_release_in_the_same_commit(released: Clinic) -> None:
    released.heard.clear()

    await released.handler.handle_course(
        released.booked.course, RevokeClearance(reason="new diagnosis"), released.by(Role.PRESCRIBER)
    )

    session, world = await released.look()
    assert session.release is None
    assert world.course.clearance is not None and world.course.clearance.status == "revoked"
    assert {kind for kind, _, _ in released.heard} == {"course", "session"}
    ended = [
        entry for entry in await released.handler.entries(released.session) if isinstance(entry.fact, ReleaseEnded)
    ]
    assert len(ended) == 1
    assert await stored_due(released) == await wanted_due(released)


async def test_a_dose_is_counted_in_the_course_in_the_same_commit(released: Clinic) -> None:
    released.heard.clear()
    await released.act(Role.CLIENT, Taken(units=(1,)))

    _session, world = await released.look()
    assert [(dose.session, dose.mg) for dose in world.course.doses] == [(released.session, 50)]
    assert {kind for kind, _, _ in released.heard} == {"course", "session"}


# --- world


async def test_the_world_knows_the_people_their_second_factor_and_no_secret_of_another_session(
    clinic: Clinic,
) -> None:
    from telekap.record import logins

    first, therapist = clinic.session, clinic.booked.roles[Role.THERAPIST]
    at = clinic.clock.now()
    await clinic.store.write(lambda conn: logins.issue(conn, therapist, None, "password", clinic.clock.wall(), at))
    _session, world = await clinic.look()
    await clinic.book(1)
    _other, elsewhere = await clinic.look()

    assert world.name(therapist) == "Ana Ruiz"
    assert world.name(clinic.booked.roles[Role.CLIENT]) == "somebody", "the client of another session"
    assert world.second_factor == {Role.THERAPIST: at}
    assert world.code_key != elsewhere.code_key
    assert [other.id for other in elsewhere.others] == [first], "the same therapist"


async def test_i20_what_was_red_or_measured_today_is_known_in_the_clients_other_session(clinic: Clinic) -> None:
    other = await clinic.handler.book(
        BookSession(
            kind="integration",
            course=clinic.booked.course,
            roles=clinic.booked.roles,
            appointed=clinic.clock.now().utc + 4 * HOUR,
            zone="America/Los_Angeles",
        ),
        clinic.by(Role.DISPATCHER),
    )
    pressure = {"sbp1": 150, "dbp1": 80, "hr1": 70, "sbp2": 152, "dbp2": 82, "hr2": 72}
    pressure |= {"minute_apart": "yes", "read_out": "yes"}
    await clinic.act(Role.THERAPIST, AnswerGate(gate="pressure", values=pressure, how="device"))
    screen = dict(WELL["suicide_screen"][Role.THERAPIST]) | {"q3": "yes"}
    await clinic.act(Role.THERAPIST, AnswerGate(gate="suicide_screen", values=screen))
    alarms = (await clinic.look())[0].alarms.values()
    assert "gate_danger" in {alarm.kind for alarm in alarms}, "the premise: a final red, held open by its danger"

    _session, world = await clinic.handler.session(other)
    assert [(red.session, red.gate) for red in world.reds] == [(clinic.session, "suicide_screen")]
    assert [(taken.session, taken.colour) for taken in world.pressure_sets] == [(clinic.session, "amber")]
    assert {session.id for session in await clinic.handler.sessions_of_course(clinic.booked.course)} == {
        clinic.session,
        other,
    }
    await clinic.handler.jump(25 * HOUR)
    _session, world = await clinic.handler.session(other)
    assert (world.reds, world.pressure_sets) == ((), ())


async def test_a_picture_that_flowed_till_the_restart_counts_as_gone_from_the_restart_on(clinic: Clinic) -> None:
    note = NoteSight(role=Role.CLIENT, kind="video", direction="in", state="flowing", newest=clinic.clock.now().utc)
    await clinic.handler.handle(clinic.session, note, SYSTEM)
    await clinic.handler.jump(HOUR)

    await clinic.handler.forget_sight()

    sight = (await clinic.look())[0].sight[Role.CLIENT, "video", "in"]
    assert clinic.clock.now().utc - sight.since.utc < 60_000
    assert sight.newest is None, "how new the picture was an hour ago says nothing about this moment"


async def test_what_only_a_live_server_saw_is_forgotten_at_start(clinic: Clinic) -> None:
    note = NoteSight(role=Role.CLIENT, kind="video", direction="in", state="flowing", newest=clinic.clock.now().utc)
    await clinic.handler.handle(clinic.session, note, SYSTEM)

    await clinic.handler.forget_sight()

    session, _world = await clinic.look()
    assert session.sight[Role.CLIENT, "video", "in"].state == "unknown"
    version = session.version
    await clinic.handler.forget_sight()
    assert (await clinic.look())[0].version == version, "once is enough"


# --- time and anchors


async def test_a_jump_of_clinic_time_is_kept_over_a_restart(place: Path) -> None:
    machine = HandMachine()
    clinic = await Clinic.open(place, machine)
    await clinic.handler.jump(3 * HOUR)
    before = clinic.clock.now()
    clinic.close()

    machine.pass_time(SECOND)
    again = await Clinic.open(place, machine, home=None)
    assert again.clock.now() == before.plus(SECOND)
    again.close()


async def test_facts_never_run_back_in_time_even_after_the_wall_was_set_back(place: Path) -> None:
    machine = HandMachine()
    clinic = await Clinic.open(place, machine)
    await clinic.act(Role.THERAPIST, Say(what="note", note="before"))
    machine.step_wall(-2 * HOUR)
    await clinic.act(Role.THERAPIST, Say(what="note", note="after"))
    clinic.close()
    rebooted = HandMachine(wall=machine.wall(), elapsed=10, boot="boot-2")
    again = await Clinic.open(place, rebooted, home=None)
    await again.handler.handle(clinic.session, Say(what="note", note="rebooted"), clinic.by(Role.THERAPIST))

    times = [entry.at.utc for entry in await again.handler.entries(clinic.session)]
    assert times == sorted(times)
    again.close()


async def test_heads_are_anchored_each_minute_of_activity(clinic: Clinic) -> None:
    async def anchored() -> int:
        return (await rows(clinic))["anchors"]

    await clinic.handler.anchor()
    before = await anchored()
    await clinic.handler.anchor()
    assert await anchored() == before, "nothing new, or not yet a minute"

    clinic.machine.pass_time(MINUTE)
    await clinic.act(Role.THERAPIST, Say(what="note", note="new"))
    await clinic.handler.anchor()
    assert await anchored() == before + 1
    assert verify(clinic.where).ok


# --- the notices


async def test_every_alarm_leaves_a_notice_in_the_same_commit(dosed: Clinic) -> None:
    await dosed.pass_time(20 * MINUTE)

    told = await dosed.store.read(lambda conn: outbox.states(conn, dosed.session))
    session, _world = await dosed.look()
    owners = {alarm.owner for alarm in session.alarms.values() if not alarm.resolved}
    assert owners
    assert owners <= {person for person, kind, _state in told if kind in ("alarm", "order")}


async def test_no_answer_and_no_name_stands_in_the_bytes_of_the_record(clinic: Clinic) -> None:
    await clinic.until_ready()
    clinic.close()

    stored = stored_bytes(clinic.place)
    for secret in (b"Castro", b"Rivera", b"+1555010", b"K-2291"):
        assert secret not in stored
    assert b"GateAnswered" in stored, "the premise"


async def test_a_note_is_decided_and_recorded_in_a_few_milliseconds_of_work(dosed: Clinic) -> None:
    begin = time.process_time()  # of this process: a busy machine proves nothing
    for n in range(40):
        await dosed.act(Role.THERAPIST, Say(what="note", note=f"{n}"))

    assert (time.process_time() - begin) / 40 < 0.025


# --- what lies around a session


async def test_a_prescriber_is_counted_in_every_session_where_somebody_may_have_medicine(dosed: Clinic) -> None:
    first, (session, world) = dosed.session, await dosed.look()
    assert world.covered == 0, "the own client does not count"

    await dosed.book(1, later=4 * HOUR)

    later, around = await dosed.look()
    assert later.roles[Role.PRESCRIBER] == session.roles[Role.PRESCRIBER]
    assert around.covered == 1
    other = next(one for one in around.others if one.id == first)
    assert other.order == world.course.order is not None, "what is ordered there says how long it takes its people"


async def test_who_is_on_the_roster_is_known_to_the_rules_of_a_dosed_session(dosed: Clinic) -> None:
    now = dosed.clock.now().utc
    eve = Person("eve", "Dr Eve Lund", "+15550188", "America/Los_Angeles", CA)

    def hire(conn: sa.Connection) -> None:
        people.add(conn, eve, people.STAFF, (Role.PRESCRIBER,), handle="eve")
        roster.add(conn, Role.PRESCRIBER, dosed.booked.roles[Role.PRESCRIBER], now - HOUR, now + HOUR)
        roster.add(conn, Role.PRESCRIBER, "eve", now - HOUR, now + HOUR)
        roster.add(conn, Role.PRESCRIBER, "eve", now + HOUR, now + 2 * HOUR)

    await dosed.store.write(hire)
    session, world = await dosed.look()

    assert world.rostered[Role.PRESCRIBER] == ("eve", dosed.booked.roles[Role.PRESCRIBER])
    assert next_prescriber(session, world) == "Dr Eve Lund, +15550188"
