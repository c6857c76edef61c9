"""The later unit: its own board, all of it or none; what ends it, and what it brings with it."""

from collections.abc import Callable

import pytest

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.booster import BOARD, digest, rows
from telekap.care.checkins import plan
from telekap.care.floors import floor
from telekap.care.people import Role
from telekap.care.session import IncidentSeen, State
from telekap.care.world import KnownDose
from tests.care.later_unit import READING, dosed, ready, shut
from tests.cast import ADA, ANA, BEN, JO, KIM, NOON, SAM, Story, minutes, replace, seconds


def test_the_first_release_leaves_the_booster_alone() -> None:
    story = dosed()

    assert [dose.unit for dose in story.session.doses] == [1, 2]
    assert story.session.taken_under is not None and story.session.taken_under.ordered == 3


def test_with_every_row_open_the_booster_may_be_given_once() -> None:
    story = ready()
    assert shut(story) == set()
    before = floor(story.session, story.world)

    story.do(ANA, c.ReleaseBooster(willing=True))
    story.wait(minutes(1))
    story.do(SAM, c.Taken(units=(3,)))

    assert [(dose.unit, dose.mg, dose.planned) for dose in story.session.doses] == [
        (1, 30, True),
        (2, 30, True),
        (3, 30, True),
    ]
    assert story.session.booster is None and not story.session.incidents
    after = floor(story.session, story.world)
    assert before is not None and after is not None and after.at.utc - before.at.utc == minutes(32)
    assert shut(story) >= {"ordered"}
    assert "ordered" in story.refused(ANA, c.ReleaseBooster(willing=True))


def test_the_booster_brings_its_own_hold_and_a_pressure_forty_minutes_later() -> None:
    story = ready()
    story.do(ANA, c.ReleaseBooster(willing=True))
    story.do(SAM, c.Taken(units=(3,)))

    due = {one.id: (one.due.utc - story.now.utc) / minutes(1) for one in plan(story.session, story.world)}

    assert (due["hold-3"], due["pressure-3"]) == (12, 40)
    assert due["hold"] < 0  # nothing of the first plan moved


def test_what_is_said_of_a_booster_never_moves_the_plan_that_counts_from_the_first_unit() -> None:
    story = ready()
    story.do(ANA, c.ReleaseBooster(willing=True))
    story.do(SAM, c.Taken(units=(3,)))
    before = {one.id: one.due.utc for one in plan(story.session, story.world)}

    story.do(BEN, c.Taken(units=(3,), said_at=story.now.utc - minutes(45)))

    after = {one.id: one.due.utc for one in plan(story.session, story.world)}
    moved = {name for name in before if before[name] != after[name]}
    assert moved == {"hold-3", "pressure-3"}


def test_a_booster_hold_nobody_records_may_have_been_swallowed() -> None:
    story = ready()
    story.do(ANA, c.ReleaseBooster(willing=True))
    story.do(SAM, c.Taken(units=(3,)))

    story.wait(minutes(12 + 2 + 2))

    assert story.session.later_holds == {3: "maybe"} and story.session.hold == "spat"
    found = floor(story.session, story.world)
    assert found is not None and found.because.startswith("180")


def test_nobody_is_let_go_while_the_boosters_hold_is_not_recorded() -> None:
    story = ready()
    story.do(ANA, c.ReleaseBooster(willing=True))
    story.do(SAM, c.Taken(units=(3,)))
    assert story.session.hold == "spat" and "hold" in story.refused(ANA, c.Discharge())

    story.wait(minutes(1))
    story.do(BEN, c.EndHold(result="spat"))

    assert "hold" not in story.refused(ANA, c.Discharge())


def test_the_end_of_hold_is_the_boosters_once_the_first_is_known() -> None:
    story = ready()
    story.do(ANA, c.ReleaseBooster(willing=True))
    story.do(SAM, c.Taken(units=(3,)))
    story.wait(minutes(12))

    story.do(BEN, c.EndHold(result="spat"))

    assert story.session.later_holds == {3: "spat"}


def _alarm(story: Story) -> None:
    story.do(SAM, c.AskHelp())


def _reading(**changes: object) -> Callable[[Story], None]:
    return lambda story: void(story.do(ANA, c.TakeReading(values={**READING, **changes})))


def void(_: object) -> None:
    """A change whose facts nobody reads."""


def _unseen(story: Story) -> None:
    story.wait(minutes(4))
    story.do(ANA, c.TakeReading(values=READING))
    story.wait(minutes(1) + 1)


def _vomited(story: Story) -> None:
    story.do(BEN, c.Say(what="vomited"))
    alarm = story.alarm("vomiting").id
    story.do(ANA, c.AcknowledgeAlarm(alarm=alarm))
    story.do(ANA, c.ResolveAlarm(alarm=alarm, reason="Settled at once."))


INCIDENT = IncidentSeen(1, NOON, "x", "y")
ELSEWHERE = KnownDose("other", NOON.utc, 50)

SHUT: dict[str, Callable[[Story], None]] = {
    "ordered": lambda s: void(s.on_course(ADA, c.SignOrder(form="lozenge", mg_per_unit=30, units=2, hold_min=12))),
    "window": lambda s: void(s.watched(45.5)),
    "clearance": lambda s: void(s.on_course(ADA, c.RevokeClearance(reason="r"))),
    "consent": lambda s: void(s.on_course(SAM, c.WithdrawConsent())),
    "response": _reading(moaas="4"),
    "pressure": _reading(sbp=141),
    "oxygen": _reading(spo2=94),
    "vomited": _vomited,
    "hold": lambda s: void(setattr(s, "session", replace(s.session, hold="maybe"))),
    "video": lambda s: void(s.see("stopped", Role.CLIENT, newest=s.now.utc - seconds(11))),
    "support": _unseen,
    "on_call": lambda s: void(setattr(s, "session", replace(s.session, duty={}))),
    "alarms": _alarm,
    "missed": lambda s: void(setattr(s, "session", replace(s.session, missed=frozenset({("t15", Role.SUPPORT)})))),
    "incident": lambda s: void(setattr(s, "session", replace(s.session, incidents=(INCIDENT,)))),
    "stop": lambda s: void(s.do(BEN, c.Say(what="stop"))),
    "leaving": lambda s: void(s.do(ANA, c.RecordHandOver(to="Medic 7", reference="", seen="seen"))),
    "amount": lambda s: void(setattr(s, "course", replace(s.course, doses=(*s.course.doses, ELSEWHERE)))),
}
"""Row → what shuts it."""


def test_every_row_has_something_that_shuts_it() -> None:
    assert set(SHUT) == {row.code for row in BOARD}


@pytest.mark.parametrize("code", SHUT)
def test_i8_each_row_alone_keeps_the_booster_shut_and_ends_a_permission(code: str) -> None:
    story = ready()
    given = ready()
    given.do(ANA, c.ReleaseBooster(willing=True))

    for one in (story, given):
        SHUT[code](one)
        one.tick()

    assert code in shut(story)
    assert code in story.refused(ANA, c.ReleaseBooster(willing=True))
    assert given.session.booster is None
    ended = [fact for fact in given.facts(f.BoosterEnded) if isinstance(fact, f.BoosterEnded)]
    assert (ended and code in ended[0].causes) or code == "window"


@pytest.mark.parametrize("changes", [{"presumed": True}, {"t0": None}], ids=str)
def test_when_nobody_knows_the_time_of_the_first_unit_no_other_follows(changes: dict[str, object]) -> None:
    story = ready()
    story.session = replace(story.session, **changes)

    assert "window" in shut(story)


@pytest.mark.parametrize(("after", "opens"), [(-1, True), (0, False), (1, False)])
def test_only_a_consent_from_before_the_dose_covers_a_booster(after: int, opens: bool) -> None:
    story = ready()
    assert story.session.t0 is not None
    signed = ("2026-1", story.session.t0.plus(after))
    story.course = replace(story.course, consent=signed)

    assert ("consent" not in shut(story)) is opens


@pytest.mark.parametrize(
    ("at", "opens"), [(minutes(20) - 1, False), (minutes(20), True), (minutes(45), True), (minutes(45) + 1, False)]
)
def test_the_window_is_twenty_to_forty_five_minutes(at: int, opens: bool) -> None:
    story = dosed().watched(15.5)
    assert story.session.t0 is not None
    story.now = story.session.t0.plus(at)

    assert ("window" not in shut(story)) is opens


@pytest.mark.parametrize(
    ("reading", "opens"), [("sbp", 140), ("dbp", 89), ("hr", 99), ("hr", 50), ("sbp", 90), ("spo2", 95)]
)
def test_at_its_green_edge_a_reading_is_open(reading: str, opens: int) -> None:
    story = ready()
    story.do(ANA, c.TakeReading(values={**READING, reading: opens, **({"dbp": 60} if opens == 90 else {})}))

    assert not shut(story) & {"pressure", "oxygen"}


@pytest.mark.parametrize(
    ("reading", "value"), [("sbp", 141), ("dbp", 90), ("hr", 100), ("hr", 49), ("sbp", 89), ("spo2", 94)]
)
def test_one_step_beyond_nothing_is_amber(reading: str, value: int) -> None:
    story = ready()
    story.do(ANA, c.TakeReading(values={**READING, reading: value, **({"dbp": 60} if value == 89 else {})}))

    assert shut(story) & {"pressure", "oxygen"}


@pytest.mark.parametrize(("age", "opens"), [(minutes(5) - 1, True), (minutes(5), True), (minutes(5) + 1, False)])
def test_a_reading_is_at_most_five_minutes_old(age: int, opens: bool) -> None:
    story = ready()
    story.now = story.now.plus(age)

    measured = {"pressure", "response", "oxygen"}
    assert shut(story) & measured == (set() if opens else measured)


def test_a_late_reading_opens_nothing() -> None:
    story = dosed().watched(31)
    assert "pressure" in shut(story)

    story.do(ANA, c.TakeReading(values=READING, said_at=story.now.utc - seconds(61)))

    assert "pressure" in shut(story)


def test_a_consent_to_the_dose_is_none_to_a_booster() -> None:
    story = ready()
    assert story.course.consent is not None
    story.course = replace(story.course, consent_booster=False)

    assert shut(story) == {"consent"}


def test_a_duty_another_prescriber_acknowledged_is_not_the_one_of_who_is_on_call() -> None:
    story = ready()
    story.session = replace(story.session, duty={**story.session.duty, Role.PRESCRIBER: ("ike", story.now)})

    assert shut(story) == {"on_call"}


def test_before_the_last_permission_is_closed_there_is_no_other() -> None:
    story = ready()
    story.do(ANA, c.ReleaseBooster(willing=True))
    assert story.refused(ANA, c.ReleaseBooster(willing=True)) == {"given"}

    story.do(BEN, c.Recall())

    assert story.refused(ANA, c.ReleaseBooster(willing=True)) == {"given"}


def test_how_little_is_left_is_said_only_when_nothing_else_is_shut() -> None:
    story = ready()
    story.now = story.now.plus(minutes(3) + 2)
    _alarm(story)

    assert story.refused(ANA, c.ReleaseBooster(willing=True)) == {"alarms"}


def test_the_board_that_was_looked_at_is_the_one_that_opens() -> None:
    story = ready()
    looked_at = digest(rows(story.session, story.world, story.now))

    story.do(ANA, c.ReleaseBooster(willing=True, board=looked_at))

    assert story.session.booster is not None


def test_the_client_must_have_been_asked() -> None:
    assert ready().refused(ANA, c.ReleaseBooster()) == {"willing"}


@pytest.mark.parametrize("person", [SAM, BEN, JO, ADA, KIM])
def test_only_the_therapist_gives_it(person: str) -> None:
    assert ready().refused(person, c.ReleaseBooster(willing=True)) == {"role"}


def test_another_board_than_the_one_looked_at_is_refused() -> None:
    assert ready().refused(ANA, c.ReleaseBooster(willing=True, board="0" * 64)) == {"board_changed"}


def test_with_less_than_two_minutes_left_nobody_is_hurried() -> None:
    story = ready()
    story.now = story.now.plus(minutes(3) + 2)

    assert "too_little_left" in story.refused(ANA, c.ReleaseBooster(willing=True))


def test_a_recall_by_anybody_ends_it_and_the_count_closes_the_question() -> None:
    story = ready()
    story.do(ANA, c.ReleaseBooster(willing=True))
    story.do(SAM, c.Recall())
    assert story.session.booster_question is not None

    story.do(ANA, c.CountUnits(units=1))

    assert story.session.booster_question is None and story.session.state is State.DOSED
    assert len(story.session.doses) == 2 and not story.session.incidents


def test_nobody_says_so_for_two_minutes_and_it_is_presumed_with_the_long_floor() -> None:
    story = ready()
    story.do(ANA, c.ReleaseBooster(willing=True))
    story.do(BEN, c.Recall())

    story.wait(minutes(2))

    assert story.session.doses[-1].presumed and story.session.doses[-1].mg is None
    found = floor(story.session, story.world)
    assert found is not None and found.prescriber_only
    assert story.alarm("dose_presumed") is not None


def test_taken_although_nothing_was_given_is_an_incident() -> None:
    story = dosed().watched(31)

    story.do(SAM, c.Taken(units=(3,)))

    assert [one.kind for one in story.session.incidents] == ["dose_unplanned"]
    assert story.session.doses[-1].mg == 30 and not story.session.doses[-1].planned


def test_a_spaced_unit_is_released_alone_and_each_needs_the_board() -> None:
    story = Story()
    story.on_course(ADA, c.SignOrder(form="lozenge", mg_per_unit=30, units=3, hold_min=12, spaced=True))
    story.release()
    assert story.session.release is not None and story.session.release.units == (1,)
    story.do(SAM, c.Taken(units=(1,)))
    story.watched(31)
    story.do(ANA, c.TakeReading(values=READING))
    story.do(ANA, c.SeeSupport(how="phone"))

    story.do(ANA, c.ReleaseBooster(willing=True))
    story.do(SAM, c.Taken(units=(2,)))

    assert story.session.doses[-1].planned and not story.session.incidents


def test_a_spaced_unit_without_the_board_is_outside_the_plan() -> None:
    story = Story()
    story.on_course(ADA, c.SignOrder(form="lozenge", mg_per_unit=30, units=2, hold_min=12, spaced=True))
    story.release()
    story.do(SAM, c.Taken(units=(1,)))
    story.wait(minutes(1))

    story.do(SAM, c.Taken(units=(2,)))

    assert [one.kind for one in story.session.incidents] == ["dose_unplanned"]


@pytest.mark.parametrize(("units", "booster", "codes"), [(2, 1, set()), (2, 2, {"booster"}), (1, 1, {"booster"})])
def test_a_booster_is_at_most_half_the_first_dose(units: int, booster: int, codes: set[str]) -> None:
    story = Story()
    order = c.SignOrder(form="lozenge", mg_per_unit=20, units=units, booster_units=booster, hold_min=12)
    if codes:
        with pytest.raises(Exception) as refused:
            story.on_course(ADA, order)
        assert {one.code for one in refused.value.reasons} == codes  # type: ignore[attr-defined]
    else:
        story.on_course(ADA, order)
        assert story.course.order is not None and story.course.order.booster_units == booster


def test_the_session_ceiling_counts_the_booster() -> None:
    story = Story()
    with pytest.raises(Exception) as refused:
        story.on_course(ADA, c.SignOrder(form="lozenge", mg_per_unit=40, units=2, booster_units=1, hold_min=12))
    assert {one.code for one in refused.value.reasons} == {"ceiling"}  # type: ignore[attr-defined]


def test_an_open_question_about_the_booster_keeps_the_client() -> None:
    story = ready()
    story.do(ANA, c.ReleaseBooster(willing=True))
    story.do(SAM, c.Recall())

    assert "later_unit" in story.refused(ANA, c.Discharge())
