"""Alarms about those who watch: a test sound nobody hears, two clients at once, a clearance that ends meanwhile."""

import pytest

from telekap.care import commands as c
from telekap.care.people import Role
from telekap.care.session import State
from telekap.care.world import OtherSession
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


def test_a_dosed_client_without_a_prescriber_on_call_is_an_alarm_until_somebody_from_the_roster_has_the_duty() -> None:
    story = told("dosed")
    roles = {role: person for role, person in story.session.roles.items() if role is not Role.PRESCRIBER}
    story.session = replace(story.session, roles=roles)
    story.rostered = {Role.PRESCRIBER: ("ike",)}

    story.tick()
    alarm = story.alarm("no_prescriber")
    assert (alarm.owner, alarm.over) == (KIM, False) and "Dr Ike Adeyemi, +15550107" in alarm.order
    story.do("ike", c.AcknowledgeDuty())

    assert story.alarm("no_prescriber").over and story.session.roles[Role.PRESCRIBER] == "ike"


@pytest.mark.parametrize("chapter", ["arrived", "dosed"])
def test_a_duty_that_is_held_and_one_that_nobody_needs_yet_are_no_alarm(chapter: str) -> None:
    story = told(chapter)
    if chapter == "arrived":
        story.session = replace(story.session, roles={Role.CLIENT: SAM, Role.THERAPIST: ANA, Role.DISPATCHER: KIM})

    story.tick()

    assert story.alarm("no_prescriber") is None
