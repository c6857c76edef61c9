"""Refusals nobody missed: each of these was taken away once, and no other test noticed."""

from dataclasses import replace

import pytest

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.errors import Malformed, NotFound
from telekap.care.instant import HOUR
from telekap.care.people import Role
from telekap.care.session import State
from telekap.care.world import Course, OtherSession
from tests.cast import ADA, ANA, BEN, JO, KIM, NOON, SAM, Story, told

CLEARANCE = c.SignClearance(sessions=2, days=30, gap_h=168, states=("CA",))
ORDER = c.SignOrder(form="lozenge", mg_per_unit=50, units=2, hold_min=12)


# --- alarms


def test_a_resolved_alarm_is_neither_taken_on_nor_resolved_again() -> None:
    story = told("dosed")
    story.do(SAM, c.AskHelp())
    alarm = story.alarm("help_asked").id
    story.do(ADA, c.AcknowledgeAlarm(alarm=alarm))
    story.do(ADA, c.ResolveAlarm(alarm=alarm, reason="Spoken to."))

    assert story.refused(ADA, c.AcknowledgeAlarm(alarm=alarm)) == {"resolved"}
    assert story.refused(ADA, c.ResolveAlarm(alarm=alarm, reason="Again.")) == {"resolved"}


def test_what_can_still_be_seen_is_not_closed_as_unknown() -> None:
    story = told("dosed")
    story.do(ANA, c.TakeReading(values={"sbp": 190, "dbp": 80}))
    alarm = story.alarm("pressure_high").id

    assert story.refused(ADA, c.ResolveAlarm(alarm=alarm, reason="r", unknowable=True)) == {"knowable", "still_true"}
    assert story.refused(ADA, c.ResolveAlarm(alarm=alarm, reason="r")) == {"still_true"}


def test_what_is_over_is_resolved_whatever_it_is_called() -> None:
    story = told("dosed")
    story.do(SAM, c.AskHelp())
    alarm = story.alarm("help_asked").id
    story.do(ADA, c.AcknowledgeAlarm(alarm=alarm))
    assert story.alarm("help_asked").over

    story.do(ADA, c.ResolveAlarm(alarm=alarm, reason="Spoken to.", unknowable=True))

    assert story.facts(f.AlarmResolved)[-1] == f.AlarmResolved(alarm=alarm, reason="Spoken to.", unknowable=False)


# --- courses


@pytest.mark.parametrize(
    "command",
    [
        c.RevokeClearance(reason=" "),
        c.SuspendClearance(reason=" "),
        c.ReinstateClearance(reason=" "),
        c.AcknowledgeItem9(reason=" "),
        c.ReviewCourse(note=" "),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_changes_a_clearance_says_why(command: c.CourseCommand) -> None:
    assert "reason" in Story().refused_on_course(ADA, command)


@pytest.mark.parametrize(
    "command",
    [c.RevokeClearance(reason="r"), c.SuspendClearance(reason="r"), c.ReinstateClearance(reason="r")],
    ids=lambda one: type(one).__name__,
)
def test_a_clearance_that_was_never_given_is_not_changed(command: c.CourseCommand) -> None:
    story = Story()
    story.course = replace(story.course, clearance=None)

    assert story.refused_on_course(ADA, command) == {"none"}


@pytest.mark.parametrize(
    "changes",
    [{"units": 0}, {"booster_units": -1}, {"mg_per_unit": 0}, {"hold_min": 0}, {"hold_min": 61}, {"form": " "}],
    ids=str,
)
def test_an_order_with_a_hole_is_no_order(changes: dict[str, object]) -> None:
    assert Story().refused_on_course(ADA, replace(ORDER, **changes)) == {"order"}  # type: ignore[arg-type]


def test_only_the_order_that_holds_is_cosigned() -> None:
    story = Story()
    story.proved.add("ike")

    assert story.refused_on_course("ike", c.CosignOrder(order="another")) == {"order"}


def test_nothing_is_cleared_or_ordered_where_no_rule_allows_it() -> None:
    story = Story()
    story.protocol = replace(story.protocol, jurisdiction=())

    assert story.refused_on_course(ADA, CLEARANCE) == {"jurisdiction"}
    assert story.refused_on_course(ADA, ORDER) == {"jurisdiction"}


def test_no_clearance_is_for_more_than_the_ceiling() -> None:
    assert Story().refused_on_course(ADA, replace(CLEARANCE, max_mg=401)) == {"ceiling"}


@pytest.mark.parametrize("kg", [29.9, 350.1])
def test_an_impossible_weight_is_not_written_down(kg: float) -> None:
    story = Story()
    with pytest.raises(Malformed):
        story.on_course(KIM, c.WeighClient(kg=kg))
    assert story.course.weight is not None and story.course.weight[0] == 72


@pytest.mark.parametrize(
    ("scale", "answers"),
    [("mood", (0,) * 9), ("phq9", (0,) * 8), ("phq9", (0,) * 8 + (4,)), ("phq9", (0,) * 8 + (-1,))],
)
def test_a_questionnaire_is_whole_and_within_its_answers(scale: str, answers: tuple[int, ...]) -> None:
    story = Story()
    with pytest.raises(Malformed):
        story.on_course(SAM, c.RecordMeasure(scale=scale, answers=answers))
    assert not story.course.measures


@pytest.mark.parametrize(
    ("client", "prescriber", "therapist", "codes"),
    [
        ("noor", ADA, ANA, set()),
        ("noor", ADA, ADA, {"people"}),
        ("noor", "", ANA, {"people"}),
        ("", ADA, ANA, {"people"}),
        (KIM, ADA, ANA, {"staff"}),
    ],
)
def test_a_course_is_opened_by_the_clinic_for_three_people(
    client: str, prescriber: str, therapist: str, codes: set[str]
) -> None:
    story = Story()
    story.course = Course(id="course-2")
    opening = c.OpenCourse(client=client, prescriber=prescriber, therapist=therapist)

    if codes:
        assert story.refused_on_course(KIM, opening) == codes
    else:
        story.on_course(KIM, opening)
        assert story.refused_on_course(KIM, opening) >= {"open"}


def test_without_a_name_nothing_of_a_course_exists() -> None:
    story = Story()

    for person, course in (("", story.course), (KIM, Course(id="never-opened"))):
        story.course = course
        with pytest.raises(NotFound):
            story.on_course(person, c.WeighClient(kg=72))


def test_a_dispatch_number_is_one_that_can_be_dialled_from_anywhere() -> None:
    story = Story()
    with pytest.raises(Malformed):
        story.on_course(KIM, c.CheckDispatchNumber(number="911", state="CA", county="San Francisco"))


def test_only_what_has_to_be_settled_is_settled() -> None:
    with pytest.raises(Malformed):
        Story().on_course(ADA, c.SettleSession(session="session-1", what="everything"))


def test_i17_while_dosed_no_questionnaire_is_taken_from_the_client_and_one_is_from_the_clinic() -> None:
    story = told("dosed")
    story.others = (OtherSession("session-1", State.DOSED, SAM, ANA, BEN, NOON.utc),)
    answers = c.RecordMeasure(scale="phq9", answers=(0,) * 9)

    assert story.refused_on_course(SAM, answers) == {"under_care"}

    story.on_course(KIM, answers)
    assert story.course.measures


# --- sessions


def test_a_lobby_is_opened_once() -> None:
    assert told("arrived").refused("", c.OpenLobby()) == {"state"}
    assert told("arrived").refused(ANA, c.OpenLobby()) == {"state"}

    story = Story(appointed=NOON.plus(3 * HOUR))
    story.do("", c.OpenLobby())
    assert story.session.state is State.ARRIVING


def test_what_no_rule_knows_and_how_no_hold_ends_is_not_taken() -> None:
    story = told("dosed")
    before = story.session

    class Dance(c.Command):
        """A command nobody wrote a rule for."""

    for command in (Dance(), c.EndHold(result="gone")):
        with pytest.raises(Malformed):
            story.do(ANA, command)
    assert story.session is before


def test_nobody_is_named_for_what_they_do_not_do_or_already_are() -> None:
    story = Story(appointed=NOON.plus(3 * HOUR))

    with pytest.raises(Malformed):
        story.do(KIM, c.NameRole(role=Role.THERAPIST, person=" "))
    assert story.refused(KIM, c.NameRole(role=Role.THERAPIST, person=ANA)) == {"same"}
    assert {"two_roles", "person"} & story.refused(KIM, c.NameRole(role=Role.PRESCRIBER, person=ANA))


def test_behind_an_open_lobby_the_therapist_is_not_simply_named_anew() -> None:
    assert told("arrived").refused(KIM, c.NameRole(role=Role.THERAPIST, person=JO)) == {"lobby"}
