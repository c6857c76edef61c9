"""Doses: one unit once, T0 once, and what does not fit the plan as it happened."""

import pytest

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.discharge import missing
from telekap.care.floors import floor
from telekap.care.instant import HOUR
from telekap.care.notices import notices
from telekap.care.people import Role
from telekap.care.session import State
from tests.cast import ADA, ANA, BEN, KIM, SAM, Story, minutes, replace, seconds, shipped, told


def doses(story: Story) -> list[tuple[int | None, float | None, bool]]:
    """(unit, mg, planned) of every dose."""
    return [(dose.unit, dose.mg, dose.planned) for dose in story.session.doses]


def kinds(story: Story) -> list[str]:
    """Kinds of incidents."""
    return [incident.kind for incident in story.session.incidents]


def floor_minutes(story: Story) -> float:
    """Minutes from T0 to the floor."""
    found = floor(story.session, story.world)
    assert found is not None and story.session.t0 is not None
    return (found.at.utc - story.session.t0.utc) / 60_000


def test_two_planned_units_are_no_incident() -> None:
    story = told("dosed")

    assert doses(story) == [(1, 50, True), (2, 50, True)]
    assert kinds(story) == [] and story.open_kinds() == set()
    assert floor_minutes(story) == 120
    assert story.course.clearance is not None and story.course.clearance.used == 1


def test_the_board_is_stored_again_at_t0() -> None:
    story = told("dosed")

    stored = [fact for fact in story.facts(f.BoardStored) if isinstance(fact, f.BoardStored)]

    assert [fact.moment for fact in stored] == ["release", "t0"]
    assert set(story.session.t0_board.values()) == {"green"}


def test_a_dose_without_release_pages_the_prescriber_at_once_who_alone_may_finish() -> None:
    story = Story()
    story.tick()

    story.do(SAM, c.Taken(units=(1, 2)))

    said = notices(story.facts(f.AlarmRaised), story.session, story.world)
    assert {one.to for one in said if one.subject.startswith("dose_outside_release")} == {ANA, BEN, ADA}
    assert "prescriber_only" in {why.code for why in missing(story.session, story.world, story.now)}
    assert "prescriber_only" not in {
        why.code for why in missing(story.session, story.world, story.now, Role.PRESCRIBER)
    }


@pytest.mark.parametrize("person", [SAM, BEN, ANA, ADA, KIM])
def test_i7_a_unit_said_again_is_still_one_unit_whoever_says_it(person: str) -> None:
    story = told("dosed")
    t0 = story.session.t0

    facts = story.do(person, c.Taken(units=(1, 2)))

    assert [type(fact) for fact in facts] == [f.DoseSaidAgain, f.DoseSaidAgain]
    assert len(story.session.doses) == 2 and story.session.t0 == t0
    assert kinds(story) == []
    assert len(story.course.doses) == 2


def test_i7_one_word_naming_a_unit_twice_is_one_unit() -> None:
    story = told("released")

    story.do(SAM, c.Taken(units=(1, 1)))

    assert doses(story) == [(1, 50, True)]


def test_i7_t0_is_set_once_and_the_plan_uses_the_earlier_time_and_the_floor_the_later() -> None:
    story = told("released")
    story.wait(minutes(5))
    story.do(SAM, c.Taken(units=(1, 2)))
    t0, first_due = story.session.t0, story.deadlines()
    floor_before = floor_minutes(story)
    story.wait(minutes(1))

    story.do(BEN, c.Taken(units=(1,), said_at=story.now.utc - minutes(4)))  # three minutes before Sam said it

    hold_before = next(d for d in first_due if d.subject == "hold")
    hold_now = next(d for d in story.deadlines() if d.subject == "hold")
    assert story.session.t0 == t0
    assert hold_before.at.utc - hold_now.at.utc == minutes(3)
    assert floor_minutes(story) >= floor_before


def test_i11_a_later_time_for_the_same_unit_pushes_the_floor_back_and_no_check_in() -> None:
    story = told("dosed")
    due = {d.subject: d.at.utc for d in story.deadlines() if d.kind == "check_in_due"}
    story.wait(minutes(3))

    story.do(BEN, c.Taken(units=(1,)))

    assert floor_minutes(story) == 123
    assert {d.subject: d.at.utc for d in story.deadlines() if d.kind == "check_in_due"} == due


@pytest.mark.parametrize(("after", "planned"), [(minutes(5), True), (minutes(5) + 1, False)])
def test_the_second_unit_is_planned_within_five_minutes_of_t0(after: int, planned: bool) -> None:
    story = told("released")
    story.do(SAM, c.Taken(units=(1,)))
    story.wait(after)

    story.do(SAM, c.Taken(units=(2,)))

    assert doses(story)[1] == (2, 50, planned)
    assert kinds(story) == ([] if planned else ["dose_unplanned"])


def test_a_unit_beyond_the_order_is_an_incident_and_the_prescriber_discharges() -> None:
    story = told("dosed")
    story.wait(minutes(2))

    story.do(SAM, c.Taken(units=(0,), mg=50))

    assert doses(story)[2] == (None, 50, False)
    assert kinds(story) == ["dose_unplanned", "over_ceiling"]
    assert story.alarm("dose_outside_release") is not None
    found = floor(story.session, story.world)
    assert found is not None and found.prescriber_only and floor_minutes(story) == 362


def test_a_dose_without_release_is_watched_in_full_and_is_an_incident() -> None:
    story = Story()
    story.tick()

    story.do(SAM, c.Taken(units=(1, 2)))

    assert story.session.state is State.DOSED and story.session.t0 == story.now
    assert {"dose_outside_release", "gate_shut_at_t0"} <= set(kinds(story))
    assert {"dose_outside_release", "gate_shut_at_t0"} <= story.open_kinds()
    assert story.alarm("dose_outside_release").owner == ANA
    assert floor_minutes(story) == 360
    assert story.course.clearance is not None and story.course.clearance.status == "suspended"
    assert [d.subject for d in story.deadlines() if d.kind == "check_in_due"][:2] == ["hold", "t15"]
    # Nobody is in the cockpit and no picture comes: both lines are lost ten seconds later.
    story.wait(seconds(10))
    assert {"therapist_line_lost", "video_lost"} <= story.open_kinds()


@pytest.mark.parametrize(("ordered", "held"), [(True, 12), (False, 7)])
def test_medicine_nobody_ordered_is_held_as_long_as_the_protocol_says(ordered: bool, held: int) -> None:
    hold, first, *others = shipped().plan
    rows = (replace(first, id="t5", minute=5), replace(hold, minute=7), first, *others)
    story = Story(protocol=replace(shipped(), plan=rows))
    story.tick()
    story.course = story.course if ordered else replace(story.course, order=None)

    story.do(SAM, c.Taken(units=(0,)))

    assert story.session.hold_min == held
    assert {d.at.utc - story.now.utc for d in story.deadlines() if d.subject == "hold"} == {minutes(held)}


def test_a_dose_after_the_release_ended_is_outside_it_and_one_before_is_inside() -> None:
    inside, outside = told("released"), told("released")
    for story in (inside, outside):
        story.wait(minutes(2))
        story.do(ANA, c.Recall())
        story.wait(seconds(30))

    inside.do(SAM, c.Taken(units=(1, 2), said_at=inside.now.utc - seconds(45)))
    outside.do(SAM, c.Taken(units=(1, 2)))

    assert doses(inside) == [(1, 50, True), (2, 50, True)] and kinds(inside) == []
    assert kinds(outside) == ["dose_outside_release"] and floor_minutes(outside) == 360


def test_a_dose_said_to_be_before_the_release_is_outside_it() -> None:
    story = told("released")

    story.do(SAM, c.Taken(units=(1,), said_at=story.now.utc - minutes(20)))

    assert kinds(story)[0] == "dose_outside_release"


def test_a_dose_recorded_late_counts_its_floor_from_the_recording_and_its_plan_from_t0() -> None:
    story = told("released")
    given = story.now.utc
    story.wait(minutes(9))

    story.do(SAM, c.Taken(units=(1, 2), said_at=given + 1))

    assert story.session.t0 is not None and story.session.t0.utc == given + 1
    assert round(floor_minutes(story)) == 129
    hold = next(d for d in story.deadlines() if d.subject == "hold")
    assert hold.at.utc == given + 1 + minutes(12)


def test_check_ins_that_were_due_before_the_dose_was_said_are_due_now() -> None:
    story = Story()
    story.tick()

    story.do(SAM, c.Taken(units=(1,), said_at=story.now.utc - minutes(50)))

    called = [fact.check_in for fact in story.facts(f.CheckInDue) if isinstance(fact, f.CheckInDue)]
    assert called == ["hold", "t15", "t30", "t40", "t45"]
    assert story.session.missed == frozenset()
    story.wait(minutes(2))
    assert ("t40", Role.THERAPIST) in story.session.missed


def test_a_device_clock_in_the_future_counts_as_now() -> None:
    story = told("released")

    story.do(SAM, c.Taken(units=(1, 2), said_at=story.now.utc + HOUR))

    assert story.session.t0 == story.now and kinds(story) == []


@pytest.mark.parametrize(("ago", "dosed"), [(6 * HOUR - 1, True), (6 * HOUR, False)])
def test_medicine_of_more_than_six_hours_ago_is_an_incident_for_the_prescriber(ago: int, dosed: bool) -> None:
    story = Story()
    story.tick()

    story.do(SAM, c.Taken(units=(1,), said_at=story.now.utc - ago))

    assert (story.session.state is State.DOSED) is dosed
    assert ("old_dose" in kinds(story)) is not dosed
    assert len(story.course.doses) == 1
    if not dosed:
        story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("incident").id))
        assert not story.alarm("incident").over
        story.do(ADA, c.AcknowledgeAlarm(alarm=story.alarm("incident").id))
        assert story.alarm("incident").over


def test_a_dose_after_discharge_is_watched_again_even_under_an_old_unit_number() -> None:
    story = told("discharged")

    story.do(SAM, c.Taken(units=(1,)))

    assert story.session.state is State.DOSED and len(story.session.doses) == 3
    assert "dose_outside_release" in kinds(story)
    nxt = [d for d in story.deadlines() if d.kind == "check_in_due"]
    assert nxt[0].at.utc - story.now.utc <= minutes(15)


def test_a_session_closed_for_days_does_not_call_the_check_ins_of_those_days() -> None:
    story = told("discharged")
    story.do(ANA, c.Sign())
    story.skip(72 * HOUR)

    story.do(SAM, c.Taken(units=(0,)))

    called = [fact for fact in story.facts(f.CheckInDue) if isinstance(fact, f.CheckInDue)]
    assert story.session.state is State.DOSED and len(called) == 11
    nxt = [d for d in story.deadlines() if d.kind == "check_in_due"]
    assert nxt and 0 < nxt[0].at.utc - story.now.utc <= minutes(15)


def test_naming_the_units_after_a_presumed_dose_is_an_answer_and_not_another_dose() -> None:
    story = told("released")
    story.wait(minutes(12))
    t0 = story.session.t0

    story.do(SAM, c.Taken(units=(1, 2), said_at=story.now.utc - minutes(5)))

    assert story.session.t0 == t0 and kinds(story) == ["dose_presumed"]
    assert story.alarm("dose_presumed").over
    found = floor(story.session, story.world)
    assert found is not None and found.prescriber_only  # a correction never brings the floor forward


def test_an_unknown_amount_has_the_long_floor_whatever_else_is_known() -> None:
    story = told("dosed")
    session = replace(story.session, doses=(replace(story.session.doses[0], mg=None),))

    found = floor(session, story.world)

    assert found is not None and found.prescriber_only and session.incidents == ()


# --- hold ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("result", "least"), [("spat", 120), ("swallowed_some", 180), ("swallowed", 180)])
def test_how_the_hold_ended_sets_the_floor(result: str, least: int) -> None:
    story = told("dosed")

    story.do(ANA, c.EndHold(result=result))

    assert floor_minutes(story) == least


def test_a_hold_nobody_recorded_may_have_been_swallowed_and_stays_so() -> None:
    story = told("dosed")

    story.wait(minutes(16) - 1)
    assert story.session.hold == ""
    story.wait(1)
    assert story.session.hold == "maybe" and floor_minutes(story) == 180
    story.do(ANA, c.EndHold(result="spat"))

    assert floor_minutes(story) == 180  # I11: a correction never brings a floor forward


def test_the_hold_ends_when_the_order_said_even_if_a_later_order_says_otherwise() -> None:
    story = Story()
    story.on_course(ADA, c.SignOrder(form="lozenge", mg_per_unit=50, units=2, hold_min=10))
    story.dose()

    story.on_course(ADA, c.SignOrder(form="lozenge", mg_per_unit=50, units=2, hold_min=20))

    hold = next(d for d in story.deadlines() if d.subject == "hold")
    assert hold.at.utc - story.now.utc == minutes(10)  # I19


def test_an_order_to_swallow_has_the_longer_floor_from_the_start() -> None:
    story = Story()
    story.on_course(ADA, c.SignOrder(form="lozenge", mg_per_unit=50, units=2, hold_min=12, swallow=True))
    story.dose()

    assert floor_minutes(story) == 180


def test_i19_a_protocol_changed_after_t0_moves_no_state_and_ends_nothing() -> None:
    story = told("dosed")
    story.protocol = replace(story.protocol, numbers={**story.protocol.numbers, "release.lasts": 1.0})

    story.tick()

    assert story.session.state is State.DOSED and story.open_kinds() == set()


def test_too_much_is_one_incident_however_often_the_same_unit_is_said() -> None:
    story = told("dosed")
    story.do(BEN, c.Taken(units=(3,), mg=400))
    assert kinds(story).count("over_ceiling") == 1

    story.do(SAM, c.Taken(units=(3,)))

    assert kinds(story).count("over_ceiling") == 1


def test_a_hold_that_ends_without_a_dose_is_a_hint_that_there_was_one() -> None:
    story = told("arrived")

    story.do(BEN, c.EndHold(result="spat"))

    assert kinds(story) == ["hold_without_dose"] and story.alarm("incident") is not None
