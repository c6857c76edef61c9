"""Check-ins: due, overdue, missed; what answers one and what only looks like it."""

import pytest

from telekap.care import checkins
from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.errors import Malformed, NotFound
from telekap.care.people import Role
from telekap.care.protocol import PlanRow
from telekap.care.session import State
from tests.cast import ADA, ANA, BEN, JO, KIM, SAM, Story, minutes, replace, seconds, told

BOTH = (Role.SUPPORT, Role.THERAPIST)


def status(story: Story, check_in: str, part: Role) -> str:
    """The status of one part now."""
    planned = checkins.find(story.session, story.world, check_in)
    assert planned is not None
    return checkins.status(planned, part, story.session, story.now)


def test_the_plan_is_the_protocols_and_comes_again_every_fifteen_minutes() -> None:
    story = told("dosed")
    t0 = story.session.t0
    assert t0 is not None

    first = [(one.id, (one.due.utc - t0.utc) // 60_000) for one in checkins.plan(story.session, story.world)]
    story.wait(minutes(200))
    later = [(one.id, (one.due.utc - t0.utc) // 60_000) for one in checkins.plan(story.session, story.world)]

    assert first == [
        ("hold", 12), ("t15", 15), ("t30", 30), ("t40", 40), ("t45", 45), ("t60", 60), ("t75", 75), ("t90", 90),
        ("t105", 105), ("t120", 120), ("t135", 135), ("t150", 150),
    ]  # fmt: skip
    assert [minute for _, minute in later][-7:] == [135, 150, 165, 180, 195, 210, 225]
    half_hour = checkins.find(story.session, story.world, "t180")
    assert half_hour is not None and "bp" in half_hour.items[Role.THERAPIST]


def test_a_row_that_asks_only_one_of_the_two_has_no_part_for_the_other() -> None:
    story = told("dosed")
    rows = (PlanRow("t10", 10, ("look_in",), ()), PlanRow("t20", 20, (), ("moaas",), 10))
    story.protocol = replace(story.protocol, plan=rows)

    parts = {one.id: one.parts for one in checkins.plan(story.session, story.world)}

    assert (parts["t10"], parts["t20"]) == ((Role.SUPPORT,), (Role.THERAPIST,))


def test_what_was_due_before_the_client_left_is_still_owed_when_they_are_back() -> None:
    story = told("minute 14")
    story.wait(minutes(3))
    assert "t15" in story.session.due
    story.do(ANA, c.RecordHandOver(to="Medic 7", reference="", seen="seen"))
    story.do(KIM, c.ConfirmHandOver())
    story.wait(minutes(20))

    story.do(ANA, c.SayCameBack(reason="They left without him."))

    ids = {one.id for one in checkins.plan(story.session, story.world)}
    assert "t15" in ids and "t30" not in ids, "due while nobody was to look"


@pytest.mark.parametrize(
    ("minute", "expected"),
    [(12.99, "later"), (14.99, "later"), (15, "due"), (16.99, "due"), (17, "overdue")],
)
def test_a_check_in_is_due_at_its_minute_and_overdue_after_the_grace(minute: float, expected: str) -> None:
    story = told("minute 14")

    story.wait(minutes(minute - 14) if minute > 14 else 0)

    assert status(story, "t15", Role.SUPPORT) == expected


@pytest.mark.parametrize(("minute", "possible"), [(12.9, False), (13, True), (15, True), (29, True)])
def test_a_check_in_can_be_answered_from_two_minutes_before(minute: float, possible: bool) -> None:
    story = told("dosed")
    story.wait(minutes(minute))
    planned = checkins.find(story.session, story.world, "t15")
    assert planned is not None

    assert checkins.answerable(planned, Role.SUPPORT, story.session, story.world, story.now) is possible


def test_an_answer_before_that_is_kept_and_answers_nothing() -> None:
    story = told("dosed")
    story.wait(minutes(5))

    story.look_in("t30")

    assert status(story, "t30", Role.SUPPORT) == "later"
    assert story.session.parts["t30", Role.SUPPORT][0].complete is False


def test_a_well_client_is_watched_for_two_hours_without_an_alarm() -> None:
    story = told("dosed").watched(121)

    assert story.session.missed == frozenset() and story.session.alarms == {}


def test_a_missed_check_in_stays_missed_when_it_is_answered_late() -> None:
    story = told("minute 14")
    story.wait(minutes(4))
    assert {("t15", Role.SUPPORT), ("t15", Role.THERAPIST)} <= story.session.missed

    facts = story.look_in("t15")

    answer = next(fact for fact in facts if isinstance(fact, f.CheckInAnswered))
    assert answer.fresh and answer.late == minutes(3)
    assert status(story, "t15", Role.SUPPORT) == "missed"
    assert ("t15", Role.SUPPORT) in checkins.unexplained(story.session)


def test_i12_a_back_dated_look_in_ends_no_alarm_and_satisfies_nothing() -> None:
    story = told("minute 14")
    story.wait(minutes(6))
    assert not story.alarm("check_in_overdue").over
    values = story.well("t15", Role.SUPPORT)

    story.do(BEN, c.CheckIn(check_in="t15", values=values, said_at=story.now.utc - minutes(4)))

    answer = story.session.parts["t15", Role.SUPPORT][-1]
    assert not answer.fresh and not answer.complete
    assert not story.alarm("check_in_overdue").over
    assert answer.occurred == story.now.utc - minutes(4) and answer.at == story.now


def test_a_dangerous_value_in_a_late_entry_raises_its_alarm_like_any_other() -> None:
    story = told("dosed").watched(20)

    story.do(BEN, c.CheckIn(check_in="t15", values={"breathing": "pauses"}, said_at=story.now.utc - minutes(10)))

    assert story.alarm("emergency").subject == "breathing"


def test_a_wrong_code_is_kept_and_asked_again() -> None:
    story = told("minute 14")
    story.wait(minutes(1))

    story.look_in("t15", code="000")
    assert status(story, "t15", Role.SUPPORT) == "due"
    story.look_in("t15")

    assert [done.code_right for done in story.session.parts["t15", Role.SUPPORT]] == [False, True]
    assert status(story, "t15", Role.SUPPORT) == "done"


def unseen_twice() -> Story:
    """Ben cannot see the code of two look-ins in a row; Ana has acknowledged the alarm about it."""
    story = told("minute 14")
    for check_in in ("t15", "t30"):
        planned = checkins.find(story.session, story.world, check_in)
        assert planned is not None
        story.wait(planned.due.utc - story.now.utc)
        story.look_in(check_in, cannot_see=True, code="")
        story.reads(check_in)

    assert story.alarm("support_gone").subject == "code"
    story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("support_gone").id))
    assert not story.alarm("support_gone").over, "a press in the clinic sees nobody"
    return story


@pytest.mark.parametrize("how", ["a look with the code", "a call that Ben answers", "the picture", "the phone"])
def test_only_seeing_or_hearing_the_support_person_ends_what_two_unseen_codes_began(how: str) -> None:
    story = unseen_twice()

    if how == "a look with the code":
        story.watched(45.1)
    elif how == "a call that Ben answers":
        story.do(ANA, c.DoOrder(alarm=story.alarm("support_gone").id, step=0, outcome="reached"))
    else:
        story.do(ANA, c.SeeSupport(how={"the picture": "video", "the phone": "phone"}[how]))

    assert story.alarm("support_gone").over


@pytest.mark.parametrize("outcome", ["not_reached", "reached"])
def test_a_voicemail_and_a_second_contact_who_answers_are_not_the_support_person(outcome: str) -> None:
    story = unseen_twice()

    story.do(ANA, c.DoOrder(alarm=story.alarm("support_gone").id, step=int(outcome == "reached"), outcome=outcome))

    assert not story.alarm("support_gone").over


@pytest.mark.parametrize("person", [SAM, JO, ADA, KIM])
def test_only_the_two_who_are_asked_answer_a_check_in(person: str) -> None:
    story = told("minute 14")
    story.wait(minutes(1))
    part = Role.THERAPIST if person != SAM else Role.SUPPORT

    story.do(person, c.CheckIn(check_in="t15", values=story.well("t15", part)))

    assert status(story, "t15", Role.SUPPORT) == "due" and status(story, "t15", Role.THERAPIST) == "due"


def test_an_unfinished_form_is_kept_and_answers_nothing() -> None:
    story = told("minute 14")
    story.wait(minutes(1))

    story.do(ANA, c.CheckIn(check_in="t15", values={"moaas": "5"}))

    assert status(story, "t15", Role.THERAPIST) == "due"


def test_an_answer_with_an_unknown_question_is_malformed_and_changes_nothing() -> None:
    story = told("dosed")
    before = story.session

    with pytest.raises(Malformed) as wrong:
        story.do(ANA, c.CheckIn(check_in="t15", values={"mood": "fine"}))

    assert wrong.value.field == "mood" and story.session is before


def test_an_implausible_reading_is_kept_as_not_usable_and_answers_nothing() -> None:
    story = told("dosed").watched(39)
    story.wait(minutes(1))

    story.reads("t40", sbp=80, dbp=126)

    reading = story.session.readings[-1]
    assert not reading.usable and reading.values["sbp"] == 80
    assert status(story, "t40", Role.THERAPIST) == "due"
    story.reads("t40")
    assert status(story, "t40", Role.THERAPIST) == "done"


@pytest.mark.parametrize("spo2", [-5, 0, 101, 12_000, 97.5])
def test_no_number_of_a_reading_is_turned_away(spo2: float) -> None:
    story = told("dosed")

    story.do(BEN, c.TakeReading(values={"spo2": spo2}))

    assert story.session.readings[-1].values["spo2"] == spo2
    assert story.session.readings[-1].usable is (spo2 == 97.5)


def test_could_not_measure_is_an_answer_and_asks_the_prescriber() -> None:
    story = told("dosed").watched(39)
    story.wait(minutes(1))

    story.do(ANA, c.CheckIn(check_in="t40", values={"could_not": "The cuff broke."}))

    assert status(story, "t40", Role.THERAPIST) == "done"
    assert story.alarm("could_not_measure").owner == ADA


@pytest.mark.parametrize(
    ("sbp", "dbp", "asked"), [(160, 100, False), (161, 90, True), (120, 101, True)], ids=["neither", "upper", "lower"]
)
def test_either_pressure_in_the_amber_band_at_forty_is_measured_again_at_sixty(sbp: int, dbp: int, asked: bool) -> None:
    story = told("dosed").watched(39)
    story.wait(minutes(1))
    story.look_in("t40")

    story.reads("t40", sbp=sbp, dbp=dbp)

    names = {field.name for field in checkins.form("t60", Role.THERAPIST, story.session, story.world)}
    assert ("sbp" in names) is asked


@pytest.mark.parametrize(
    ("begin", "values"),
    [
        ("arrived", {"sbp": 165, "dbp": 95}),
        ("dosed", {"sbp": 290, "dbp": 130}),
        ("dosed", {"hr": 125}),
        ("dosed", {"spo2": 93}),
    ],
    ids=["before the dose", "not usable", "a pulse", "oxygen"],
)
def test_pressure_is_asked_again_at_sixty_after_no_other_reading(begin: str, values: dict[str, int]) -> None:
    story = told(begin)
    story.do(ANA, c.TakeReading(values=values))  # type: ignore[arg-type]
    if begin == "arrived":
        story.wait(seconds(1))
        story.dose()

    assert "sbp" not in {field.name for field in checkins.form("t60", Role.THERAPIST, story.session, story.world)}


@pytest.mark.parametrize("later", [{"spo2": 97}, {"sbp": 50, "dbp": 40}], ids=["of something else", "not usable"])
def test_pressure_that_was_amber_is_asked_again_whatever_was_measured_in_between(later: dict[str, int]) -> None:
    story = told("dosed").watched(39)
    story.wait(minutes(1))
    story.look_in("t40")
    story.reads("t40", sbp=161, dbp=90)

    story.do(ANA, c.TakeReading(values=later))  # type: ignore[arg-type]

    assert "sbp" in {field.name for field in checkins.form("t60", Role.THERAPIST, story.session, story.world)}


@pytest.mark.parametrize(("dbp", "asked"), [(101, False), (102, True)])
def test_a_pressure_that_rose_too_far_over_the_own_one_is_amber_too(dbp: int, asked: bool) -> None:
    story = told("dosed").watched(39)
    before = (story.protocol.number("band.dbp_amber"), story.protocol.number("band.rise_dbp"))
    story.protocol = replace(story.protocol, numbers={**story.protocol.numbers, "band.dbp_amber": 110})
    story.wait(minutes(1))
    story.look_in("t40")
    assert before == (101, 25), "77 before the dose"

    story.reads("t40", sbp=120, dbp=dbp)

    assert ("sbp" in {one.name for one in checkins.form("t60", Role.THERAPIST, story.session, story.world)}) is asked


def test_a_pressure_that_was_amber_at_forty_is_read_at_sixty_also_when_it_was_well_in_between() -> None:
    story = told("dosed").watched(39)
    story.wait(minutes(1))
    story.look_in("t40")
    story.reads("t40", sbp=165, dbp=90)

    for _ in range(2):
        story.do(ANA, c.TakeReading(values={"sbp": 125, "dbp": 78}))

    assert "sbp" in {one.name for one in checkins.form("t60", Role.THERAPIST, story.session, story.world)}


def test_the_end_of_the_hold_answers_the_hold_whoever_recorded_it() -> None:
    story = told("dosed")
    story.wait(minutes(12))

    story.do(ANA, c.EndHold(result="spat"))

    assert status(story, "hold", Role.THERAPIST) == "done" and status(story, "hold", Role.SUPPORT) == "due"


def test_the_therapists_answer_to_the_hold_ends_it() -> None:
    story = told("dosed")
    story.wait(minutes(12))

    story.reads("hold", hold="swallowed_some")

    assert story.session.hold == "swallowed_some" and status(story, "hold", Role.THERAPIST) == "done"


def test_the_newest_check_in_is_the_one_to_answer_now() -> None:
    story = told("minute 14")
    story.wait(minutes(17))

    current = checkins.current(Role.SUPPORT, story.session, story.world, story.now)

    assert current is not None and current.id == "t30"


def test_a_missed_check_in_is_explained_by_staff_or_by_whose_it_was() -> None:
    story = told("minute 14")
    story.wait(minutes(4))

    assert story.refused(BEN, c.ExplainMiss(check_in="t15", part=Role.THERAPIST, reason="r")) == {"not_yours"}
    assert story.refused(ANA, c.ExplainMiss(check_in="t15", part=Role.SUPPORT, reason=" ")) == {"reason"}
    with pytest.raises(NotFound):
        story.do(ANA, c.ExplainMiss(check_in="t30", part=Role.SUPPORT, reason="r"))
    story.do(BEN, c.ExplainMiss(check_in="t15", part=Role.SUPPORT, reason="Was at the door."))
    story.do(ANA, c.ExplainMiss(check_in="t15", part=Role.THERAPIST, reason="Phoned Ben."))

    assert [one for one in checkins.unexplained(story.session) if one[0] == "t15"] == []


def test_a_replaced_support_person_answers_nothing_any_more_and_the_new_one_does() -> None:
    story = told("minute 14")
    story.do(ANA, c.ReplaceSupport(person="lou", phone_tested=False))
    story.wait(minutes(1))

    story.look_in("t15")
    assert status(story, "t15", Role.SUPPORT) == "due" and "lou" in story.session.marked
    story.do("lou", c.CheckIn(check_in="t15", values=story.well("t15", Role.SUPPORT)))

    assert status(story, "t15", Role.SUPPORT) == "done"


def test_i15_a_dosed_session_always_has_a_next_check_in_or_an_overdue_alarm() -> None:
    story = told("dosed")

    for _ in range(60):
        story.wait(seconds(241))
        due = [d for d in story.deadlines() if d.kind == "check_in_due"]
        ahead = min((d.at.utc - story.now.utc for d in due), default=10**9)
        overdue = any(a.kind == "check_in_overdue" and not a.over for a in story.session.alarms.values())
        assert ahead <= minutes(17) or overdue
    assert story.session.state is State.DOSED


def test_a_look_answers_for_both_when_two_people_say_the_same() -> None:
    story = told("dosed").watched(16)

    assert [status(story, "t15", part) for part in BOTH] == ["done", "done"]
