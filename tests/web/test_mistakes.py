"""What a person reads when something typed has the wrong form: what to do, never a validator's words."""

import json
from typing import Any

import pytest
from pydantic import BaseModel

from telekap.care.errors import Malformed
from telekap.live.wire import decode_session
from telekap.web.bodies import read_body
from telekap.web.enrol import Enrolling
from telekap.web.login import SignIn
from telekap.web.second_factor import Proving

DOORS: dict[type[BaseModel], dict[str, Any]] = {
    Enrolling: {"password": "correct horse battery"},
    SignIn: {"handle": "lee", "password": "correct horse battery"},
    Proving: {},
}


@pytest.mark.parametrize("shape", DOORS, ids=lambda shape: str(shape.__name__))
@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "1234567", "x" * 60])
def test_a_code_of_the_wrong_form_is_answered_by_what_to_type(shape: type[BaseModel], typed: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_body(shape, json.dumps(DOORS[shape] | {"code": typed}).encode())
    assert (str(refused.value), refused.value.field) == (
        "Type the six digits your app shows, or a recovery code.",
        "code",
    )


BROKEN: tuple[Any, ...] = ({}, {"gate": 7, "values": {}}, {"gate": "", "values": []}, {"gate": "x" * 9999}, [], "x")


@pytest.mark.parametrize("body", BROKEN, ids=str)
def test_no_refusal_repeats_a_pattern_or_what_was_sent(body: object) -> None:
    with pytest.raises(Malformed) as refused:
        decode_session("gate-answers", json.dumps(body).encode())
    said = str(refused.value)
    assert not any(word in said for word in ("^", "pattern", "Field required", "String should", "xxx")), said
