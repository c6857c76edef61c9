"""Logs hold ids and states: no name, answer, free text, code or token, whatever went right or wrong."""

import pytest

from telekap.care.people import Role
from telekap.demo.cast import PASSWORD
from tests.web.lobby import release, well
from tests.web.serving import Serving


async def test_no_name_no_word_and_no_token_gets_into_a_log(
    clinic: Serving, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    note = "a private sentence nobody else may read"
    await release(clinic)
    await well(clinic, Role.CLIENT, "doses", {"units": [1, 2]})
    await well(clinic, Role.CLIENT, "words", {"what": "note", "note": note})
    await clinic.act(Role.CLIENT, "discharge", {"note": note})
    await clinic.act(Role.CLIENT, "discharge")
    await clinic.browser.post("/api/v1/sign-in", json={"handle": "ana", "password": note, "code": "123456"})
    await clinic.browser.get(f"/j/{note}")
    await clinic.browser.get(clinic.link(Role.CLIENT))

    logged = "".join(capsys.readouterr()) + caplog.text
    secrets = [cookie for cookie in clinic.browser.cookies.values() if cookie]
    tokens = [clinic.link(role).split("/")[2] for role in Role]
    names = ["Sam", "Rivera", "Ben Ortiz", "Ana Ruiz", "Okafor", "Kim Osei", "+1555", "Castro"]
    assert "link_used" in logged
    assert [word for word in (note, PASSWORD, "123456", *secrets, *tokens, *names) if word in logged] == []
