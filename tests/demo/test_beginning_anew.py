"""A visitor begins the demo anew: the session that runs ends by its own people's acts, wherever it stands."""

from pathlib import Path

import pytest

from telekap.care import commands as c
from telekap.care.people import Actor, Role
from telekap.care.session import State
from telekap.demo.cast import HOMES
from tests.web import lobby
from tests.web.serving import Serving, serving


async def anew(clinic: Serving, session: str) -> dict[str, object]:
    reply = await clinic.browser.post("/api/v1/demo/anew", json={"session": session})
    assert reply.status_code == 200, reply.text
    told: dict[str, object] = reply.json()
    return told


async def act(clinic: Serving, session: str, role: Role, command: c.Command) -> None:
    known, _ = await clinic.house.handler.session(session)
    await clinic.house.handler.handle(session, command, by=Actor(person=known.roles[role]))


@pytest.mark.parametrize(
    ("stands", "ends"),
    [
        ("arriving", State.STOOD_DOWN),
        ("released", State.STOOD_DOWN),
        ("asked", State.STOOD_DOWN),
        ("dosed", State.TRANSFERRED),
    ],
)
async def test_wherever_it_stands_it_ends_by_an_act_and_the_next_can_be_held(
    tmp_path: Path, stands: str, ends: State
) -> None:
    async with serving(tmp_path / "data") as clinic:
        first = clinic.session
        if stands in {"released", "asked"}:
            await lobby.release(clinic)
        if stands == "asked":
            await act(clinic, first, Role.SUPPORT, c.Recall(reason="not now"))
        if stands == "dosed":
            await act(clinic, first, Role.SUPPORT, c.Taken(units=(1, 2)))

        told = await anew(clinic, first)

        assert (await clinic.house.handler.session(first))[0].state is ends
        assert told["session"] == clinic.session != first
        again = await anew(clinic, first)
        assert again["session"] == clinic.session == told["session"], "a retry books no third session"
        await lobby.release(clinic)


async def test_an_alarm_about_the_client_is_resolved_by_people_before_it_can_end(tmp_path: Path) -> None:
    async with serving(tmp_path / "data") as clinic:
        await act(clinic, clinic.session, Role.THERAPIST, c.TakeReading(values={"spo2": 80}))

        reply = await clinic.browser.post("/api/v1/demo/anew", json={"session": clinic.session})

        assert reply.status_code == 409
        assert "Resolve it, then begin anew." in reply.text


async def test_nobody_comes_a_second_time_while_somebody_else_was_never_there(tmp_path: Path) -> None:
    async with serving(tmp_path / "data") as clinic:
        names = []
        for _ in HOMES:
            assert clinic.house.demo is not None
            names += [link["name"] for link in clinic.house.demo.links() if link["role"] == "client"]
            await anew(clinic, clinic.session)

    assert sorted(names) == sorted(home.client for home in HOMES)
