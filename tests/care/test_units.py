"""Which unit a word names: one of the plan, one said before, or another one nobody ordered."""

import pytest

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.floors import floor
from telekap.care.session import IncidentSeen, State
from tests.care.later_unit import READING
from tests.cast import ADA, ANA, BEN, SAM, Story, minutes, replace, told


def kinds(story: Story) -> list[str]:
    """Kinds of incidents."""
    return [incident.kind for incident in story.session.incidents]


@pytest.mark.parametrize(("before", "planned"), [(0, True), (1, False)])
def test_a_unit_said_to_be_of_before_the_release_is_not_of_the_plan_though_the_first_was(
    before: int, planned: bool
) -> None:
    story = told("released")
    released = story.now.utc
    story.wait(minutes(1))
    story.do(SAM, c.Taken(units=(1,)))

    story.do(SAM, c.Taken(units=(2,), said_at=released - before))

    assert story.session.doses[1].planned is planned
    assert kinds(story) == ([] if planned else ["dose_unplanned"])


@pytest.mark.parametrize(("after", "planned"), [(minutes(5), True), (minutes(5) + 1, False)])
def test_the_second_unit_of_a_booster_is_planned_within_five_minutes_of_its_first(after: int, planned: bool) -> None:
    story = Story()
    story.on_course(ADA, c.SignOrder(form="lozenge", mg_per_unit=15, units=4, booster_units=2, hold_min=12))
    story.on_course(SAM, c.SignConsent(version="2026-1", booster=True))
    story.release()
    story.do(SAM, c.Taken(units=(1, 2, 3, 4)))
    story.watched(31)
    story.do(ANA, c.TakeReading(values=READING))
    story.do(ANA, c.SeeSupport(how="video"))
    story.do(ANA, c.ReleaseBooster(willing=True))
    story.do(SAM, c.Taken(units=(5,)))
    story.wait(after)

    story.do(SAM, c.Taken(units=(6,)))

    assert (story.session.doses[-1].unit, story.session.doses[-1].planned) == (6, planned)
    assert kinds(story) == ([] if planned else ["dose_unplanned"])


@pytest.mark.parametrize("said_ago", ["T0", "when it was recorded"])
def test_a_phone_that_says_the_first_unit_again_after_the_end_brings_nobody_back(said_ago: str) -> None:
    story = told("released")
    story.wait(minutes(2))
    story.do(SAM, c.Taken(units=(1, 2), said_at=story.now.utc - minutes(1)))
    t0, recorded = story.session.t0_said, story.session.t0_recorded
    assert t0 is not None and recorded is not None
    story.watched(121.2)
    story.assess()
    story.watched(136.3)
    story.assess()
    story.countersign()
    story.do(ANA, c.Discharge())

    facts = story.do(SAM, c.Taken(units=(1,), said_at=t0 if said_ago == "T0" else recorded.utc))

    assert [type(fact) for fact in facts] == [f.DoseSaidAgain]
    assert story.session.state is State.DISCHARGED and kinds(story) == []


@pytest.mark.parametrize("units", [(0,), (0, 1), (3,), (1, 2, 3)], ids=str)
def test_one_more_after_a_presumed_dose_is_another_dose_and_no_answer_to_the_question(units: tuple[int, ...]) -> None:
    story = told("released")
    story.wait(minutes(12))
    assert story.session.presumed and kinds(story) == ["dose_presumed"]

    story.do(BEN, c.Taken(units=units, mg=10))

    assert kinds(story)[:2] == ["dose_presumed", "dose_unplanned"]


def test_a_unit_that_is_taken_too_late_is_watched_for_as_one_too_many_until_the_prescriber_finishes() -> None:
    story = told("released")
    story.do(SAM, c.Taken(units=(1,)))
    story.wait(minutes(5) + 1)

    story.do(SAM, c.Taken(units=(2,)))

    found = floor(story.session, story.world)
    assert kinds(story) == ["dose_unplanned"] and found is not None and found.prescriber_only
    assert found.at.utc == story.now.utc + minutes(360)


@pytest.mark.parametrize("kind", ["dose_outside_release", "dose_unplanned", "dose_presumed", "over_ceiling"])
def test_each_incident_after_which_the_amount_is_too_much_or_unknown_has_the_long_floor_by_itself(kind: str) -> None:
    story = told("dosed")
    session = replace(story.session, incidents=(IncidentSeen(1, story.now, kind, "As it happened."),))

    found = floor(session, story.world)

    assert found is not None and found.prescriber_only and found.at.utc == story.now.utc + minutes(360)


@pytest.mark.parametrize("person", [SAM, BEN, ANA])
def test_whoever_does_not_know_whether_some_was_swallowed_may_say_so(person: str) -> None:
    story = told("dosed")

    story.do(person, c.EndHold(result="maybe"))

    found = floor(story.session, story.world)
    assert story.session.hold == "maybe" and found is not None and found.at.utc == story.now.utc + minutes(180)
