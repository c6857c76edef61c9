"""Marked words through every flow (S-12): names, numbers, an address, answers, free text, codes; then searched for.

Wherever a stranger could look: what the processes write, addresses, titles and pages, health and metrics, redirects,
errors, the words of notices and mails, and the bytes of the record itself.
"""

import re
from typing import Any

import pytest
import structlog

from telekap.care.people import Role
from telekap.logs import without_message
from telekap.record import outbox
from tests.engines import stored_bytes
from tests.web.lobby import release, well
from tests.web.serving import Serving, new_key
from tests.web.staff_life import LEE, administer, enrol, invite
from tests.web.test_clinic_desk import Desk

CANARY = {
    "name": "Zyxwena Quokka",
    "phone": "+15557731900",
    "street": "77 Wombatgasse",
    "note": "numbat under the floorboards",
    "reason": "because of the axolotl",
    "medicine": "echidnazepam",
    "handle": "platypus-desk",
    "password": "correct bilby battery",
}
CLINICAL = re.compile(r"ketamine|lozenge|dose|suicid|blood|oxygen|psycho|seizure", re.I)
"""Words that must not stand where a passer-by reads: an address, a title, a push or a mail."""


async def every_flow(clinic: Serving) -> dict[str, Any]:
    """A client is written down, invited, asked, dosed, and speaks; staff come and go; much of it goes wrong."""
    desk = Desk(clinic)
    person = (await desk.done("clients", {"name": CANARY["name"], "phone": CANARY["phone"], "zone": "UTC"}))["person"]
    await desk.post("clients", {"name": CANARY["name"], "phone": CANARY["street"], "zone": CANARY["note"]})
    await desk.done(
        f"clients/{person}/circle", {"name": CANARY["name"], "phone": "+15557731901", "zone": "UTC", "part": "support"}
    )
    _, token = await invite(clinic, handle=CANARY["handle"], name=CANARY["name"])
    async with clinic.another_browser() as lee:
        await enrol(clinic, lee, token, CANARY["password"])
        await lee.post("/api/v1/sign-in", json=dict.fromkeys(("handle", "password"), CANARY["note"]) | {"code": "1"})
        await lee.post("/api/v1/sign-in", json={"handle": CANARY["handle"], "password": "guess" * 3, "code": "123456"})
        await lee.post("/api/v1/lost-link", json={"phone": CANARY["phone"]})
        await lee.get(f"/j/{CANARY['note'].replace(' ', '-')}")
    await administer(clinic, "invitations", LEE | {"name": CANARY["name"], "handle": "Ä"})
    session, _ = await clinic.house.handler.session(clinic.session)
    course = f"{await clinic.api(Role.PRESCRIBER)}/courses/{session.course}"
    for noun, body in (
        ("emergency-note", {"medicines": CANARY["medicine"], "allergies": "none"}),
        ("question", {"question": CANARY["note"]}),
    ):
        await clinic.browser.post(f"{course}/{noun}", json=body, headers={"Idempotency-Key": new_key()})
    await clinic.act(Role.CLIENT, "gate-answers", {"gate": "location", "values": {"street": CANARY["street"]}})
    await release(clinic)
    await well(clinic, Role.CLIENT, "doses", {"units": [1, 2]})
    await well(clinic, Role.CLIENT, "words", {"what": "symptom", "note": CANARY["note"]})
    await well(clinic, Role.CLIENT, "help", {"strength": "hold"})
    await well(clinic, Role.THERAPIST, "readings", {"values": {"sbp": 190, "dbp": 100, "note": CANARY["note"]}})
    await clinic.act(Role.THERAPIST, "cancellation", {"reason": CANARY["reason"]})
    await clinic.act(Role.THERAPIST, "early-release", {"adult": CANARY["name"], "reason": CANARY["reason"]})
    await clinic.act(Role.THERAPIST, "words", {"what": "note", "unknown": CANARY["note"]})
    await clinic.act(Role.THERAPIST, "words", CANARY["note"])
    return {"token": token}


def found_in(text: str) -> list[str]:
    """The marked words in a text."""
    return [word for word in CANARY.values() if word in text]


async def test_marked_words_come_out_nowhere_but_to_whom_they_belong(
    clinic: Serving, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    structlog.configure(processors=[without_message, structlog.processors.JSONRenderer()])
    try:
        asked: list[str] = []
        clinic.browser.event_hooks["response"] = [_noting(asked)]
        told = await every_flow(clinic)
        logged = "".join(capsys.readouterr()) + caplog.text
    finally:
        structlog.reset_defaults()

    assert "release" in "".join(asked) and len(asked) > 40
    assert found_in("\n".join(asked)) == []  # addresses, redirects, refusals: what was typed is never repeated
    assert "invited" in logged
    assert found_in(logged) == []
    assert told["token"] not in logged
    pages = [one.split(" ")[0] for one in asked if not one.startswith("/api/")]  # what a browser shows and keeps
    assert pages and CLINICAL.findall("\n".join(pages)) == []
    async with clinic.another_browser() as stranger:
        for path in ("/healthz", "/readyz", "/api/openapi.json", "/api/v1/as/nobody/home", "/sign-in", "/lost"):
            assert found_in((await stranger.get(path)).text) == [], path


def _noting(asked: list[str]) -> Any:
    async def note(reply: Any) -> None:
        await reply.aread()
        asked.append(
            f"{reply.request.url.path} {reply.status_code} {dict(reply.headers)} "
            + (reply.text if reply.status_code >= 400 else "")
        )

    return note


async def test_no_title_of_a_page_says_what_it_is_about() -> None:
    from telekap.web.pages import FOLDER

    titles = {path.name: re.findall(r"<title>(.*?)</title>", path.read_text()) for path in FOLDER.glob("*.html")}

    assert len(titles) > 10
    assert {name: said for name, said in titles.items() if len(said) != 1 or CLINICAL.search(said[0])} == {}


async def test_marked_words_are_sealed_in_the_record(clinic: Serving) -> None:
    await every_flow(clinic)
    rows = await clinic.house.store.read(lambda conn: outbox.states(conn, clinic.session))
    await clinic.house.store.write(lambda conn: None)

    stored = stored_bytes(clinic.house.settings.data)
    assert rows
    assert [word for word in CANARY.values() if word.encode() in stored and word != CANARY["handle"]] == []
