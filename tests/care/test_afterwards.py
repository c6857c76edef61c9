"""After the end of watching: who is asked, when somebody is phoned, what suspends, and what a course may not forget."""

from typing import Any

import pytest

from telekap.care import commands as c
from telekap.care.afterwards import NEXT_DAY, answered
from telekap.care.errors import Malformed, Refused
from telekap.care.instant import DAY, HOUR, MINUTE
from telekap.care.people import Role
from telekap.care.scales import SCALES, cssrs
from telekap.care.session import State
from telekap.care.settled import unsettled
from telekap.care.world import OtherSession
from tests.care.chapters import seen, signed
from tests.cast import ADA, ANA, BEN, KIM, SAM, Story, replace, told

WELL: dict[str, Any] = {
    "sleep": "well",
    "body": "well",
    "bladder": "well",
    "mood": "same",
    "back": "yes",
    "drove": "no",
    **{f"q{n}": "no" for n in range(1, 7)},
}


def at_home() -> Story:
    """Sam was let go a moment ago."""
    return told("discharged")


def next_morning() -> Story:
    """Eighteen hours later."""
    story = at_home()
    story.wait(18 * HOUR)
    return story


@pytest.mark.parametrize(("what", "person", "hours"), [("evening", BEN, 2), ("next_day", SAM, 18)])
def test_a_word_counts_from_the_hour_at_which_it_is_asked(what: str, person: str, hours: int) -> None:
    values = {"well": "yes"} if what == "evening" else WELL
    story = at_home()
    story.wait(hours * HOUR - 1)
    story.do(person, c.AnswerAfterwards(what=what, values=values))
    assert not answered(story.session, what)

    story.wait(1)
    story.do(person, c.AnswerAfterwards(what=what, values=values))

    assert answered(story.session, what)


def test_a_word_about_nothing_that_is_asked_is_not_taken() -> None:
    story = at_home()

    with pytest.raises(Malformed):
        story.do(BEN, c.AnswerAfterwards(what="morning", values={"well": "yes"}))


def test_trouble_is_heard_at_any_hour() -> None:
    story = at_home()

    story.do(SAM, c.AnswerAfterwards(what="next_day", values={**WELL, "q3": "yes"}))

    assert story.alarm("afterwards_trouble").owner == ADA and not answered(story.session, "next_day")


@pytest.mark.parametrize(
    ("q2", "said", "counts"),
    [("no", {}, True), ("yes", {}, False), ("yes", {"q3": "no", "q4": "no", "q5": "no"}, True)],
)
def test_how_and_when_is_asked_only_of_a_client_who_had_thoughts_of_it(
    q2: str, said: dict[str, str], counts: bool
) -> None:
    story = at_home()
    story.wait(18 * HOUR)
    begun = {name: value for name, value in WELL.items() if name not in ("q3", "q4", "q5")}

    story.do(SAM, c.AnswerAfterwards(what="next_day", values={**begun, "q2": q2, **said}))

    assert answered(story.session, "next_day") is counts


@pytest.mark.parametrize(
    ("next_day", "integration", "codes"),
    [
        # Shortest watch 2 h; latest end: 60 min late, 10 min of release, 180 min of cover.
        (2 + 18, 2 + 24, set()),
        (2 + 18 - 0.1, 26, {"next_day"}),
        (4 + 1 / 6 + 30, 26, set()),
        (4 + 1 / 6 + 30.1, 26, {"next_day"}),
        (20, 26 - 0.1, {"integration"}),
        (20, 4 + 1 / 6 + 72, set()),
        (20, 4 + 1 / 6 + 72.1, {"integration"}),
    ],
)
def test_what_follows_a_session_is_booked_in_its_hours(next_day: float, integration: float, codes: set[str]) -> None:
    story = Story()
    story.others = (OtherSession(story.session.id, State.SCHEDULED, SAM, ANA, BEN, story.session.appointed),)
    at = story.session.appointed
    asked = c.BookAftercare(
        session=story.session.id, next_day=round(at + next_day * HOUR), integration=round(at + integration * HOUR)
    )

    try:
        story.on_course(KIM, asked)
        found = set()
    except Refused as refused:
        found = {reason.code for reason in refused.reasons}

    assert found == codes


@pytest.mark.parametrize(
    ("kind", "after"),
    [
        ("evening_silent", 4 * HOUR),
        ("next_day_missed", 30 * HOUR),
        ("prescriber_contact", 2 * DAY),
        ("integration_due", 72 * HOUR),
        ("integration_missed", 7 * DAY),
    ],
)
def test_each_silence_is_an_alarm_at_its_hour_and_not_before(kind: str, after: int) -> None:
    story = at_home()
    ended = story.session.discharged
    assert ended is not None
    story.now = ended.plus(after - 1)
    story.tick()
    assert story.alarm(kind) is None

    story.now = ended.plus(after)
    story.tick()

    assert story.alarm(kind) is not None and story.alarm(kind).family == "follow_up"


def test_a_follow_up_alarm_climbs_in_hours_and_keeps_nobody_from_signing() -> None:
    story = at_home()
    story.wait(2 * HOUR)
    story.do(BEN, c.AnswerAfterwards(what="evening", values={"well": "yes"}))
    ended = story.session.discharged
    assert ended is not None
    story.now = ended.plus(30 * HOUR)
    story.tick()
    assert story.alarm("next_day_missed").owner == KIM
    story.do(KIM, c.AcknowledgeAlarm(alarm=story.alarm("next_day_missed").id))
    story.now = story.now.plus(6 * HOUR)
    story.tick()
    assert story.alarm("next_day_missed").step == 1
    story.now = story.now.plus(12 * HOUR)
    story.tick()

    assert story.alarm("next_day_missed").owner == ADA
    story.do(ADA, c.Sign())
    assert story.session.state is State.CLOSED


def test_a_missed_next_day_check_suspends_and_the_answer_does_not_lift_it() -> None:
    story = at_home()
    story.now = story.now.plus(30 * HOUR)
    story.tick()
    assert story.course.clearance is not None and story.course.clearance.causes == ("next_day_missed",)

    story.do(SAM, c.AnswerAfterwards(what="next_day", values=WELL))

    assert story.alarm("next_day_missed").over
    resolving = c.ResolveAlarm(alarm=story.alarm("next_day_missed").id, reason="Answered.")
    assert story.refused(KIM, resolving) == {"not_yours"}  # a dispatcher resolves technical alarms only
    story.do(ADA, resolving)
    assert (story.session.id, "next_day") in story.course.settled
    assert story.course.clearance.status == "suspended"
    story.on_course(ADA, c.ReinstateClearance(reason="Spoke with Sam."))
    assert story.course.clearance.status == "active"


def test_a_signed_session_is_still_asked_how_the_next_day_was() -> None:
    story = at_home()
    story.do(ANA, c.Sign())
    assert story.session.state is State.CLOSED

    story.now = story.now.plus(30 * HOUR)
    story.tick()

    assert story.alarm("next_day_missed") is not None


def test_whoever_took_more_at_home_is_watched_and_not_asked_how_the_evening_was() -> None:
    story = at_home()
    story.do(SAM, c.Taken(units=(0,)))
    assert story.session.state is State.DOSED

    story.now = story.now.plus(5 * HOUR)
    story.tick()

    assert story.alarm("evening_silent") is None


@pytest.mark.parametrize("left_out", [field.name for field in NEXT_DAY if field.required and not field.only])
def test_an_unfinished_next_day_check_is_kept_and_ends_nothing(left_out: str) -> None:
    story = next_morning()

    story.do(SAM, c.AnswerAfterwards(what="next_day", values={k: v for k, v in WELL.items() if k != left_out}))

    assert (story.session.id, "next_day") not in story.course.settled


@pytest.mark.parametrize("person", [BEN, "ana"])
def test_only_the_client_or_the_clinic_for_them_answers_the_next_day(person: str) -> None:
    story = next_morning()

    story.do(person, c.AnswerAfterwards(what="next_day", values=WELL))

    assert ((story.session.id, "next_day") in story.course.settled) is (person != BEN)


@pytest.mark.parametrize(("word", "trouble"), [("no", True), ("unsure", True), ("yes", False)])
def test_an_adult_who_is_not_sure_that_all_is_well_in_the_evening_gets_the_prescriber(word: str, trouble: bool) -> None:
    story = at_home()

    story.do(BEN, c.AnswerAfterwards(what="evening", values={"well": word}))

    assert ("afterwards_trouble" in story.open_kinds()) is trouble
    assert not trouble or story.alarm("afterwards_trouble").owner == ADA


@pytest.mark.parametrize(
    "changed",
    [{"q3": "yes"}, {"q5": "yes"}, {"body": "bad"}, {"back": "no"}, {"bladder": "trouble"}, {"mood": "worse"}],
)
def test_trouble_goes_to_the_prescriber_at_once(changed: dict[str, str]) -> None:
    story = at_home()

    story.do(SAM, c.AnswerAfterwards(what="next_day", values={**WELL, **changed}))

    assert story.alarm("afterwards_trouble").owner == ADA
    assert ("suicide" in (story.course.clearance.causes if story.course.clearance else ())) is any(
        "q" in k for k in changed
    )


@pytest.mark.parametrize(
    ("grade", "paged"), [("mild", False), ("moderate", False), ("severe", True), ("serious", True)]
)
def test_a_severe_event_goes_to_the_prescriber_and_every_event_must_be_closed(grade: str, paged: bool) -> None:
    story = at_home()

    story.do(SAM, c.ReportEvent(grade=grade, note="Headache."))

    assert (story.alarm("adverse_event") is not None) is paged
    assert any("adverse event" in why.sentence for why in unsettled(story.course, "next"))
    assert (story.course.clearance is not None and story.course.clearance.status == "suspended") is (grade == "serious")


def test_after_a_hand_over_nothing_needs_the_clients_judgement_until_the_prescriber_has_looked() -> None:
    story = told("dosed")
    story.do("ana", c.RecordHandOver(to="Medic 7", reference="", seen="seen"))
    story.do(KIM, c.ConfirmHandOver())
    assert story.course.reviews == {story.session.id}

    with pytest.raises(Exception) as refused:
        story.on_course(SAM, c.SignConsent(version="2026-1"))
    assert {why.code for why in refused.value.reasons} == {"review"}  # type: ignore[attr-defined]
    story.on_course(ADA, c.SettleSession(session=story.session.id, what="review"))
    story.on_course(SAM, c.SignConsent(version="2026-1"))

    assert story.course.reviews == frozenset()


# --- scales and what suspends -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("yes", "level"),
    [
        ((), "none"),
        ((1,), "low"),
        ((2,), "low"),
        ((1, 2), "low"),
        ((2, 3), "moderate"),
        ((4,), "high"),
        ((5,), "high"),
        ((6,), "high"),
    ],
)
def test_the_c_ssrs_is_a_rule_and_never_a_sum(yes: tuple[int, ...], level: str) -> None:
    assert cssrs({f"q{n}": "yes" if n in yes else "no" for n in range(1, 7)}) == level


@pytest.mark.parametrize(
    ("scale", "total", "band"),
    [
        ("phq9", 4, "minimal"),
        ("phq9", 5, "mild"),
        ("phq9", 9, "mild"),
        ("phq9", 10, "moderate"),
        ("phq9", 15, "moderately severe"),
        ("phq9", 20, "severe"),
        ("gad7", 4, "minimal"),
        ("gad7", 9, "mild"),
        ("gad7", 10, "moderate"),
        ("gad7", 15, "severe"),
    ],
)
def test_the_bands_are_the_published_ones(scale: str, total: int, band: str) -> None:
    assert SCALES[scale].band(total) == band


def phq9(story: Story, total: int, item9: int = 0) -> None:
    """Sam answers a PHQ-9 with this total and item 9."""
    rest, answers = total - item9, []
    for _ in range(8):
        answers.append(min(3, rest))
        rest -= answers[-1]
    story.on_course(SAM, c.RecordMeasure(scale="phq9", answers=(*answers, item9)))


@pytest.mark.parametrize(("later", "suspended"), [(14, False), (15, True)])
def test_five_points_above_the_first_phq9_suspend(later: int, suspended: bool) -> None:
    story = Story()
    story.on_course(SAM, c.RecordMeasure(scale="gad7", answers=(0,) * 7))  # another scale is no beginning of this one
    phq9(story, 10)

    phq9(story, later)

    assert (story.course.clearance is not None and "phq9_worse" in story.course.clearance.causes) is suspended


def test_item_9_acts_when_it_is_recorded_and_waits_for_the_prescriber() -> None:
    story = Story()
    phq9(story, 5, item9=2)
    assert story.course.clearance is not None and "item_9" in story.course.clearance.causes

    story.on_course(ADA, c.AcknowledgeItem9(reason="Spoke with Sam."))
    story.on_course(ADA, c.ReinstateClearance(reason="Spoke with Sam."))
    phq9(story, 5, item9=2)

    assert story.course.clearance.status == "active"


def test_a_second_cause_is_added_to_the_first_and_a_third_time_says_nothing_new() -> None:
    story = told("dosed")
    story.do(BEN, c.Say(what="concern"))
    story.do(BEN, c.Say(what="seizure"))
    story.do(BEN, c.Say(what="concern"))

    assert story.course.clearance is not None
    assert story.course.clearance.causes == ("concern", "red_event")
    assert story.course.clearance.reason == "Somebody has a concern. Something was red during a session."


def test_held_integration_settles_the_last_dose() -> None:
    story = Story(kind="integration")
    story.course = replace(story.course, dosed_sessions=("before",))
    story.tick()
    story.see()

    story.do("ana", c.Hold())

    assert ("before", "integration") in story.course.settled


def test_the_adults_list_for_the_night_stays_when_the_record_is_signed_and_goes_in_the_morning() -> None:
    story = signed()
    night = seen(story, Role.SUPPORT)

    assert [card["title"] for card in night["tonight"]][-1] == "Call 911"
    assert night["sentence"] == "At least 4 hours in the house, and reachable tonight."
    story.wait(18 * HOUR + MINUTE)
    morning = seen(story, Role.SUPPORT)
    assert (morning["tonight"], morning["sentence"]) == ([], "This is over. Thank you.")


def test_help_is_called_after_the_signature_as_before_it() -> None:
    story = signed()

    story.do(SAM, c.AskHelp(strength="tap"))

    assert story.alarm("help_asked").owner == ANA
