"""One thin line through the house, over HTTP: gates, a release refused and given, a dose, and who sees what of it."""

import asyncio

from telekap.care.people import Role
from tests.web.lobby import open_all_gates, release, well
from tests.web.serving import Serving


async def test_a_release_before_the_gates_are_open_names_every_reason_at_once(clinic: Serving) -> None:
    before = await clinic.version()

    reply = await clinic.act(Role.THERAPIST, "release")

    assert reply.status_code == 409
    assert len(reply.json()["reasons"]) > 10
    assert await clinic.version() == before


async def test_nobody_but_the_therapist_releases(clinic: Serving) -> None:
    digest = await open_all_gates(clinic)

    for role in set(Role) - {Role.THERAPIST}:
        assert (await clinic.act(role, "release", {"board": digest})).status_code == 409


async def test_from_the_gates_to_a_dose(clinic: Serving) -> None:
    await release(clinic)
    released = await clinic.view(Role.CLIENT)
    await well(clinic, Role.CLIENT, "doses", {"units": [1, 2]})
    client, support, therapist = [await clinic.view(role) for role in (Role.CLIENT, Role.SUPPORT, Role.THERAPIST)]

    assert released["state"] == "released" and released["release"]["given"]["units"] == 2
    assert client["state"] == support["state"] == therapist["state"] == "dosed"
    assert [unit["unit"] for unit in therapist["dose"]["units"]] == [1, 2]
    assert "board" not in client and "board" not in support


async def test_the_same_unit_taken_twice_by_two_people_is_one_dose(clinic: Serving) -> None:
    await release(clinic)

    await asyncio.gather(
        *(well(clinic, role, "doses", {"units": [1, 2]}) for role in (Role.CLIENT, Role.SUPPORT, Role.THERAPIST))
    )

    session, _ = await clinic.house.handler.session(clinic.session)
    assert sorted(dose.unit or 0 for dose in session.doses if dose.planned) == [1, 2]


async def test_the_presence_code_is_shown_to_the_client_alone(clinic: Serving) -> None:
    await release(clinic)
    await well(clinic, Role.CLIENT, "doses", {"units": [1, 2]})
    shown = {}
    for _ in range(30):
        shown = {role: (await clinic.view(role))["code"] for role in Role}
        if shown[Role.CLIENT]:
            break
        await clinic.browser.post("/api/v1/demo/jump", json={"session": clinic.session})
        await clinic.house.watch.cycle()
        clinic.house.clock.jump(3_000)
        await clinic.house.watch.cycle()

    assert shown[Role.CLIENT] and len(shown[Role.CLIENT]) == 3
    assert {shown[role] for role in Role if role is not Role.CLIENT} == {None}
    for role in set(Role) - {Role.CLIENT}:
        where = f"{await clinic.api(role)}/sessions/{clinic.session}"
        assert f'"{shown[Role.CLIENT]}"' not in (await clinic.browser.get(where)).text


async def test_i2_a_dose_without_a_release_starts_the_full_watch_and_is_an_incident(clinic: Serving) -> None:
    await well(clinic, Role.CLIENT, "doses", {"units": [1]})

    therapist = await clinic.view(Role.THERAPIST)
    session, _ = await clinic.house.handler.session(clinic.session)
    assert therapist["state"] == "dosed"
    assert [incident.kind for incident in session.incidents].count("dose_outside_release") == 1
    assert therapist["alarms"]
    assert therapist["dose"]["floor"]["prescriber_only"]
