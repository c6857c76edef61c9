"""What the support person is asked at the bed, in whole questions, and what the signs seen there lead to."""

from telekap.care.check_in_forms import AT_THE_BED, ITEMS, form_of
from telekap.care.checkins import form
from telekap.care.people import Role
from telekap.care.signs import SIGNS
from tests.cast import told

ASKED_THERE = ("look_in", "cuff", "spit_cup", "stand")


def test_everything_the_plan_asks_of_the_support_person_is_a_question_with_the_clients_name() -> None:
    asked = form_of(ASKED_THERE, "Sam", at_the_bed=True)

    said = {field.name: field.label for field in asked if field.name != "cannot_see"}  # a button beside the code
    assert all(label.endswith("?") for label in said.values()), said
    assert all("Sam" in label for label in said.values()), said


def test_asked_in_other_words_the_same_answers_stand_in_the_same_order() -> None:
    of_staff = {field.name: field for fields in ITEMS.values() for field in fields}

    for name, field in AT_THE_BED.items():
        assert [one.value for one in field.choices] == [one.value for one in of_staff[name].choices], name
        assert (field.kind, field.required) == (of_staff[name].kind, of_staff[name].required), name


def test_the_therapist_keeps_the_short_words_of_the_form() -> None:
    story = told("dosed")

    labels = {role: form("t15", role, story.session, story.world)[0].label for role in (Role.SUPPORT, Role.THERAPIST)}

    assert labels[Role.SUPPORT] == "Is Sam breathing calmly and evenly?"
    assert labels[Role.THERAPIST] == "Response (MOAA/S)"


OPENS = {
    "emergency": {
        *("no_response", "not_breathing", "seizure", "chest_pain", "stroke", "headache"),
        *("swelling", "head_injury", "choking"),
    },
    "vomiting_drowsy": {"vomited_drowsy"},
    "vomiting": {"vomited"},
    "panic": {"panic"},
    "agitation": {"confused"},
    "suicidal": {"suicidal"},
    "danger_here": {"danger"},
    "wants_out": {"wants_out"},
    "fall": {"fall"},
    "unsure": {"breathless", "back_pain", "rash"},
    "other_person": {"other_took"},
    "support_unfit": {"unfit"},
    "transport_refused": {"transport_refused"},
    "therapist_line_lost": {"therapist_unwell"},
}
"""Ladder → what can be seen at the bed that climbs it."""


def test_everything_that_can_be_seen_at_the_bed_climbs_the_ladder_written_for_it() -> None:
    assert {word: sign.kind for word, sign in SIGNS.items()} == {
        word: kind for kind, words in OPENS.items() for word in words
    }
