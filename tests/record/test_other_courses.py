"""What was taken in one course of a client is known in their others, by a session and by a course alike."""

from pathlib import Path

from telekap.care.commands import OpenCourse, Taken
from telekap.care.people import Role
from tests.record.clinic import Clinic


async def test_a_dose_of_one_course_is_known_in_the_others_of_the_same_client(place: Path) -> None:
    clinic = await Clinic.open(place)
    dosed = clinic.session
    await clinic.act(Role.CLIENT, Taken(units=(1,)))
    first = (await clinic.look())[0].course
    roles = clinic.booked.roles
    people = OpenCourse(client=roles[Role.CLIENT], prescriber=roles[Role.PRESCRIBER], therapist=roles[Role.THERAPIST])
    second = await clinic.handler.open_course(people, clinic.by(Role.DISPATCHER))

    _, world = await clinic.handler.course(second)
    (elsewhere,) = world.other_courses
    _, own = await clinic.look()

    assert [dose.session for dose in world.known_doses()] == [dosed] and elsewhere.id == first
    assert own.other_courses == () and len(own.known_doses()) == 1
    clinic.close()
