"""What cannot be measured: a substitute replaces it in every later check-in and in the discharge list."""

from typing import Any

import pytest

from telekap.care import commands as c
from telekap.care.assessment import run
from telekap.care.checkins import answered, form
from telekap.care.discharge_form import form as assessment_form
from telekap.care.gates import gate
from telekap.care.people import Role
from telekap.care.session import State
from telekap.care.substitutes import substitutes
from tests.cast import ADA, ANA, BEN, WELL_ADULT, WELL_ASSESSMENT, Story, minutes, told

T, S = Role.THERAPIST, Role.SUPPORT
FIGURES = {"bp": ("sbp", "dbp"), "hr": ("hr",), "spo2": ("spo2",)}
ELSEWHERE = "Colour of the lips, and breaths counted for a minute"


def ordered(story: Story, item: str) -> Story:
    """Ada orders that something else is looked at."""
    story.do(
        ADA,
        c.DecideCare(
            matter="could_not_measure", choice="substitute", subject=item, instead=ELSEWHERE, reason="Broken."
        ),
    )
    return story


def names(story: Story, check_in: str, part: Role = T) -> set[str]:
    return {field.name for field in form(check_in, part, story.session, story.world)}


@pytest.mark.parametrize("item", FIGURES)
def test_an_ordered_substitute_replaces_the_figure_in_every_later_check_in(item: str) -> None:
    story = told("dosed")
    asked = {one: names(story, one) for one in ("t30", "t40", "t60", "t90", "t120", "t150")}

    ordered(story, item)

    for check_in, before in asked.items():
        now = names(story, check_in)
        assert not now & set(FIGURES[item]), check_in
        assert (f"{item}_instead" in now) is bool(before & set(FIGURES[item]) or (item == "bp" and check_in == "t60"))
        assert now - {f"{item}_instead", "could_not"} == before - set(FIGURES[item]) - {"could_not"}
    shown = next(field for field in form("t40", T, story.session, story.world) if field.name == f"{item}_instead")
    assert ELSEWHERE in shown.label


def test_without_a_cuff_nobody_at_home_presses_one_and_somebody_looks_all_the_same() -> None:
    story = ordered(told("dosed"), "bp")

    assert names(story, "t40", S) == {"breathing"}


def test_a_check_in_is_answered_by_the_substitute_and_not_without_it() -> None:
    story = ordered(told("minute 14").watched(29), "spo2")
    story.wait(minutes(1))
    values = story.well("t30", T)
    assert "spo2" not in values

    story.do(ANA, c.CheckIn(check_in="t30", values={k: v for k, v in values.items() if k != "spo2_instead"}))
    assert not answered(story.session, "t30", T)
    story.do(ANA, c.CheckIn(check_in="t30", values={**values, "spo2_instead": "well"}))

    assert answered(story.session, "t30", T)


def test_a_substitute_that_is_not_as_it_should_be_is_an_amber_value_until_it_was_well_twice() -> None:
    story = ordered(told("minute 14").watched(29), "spo2")
    story.wait(minutes(1))

    story.reads("t30", spo2_instead="worry")

    alarm = story.alarm("vitals_amber")
    assert (alarm.subject, alarm.owner, alarm.over) == ("spo2", ANA, False)
    for check_in, over in (("t40", False), ("t60", True)):
        story.watched(int(check_in[1:]) - 1)
        story.wait(minutes(1))
        story.look_in(check_in)
        story.reads(check_in, spo2_instead="well")
        assert story.session.alarms[alarm.id].over is over


def test_an_oximeter_waived_at_the_gate_is_asked_for_nowhere() -> None:
    story = Story().arrive()
    story.answer("oxygen", T, device="none", spo2=None, substitute=ELSEWHERE)
    found = gate("oxygen").finding(story.session, story.world, story.now)
    story.do(ADA, c.DecideAmber(gate="oxygen", reading=found.reading, proceed=True, reason="Looks well."))
    story.answer("location", Role.SUPPORT)  # another gate's newer answer takes nothing back
    story.dose()

    assert substitutes(story.session) == {"spo2": ELSEWHERE}
    assert "spo2_instead" in names(story, "t30") and "spo2" not in names(story, "t40")
    assert "spo2_instead" in {field.name for field in assessment_form(T, story.session)}


@pytest.mark.parametrize(
    ("said", "unmet"),
    [
        ({"spo2_instead": "well"}, ()),
        ({"spo2_instead": "worry"}, ("spo2",)),
        ({}, ("spo2",)),
        ({"spo2_instead": "well", "spo2": 91}, ("spo2",)),  # a figure given all the same counts
        ({"spo2_instead": "worry", "spo2": 97}, ()),
    ],
)
def test_the_discharge_list_counts_the_substitute(said: dict[str, Any], unmet: tuple[str, ...]) -> None:
    story = ordered(told("floor"), "spo2")
    values = {name: value for name, value in WELL_ASSESSMENT.items() if name != "spo2"}

    story.do(ANA, c.Assess(values={**values, **said}))

    assert story.session.assessments[-1].unmet == unmet


@pytest.mark.parametrize("item", FIGURES)
def test_without_an_order_no_substitute_passes(item: str) -> None:
    story = told("floor")
    values = {name: value for name, value in WELL_ASSESSMENT.items() if name not in FIGURES[item]}

    story.do(ANA, c.Assess(values={**values, f"{item}_instead": "well"}))

    assert set(FIGURES[item]) <= set(story.session.assessments[-1].unmet)


def test_l4_a_well_client_without_a_cuff_is_brought_to_the_end_by_two_people() -> None:
    story = ordered(told("floor"), "bp")
    values = {name: value for name, value in WELL_ASSESSMENT.items() if name not in FIGURES["bp"]}
    for turn in (0, 15.2):
        story.watched(120.1 + turn)
        story.do(ANA, c.Assess(values={**values, "bp_instead": "well"}))
    assert len(run(story.session, story.world)) == 2
    story.do(BEN, c.Assess(values={**WELL_ADULT}))

    story.do(ANA, c.Discharge())

    assert story.session.state is State.DISCHARGED
