"""Taking over: two people change places, what goes with the place, and who speaks for whom afterwards."""

import pytest

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.people import Role
from tests.care.chapters import seen
from tests.cast import ADA, ANA, BEN, JO, SAM, minutes, replace, seconds, told


def test_who_takes_over_and_who_is_relieved_change_places() -> None:
    story = told("dosed")

    story.do(JO, c.TakeOver())

    assert (story.session.roles[Role.THERAPIST], story.session.roles[Role.STANDIN]) == (JO, ANA)
    assert not story.session.guests
    assert story.refused(ANA, c.Discharge()) == {"role"}
    assert isinstance(story.do(ANA, c.Say(what="note", note="I am here."))[0], f.Said)


def test_a_second_take_over_is_the_way_back() -> None:
    story = told("dosed")
    story.do(JO, c.TakeOver())

    story.do(ANA, c.TakeOver())

    assert (story.session.roles[Role.THERAPIST], story.session.roles[Role.STANDIN]) == (ANA, JO)


def test_the_two_at_home_are_told_once_who_took_the_cockpit_and_whose_place() -> None:
    story = told("dosed")
    assert seen(story, Role.CLIENT)["relief"] is None and seen(story, Role.SUPPORT)["relief"] is None

    story.do(JO, c.TakeOver())

    at = story.now.utc
    assert seen(story, Role.CLIENT)["relief"] == {"sentence": "Jo is with you now.", "until": at + seconds(30)}
    beside = {"sentence": "Jo watches now, in Ana’s place.", "until": at + minutes(5)}
    assert seen(story, Role.SUPPORT)["relief"] == beside
    assert "relief" not in seen(story, Role.THERAPIST), "the staff's own pages say it of each person"
    story.do(ANA, c.TakeOver())
    assert seen(story, Role.SUPPORT)["relief"]["sentence"] == "Ana watches now, in Jo’s place."


def test_before_the_dose_the_client_is_told_who_else_stays_with_them_and_the_last_news_counts() -> None:
    story = told("arrived")

    story.do(ANA, c.ReplaceSupport(person="lou", phone_tested=True))

    stays = {"sentence": "Lou stays with you today.", "until": story.now.utc + minutes(5)}
    assert seen(story, Role.CLIENT)["relief"] == stays
    assert seen(story, Role.SUPPORT)["relief"] is None, "nobody is told of themselves"
    story.wait(seconds(5))
    story.do(JO, c.TakeOver())
    assert seen(story, Role.CLIENT)["relief"]["sentence"] == "Jo is with you now."


def test_who_stands_in_the_room_of_a_dosed_client_is_not_announced_to_them() -> None:
    story = told("dosed")

    story.do(ANA, c.ReplaceSupport(person="lou", phone_tested=True))

    assert seen(story, Role.CLIENT)["relief"] is None


def test_a_place_nobody_held_is_told_at_home_as_nobodys() -> None:
    story = told("dosed")
    roles = {role: person for role, person in story.session.roles.items() if role is not Role.THERAPIST}
    story.session = replace(story.session, roles=roles)

    story.do(JO, c.TakeOver())

    assert seen(story, Role.SUPPORT)["relief"]["sentence"] == "Jo watches now."


def test_a_place_nobody_held_is_taken_and_leaves_the_one_behind_empty() -> None:
    story = told("dosed")
    roles = {role: person for role, person in story.session.roles.items() if role is not Role.THERAPIST}
    story.session = replace(story.session, roles=roles)

    (taken, *_) = story.do(JO, c.TakeOver())

    assert taken == f.RoleTaken(role=Role.THERAPIST, person=JO, instead_of="")
    assert story.session.roles[Role.THERAPIST] == JO and Role.STANDIN not in story.session.roles


def test_before_the_dose_who_was_relieved_has_not_acknowledged_to_stand_in() -> None:
    story = told("arrived")

    story.do(JO, c.TakeOver())

    assert "standin_dispatcher" in story.refused(JO, c.Release())


def test_the_alarms_of_the_cockpit_go_with_it_and_come_back_with_it() -> None:
    story = told("dosed")
    story.do(SAM, c.AskHelp())
    story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("help_asked").id))
    story.do(BEN, c.Say(what="concern"))

    story.do(JO, c.TakeOver())
    assert {story.alarm(kind).owner for kind in ("help_asked", "unsure")} == {JO}
    assert not story.alarm("help_asked").acked_by, "what one person took on is not what the next one knows"
    story.do(ANA, c.TakeOver())

    assert {story.alarm(kind).owner for kind in ("help_asked", "unsure")} == {ANA}


def test_an_alarm_loses_no_time_with_a_relieved_therapist_whom_no_page_reaches() -> None:
    story = told("dosed")
    story.do(JO, c.TakeOver())
    story.see()
    story.do(SAM, c.AskHelp())
    first = story.alarm("help_asked")
    story.do("", c.NoteFailedNotice(person=JO, subject=first.id))
    assert story.alarm("help_asked").owner == ANA, "the next in line, while her page is heard from"

    story.do("", c.NoteFailedNotice(person=ANA, subject=first.id))

    assert story.alarm("help_asked").owner == ADA


def test_a_therapist_does_not_take_over_from_themselves() -> None:
    assert told("dosed").refused(ANA, c.TakeOver()) == {"already"}


def test_i6_nobody_holds_two_roles_after_taking_one() -> None:
    story = told("dosed")

    story.do(JO, c.TakeOver())

    assert len(set(story.session.roles.values())) == len(story.session.roles)


def test_i13_whoever_took_over_since_may_resolve_the_alarm_about_the_one_who_was_absent() -> None:
    story = told("dosed")
    story.see("stopped", Role.THERAPIST)
    story.wait(seconds(11))
    alarm = story.alarm("therapist_line_lost")

    story.do(JO, c.TakeOver())
    story.see()
    story.do(JO, c.ResolveAlarm(alarm=alarm.id, reason="I am in the cockpit."))

    assert story.session.alarms[alarm.id].resolved


def test_i13_an_absence_that_began_after_the_take_over_is_their_own() -> None:
    story = told("dosed")
    story.do(JO, c.TakeOver())
    story.see()
    story.see("stopped", Role.THERAPIST)
    story.wait(seconds(11))
    story.see()

    alarm = story.alarm("therapist_line_lost")
    assert story.refused(JO, c.ResolveAlarm(alarm=alarm.id, reason="r")) == {"own_absence"}


@pytest.mark.parametrize("word", ["stop", "leaving", "no"])
def test_who_was_replaced_still_speaks_and_in_the_part_they_held(word: str) -> None:
    story = told("dosed")
    story.do(ANA, c.ReplaceSupport(person="lou", phone_tested=True))

    story.do(BEN, c.Say(what=word))

    assert [(call.person, call.role) for call in story.session.calls if call.what == word] == [(BEN, Role.SUPPORT)]
