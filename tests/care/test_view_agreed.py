"""The card of what was agreed while sober: who writes it, who reads it, and that nobody changes it after the dose."""

import pytest

from telekap.care import commands as c
from telekap.care.errors import Malformed
from telekap.care.people import Role
from tests.care.chapters import seen
from tests.cast import ANA, BEN, JO, SAM, told

SAID = {"touch": "hand", "voice": "silent", "calms": "Her dog is called Pip.", "call": "Lou, at any time"}


def test_the_client_says_it_and_whoever_watches_reads_it_in_words() -> None:
    story = told("arrived")
    story.do(SAM, c.Agree(values=SAID))
    for role in (Role.SUPPORT, Role.THERAPIST, Role.STANDIN, Role.PRESCRIBER, Role.DISPATCHER):
        card = seen(story, role)["agreed"]
        assert card["said"]["by"] == "Sam Rivera"
        assert {row["label"]: row["text"] for row in card["rows"]} == {
            "Touch": "A hand, or a hand on the shoulder",
            "Voice": "Silence, except in danger",
            "What calms": "Her dog is called Pip.",
            "Whom else to call, and when": "Lou, at any time",
        }, role


def test_the_therapist_writes_down_what_the_client_says_and_the_newest_counts() -> None:
    story = told("arrived")
    story.do(SAM, c.Agree(values=SAID))
    story.do(ANA, c.Agree(values=SAID | {"touch": "none"}))
    rows = seen(story, Role.THERAPIST)["agreed"]["rows"]
    assert rows[0] == {"label": "Touch", "text": "None, except in danger"}


@pytest.mark.parametrize("person", [BEN, JO])
def test_nobody_else_agrees_for_the_client(person: str) -> None:
    assert told("arrived").refused(person, c.Agree(values=SAID)) == {"role"}


@pytest.mark.parametrize("chapter", ["dosed", "discharged"])
def test_after_the_first_unit_it_stands_there_and_cannot_be_changed(chapter: str) -> None:
    story = told("arrived")
    story.do(SAM, c.Agree(values=SAID))
    story.dose() if chapter == "dosed" else story.discharge()
    for person in (SAM, ANA):
        assert story.refused(person, c.Agree(values=SAID | {"touch": "none"})) & {"state", "role"}
    assert seen(story, Role.CLIENT)["agreed"] is None
    card = seen(story, Role.THERAPIST)["agreed"]
    assert card["form"] == [] and card["rows"][0]["text"] == "A hand, or a hand on the shoulder"


def test_a_card_without_its_main_lines_is_no_card() -> None:
    story = told("arrived")
    with pytest.raises(Malformed):
        story.do(SAM, c.Agree(values={"touch": "hand"}))
    assert seen(story, Role.THERAPIST)["agreed"]["rows"] == []
