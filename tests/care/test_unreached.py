"""People whom no page reaches, and servers that say something is wrong with themselves."""

from typing import Any

import pytest

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.people import Role
from tests.cast import ADA, ANA, JO, KIM, SAM, minutes, seconds, told


def test_a_failed_notice_is_an_alarm_and_the_alarm_it_was_about_hops_at_once() -> None:
    story = told("dosed")
    story.do(SAM, c.AskHelp())
    alarm = story.alarm("help_asked")
    story.wait(seconds(3))

    story.do("", c.NoteFailedNotice(person=ANA, subject=alarm.id))

    assert story.alarm("help_asked").owner != ANA
    assert story.alarm("page_failed").subject == ANA and story.alarm("page_failed").owner == KIM


def test_an_alarm_passes_over_whom_nothing_reaches() -> None:
    story = told("dosed")
    story.do(SAM, c.AskHelp())
    alarm = story.alarm("help_asked").id
    for person in (ADA, JO):
        story.do("", c.NoteFailedNotice(person=person, subject=alarm))
        story.wait(seconds(1))

    story.do("", c.NoteFailedNotice(person=ANA, subject=alarm))

    assert story.alarm("help_asked").owner == KIM
    assert {one.subject for one in story.session.alarms.values() if one.kind == "page_failed"} == {ADA, JO, ANA}


def test_if_nobody_can_be_reached_the_ladder_goes_on_in_its_own_time() -> None:
    story = told("dosed")
    story.do(SAM, c.AskHelp())
    for person in (ADA, JO, KIM, ANA):
        story.do("", c.NoteFailedNotice(person=person, subject=story.alarm("help_asked").id))

    moved = story.wait(seconds(19))

    assert not [fact for fact in moved if isinstance(fact, f.AlarmMoved) and fact.alarm.startswith("help_asked")]
    story.wait(seconds(1))
    assert story.alarm("help_asked").step == 1


@pytest.mark.parametrize("back", ["a page", "a word"])
def test_whoever_is_heard_from_is_reached_and_the_alarm_about_it_is_over(back: str) -> None:
    story = told("dosed")
    story.do("", c.NoteFailedNotice(person=ANA, subject="therapist"))
    assert not story.alarm("page_failed").over

    if back == "a page":
        story.do("", c.NotePresence(role=Role.THERAPIST, there=True))
    else:
        story.do(ANA, c.Say(what="note", note="Here."))

    assert story.alarm("page_failed").over and not story.session.unreached


def test_a_test_page_in_the_lobby_that_reaches_nobody_is_a_shut_gate_and_no_alarm() -> None:
    story = told("arrived")
    story.do("", c.NoteFailedNotice(person=ADA, subject="prescriber"))
    assert story.alarm("page_failed") is None

    story.do("", c.NoteFailedNotice(person=ADA, subject="some-alarm"))

    assert story.alarm("page_failed").subject == ADA


def test_a_task_that_has_hours_hurries_nobody() -> None:
    story = told("discharged")
    story.wait(minutes(4 * 60))
    task = story.alarm("evening_silent")
    assert task.owner == KIM

    story.do("", c.NoteFailedNotice(person=KIM, subject=task.id))

    assert story.alarm("evening_silent").owner == KIM and story.alarm("page_failed") is None


def test_a_silence_that_is_told_twice_does_not_begin_anew() -> None:
    story = told("dosed")
    story.do("", c.NotePresence(role=Role.SUPPORT, there=False))
    story.wait(minutes(1))
    story.do("", c.NotePresence(role=Role.SUPPORT, there=False))

    story.wait(minutes(1))

    assert story.alarm("support_gone") is not None


def test_a_step_of_the_clock_is_an_alarm_until_it_is_gone() -> None:
    from dataclasses import replace

    story = told("dosed")
    world = replace(story.world, watch=replace(story.world.watch, clock_step=2_001))
    from telekap.care.conditions import conditions

    assert [one.subject for one in conditions(story.session, world) if one.kind == "clock_step"] == ["server"]
    world = replace(story.world, watch=replace(story.world.watch, clock_step=2_000))
    assert not [one for one in conditions(story.session, world) if one.kind == "clock_step"]


def test_a_disk_that_fills_up_is_an_alarm_and_a_full_one_another() -> None:
    from dataclasses import replace

    from telekap.care.decide import settle
    from telekap.care.follow import after

    story = told("dosed")
    worlds = {
        stand: replace(story.world, watch=replace(story.world.watch, record=stand)) for stand in ("ok", "low", "full")
    }

    low = after(story.session, settle(story.session, worlds["low"], story.now), story.now)
    full = after(low, settle(low, worlds["full"], story.now), story.now)
    again = after(full, settle(full, worlds["ok"], story.now), story.now)

    def opened(session: Any) -> list[tuple[str, str, bool]]:
        alarms = [alarm for alarm in session.alarms.values() if alarm.kind == "record_low"]
        return [(alarm.subject, alarm.owner, alarm.over) for alarm in alarms]

    assert opened(low) == [("low", KIM, False)]
    assert opened(full) == [("low", KIM, False), ("full", KIM, False)]
    assert opened(again) == [("low", KIM, True), ("full", KIM, True)]
