"""Marked words through every flow (S-12): names, numbers, an address, answers, free text, codes; then searched for.

Wherever a stranger could look: what the processes write, addresses, titles and pages, health and metrics, redirects,
errors, the words of notices and mails, and the bytes of the record itself.
"""

import asyncio
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import structlog
from aiosmtpd.controller import Controller
from pydantic import SecretStr

from telekap.care.people import Role
from telekap.demo.answers import WELL_SCREENED
from telekap.logs import without_message
from telekap.record import outbox
from telekap.serve import free_port
from telekap.watch.outside import Outside, mailer
from telekap.witness import mail_a_human
from tests.engines import stored_bytes
from tests.web.kims_desk import Desk
from tests.web.lobby import release, well
from tests.web.serving import Serving, fresh_copy, new_key, serving
from tests.web.staff_life import LEE, administer, enrol, invite

CANARY = {
    "name": "Zyxwena Quokka",
    "phone": "+15557731900",
    "birth": "1931-07-19",
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
    marked = {"name": CANARY["name"], "phone": CANARY["phone"], "zone": "UTC", "birth": CANARY["birth"]}
    person = (await desk.done("clients", marked))["person"]
    for wrong in ({"zone": CANARY["note"]}, {"birth": CANARY["street"]}, {"phone": CANARY["street"]}):
        await desk.post(f"clients/{person}/people/{person}", marked | wrong)
    await desk.done(f"clients/{person}/people/{person}", marked | {"birth": ""})
    await desk.done(f"clients/{person}/people/{person}", marked)
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
        ("screening", {"answers": dict(WELL_SCREENED, alone="yes"), "words": {"alone": CANARY["note"]}}),
        ("screening", {"answers": {"alone": CANARY["note"]}, "words": {CANARY["note"]: CANARY["reason"]}}),
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


@pytest.fixture
def letters() -> Iterator[tuple[str, list[EmailMessage], Event]]:
    """A mail server that really runs: (its address, every letter it was given, as a reader opens it; all four came)."""
    got: list[EmailMessage] = []
    came = Event()

    class Box:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            got.append(message_from_bytes(envelope.content, _class=EmailMessage, policy=default))
            if len(got) == 4:
                came.set()
            return "250 OK"

    port = free_port("127.0.0.1")
    server = Controller(Box(), hostname="127.0.0.1", port=port)
    server.start()
    yield f"smtp://127.0.0.1:{port}", got, came
    server.stop()


async def test_marked_words_stand_in_no_letter_of_any_sender(
    letters: tuple[str, list[EmailMessage], Event], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    server, got, came = letters
    own: dict[str, Any] = {"mail_server": SecretStr(server), "clinic_phone": "+15550100"}
    async with serving(await fresh_copy(tmp_path_factory, tmp_path / "data"), **own) as clinic:
        await every_flow(clinic)
        for role in ("client", "support"):
            asked = {"role": role, "mail": "somebody@example.org"}
            link = await Desk(clinic).done(f"sessions/{clinic.session}/links", asked)
            assert link["mailed"]
        store, settings = clinic.house.store, clinic.house.settings
        await clinic.house.handler.anchor()
        mail = mailer(server, settings.mail_from, "auditor@example.org")
        await Outside(store, tmp_path / "elsewhere.jsonl", mail).look()
        health = (await clinic.browser.get("/healthz")).json()
    mail_a_human(server, settings.mail_from, "on-call@example.org", "https://clinic.example.org")(str(health), 3)

    assert await asyncio.to_thread(came.wait, 20)
    assert sorted({letter["To"] for letter in got}) == [
        "auditor@example.org", "on-call@example.org", "somebody@example.org",
    ]  # fmt: skip
    whole = "\n".join(f"{name}: {value}" for letter in got for name, value in letter.items())
    whole += "\n".join(letter.get_content() for letter in got)
    assert found_in(whole) == []
    assert CLINICAL.findall(whole) == []
