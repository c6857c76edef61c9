"""Alarms about those who watch: a test sound nobody hears, two clients at once, a clearance that ends meanwhile."""

import pytest

from telekap.care import commands as c
from telekap.care.board import board
from telekap.care.people import Role
from telekap.care.session import State
from telekap.care.states import AFTER_DOSE
from telekap.care.world import OtherSession
from tests.care.chapters import handed_over
from tests.cast import ADA, ANA, KIM, SAM, minutes, replace, told


def test_a_test_sound_nobody_hears_is_a_technical_alarm_the_dispatcher_may_resolve() -> None:
    story = told("dosed")
    story.wait(minutes(10), quietly=False)
    alarm = story.alarm("canary_silent")
    assert alarm.family == "technical"

    story.do(ANA, c.HearCanary(canary=story.session.canary))
    assert story.alarm("canary_silent").over
    assert story.refused(ANA, c.ResolveAlarm(alarm=alarm.id, reason="r")) == {"own_absence"}
    story.do(KIM, c.ResolveAlarm(alarm=alarm.id, reason="The tab slept."))

    assert story.alarm("canary_silent").resolved


def test_a_therapist_with_a_second_dosed_client_is_an_alarm() -> None:
    story = told("dosed")
    story.others = (OtherSession("other", State.DOSED, "max", ANA, "dan", 0),)

    story.tick()
    assert story.alarm("second_client").subject == "other"
    story.others = ()
    story.tick()

    assert story.alarm("second_client").over


def test_a_revocation_after_t0_is_alarmed_and_changes_nothing_about_the_watch() -> None:
    story = told("dosed")
    before = story.deadlines()

    story.on_course(ADA, c.RevokeClearance(reason="New diagnosis."))

    assert story.alarm("clearance_changed") is not None and story.session.state is State.DOSED
    assert set(before) <= set(story.deadlines())


@pytest.mark.parametrize(
    ("person", "change"), [(ADA, c.RevokeClearance(reason="New diagnosis.")), (SAM, c.WithdrawConsent(reason="r"))]
)
def test_the_ladder_of_a_changed_clearance_or_consent_counts_from_the_change(
    person: str, change: c.CourseCommand
) -> None:
    story = told("dosed").watched(20)

    story.on_course(person, change)
    alarm = story.alarm("clearance_changed")
    assert (alarm.owner, alarm.step, alarm.since) == (ANA, 0, story.now), "not the step of five minutes later at once"
    story.do(ANA, c.AcknowledgeAlarm(alarm=alarm.id))

    assert story.alarm("clearance_changed").over


def test_what_had_changed_before_a_dose_outside_a_release_counts_from_the_dose() -> None:
    story = told("arrived")
    story.on_course(ADA, c.RevokeClearance(reason="New diagnosis."))
    story.wait(minutes(9))

    story.do(SAM, c.Taken(units=(1,)))

    assert story.session.state is State.DOSED
    assert story.alarm("clearance_changed").since == story.now


@pytest.mark.parametrize(("after", "alarmed"), [(-1, False), (0, True)])
def test_a_clearance_that_ends_while_somebody_is_dosed_is_alarmed_and_changes_nothing_about_the_watch(
    after: int, alarmed: bool
) -> None:
    story = told("dosed")
    given = story.course.clearance
    assert given is not None
    until = story.now.utc + minutes(9)
    story.course = replace(story.course, clearance=replace(given, until=until))

    story.wait(minutes(9) + after)

    assert (story.alarm("clearance_changed") is not None) is alarmed and story.session.state is State.DOSED


@pytest.mark.parametrize("chapter", ["dosed", "discharged", "handed over"])
def test_from_the_dose_to_the_signature_nobody_on_call_is_an_alarm_until_somebody_from_the_roster_has_the_duty(
    chapter: str,
) -> None:
    story = handed_over() if chapter == "handed over" else told(chapter)
    roles: dict[Role, str] = {
        role: person for role, person in story.session.roles.items() if role is not Role.PRESCRIBER
    }
    story.session = replace(story.session, roles=roles, vacant_since={Role.PRESCRIBER: story.now})
    story.rostered = {Role.PRESCRIBER: ("ike",)}

    story.tick()
    alarm = story.alarm("no_prescriber")
    assert (alarm.owner, alarm.over) == (KIM, False) and "Dr Ike Adeyemi, +15550107" in alarm.order
    story.do("ike", c.AcknowledgeDuty())

    assert story.alarm("no_prescriber").over and story.session.roles[Role.PRESCRIBER] == "ike"


def test_the_only_prescriber_who_takes_the_cockpit_over_leaves_a_duty_that_is_missed_from_that_moment() -> None:
    story = told("dosed").watched(20)
    story.session = replace(story.session, roles={**story.session.roles, Role.STANDIN: ADA})

    story.do(ADA, c.TakeOver())

    assert story.session.vacant_since == {Role.PRESCRIBER: story.now}
    alarm = story.alarm("no_prescriber")
    assert (alarm.owner, alarm.since) == (KIM, story.now)


def test_nobody_else_is_called_in_from_the_roster_once_nobody_is_dosed() -> None:
    story = told("discharged")
    roles: dict[Role, str] = {
        role: one for role, one in story.session.roles.items() if role not in (Role.STANDIN, Role.DISPATCHER)
    }
    story.session = replace(story.session, roles=roles)
    story.rostered = {Role.STANDIN: ("tom",), Role.DISPATCHER: ("max",), Role.PRESCRIBER: ("ike",)}

    story.tick()

    assert story.session.successors == {}


@pytest.mark.parametrize("state", sorted(set(State) - set(AFTER_DOSE)))
def test_before_the_dose_the_gate_waits_for_a_prescriber_and_the_roster_calls_nobody(state: State) -> None:
    story = told("arrived")
    roles: dict[Role, str] = {
        role: person for role, person in story.session.roles.items() if role is not Role.PRESCRIBER
    }
    story.session = replace(story.session, roles=roles, state=state)
    story.rostered = {Role.PRESCRIBER: ("ike",)}

    story.tick()

    assert story.alarm("no_prescriber") is None and story.session.successors == {}
    assert not board(story.session, story.world, story.now).of("on_call").open


@pytest.mark.parametrize("chapter", ["arrived", "dosed"])
def test_a_duty_that_is_held_and_one_that_nobody_needs_yet_are_no_alarm(chapter: str) -> None:
    story = told(chapter)
    if chapter == "arrived":
        story.session = replace(story.session, roles={Role.CLIENT: SAM, Role.THERAPIST: ANA, Role.DISPATCHER: KIM})

    story.tick()

    assert story.alarm("no_prescriber") is None
