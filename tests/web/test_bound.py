"""Signing: a second factor given for one act counts for that very act, within five minutes, and for no other."""

from typing import Any

import pytest
import sqlalchemy as sa

from telekap.care.instant import MINUTE
from telekap.care.people import Person, Role
from telekap.record import logins, people
from telekap.web.bound import BOUND
from tests.web.serving import Serving, new_key

CLEARANCE = {"sessions": 2, "days": 30, "gap_h": 168, "states": ["CA"]}


async def sign(clinic: Serving, body: dict[str, Any]) -> int:
    session, _ = await clinic.house.handler.session(clinic.session)
    where = f"{await clinic.api(Role.PRESCRIBER)}/courses/{session.course}/clearance"
    return (await clinic.browser.post(where, json=body, headers={"Idempotency-Key": new_key()})).status_code


async def act(clinic: Serving, body: dict[str, Any], noun: str = "clearance") -> dict[str, Any]:
    session, _ = await clinic.house.handler.session(clinic.session)
    return {"of": f"courses/{session.course}", "noun": noun, "body": body}


async def test_a_proof_for_the_act_signs_it(clinic: Serving) -> None:
    await clinic.confirm(Role.PRESCRIBER, await act(clinic, CLEARANCE))

    assert await sign(clinic, CLEARANCE) == 200


async def test_a_proof_for_nothing_in_particular_signs_nothing(clinic: Serving) -> None:
    await clinic.confirm(Role.PRESCRIBER)

    assert await sign(clinic, CLEARANCE) == 409


@pytest.mark.parametrize("change", [{"sessions": 1}, {"days": 29}, {"gap_h": 169}, {"states": ["CA", "OR"]}])
async def test_a_proof_for_an_act_that_differs_in_one_field_signs_nothing(
    clinic: Serving, change: dict[str, Any]
) -> None:
    await clinic.confirm(Role.PRESCRIBER, await act(clinic, CLEARANCE | change))

    assert await sign(clinic, CLEARANCE) == 409


async def test_a_proof_of_five_minutes_ago_signs_nothing(clinic: Serving) -> None:
    await clinic.confirm(Role.PRESCRIBER, await act(clinic, CLEARANCE))
    await clinic.house.handler.jump(5 * MINUTE + 1)

    assert await sign(clinic, CLEARANCE) == 409


async def test_a_proof_for_one_course_signs_nothing_in_another(clinic: Serving) -> None:
    await clinic.confirm(Role.PRESCRIBER, await act(clinic, CLEARANCE) | {"of": "courses/another"})

    assert await sign(clinic, CLEARANCE) == 409


@pytest.mark.parametrize("noun", ["release", "doses", "nothing"])
async def test_only_acts_that_are_signed_can_be_proved_for(clinic: Serving, noun: str) -> None:
    asked = {"code": "123456", "act": {"of": f"sessions/{clinic.session}", "noun": noun, "body": {}}}

    reply = await clinic.browser.post(f"{await clinic.api(Role.PRESCRIBER)}/second-factor", json=asked)

    assert reply.status_code == 404


async def test_every_signed_noun_is_in_the_prose_of_the_wire() -> None:
    from pathlib import Path

    prose = (Path(__file__).parents[2] / "docs" / "wire.md").read_text()
    chapter = prose.split("## Signing")[1].split("##")[0]

    assert all(f"`{noun}`" in chapter for noun in BOUND)


async def test_a_proof_that_is_bound_also_lets_release(clinic: Serving) -> None:
    await clinic.confirm(Role.PRESCRIBER, await act(clinic, CLEARANCE))

    _, world = await clinic.house.handler.session(clinic.session)
    assert Role.PRESCRIBER in world.second_factor


async def test_a_second_prescriber_sees_a_course_only_while_its_order_waits_for_one(clinic: Serving) -> None:
    session, _ = await clinic.house.handler.session(clinic.session)
    now, wall = clinic.house.clock.now(), clinic.house.clock.wall()

    def hire(conn: sa.Connection) -> tuple[str, str]:
        people.add(conn, Person("p-max", "Dr Max", "+15550177", "UTC"), people.STAFF, (Role.PRESCRIBER,))
        return logins.issue(conn, "p-max", None, "password", wall, second_factor=now)

    public, secret = await clinic.house.store.write(hire)
    clinic.browser.cookies.set(f"tk-{public}", secret, domain="clinic.test", path="/")
    course = f"/api/v1/as/{public}/courses/{session.course}"
    assert (await clinic.browser.get(course)).status_code == 404

    where = f"{await clinic.api(Role.THERAPIST)}/courses/{session.course}/weight"
    reply = await clinic.browser.post(
        where, json={"kg": 32}, headers={"Idempotency-Key": new_key()}
    )  # 100 mg: 3.1 mg/kg
    assert reply.status_code == 200

    seen = await clinic.browser.get(course)
    assert seen.status_code == 200 and seen.json()["cosigns"] is True
    waiting = (await clinic.browser.get(f"/api/v1/as/{public}/queue")).json()["courses"]
    assert [(one["why"], one["client"]) for one in waiting] == [("cosign", "Sam Rivera")]
    found, _ = await clinic.house.handler.course(session.course)
    assert found.order is not None
    body = {"order": found.order.id}
    unproved = await clinic.browser.post(
        f"{course}/order-cosignature", json=body, headers={"Idempotency-Key": new_key()}
    )
    assert unproved.json()["reasons"][0]["code"] == "second_factor"
