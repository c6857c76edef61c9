"""The demo clinic seeds itself once through the handler, resumes, and books the next session when one is over."""

import asyncio
import json
import stat
from pathlib import Path

from telekap.care.commands import AnswerGate
from telekap.care.people import Actor, Role
from telekap.care.session import State
from telekap.demo.cast import HOMES, PASSWORD
from telekap.demo.clinic import shown_step
from telekap.record.people import DRIFT, STEP
from tests.web.serving import Serving, serving


async def end_session(clinic: Serving) -> None:
    """A final red: the therapist does not know the face."""
    session, _ = await clinic.house.handler.session(clinic.session)
    values = {"name": "matches", "birth": "matches", "face": "mismatch"}
    therapist = Actor(person=session.roles[Role.THERAPIST])
    await clinic.house.handler.handle(session.id, AnswerGate(gate="identity", values=values), by=therapist)
    assert (await clinic.house.handler.session(session.id))[0].state is State.STOOD_DOWN


async def next_session(clinic: Serving, after: str) -> str:
    """Wait until the demo has booked another one."""
    for _ in range(400):
        if clinic.session != after:
            break
        await asyncio.sleep(0.05)
    return clinic.session


async def test_six_people_are_seeded_and_everything_clinical_is_in_the_record(tmp_path: Path) -> None:
    async with serving(tmp_path / "data") as clinic:
        session, world = await clinic.house.handler.session(clinic.session)
        kinds = [type(entry.fact).__name__ for entry in await clinic.house.handler.entries(clinic.session, 0)]

    assert set(session.roles) == set(Role)
    assert len(set(session.roles.values())) == 6
    assert kinds[:2] == ["SessionBooked", "LobbyOpened"]
    assert session.state is State.ARRIVING
    assert world.course.clearance is not None and world.course.clearance.status == "active"
    assert world.course.order is not None and (world.course.order.units, world.course.order.mg_per_unit) == (2, 50)
    assert world.course.consent is not None


async def test_a_second_start_resumes_the_same_session_with_the_same_links(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with serving(data) as clinic:
        session, path = clinic.session, clinic.link(Role.CLIENT)

    async with serving(data) as clinic:
        assert clinic.session == session
        assert clinic.link(Role.CLIENT) == path
        assert (await clinic.browser.post(path)).status_code == 303


async def test_a_session_nobody_remembers_is_gone_on_with(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with serving(data) as clinic:
        session, path = clinic.session, clinic.link(Role.CLIENT)
    (data / "demo.json").unlink()

    async with serving(data) as clinic:
        assert clinic.session == session
        assert clinic.link(Role.CLIENT) != path
        assert (await clinic.browser.post(clinic.link(Role.CLIENT))).status_code == 303


async def test_when_a_session_is_over_the_next_client_is_due_now(tmp_path: Path) -> None:
    async with serving(tmp_path / "data") as clinic:
        first = clinic.session
        therapist = clinic.link(Role.THERAPIST)
        await end_session(clinic)

        second = await next_session(clinic, first)

        assert second != first
        names = {link["role"]: link["name"] for link in clinic.house.demo.links()} if clinic.house.demo else {}
        assert names["client"] == HOMES[1].client
        assert names["therapist"] == "Ana Ruiz"
        assert clinic.link(Role.THERAPIST) != therapist
        assert (await clinic.house.handler.session(second))[0].state in {State.SCHEDULED, State.ARRIVING}
        assert json.loads((tmp_path / "data" / "demo.json").read_text())["session"] == second


async def test_a_clinic_whose_session_ended_while_it_was_stopped_books_the_next(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with serving(data) as clinic:
        first = clinic.session
        await end_session(clinic)

    async with serving(data) as clinic:
        assert await next_session(clinic, first) != first


async def test_the_file_with_the_links_is_its_owners_alone(tmp_path: Path) -> None:
    async with serving(tmp_path / "data"):
        mode = stat.S_IMODE((tmp_path / "data" / "demo.json").stat().st_mode)

    assert mode == 0o600


async def test_an_empty_demo_has_its_staff_with_codes_and_books_nothing(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", empty=True) as clinic:
        demo = clinic.house.demo
        assert demo is not None
        assert (demo.session, demo.links()) == ("", [])
        first = await demo.codes()
        sign_in = {"handle": "kim", "password": PASSWORD, "code": first["dispatcher"]}
        assert (await clinic.browser.post("/api/v1/sign-in", json=sign_in)).status_code == 200
        second = await demo.codes()

        assert set(first) == {"therapist", "standin", "prescriber", "dispatcher"}
        assert second["dispatcher"] != first["dispatcher"], "a code that was used is not shown again"
        assert {role: second[role] for role in ("therapist", "prescriber")} == {
            role: first[role] for role in ("therapist", "prescriber")
        }
        assert await clinic.house.handler.sessions_of(None) == []


def test_a_code_that_is_shown_is_still_taken_fifteen_seconds_later_and_three_are_shown_one_after_another() -> None:
    for second in range(STEP):
        wall, used = (1_000 * STEP + second) * 1000, 0
        taken_later = range((wall // 1000 + 14) // STEP - DRIFT, (wall // 1000 + 14) // STEP + DRIFT + 1)
        first = shown_step(wall, used)
        then = [shown_step(wall, first), shown_step(wall, first + 1)]

        assert first in taken_later, second
        assert then[0] == first + 1, second
        assert then[1] == min(first + 2, 1_000 + DRIFT), second
