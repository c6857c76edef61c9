"""What lies around a session: its course, the people, the client's other sessions, and what a restart cannot know."""

import sqlalchemy as sa

from telekap.care.commands import (
    AnswerGate,
    BookSession,
    NoteSight,
    RevokeClearance,
    Taken,
)
from telekap.care.facts import ReleaseEnded
from telekap.care.instant import HOUR
from telekap.care.people import SYSTEM, Person, Role
from telekap.care.words import next_prescriber
from telekap.demo.answers import WELL
from telekap.record import people, roster
from tests.cast import CA
from tests.record.clinic import Clinic, stored_due, wanted_due


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
