"""Links for the two at home: shown once, mailed without a word about why, and never taken from somebody dosed."""

from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from pydantic import SecretStr

from telekap.care.people import Role
from telekap.serve import free_port
from telekap.web.qr import drawing
from tests.web.kims_desk import Desk
from tests.web.serving import fresh_copy, serving


async def test_a_link_is_shown_once_lets_in_and_is_replaced_by_the_next(desk: Desk) -> None:
    session, _ = await desk.booked()
    first = (await desk.done(f"sessions/{session}/links", {"role": "client"}))["url"]
    second = (await desk.done(f"sessions/{session}/links", {"role": "client"}))["url"]
    base = desk.clinic.house.settings.url

    assert "/j/" in first and first != second
    browser = desk.clinic.another_browser()
    assert (await browser.get(first.removeprefix(base))).status_code == 404, "withdrawn by the second"
    entered = await browser.post(second.removeprefix(base))
    assert entered.headers["location"].endswith(f"/s/{session}")
    states = {row["role"]: row["state"] for row in (await desk.get(f"sessions/{session}/links"))["links"]}
    assert states == {"client": "opened", "support": "none"}

    await desk.done(f"sessions/{session}/link-withdrawals", {"role": "client"})
    assert (await browser.get(entered.headers["location"])).status_code == 401, "the login it made has ended too"
    assert (await browser.post(second.removeprefix(base))).status_code == 404


async def test_without_a_mail_server_no_link_is_made_for_a_letter(desk: Desk) -> None:
    asked = {"role": "client", "mail": "sam@example.org"}
    assert await desk.must_refuse(f"sessions/{desk.clinic.session}/links", asked) == {"no_mail"}


async def test_a_link_is_mailed_without_a_word_about_why_and_can_be_photographed(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    got: list[Any] = []

    class Box:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            got.append(envelope)
            return "250 OK"

    port, asked = free_port("127.0.0.1"), {"role": "client", "mail": "sam@example.org"}
    own: dict[str, Any] = {"mail_server": SecretStr(f"smtp://127.0.0.1:{port}"), "clinic_phone": "+15550100"}
    async with serving(await fresh_copy(tmp_path_factory, tmp_path / "data"), **own) as clinic:
        desk = Desk(clinic)
        away = await desk.done(f"sessions/{clinic.session}/links", asked)
        assert away["mailed"] is False and away["url"], "the link is made whether the letter went or not"
        box = Controller(Box(), hostname="127.0.0.1", port=port)
        box.start()
        try:
            told = await desk.done(f"sessions/{clinic.session}/links", asked)
        finally:
            box.stop()
        assert (await clinic.browser.get("/api/v1/clinic-contact")).json() == {"phone": "+15550100", "zone": "UTC"}
    assert told["mailed"] is True and told["qr"] == drawing(told["url"])
    (letter,) = got
    text = message_from_bytes(letter.content, policy=default).get_content()  # type: ignore[attr-defined]
    assert letter.rcpt_tos == ["sam@example.org"] and told["url"] in text and "+15550100" in text
    for word in ("Sam", "Rivera", "Ana", "ketamine", "dose", "medicine", "session", "therap"):
        assert word not in text.replace(told["url"], ""), word


@pytest.mark.parametrize("mail", ["no address", "a@b@c", "x@y, z@w", "a" * 65 + "@example.org", "a@b\nBcc: c@d"])
async def test_what_is_no_address_gets_no_link(desk: Desk, mail: str) -> None:
    reply = await desk.post(f"sessions/{desk.clinic.session}/links", {"role": "client", "mail": mail})
    assert reply.status_code == 422 and reply.json()["field"] == "mail"


async def test_from_the_dose_until_signed_nobody_at_home_is_locked_out(desk: Desk) -> None:
    clinic = desk.clinic
    await clinic.act(Role.SUPPORT, "doses", {"units": [1]})
    assert (await clinic.view(Role.THERAPIST))["state"] == "dosed"

    refused = await desk.must_refuse(f"sessions/{clinic.session}/link-withdrawals", {"role": "support"})

    assert refused == {"under_care"}
    await desk.done(f"sessions/{clinic.session}/links", {"role": "support"})
    assert (await clinic.view(Role.SUPPORT))["state"] == "dosed", "the page that is open stays open"


async def test_staff_get_no_join_link(desk: Desk) -> None:
    assert await desk.must_refuse(f"sessions/{desk.clinic.session}/links", {"role": "therapist"}) == {"staff"}
