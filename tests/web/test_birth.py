"""A client's date of birth at the desk: asked, corrected with who did it, refused in plain words, told to few."""

from typing import Any

import pytest

from telekap.care.people import Role
from telekap.care.session import State
from tests.web.kims_desk import LEILA, OMAR, Desk
from tests.web.lobby import release
from tests.web.serving import Serving


@pytest.fixture
def desk(clinic: Serving) -> Desk:
    return Desk(clinic)


async def sam(desk: Desk) -> tuple[str, dict[str, Any]]:
    """(address of Sam's own details, what stands there)."""
    person = await desk.clinic.person(Role.CLIENT)
    shown = (await desk.get(f"clients/{person}"))["client"]
    return f"clients/{person}/people/{person}", {name: shown[name] for name in ("name", "phone", "zone", "birth")}


async def test_it_is_corrected_taken_back_or_left_alone_and_the_history_says_by_whom(desk: Desk) -> None:
    client = (await desk.done("clients", OMAR | {"birth": ""}))["person"]
    place = f"clients/{client}/people/{client}"
    plain = {name: OMAR[name] for name in ("name", "phone", "zone")}

    for typed, stands in (({"birth": "1984-02-29"}, "1984-02-29"), ({}, "1984-02-29"), ({"birth": ""}, "")):
        await desk.done(place, plain | typed)
        assert (await desk.get(f"clients/{client}"))["client"]["birth"] == stands

    history = (await desk.get(f"clients/{client}"))["history"]
    assert [line["by"] for line in history] == ["Kim Osei"] * 4
    assert [(line["detail"].get("before") or {}).get("birth") for line in history] == [
        "1984-02-29",
        "1984-02-29",
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("birth", "said"),
    [
        ("1983-02-29", "no date"),
        ("29.2.1984", "no date"),
        ("1000-01-01", "more than 120 years ago"),
        ("2199-01-01", "lies ahead"),
    ],
)
async def test_a_day_that_can_be_nobodys_is_refused_in_plain_words(desk: Desk, birth: str, said: str) -> None:
    place, details = await sam(desk)

    for reply in (
        await desk.post("clients", OMAR | {"birth": birth}),
        await desk.post(place, details | {"birth": birth}),
    ):
        assert reply.status_code == 422
        assert said in reply.json()["sentence"] and reply.json()["field"] == "birth"
        assert birth not in reply.text
    assert [one["name"] for one in (await desk.get("clients"))["clients"]] == ["Sam Rivera"]
    assert (await sam(desk))[1] == details


async def test_only_of_clients_it_is_kept(desk: Desk) -> None:
    client, support, _ = await desk.omar()
    details = {name: LEILA[name] for name in ("name", "phone", "zone")}

    reply = await desk.post(f"clients/{client}/people/{support}", details | {"birth": "1990-01-01"})
    assert reply.status_code == 422 and "Only a client" in reply.text
    assert (await desk.post(f"clients/{client}/circle", LEILA | {"birth": "1990-01-01"})).status_code == 422


async def test_a_session_of_somebody_under_18_is_not_booked_and_the_page_says_why(desk: Desk) -> None:
    plan = await desk.plan()
    today = desk.local(0)[:10]
    client = plan["roles"]["client"]
    young = f"{int(today[:4]) - 17}{today[4:]}"
    await desk.done(f"clients/{client}/people/{client}", OMAR | {"birth": young})

    told = await desk.done("booking-check", plan)

    assert [one["code"] for one in told["problems"]] == ["minor"]
    assert told["problems"][0]["sentence"] == "Omar Sayed is not 18 on that day, and nobody under 18 is treated here."
    body = {name: plan[name] for name in ("kind", "course", "roles", "zone")} | {"appointed": told["appointed"]}
    assert await desk.must_refuse("sessions", body) == {"minor"}
    await desk.done(f"clients/{client}/people/{client}", OMAR | {"birth": ""})
    session = (await desk.done("sessions", body))["session"]
    (cell,) = [one for one in (await desk.get(f"sessions/{session}"))["cells"] if one["column"] == "birth"]
    assert (cell["ready"], cell["words"]) == ("due", "missing")


async def test_a_release_ends_the_moment_the_date_on_file_is_corrected(desk: Desk) -> None:
    clinic = desk.clinic
    await release(clinic)
    place, details = await sam(desk)

    await desk.done(place, details)
    assert (await clinic.house.handler.session(clinic.session))[0].release is not None, "nothing was changed"
    await desk.done(place, details | {"birth": "1988-03-15"})

    session, _ = await clinic.house.handler.session(clinic.session)
    assert (session.state, session.release) == (State.RELEASED, None)
    assert session.question is not None, "was anything taken?"


async def test_nobody_at_home_and_nobody_before_signing_in_is_told_it(desk: Desk) -> None:
    clinic = desk.clinic
    _, details = await sam(desk)
    year = details["birth"][:4]
    assert year.isdigit()
    opened = [clinic.link(Role.CLIENT), clinic.link(Role.SUPPORT)]
    async with clinic.another_browser() as stranger:
        for path in opened:
            assert details["birth"] not in (await stranger.get(path)).text
            reply = await stranger.get(f"/api/v1/links{path}")
            assert reply.status_code == 200 and details["birth"] not in reply.text

    session, _ = await clinic.house.handler.session(clinic.session)
    for role in Role:
        api = await clinic.api(role)
        told = (await clinic.browser.get(f"{api}/sessions/{clinic.session}")).text
        told += (await clinic.browser.get(f"{api}/courses/{session.course}")).text
        told += (await clinic.browser.get(f"{api}/home")).text
        # The dispatcher of this clinic is its coordinator too, who reads the course.
        assert (details["birth"] in told) is (role not in (Role.CLIENT, Role.SUPPORT)), role
        if role is Role.DISPATCHER:
            assert details["birth"] not in (await clinic.browser.get(f"{api}/sessions/{clinic.session}")).text
