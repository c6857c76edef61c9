"""Refusals nobody missed: each of these was taken away once, and no other test noticed."""

from dataclasses import replace

import pytest

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.errors import Malformed, NotFound
from telekap.care.gates import gate
from telekap.care.instant import HOUR
from telekap.care.people import Role
from telekap.care.session import State
from telekap.care.world import Course, OtherSession
from telekap.demo.answers import well_answer
from tests.cast import ADA, ANA, BEN, JO, KIM, NOON, PEOPLE, SAM, Story, minutes, told

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


def test_an_answer_at_a_gate_says_how_it_was_attested_and_the_gates_are_behind_after_the_dose() -> None:
    story = told("arrived")
    well = well_answer("room", Role.THERAPIST, story.session, story.world)
    with pytest.raises(Malformed):
        story.do(ANA, c.AnswerGate(gate="room", values=well, how="by mail"))
    story.do(ANA, c.AnswerGate(gate="room", values=well, how="phone"))

    assert told("dosed").refused(ANA, c.AnswerGate(gate="room", values={}, how="video")) == {"after_dose"}


@pytest.mark.parametrize(
    "changes", [{"kind": "smell"}, {"direction": "up"}, {"state": "fine"}], ids=lambda one: next(iter(one))
)
def test_a_stream_nobody_knows_is_not_seen(changes: dict[str, str]) -> None:
    seen = c.NoteSight(role=Role.CLIENT, kind="video", direction="in", state="flowing", newest=NOON.utc)
    with pytest.raises(Malformed):
        told("arrived").do("", replace(seen, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("client", "therapist", "codes"),
    [
        (SAM, "tom", {"client_elsewhere"}),
        ("noor", ANA, {"therapist_elsewhere"}),
        (SAM, ANA, {"client_elsewhere", "therapist_elsewhere"}),
    ],
)
def test_i18_no_lobby_opens_for_who_is_in_another_open_session(client: str, therapist: str, codes: set[str]) -> None:
    story = Story(appointed=NOON.plus(3 * HOUR))
    for state in (State.ARRIVING, State.RELEASED, State.DOSED):
        story.others = (OtherSession("other", state, client, therapist, "", NOON.utc),)
        assert story.refused(ANA, c.OpenLobby()) == codes

    story.others = (OtherSession("other", State.DISCHARGED, client, therapist, "", NOON.utc),)
    story.do(ANA, c.OpenLobby())
    assert story.session.state is State.ARRIVING


def test_an_amber_decision_says_why() -> None:
    story = told("arrived")
    story.answer("room", Role.THERAPIST, frame="partial")
    reading = gate("room").finding(story.session, story.world, story.now).reading

    assert story.refused(ADA, c.DecideAmber(gate="room", reading=reading, proceed=True, reason=" ")) == {"reason"}
    story.do(ADA, c.DecideAmber(gate="room", reading=reading, proceed=True, reason="The face is seen."))
    assert story.session.decisions


def test_there_is_no_gate_but_those_of_the_table_and_none_asks_who_is_not_named() -> None:
    story = told("arrived")

    assert story.refused(ANA, c.AnswerGate(gate="weather", values={}, how="said")) == {"no_such_gate"}
    assert story.refused(BEN, c.AnswerGate(gate="room", values={}, how="said")) == {"not_asked"}


def test_a_release_with_papers_open_says_why_and_with_nothing_open_there_is_none() -> None:
    ready = told("ready")

    assert ready.refused(ADA, c.ReleaseWithTasks(reason="r")) == {"nothing_open"}
    assert ready.refused(ADA, c.ReleaseWithTasks(reason=" ")) == {"nothing_open", "reason"}


def test_before_the_dose_another_adult_has_a_phone_of_their_own() -> None:
    story = told("arrived")
    before = dict(PEOPLE)
    PEOPLE["lou"] = replace(PEOPLE["lou"], phone=PEOPLE[SAM].phone)
    try:
        assert story.refused(ANA, c.ReplaceSupport(person="lou", phone_tested=True)) == {"phone"}
        assert story.refused(ANA, c.ReplaceSupport(person=" ", phone_tested=True)) == {"person"}
    finally:
        PEOPLE.clear()
        PEOPLE.update(before)


# --- what the prescriber reads and answers


def test_a_clearance_is_refused_with_a_reason_and_only_while_none_is_active() -> None:
    story = Story()
    assert story.refused_on_course(ADA, c.RefuseClearance(reason="r")) == {"active"}

    story.course = replace(story.course, clearance=None)

    assert story.refused_on_course(ADA, c.RefuseClearance(reason=" ")) == {"reason"}


def test_a_question_asks_something_and_an_answer_answers_it() -> None:
    story = Story()
    assert story.refused_on_course(ADA, c.AskAboutCourse(question=" ")) == {"question"}
    story.on_course(ADA, c.AskAboutCourse(question="Which dose?"))
    asked = story.course.questions[-1].n

    assert story.refused_on_course(KIM, c.AnswerCourse(question=asked, answer=" ")) == {"answer"}
    assert story.refused_on_course(KIM, c.AnswerCourse(question=asked + 1, answer="10 mg")) == {"question"}


# --- what is explained


def test_a_missed_look_is_explained_in_words_by_whose_it_was() -> None:
    story = told("minute 14")
    story.wait(minutes(4))
    missed = ("t15", Role.THERAPIST)
    assert missed in story.session.missed

    assert story.refused(ANA, c.ExplainMiss(check_in="t15", part=Role.THERAPIST, reason=" ")) == {"reason"}
    assert story.refused(BEN, c.ExplainMiss(check_in="t15", part=Role.THERAPIST, reason="r")) == {"not_yours"}
    with pytest.raises(NotFound):
        story.do(ANA, c.ExplainMiss(check_in="t999", part=Role.THERAPIST, reason="r"))


@pytest.mark.parametrize("person", [BEN, JO, ADA, KIM])
def test_whoever_has_no_part_in_an_act_does_not_get_anothers(person: str) -> None:
    card = {"touch": "hand", "voice": "silent", "calms": "Music."}

    assert told("arrived").refused(person, c.Agree(values=card)) == {"role"}
