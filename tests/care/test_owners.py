"""Who has an alarm: one person at any moment, then the next, and what they are told."""

from itertools import pairwise

from telekap.care import alarms as rules
from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.ladder import next_move
from telekap.care.notices import notices
from telekap.care.people import Role
from tests.care.ladders import moves, overdue
from tests.cast import ADA, ANA, BEN, JO, SAM, Story, minutes, replace, seconds, told


def test_of_two_alarms_that_differ_in_nothing_else_the_graver_comes_first() -> None:
    story = told("dosed")
    story.do(SAM, c.AskHelp())
    alarm = story.alarm("help_asked")
    ranks = [rules.urgency(replace(alarm, priority=priority)) for priority in ("high", "medium", "low")]

    assert ranks == sorted(ranks) and len({*ranks}) == 3
    assert rules.urgency(replace(alarm, priority="of another time")) == ranks[0]


def test_l2_an_alarm_nobody_acknowledges_changes_its_owner_every_minute() -> None:
    story = told("dosed")
    story.do(BEN, c.Say(what="leaving"))  # its ladder pauses between two and fifteen minutes

    story.wait(minutes(10))

    went = moves(story, "support_gone")
    assert went[0][1] == ANA
    owners = [owner for second, owner, _ in went if second >= 120]
    assert all(a != b for a, b in pairwise(owners))


def test_l2_an_acknowledged_alarm_that_is_still_true_sounds_again_after_five_minutes() -> None:
    story = told("dosed")
    story.do(BEN, c.Say(what="leaving"))
    story.wait(minutes(3))
    alarm = story.alarm("support_gone")
    story.do(ADA, c.AcknowledgeAlarm(alarm=alarm.id))
    count = len(moves(story, "support_gone"))

    story.wait(minutes(5) - 1)
    assert len(moves(story, "support_gone")) == count
    story.wait(1)

    assert len(moves(story, "support_gone")) == count + 1 and story.alarm("support_gone").acked_by == ADA


def test_i14_an_alarm_whose_owner_leaves_the_role_goes_to_whoever_takes_it() -> None:
    story = told("dosed")
    story.do(SAM, c.AskHelp())
    assert story.alarm("help_asked").owner == ANA

    story.do(JO, c.TakeOver())

    assert story.alarm("help_asked").owner == JO


def test_who_takes_over_gets_the_open_alarms_of_the_cockpit_and_nobody_elses() -> None:
    story = told("dosed")
    story.do(BEN, c.Say(what="concern"))
    story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("unsure").id))
    story.do(ANA, c.ResolveAlarm(alarm=story.alarm("unsure").id, reason="Looked at together."))
    story.do(ANA, c.CheckIn(check_in="t15", values={"could_not": "The cuff broke."}))
    story.do(SAM, c.AskHelp())
    assert story.alarm("could_not_measure").owner == ADA

    went = [fact for fact in story.do(JO, c.TakeOver()) if isinstance(fact, f.AlarmMoved)]

    assert [(one.alarm, one.owner) for one in went] == [(story.alarm("help_asked").id, JO)]


def test_i14_an_alarm_of_an_adult_who_was_replaced_goes_to_the_one_who_came() -> None:
    story = told("dosed")
    story.do(SAM, c.AskHelp())
    story.wait(seconds(20))
    assert story.alarm("help_asked").owner == BEN

    story.do(ANA, c.ReplaceSupport(person="lou", phone_tested=True))

    assert story.alarm("help_asked").owner == "lou" and story.alarm("help_asked").order


def test_i14_every_open_alarm_has_one_owner_and_one_next_moment() -> None:
    story = overdue()
    story.do(SAM, c.AskHelp())
    story.see("stopped")

    for _ in range(80):
        story.wait(seconds(37), quietly=False)
        for alarm in rules.open_alarms(story.session):
            assert alarm.owner in set(story.session.roles.values()) - {SAM}
            assert next_move(alarm, story.session, story.world) is not None


def test_a_notice_goes_to_the_owner_and_to_who_is_told_and_says_nothing_about_health() -> None:
    story = told("dosed")
    facts = story.do(BEN, c.Say(what="concern", note="Blue lips"))

    sent = notices(facts, story.session, story.world)

    assert {notice.to for notice in sent} >= {ANA, BEN} and SAM not in {notice.to for notice in sent}
    assert all("Sam" not in n.text and "ips" not in n.text and "ketamine" not in n.text.lower() for n in sent)
    assert {notice.kind for notice in sent} <= {"alarm", "page", "order", "canary"}


def test_every_move_of_an_alarm_reaches_its_new_owner_and_who_is_told() -> None:
    story = told("dosed")
    story.do(BEN, c.Say(what="leaving"))
    story.wait(minutes(3))

    moves = [fact for fact in story.facts(f.AlarmMoved) if isinstance(fact, f.AlarmMoved)]
    assert any(moved.told for moved in moves)
    for moved in moves:
        reached = {notice.to for notice in notices([moved], story.session, story.world)}
        assert reached == {moved.owner, *moved.told}


def test_the_end_of_a_release_calls_both_who_are_with_the_client() -> None:
    story = told("released")

    ended = [fact for fact in story.do(SAM, c.Recall()) if isinstance(fact, f.ReleaseEnded)]

    assert {notice.to for notice in notices(ended, story.session, story.world)} == {ANA, BEN}


def test_a_test_page_and_a_test_sound_reach_the_people_they_are_for() -> None:
    story = Story()
    asked = story.do(ANA, c.AskDuty(role=Role.PRESCRIBER))
    canary = [fact for fact in story.facts(f.CanarySent)]

    assert [n.to for n in notices(asked, story.session, story.world)] == [ADA]
    assert {n.to for n in notices(canary, story.session, story.world)} == {ANA, BEN}


def test_no_notice_is_written_to_a_part_that_nobody_holds() -> None:
    story = Story()
    canary = [fact for fact in story.facts(f.CanarySent)]
    alone = replace(story.session, roles={Role.CLIENT: SAM, Role.THERAPIST: ANA})

    assert canary and {n.to for n in notices(canary, alone, story.world)} == {ANA}


def test_an_alarm_that_is_true_again_begins_its_ladder_anew_and_sounds() -> None:
    story = told("dosed")
    story.see("stopped", Role.CLIENT)
    story.wait(minutes(4))
    climbed = story.alarm("video_lost")
    story.see("flowing", Role.CLIENT)
    assert climbed.step > 0 and story.alarm("video_lost").over

    story.see("stopped", Role.CLIENT)
    story.wait(seconds(10))

    again = story.alarm("video_lost")
    assert (again.id, again.step, again.owner, again.over) == (climbed.id, 0, ANA, False)
    assert again.sounded is not None and story.now.utc - again.sounded.utc <= seconds(10)
    assert again.order


def test_what_is_resolved_is_no_open_alarm_and_the_most_urgent_comes_first() -> None:
    story = told("dosed")
    story.do(BEN, c.Say(what="unsure"))
    story.do(SAM, c.AskHelp())
    helped = story.alarm("help_asked").id
    story.do(ANA, c.AcknowledgeAlarm(alarm=helped))
    story.do(ANA, c.ResolveAlarm(alarm=helped, reason="Talked with Sam."))

    assert helped not in {one.id for one in rules.open_alarms(story.session)}
    ranks = [("high", "medium", "low").index(one.priority) for one in rules.open_alarms(story.session) if not one.over]
    assert ranks == sorted(ranks)
