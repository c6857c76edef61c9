"""A phone number corrected at the desk: written with its hour, and what rested on the old one ends."""

import pytest

from telekap.care.people import Role
from telekap.care.session import State
from tests.web.kims_desk import Desk
from tests.web.lobby import release
from tests.web.serving import Serving


@pytest.fixture
def desk(clinic: Serving) -> Desk:
    return Desk(clinic)


async def test_a_release_ends_the_moment_the_number_of_the_support_person_is_corrected(desk: Desk) -> None:
    clinic = desk.clinic
    await release(clinic)
    client, support = [await clinic.person(role) for role in (Role.CLIENT, Role.SUPPORT)]
    (ben,) = [one for one in (await desk.get(f"clients/{client}"))["circle"] if one["person"] == support]
    place, details = f"clients/{client}/people/{support}", {name: ben[name] for name in ("name", "phone", "zone")}

    await desk.done(place, details | {"name": "Ben A. Ortiz"})
    assert (await clinic.house.handler.session(clinic.session))[0].release is not None, "the number is the same"
    await desk.done(place, details | {"phone": "+15550177"})

    session, world = await clinic.house.handler.session(clinic.session)
    assert (session.state, session.release) == (State.RELEASED, None)
    assert session.question is not None, "was anything taken?"
    assert world.people[support].phone == "+15550177"
    assert world.people[client].phone_utc == 0 < world.people[support].phone_utc <= clinic.house.clock.now().utc
