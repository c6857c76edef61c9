"""The prescriber's queue, and the words others read, over HTTP: theirs alone."""

from typing import Any

import httpx2

from telekap.care.people import Role
from telekap.web.looks.desk import Preview
from tests.web.serving import Serving, new_key

LIMITED = {"sessions": 1, "days": 20, "gap_h": 336, "states": ["CA"], "max_mg": 100, "note": "Call me on Monday."}


async def preview(clinic: Serving, role: Role, noun: str, body: dict[str, Any]) -> httpx2.Response:
    session, _ = await clinic.house.handler.session(clinic.session)
    where = f"{await clinic.api(role)}/courses/{session.course}/previews/{noun}"
    reply = await clinic.browser.post(where, json=body, headers={"Idempotency-Key": new_key()})
    if reply.status_code == 200:
        Preview.model_validate_json(reply.text, strict=True)
    return reply


async def queue(clinic: Serving) -> dict[str, Any]:
    reply = await clinic.browser.get(f"{await clinic.api(Role.PRESCRIBER)}/queue")
    assert reply.status_code == 200, reply.text
    body: dict[str, Any] = reply.json()
    return body


async def test_the_queue_tells_courses_and_what_waits_now(clinic: Serving) -> None:
    await clinic.act(Role.THERAPIST, "test-pages", {"role": "prescriber"})

    found = await queue(clinic)

    assert [one["client"] for one in found["courses"]] == ["Sam Rivera"]
    assert [(one["kind"], one["session"]) for one in found["live"]] == [("duty", clinic.session)]
    assert [(one["session"], one["state"]) for one in found["going"]] == [(clinic.session, "arriving")]
    assert found["courses"][0]["dosing"] == found["going"][0]["appointed"], "its lobby is open: it is the next dose"
    await clinic.act(Role.PRESCRIBER, "duty")
    assert (await queue(clinic))["live"] == []


async def test_an_amber_gate_is_a_live_question_until_it_is_decided(clinic: Serving) -> None:
    await clinic.act(Role.THERAPIST, "gate-answers", {"gate": "oxygen", "values": {"device": "seen", "spo2": 93}})

    (asked,) = [one for one in (await queue(clinic))["live"] if one["kind"] == "ask" and "93" in one["sentence"]]
    assert asked["therapist"] == "Ana Ruiz"


async def test_what_would_be_read_is_shown_and_nothing_is_signed(clinic: Serving) -> None:
    session, _ = await clinic.house.handler.session(clinic.session)
    before, _ = await clinic.house.handler.course(session.course)

    shown = (await preview(clinic, Role.PRESCRIBER, "clearance", LIMITED)).json()
    assert shown["for_client"].endswith("at least 14 days. Call me on Monday.")
    assert "at most 100 mg a session" in shown["for_therapist"] and shown["reasons"] == []
    much = (await preview(clinic, Role.PRESCRIBER, "clearance", LIMITED | {"sessions": 60})).json()
    assert [one["code"] for one in much["reasons"]] == ["sessions"]
    no = (await preview(clinic, Role.PRESCRIBER, "refusal", {"reason": "Pressure."})).json()
    assert "Pressure" not in no["for_client"] and [one["code"] for one in no["reasons"]] == ["active"]

    after, _ = await clinic.house.handler.course(session.course)
    assert after == before


async def test_nobody_else_sees_a_queue_or_a_preview(clinic: Serving) -> None:
    for role in Role:
        if role is Role.PRESCRIBER:
            continue
        assert (await clinic.browser.get(f"{await clinic.api(role)}/queue")).status_code == 404
        assert (await clinic.browser.get(f"/as/{await clinic.enter(role)}/queue")).status_code == 404
        assert (await preview(clinic, role, "clearance", LIMITED)).status_code == 404
    assert (await preview(clinic, Role.PRESCRIBER, "order", {})).status_code in (404, 422)
    ada = await clinic.enter(Role.PRESCRIBER)
    assert (await clinic.browser.get(f"/as/{ada}/queue")).status_code == 200


async def test_the_papers_of_a_course_are_for_its_staff(clinic: Serving) -> None:
    session, _ = await clinic.house.handler.session(clinic.session)
    for role in Role:
        page = await clinic.browser.get(f"/as/{await clinic.enter(role)}/c/{session.course}")
        assert page.status_code == (404 if role in (Role.CLIENT, Role.SUPPORT) else 200)
    stranger = await clinic.stranger()
    assert (await clinic.browser.get(f"/as/{stranger}/c/{session.course}")).status_code == 404
