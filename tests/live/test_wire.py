"""The names on the wire: each noun decodes to its command, strictly, and the prose says the same as the code."""

import json
import re
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from telekap.care import commands
from telekap.care.errors import Malformed, NotFound
from telekap.live import wire

PROSE = (Path(__file__).parents[2] / "docs" / "wire.md").read_text(encoding="utf-8")

EXAMPLES: dict[type, object] = {str: "well", int: 2, float: 50.5, bool: True}


def example(command: type[commands.Command]) -> dict[str, object]:
    """A body with every field of a command, as a page would write it."""
    body: dict[str, object] = {}
    for field in fields(command):
        kind = str(field.type)
        if field.name in ("role", "part"):
            body[field.name] = "standin"
        elif "Mapping" in kind:
            body[field.name] = {"sbp": 121, "temperature": 36.6, "well": True, "note": "ok", "left": None}
        elif "tuple" in kind:
            body[field.name] = ["CA"] if "str" in kind else [1, 2]
        else:
            word = kind.removeprefix("<class '").split("'")[0].split(" ")[0]
            body[field.name] = {"str": "well", "int": 2, "float": 50.5, "bool": True}[word]
    return body


ALL = [(wire.NOUNS, noun) for noun in wire.NOUNS] + [(wire.COURSE_NOUNS, noun) for noun in wire.COURSE_NOUNS]


@pytest.mark.parametrize(("nouns", "noun"), ALL, ids=[noun for _, noun in ALL])
def test_each_noun_decodes_to_its_command_with_every_field(nouns: dict[str, type], noun: str) -> None:
    body = example(nouns[noun])

    command = wire.decode(nouns, noun, json.dumps(body).encode())

    assert type(command) is nouns[noun]
    assert json.loads(json.dumps(wire.form(command))) == body


@pytest.mark.parametrize(("nouns", "noun"), ALL, ids=[noun for _, noun in ALL])
def test_no_noun_takes_a_field_that_is_not_its_own(nouns: dict[str, type], noun: str) -> None:
    body = example(nouns[noun]) | {"by": "somebody else"}

    with pytest.raises(Malformed) as refused:
        wire.decode(nouns, noun, json.dumps(body).encode())

    assert refused.value.field == "by"


def test_every_command_has_a_noun_but_those_that_only_the_house_gives() -> None:
    kinds = {kind for kind in vars(commands).values() if isinstance(kind, type) and issubclass(kind, commands.Command)}
    bases = {commands.Command, commands.Permission, commands.Observation, commands.CourseCommand}
    system = {
        commands.NoteSight,
        commands.NoteSeat,
        commands.NotePresence,
        commands.NoteFailedNotice,
        commands.Tick,
    }
    inside = system | {commands.BookSession, commands.OpenCourse}

    assert kinds - bases - set(wire.NOUNS.values()) - set(wire.COURSE_NOUNS.values()) == inside


@pytest.mark.parametrize("noun", ["sight", "seat", "tick", "NoteSight", "NoteSeat", "Tick", "", "release/"])
def test_what_only_the_house_says_cannot_be_said_from_outside(noun: str) -> None:
    with pytest.raises(NotFound):
        wire.decode_session(noun, b"{}")


@pytest.mark.parametrize(
    ("noun", "body", "field"),
    [
        ("doses", b'{"units": ["1"]}', "units.0"),
        ("doses", b'{"units": [1.5]}', "units.0"),
        ("doses", b'{"units": [true]}', "units.0"),
        ("doses", b'{"units": 1}', "units"),
        ("doses", b"{}", "units"),
        ("doses", b'{"units": [1], "mg": NaN}', "mg"),
        ("doses", b'{"units": [1], "mg": Infinity}', "mg"),
        ("doses", b'{"units": [1], "said_at": 1e400}', "said_at"),
        ("doses", b'{"units": [1], "said_at": 99999999999999999999}', "said_at"),
        ("doses", b'{"units": [' + b",".join([b"1"] * 65) + b"]}", "units"),
        ("unit-counts", b'{"units": "2"}', "units"),
        ("test-pages", b'{"role": "boss"}', "role"),
        ("amber-decisions", b'{"gate": "oxygen", "reading": "r", "proceed": 1, "reason": "x"}', "proceed"),
        ("gate-answers", b'{"gate": "oxygen", "values": {"spo2": [97]}}', "values.spo2"),
        ("gate-answers", b'{"gate": "oxygen", "values": {"spo2": {"a": 1}}}', "values.spo2"),
        ("gate-answers", b'{"gate": "oxygen", "values": []}', "values"),
        ("gate-answers", json.dumps({"gate": "g" * 201, "values": {}}).encode(), "gate"),
        ("gate-answers", json.dumps({"gate": "g", "values": {str(n): n for n in range(65)}}).encode(), "values"),
        ("words", json.dumps({"what": "note", "note": "n" * 2001}).encode(), "note"),
        ("words", b'{"what": null}', "what"),
        ("lobby", b"[]", ""),
        ("lobby", b"null", ""),
        ("lobby", b'{"a"', ""),
        ("lobby", b"\xff\xfe", ""),
        ("recall", b'{"reason": "\\ud800"}', ""),
        ("lobby", b"[" * 5000, ""),
    ],
)
def test_what_cannot_be_decoded_is_malformed_and_names_the_field(noun: str, body: bytes, field: str) -> None:
    with pytest.raises(Malformed) as refused:
        wire.decode_session(noun, body)

    assert refused.value.field == field
    assert refused.value.sentence


def test_a_refusal_never_repeats_what_was_sent() -> None:
    with pytest.raises(Malformed) as refused:
        wire.decode_session("unit-counts", b'{"units": "my private words"}')

    assert "private" not in refused.value.sentence


def test_an_empty_body_asks_for_a_command_without_fields() -> None:
    assert wire.decode_session("lobby", b"") == commands.OpenLobby()


def test_a_note_may_be_as_long_as_the_forms_allow() -> None:
    note = "n" * wire.PROSE_LIMIT

    assert wire.decode_session("words", json.dumps({"what": "note", "note": note}).encode()) == commands.Say(
        what="note", note=note
    )


def table(heading: str) -> dict[str, set[str]]:
    """Noun → fields, out of the table of the prose below ``heading``."""
    rows = PROSE.split(heading, 1)[1].split("\n\n", 2)[1].splitlines()[2:] if heading else []
    found = {}
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        found[cells[0].strip("`")] = set(re.findall(r"`([a-z_0-9]+\??)`", cells[1]))
    return found


@pytest.mark.parametrize(
    ("heading", "nouns"),
    [
        ("An observation (marked o)", wire.NOUNS),
        ("`POST /api/v1/as/{login}/courses/{course}/{noun}`, the same way:", wire.COURSE_NOUNS),
    ],
    ids=["sessions", "courses"],
)
def test_the_prose_names_the_nouns_and_fields_of_the_code(heading: str, nouns: dict[str, type]) -> None:
    code = {
        noun: {field.name + ("" if field.default is MISSING else "?") for field in fields(command)}
        for noun, command in nouns.items()
    }

    assert table(heading) == code


def test_the_prose_marks_exactly_the_observations() -> None:
    rows = [row for row in PROSE.splitlines() if re.match(r"\| `[a-z-]+` \|", row)]
    marked = {row.split("`")[1] for row in rows if re.search(r"\| o(:|\s|\|)", row)}

    assert marked == {noun for noun, kind in wire.NOUNS.items() if issubclass(kind, commands.Observation)}


def test_the_prose_names_the_messages_of_the_code() -> None:
    messages = PROSE.split("## The live socket", 1)[1].split("## ", 1)[0]

    for name in (*wire.Message, *wire.MediaEvent):
        assert f"`{name}`" in messages
