"""What an alarm does next, and what it does not do: over, taken on, reported, or with an owner nobody reaches."""

from telekap.care import commands as c
from telekap.care import facts as f
from tests.cast import ADA, ANA, BEN, JO, KIM, Story, minutes, seconds, told


def moved(story: Story, kind: str) -> list[f.AlarmMoved]:
    """Every move of the newest alarm of one kind."""
    alarm = story.alarm(kind).id
    return [fact for fact in story.facts(f.AlarmMoved) if isinstance(fact, f.AlarmMoved) and fact.alarm == alarm]


def test_what_is_over_and_nobody_took_on_goes_from_one_person_to_the_next_and_not_to_everybody() -> None:
    story = told("dosed")
    story.do(ANA, c.TakeReading(values={"sbp": 190, "dbp": 80}))
    story.wait(seconds(5))
    story.do(ANA, c.TakeReading(values={"sbp": 126, "dbp": 80}))
    assert story.alarm("pressure_high").over
    before = len(moved(story, "pressure_high"))

    story.wait(minutes(10))

    later = moved(story, "pressure_high")[before:]
    assert later and all(len(move.told) == 1 and move.order == "" for move in later)
    assert all(move.step == -1 for move in later), "its ladder rests"


def test_whoever_has_taken_an_alarm_on_keeps_it_though_a_later_notice_does_not_arrive() -> None:
    story = told("dosed")
    story.do(BEN, c.Say(what="concern"))
    alarm = story.alarm("unsure")
    story.do(KIM, c.AcknowledgeAlarm(alarm=alarm.id))
    assert story.alarm("unsure").owner == KIM and not story.alarm("unsure").over

    story.do("", c.NoteFailedNotice(person=KIM, subject=alarm.id))
    story.wait(seconds(30))

    assert story.alarm("unsure").owner == KIM


def test_who_was_asked_to_dial_and_reported_it_is_asked_no_more_once_it_is_over() -> None:
    story = told("dosed")
    story.do(ANA, c.TakeReading(values={"breathing": "pauses"}))
    alarm = story.alarm("emergency")
    story.do(KIM, c.AcknowledgeAlarm(alarm=alarm.id))
    story.do(ANA, c.TakeReading(values={"breathing": "regular"}))
    assert story.alarm("emergency").over
    before = len(moved(story, "emergency"))

    story.wait(minutes(4))

    assert not moved(story, "emergency")[before:] and story.alarm("emergency").owner == KIM


def test_what_was_done_and_taken_on_is_not_said_every_minute() -> None:
    story = told("dosed")
    story.do(ANA, c.TakeReading(values={"breathing": "pauses"}))
    alarm = story.alarm("emergency")
    story.wait(minutes(3))
    story.do(ADA, c.AcknowledgeAlarm(alarm=alarm.id))
    story.do(ADA, c.DoOrder(alarm=alarm.id, step=story.alarm("emergency").step, outcome="dialled_reached"))
    before = len(moved(story, "emergency"))

    story.wait(minutes(5) - seconds(1))

    assert not moved(story, "emergency")[before:]


def test_l1_the_last_step_repeats_every_minute_to_everybody_until_a_person_answers() -> None:
    story = told("minute 14")
    story.wait(minutes(3 + 5) + seconds(1))  # overdue at minute 17, its last step five minutes later
    before = moved(story, "check_in_overdue")
    assert before[-1].step == len(story.world.protocol.ladder("check_in_overdue").steps) - 1

    story.wait(minutes(3))

    everybody = {ANA, BEN, JO, ADA, KIM}
    later = moved(story, "check_in_overdue")[len(before) :]
    assert len(later) == 3 and all({move.owner, *move.told} == everybody for move in later)
