"""The calendar's rules: who, when, how far apart; and the wall clocks of two places."""

from datetime import UTC, datetime

import pytest

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.booking import CLASHES, Plan, problems
from telekap.care.calendar import moment
from telekap.care.errors import Malformed, NotFound
from telekap.care.finding import Look
from telekap.care.follow import after
from telekap.care.instant import DAY, HOUR, MINUTE
from telekap.care.people import Actor, Role
from telekap.care.roster import Duty, gaps, on_duty
from telekap.care.roster import problems as roster_problems
from telekap.care.session import Session, State
from telekap.care.world import KnownDose, OtherSession
from tests.cast import ADA, ANA, BEN, JO, KIM, NOON, ROLES, SAM, Story, minutes, replace, told

WEEK = 7 * DAY
IKE = "ike"
"""Another prescriber."""


def new() -> Story:
    """Sam's course before this appointment is booked."""
    story = Story()
    story.session = Session(id="session-2")
    return story


def at(utc: int, kind: str = "dosing", despite: tuple[str, ...] = ()) -> c.BookSession:
    return c.BookSession(
        kind=kind, course="course-1", roles=ROLES, appointed=utc, zone="America/Los_Angeles", despite=despite
    )


def other(utc: int, kind: str = "dosing", client: str = SAM, therapist: str = "", support: str = "") -> OtherSession:
    return OtherSession("other", State.SCHEDULED, client, therapist, support, utc, kind)


@pytest.mark.parametrize(
    ("after", "kind", "refusal"),
    [
        (3 * HOUR, "dosing", {"clash_therapist"}),  # Ana is free after release + 10 min + 3 h
        (-3 * HOUR, "dosing", {"clash_therapist"}),
        (4 * HOUR, "dosing", set()),
        (30 * MINUTE, "integration", {"clash_therapist"}),
        (-2 * HOUR, "integration", set()),
    ],
)
def test_a_therapist_is_whole_in_one_place(after: int, kind: str, refusal: set[str]) -> None:
    story = new()
    story.others = (other(NOON.utc + DAY + after, kind, client="noor", therapist=ANA),)

    plan = Plan("", "dosing", dict(ROLES), NOON.utc + DAY)
    assert {reason.code for reason in problems(plan, story.world, story.now)} == refusal


@pytest.mark.parametrize(
    ("wanted", "first"),
    [
        (3 * DAY, "Monday, June 29, 12:00 PDT (Monday, June 29, 21:00 CEST at the clinic)"),
        (13 * DAY, "Monday, June 29, 12:00 PDT (Monday, June 29, 21:00 CEST at the clinic)"),
        (20 * DAY, "Friday, July 17, 12:01 PDT (Friday, July 17, 21:01 CEST at the clinic)"),
    ],
)
def test_too_near_another_dose_it_says_the_next_possible_time_on_both_clocks(wanted: int, first: str) -> None:
    story = new()
    story.course = replace(story.course, doses=(KnownDose("old", NOON.utc - DAY, 100),))
    story.zone = "Europe/Berlin"
    # The second leaves no gap behind the first; the third is not on a whole minute.
    story.others = (other(NOON.utc + WEEK), replace(other(NOON.utc + 25 * DAY + 1), id="third"))

    assert next_time(story, NOON.utc + wanted) == f"The next possible time is {first}."


def next_time(story: Story, wanted: int) -> str:
    """What a time too near another dose is answered."""
    found = problems(Plan("", "dosing", dict(ROLES), wanted), story.world, story.now)
    return next((one.action for one in found if one.code == "spacing"), "")


def test_the_time_it_names_is_possible_and_the_earliest_and_is_never_before_now() -> None:
    story = new()
    story.course = replace(story.course, doses=(KnownDose("old", NOON.utc - DAY, 100),))
    said = "The next possible time is Sunday, June 21, 12:00 PDT."  # both clocks read alike: once
    there = moment("2026-06-21T12:00", "America/Los_Angeles")

    assert next_time(story, NOON.utc + DAY) == next_time(story, there - MINUTE) == said
    assert next_time(story, there) == ""
    story.skip(30 * DAY)
    assert next_time(story, NOON.utc) == "The next possible time is Wednesday, July 15, 12:00 PDT."


@pytest.mark.parametrize(("mine", "theirs", "fits"), [(0, 0, True), (1, 0, False), (0, 1, False)])
def test_a_booster_takes_its_people_for_longer_in_the_calendar_too(mine: int, theirs: int, fits: bool) -> None:
    # 45 min of lobby, 10 min of release, 180 min of cover: 225 with a booster.
    story = new()
    assert story.course.order is not None
    story.course = replace(story.course, order=replace(story.course.order, booster_units=mine))
    one_after_the_other = minutes(45 + 10 + 180) * (1 if mine or not theirs else -1)
    order = replace(story.course.order, booster_units=theirs)
    story.others = (replace(other(NOON.utc + DAY + one_after_the_other, client="noor", therapist=ANA), order=order),)

    found = problems(Plan("", "dosing", dict(ROLES), NOON.utc + DAY), story.world, story.now)

    assert ({reason.code for reason in found} == set()) is fits


def test_a_clash_is_booked_over_only_by_its_name() -> None:
    story = new()
    story.others = (other(NOON.utc + DAY, client="noor", therapist=ANA, support=BEN),)

    assert story.refused(KIM, at(NOON.utc + DAY)) == {"clash_therapist", "clash_support"}
    assert story.refused(KIM, at(NOON.utc + DAY, despite=("clash_support",))) == {"clash_therapist"}
    story.do(KIM, at(NOON.utc + DAY, despite=tuple(CLASHES.values())))


@pytest.mark.parametrize("state", [State.CANCELLED, State.NO_SHOW, State.STOOD_DOWN, State.CLOSED, State.HELD])
def test_what_is_over_is_in_nobodys_way(state: State) -> None:
    story = new()
    story.others = (replace(other(NOON.utc + DAY, therapist=ANA), state=state),)

    story.do(KIM, at(NOON.utc + DAY))
    assert story.session.appointed == NOON.utc + DAY


@pytest.mark.parametrize("days", [-6, 6])
def test_two_doses_of_one_client_are_days_apart_booked_before_or_after(days: int) -> None:
    story = new()
    story.others = (other(NOON.utc + WEEK + days * DAY),)

    assert "spacing" in story.refused(KIM, at(NOON.utc + WEEK))
    assert "spacing" in story.refused(KIM, at(NOON.utc + WEEK, despite=("spacing",))), "no clash: cannot be booked over"


def test_a_dose_that_was_taken_keeps_its_distance_too() -> None:
    story = new()
    story.course = replace(story.course, doses=(KnownDose("old", NOON.utc - 5 * DAY, 100),), aftercare={"old"})

    assert story.refused(KIM, at(NOON.utc + DAY)) == {"spacing"}
    story.do(KIM, at(NOON.utc + 2 * DAY))


def test_integration_comes_between_two_doses() -> None:
    story = new()
    dose, talk = other(NOON.utc + DAY), replace(other(NOON.utc + 3 * DAY, "integration"), id="talk")
    story.others = (dose,)
    assert story.refused(KIM, at(NOON.utc + 9 * DAY)) == {"integration"}

    story.others = (dose, replace(talk, appointed=NOON.utc + 10 * DAY))
    assert story.refused(KIM, at(NOON.utc + 9 * DAY)) == {"integration"}, "it would come after both"

    story.others = (dose, replace(talk, kind="preparation"))
    assert story.refused(KIM, at(NOON.utc + 9 * DAY)) == {"integration"}, "a preparation is none"

    story.others = (dose, replace(talk, appointed=NOON.utc + HOUR))
    assert story.refused(KIM, at(NOON.utc + 9 * DAY)) == {"integration"}, "it would come before both"

    story.others = (dose, talk)
    story.do(KIM, at(NOON.utc + 9 * DAY))


def test_nothing_is_booked_into_the_past() -> None:
    story = new()

    assert story.refused(KIM, at(NOON.utc - 61 * MINUTE)) == {"past"}


def test_a_licence_is_asked_for_where_the_clearance_allows_the_client_to_be() -> None:
    story = new()
    clearance = story.course.clearance
    assert clearance is not None
    story.course = replace(story.course, clearance=replace(clearance, states=frozenset({"OR"})))

    assert story.refused(KIM, at(NOON.utc + DAY)) == {"licence"}
    story.do(KIM, at(NOON.utc + DAY, kind="preparation"))


# --- moving, and other people


def test_a_moved_session_opens_at_its_new_time_and_asks_for_its_aftercare_again() -> None:
    story = Story(appointed=NOON.plus(DAY))
    story.on_course(KIM, c.BookAftercare(session="session-1", next_day=NOON.utc + 2 * DAY, integration=NOON.utc + WEEK))
    before = story.session

    facts = story.do(KIM, c.MoveSession(appointed=NOON.utc + 2 * DAY, reason="Sam is travelling."))

    assert facts == (
        f.SessionMoved(appointed=NOON.utc + 2 * DAY, instead_of=NOON.utc + DAY, reason="Sam is travelling."),
    )
    assert story.session.appointed == NOON.utc + 2 * DAY
    assert "session-1" not in story.course.aftercare
    story.wait(DAY)
    assert story.session.state is before.state is State.SCHEDULED, "nothing happens at the old time"
    story.wait(DAY - 44 * MINUTE)
    assert story.session.state is State.ARRIVING


def test_a_session_does_not_move_once_its_lobby_is_open() -> None:
    assert told("arrived").refused(KIM, c.MoveSession(appointed=NOON.utc + DAY)) == {"state"}


def test_a_move_keeps_the_distance_of_a_booking() -> None:
    story = Story(appointed=NOON.plus(DAY))
    story.others = (other(NOON.utc + 9 * DAY),)

    assert "spacing" in story.refused(KIM, c.MoveSession(appointed=NOON.utc + 4 * DAY))
    assert story.refused(KIM, c.MoveSession(appointed=NOON.utc + DAY)) == {"same"}


def test_a_session_is_in_nobodys_way_when_it_moves_itself() -> None:
    story = Story(appointed=NOON.plus(DAY))
    story.others = (OtherSession("session-1", State.SCHEDULED, SAM, ANA, BEN, NOON.utc + DAY),)

    story.do(KIM, c.MoveSession(appointed=NOON.utc + DAY + HOUR))

    assert story.session.appointed == NOON.utc + DAY + HOUR


@pytest.mark.parametrize(
    "act",
    [c.MoveSession(appointed=NOON.utc + 2 * DAY), c.NameRole(role=Role.SUPPORT, person="lou"), c.Cancel(reason="r")],
    ids=["move", "name", "cancel"],
)
def test_a_stranger_changes_no_calendar_and_a_coordinator_of_the_clinic_does(act: c.Command) -> None:
    story = Story(appointed=NOON.plus(DAY))

    with pytest.raises(NotFound):
        story.do("mia", act)
    story.actor = lambda person: Actor(person, "login", coordinates=True)  # type: ignore[method-assign]
    assert story.do("mia", act)
    with pytest.raises(NotFound):
        story.do("mia", c.Recall())


def test_i6_naming_another_person_keeps_one_person_one_role() -> None:
    story = Story(appointed=NOON.plus(DAY))

    assert story.refused(KIM, c.NameRole(role=Role.THERAPIST, person=JO)) == {"two_roles"}
    assert story.refused(KIM, c.NameRole(role=Role.CLIENT, person="lou")) == {"client"}
    story.do(KIM, c.NameRole(role=Role.SUPPORT, person="lou"))
    assert story.session.roles[Role.SUPPORT] == "lou"
    assert BEN not in story.session.guests, "who never began looks at nothing"


def test_i6_two_people_with_one_phone_number_are_not_booked_together() -> None:
    story = new()
    people = {**story.world.people, BEN: replace(story.world.people[BEN], phone=story.world.people[SAM].phone)}
    plan = Plan("", "dosing", dict(ROLES), NOON.utc + DAY)

    found = problems(plan, replace(story.world, people=people), story.now)

    assert [reason.code for reason in found] == ["same_phone"]


def test_i6_in_an_open_lobby_too_the_prescriber_stands_in_for_one_part_and_not_for_two() -> None:
    story = told("arrived")

    story.do(KIM, c.NameRole(role=Role.STANDIN, person=ADA))

    assert story.session.roles[Role.STANDIN] == ADA, "the prescriber of a small clinic"
    assert story.refused(KIM, c.NameRole(role=Role.DISPATCHER, person=ADA)) == {"two_roles"}


@pytest.mark.parametrize("person", ["lou", "nobody", KIM])
def test_only_who_prescribes_is_named_as_prescriber(person: str) -> None:
    story = Story(appointed=NOON.plus(DAY))

    assert "person" in story.refused(KIM, c.NameRole(role=Role.PRESCRIBER, person=person))
    assert story.refused(KIM, c.NameRole(role=Role.SUPPORT, person=ADA)) == {"person"}


def test_in_the_lobby_another_on_call_prescriber_shuts_the_gate_and_a_therapist_takes_over_instead() -> None:
    story = Story().arrive()

    assert story.refused(KIM, c.NameRole(role=Role.THERAPIST, person="lou")) == {"lobby"}
    story.do(KIM, c.NameRole(role=Role.PRESCRIBER, person=IKE))
    assert "on_call" in story.refused(ANA, c.Release())


def test_who_is_named_away_in_the_lobby_and_back_brings_no_answer_of_before_along() -> None:
    story = Story().arrive()
    kim = "second_contact", Role.DISPATCHER
    assert kim in Look(story.session, story.world, story.now).answers

    away = f.RoleNamed(role=Role.DISPATCHER, person="lena", instead_of=KIM)
    back = f.RoleNamed(role=Role.DISPATCHER, person=KIM, instead_of="lena")
    session = after(story.session, (away, back), story.now.plus(1))

    assert kim not in Look(session, story.world, story.now).answers


def test_during_a_release_a_new_on_call_prescriber_ends_it() -> None:
    story = told("released")

    story.do(KIM, c.NameRole(role=Role.PRESCRIBER, person=IKE))

    assert story.session.question is not None
    ended = story.facts(f.ReleaseEnded)[-1]
    assert isinstance(ended, f.ReleaseEnded) and ended.sentence.startswith("The on-call prescriber changed.")


def test_after_the_dose_nobody_is_named_away() -> None:
    assert told("dosed").refused(KIM, c.NameRole(role=Role.PRESCRIBER, person="lou")) == {"state"}


# --- wall clocks


def utc(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp()) * 1_000  # type: ignore[arg-type, misc]


def test_a_time_is_meant_where_it_was_typed() -> None:
    assert moment("2026-06-15T14:00", "America/Los_Angeles") == utc(2026, 6, 15, 21)
    assert moment("2026-01-15T14:00", "America/Los_Angeles") == utc(2026, 1, 15, 22)
    assert moment("2026-06-15T14:00", "Europe/Berlin") == utc(2026, 6, 15, 12)


def test_the_hour_that_comes_twice_is_asked_about() -> None:
    with pytest.raises(Malformed, match="twice"):
        moment("2026-11-01T01:30", "America/Los_Angeles")
    first, second = (moment("2026-11-01T01:30", "America/Los_Angeles", later) for later in (False, True))
    assert (first, second) == (utc(2026, 11, 1, 8, 30), utc(2026, 11, 1, 9, 30))


def test_the_hour_that_is_skipped_does_not_exist() -> None:
    with pytest.raises(Malformed, match="does not exist"):
        moment("2026-03-08T02:30", "America/Los_Angeles")
    assert moment("2026-03-08T02:30", "America/Phoenix") == utc(2026, 3, 8, 9, 30), "a zone without summer time"


@pytest.mark.parametrize("wrong", ["", "tomorrow", "2026-06-15T14:00+02:00", "0001-01-01T00:00", "2200-01-01T00:00"])
def test_what_is_no_wall_clock_is_refused(wrong: str) -> None:
    with pytest.raises(Malformed):
        moment(wrong, "America/Los_Angeles")
    with pytest.raises(Malformed):
        moment("2026-06-15T14:00", "Mars/Olympus")


def test_a_moment_that_brings_its_own_offset_is_not_said_to_be_an_hour_that_does_not_exist() -> None:
    with pytest.raises(Malformed, match="no date and time of a wall clock"):
        moment("2026-06-15T14:00+02:00", "America/Los_Angeles")


# --- the roster


def test_of_overlapping_rows_the_one_written_last_counts() -> None:
    rows = [Duty(1, Role.PRESCRIBER, ADA, 0, 100), Duty(2, Role.PRESCRIBER, "ike", 40, 60)]

    assert [on_duty(rows, Role.PRESCRIBER, at) for at in (0, 39, 40, 59, 60, 99, 100)] == [
        ADA, ADA, "ike", "ike", ADA, ADA, "",
    ]  # fmt: skip
    assert on_duty(rows, Role.STANDIN, 50) == ""


def test_hours_with_nobody_are_named() -> None:
    rows = [Duty(1, Role.STANDIN, JO, 10, 30), Duty(2, Role.STANDIN, "pat", 20, 40), Duty(3, Role.STANDIN, JO, 60, 70)]

    assert gaps(rows, Role.STANDIN, 0, 100) == [(0, 10), (40, 60), (70, 100)]
    assert gaps(rows, Role.STANDIN, 25, 35) == []
    assert gaps([], Role.STANDIN, 0, 10) == [(0, 10)]


def test_a_wrong_row_says_everything_at_once() -> None:
    prescribes, dispatches = frozenset({Role.PRESCRIBER}), frozenset({Role.DISPATCHER})

    assert not list(roster_problems(Role.STANDIN, 0, DAY, prescribes)), "the prescriber of a small clinic"
    assert not list(roster_problems(Role.DISPATCHER, 0, DAY, dispatches))
    assert [one.code for one in roster_problems(Role.PRESCRIBER, 5, 5, dispatches)] == ["person", "ends"]
    assert [one.code for one in roster_problems(Role.THERAPIST, 0, 63 * DAY, dispatches)] == ["role", "ends"]


@pytest.mark.parametrize("year", ["1000", "0202", "1999", "2200"])
def test_a_year_that_cannot_be_meant_is_named(year: str) -> None:
    with pytest.raises(Malformed, match=f"Look at the year: {int(year)} cannot be meant."):
        moment(f"{year}-11-26T10:00", "America/Los_Angeles")
