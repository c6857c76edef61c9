"""What an alarm does next, and what it does not do: over, taken on, reported, or with an owner nobody reaches."""

from collections.abc import Callable
from itertools import groupby

import pytest

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.ladder import next_move
from telekap.care.people import Role
from telekap.care.telling import tell
from tests.care.ladders import moved, overdue
from tests.cast import ADA, ANA, BEN, JO, KIM, SAM, Story, minutes, replace, seconds, told


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


def test_l1_a_last_step_that_orders_nothing_is_said_to_everybody_every_minute_too_until_somebody_has_it() -> None:
    story = told("dosed")
    story.do(ANA, c.TakeReading(values={"hr": 125}))
    story.wait(minutes(5) + seconds(1))
    assert story.alarm("vitals_amber").owner == ADA and story.alarm("vitals_amber").order == ""
    before = len(moved(story, "vitals_amber"))

    story.wait(minutes(2))
    said = moved(story, "vitals_amber")[before:]
    assert len(said) == 2 and all({one.owner, *one.told} == {ANA, BEN, JO, ADA, KIM} for one in said)
    story.do(ADA, c.AcknowledgeAlarm(alarm=story.alarm("vitals_amber").id))
    story.wait(minutes(5) - seconds(1))

    assert len(moved(story, "vitals_amber")) == before + 2, "nothing is left to be done but what Ada does"


def test_l1_a_last_order_that_nobody_carried_out_is_said_again_though_somebody_has_the_alarm() -> None:
    story = told("dosed")
    story.do(BEN, c.Say(what="panic"))
    story.wait(minutes(15))
    order = story.alarm("panic").order
    assert order == "Reach a prescriber by any means."
    story.do(KIM, c.AcknowledgeAlarm(alarm=story.alarm("panic").id))
    before = len(moved(story, "panic"))

    story.wait(minutes(1))

    assert [one.order for one in moved(story, "panic")[before:]] == [order]
    alarm = story.alarm("panic")
    story.do(KIM, c.DoOrder(alarm=alarm.id, step=alarm.step, outcome="reached"))
    story.do(KIM, c.AcknowledgeAlarm(alarm=alarm.id))
    story.wait(minutes(5) - seconds(1))
    assert len(moved(story, "panic")) == before + 1, "it was carried out"


def test_what_is_resolved_never_sounds_again() -> None:
    story = told("dosed")
    story.do(BEN, c.Say(what="concern"))
    alarm = story.alarm("unsure").id
    story.do(ADA, c.AcknowledgeAlarm(alarm=alarm))
    story.do(ADA, c.ResolveAlarm(alarm=alarm, reason="He had the hiccups."))
    before = len(moved(story, "unsure"))

    story.wait(minutes(20))

    assert len(moved(story, "unsure")) == before
    assert next_move(story.alarm("unsure"), story.session, story.world) is None


def test_once_the_record_is_signed_no_machine_of_that_session_calls_anybody() -> None:
    story = told("discharged")
    story.do("", c.NoteFailedNotice(person=ADA, subject="some-alarm"))
    assert next_move(story.alarm("page_failed"), story.session, story.world) is not None

    story.do(ANA, c.Sign())

    assert not story.alarm("page_failed").resolved
    assert next_move(story.alarm("page_failed"), story.session, story.world) is None


@pytest.mark.parametrize("missing", [Role.STANDIN, Role.PRESCRIBER, Role.DISPATCHER])
def test_i14_a_part_that_nobody_has_is_passed_over_and_nobody_hears_of_an_alarm_twice(missing: Role) -> None:
    story = told("minute 14")
    roles = {role: person for role, person in story.session.roles.items() if role is not missing}
    story.session = replace(story.session, roles=roles)
    story.do(BEN, c.Say(what="leaving"))

    story.wait(minutes(12))

    went = [one for one in story.facts(f.AlarmMoved) if isinstance(one, f.AlarmMoved)]
    assert len(went) > 10
    for one in went:
        assert one.owner in roles.values() and set(one.told) <= set(roles.values())
        assert len({one.owner, *one.told}) == 1 + len(one.told)


def unreached(story: Story, *persons: str) -> None:
    """No device of theirs takes a notice."""
    for person in persons:
        story.do("", c.NoteFailedNotice(person=person, subject="therapist"))


def test_l2_if_nobody_else_can_be_reached_an_alarm_changes_its_owner_all_the_same() -> None:
    story = told("dosed")
    unreached(story, JO, ADA, KIM)
    story.do(BEN, c.Say(what="wants_out"))

    story.wait(seconds(60))

    assert JO in {one.owner for one in moved(story, "wants_out")}


def test_what_sounds_again_is_told_to_the_next_person_who_can_be_reached() -> None:
    story = told("dosed")
    story.do(BEN, c.Say(what="leaving"))
    story.wait(minutes(3))
    story.do(ADA, c.AcknowledgeAlarm(alarm=story.alarm("support_gone").id))
    unreached(story, KIM)
    before = len(moved(story, "support_gone"))

    story.wait(minutes(5))

    assert [(one.owner, one.told) for one in moved(story, "support_gone")[before:]] == [(ADA, (ANA,))]


def test_who_dials_is_the_dispatcher_again_once_nobody_else_did() -> None:
    story = overdue()
    story.wait(minutes(5))
    before = len(moved(story, "check_in_overdue"))
    assert story.alarm("check_in_overdue").owner == KIM

    story.wait(minutes(4))

    went = [ANA, ADA, JO, KIM]
    assert [one for one, _ in groupby(move.owner for move in moved(story, "check_in_overdue")[before:])] == went


@pytest.mark.parametrize(("outcome", "again"), [("reached", 0), ("dialled_reached", 0), ("not_reached", 4)])
def test_an_order_that_reached_somebody_is_not_said_again(outcome: str, again: int) -> None:
    story = told("discharged")
    story.do(BEN, c.AnswerAfterwards(what="evening", values={"well": "no"}))
    story.wait(minutes(15))
    alarm = story.alarm("afterwards_trouble")
    story.do(KIM, c.AcknowledgeAlarm(alarm=alarm.id))
    story.do(KIM, c.DoOrder(alarm=alarm.id, step=alarm.step, outcome=outcome))
    assert not story.alarm("afterwards_trouble").over, "the prescriber has not taken it on"
    before = len(moved(story, "afterwards_trouble"))

    story.wait(minutes(5) - seconds(1))

    assert len(moved(story, "afterwards_trouble")[before:]) == again


def transferred() -> Story:
    """A crew has the client."""
    story = told("dosed")
    story.do(ANA, c.RecordHandOver(to="Medic 7", reference="", seen="seen"))
    story.do(KIM, c.ConfirmHandOver())
    return story


@pytest.mark.parametrize("chapter", [lambda: told("released"), transferred], ids=["released", "transferred"])
def test_a_machine_out_of_order_calls_from_the_lobby_to_the_signature(chapter: Callable[[], Story]) -> None:
    story = chapter()
    unreached(story, JO)
    before = len(moved(story, "page_failed"))

    story.wait(minutes(2))

    assert len(moved(story, "page_failed")[before:]) >= 2


def test_without_a_picture_a_voice_at_the_bed_keeps_the_ladder_from_climbing() -> None:
    story = told("dosed")
    story.see("stopped", Role.CLIENT)
    story.wait(seconds(10))
    alarm = story.alarm("video_lost")
    story.do(ANA, c.AcknowledgeAlarm(alarm=alarm.id))
    story.do(ANA, c.DoOrder(alarm=alarm.id, step=0, outcome="reached"))

    story.wait(minutes(6))

    later = story.alarm("video_lost")
    assert (later.step, later.owner, later.over) == (0, ANA, False)


def _nobody_at_the_check_in() -> Story:
    story = overdue()
    story.wait(minutes(15))
    return story


def _very_high() -> Story:
    story = told("dosed")
    story.do(ANA, c.TakeReading(values={"sbp": 190, "dbp": 80}))
    story.wait(minutes(7))
    return story


def _help_taken_on() -> Story:
    story = told("dosed")
    story.do(SAM, c.AskHelp())
    story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("help_asked").id))
    return story


def _help_for_minutes() -> Story:
    story = _help_taken_on()
    story.wait(minutes(5))
    return story


def _no_breath() -> Story:
    story = told("dosed")
    story.do(ANA, c.TakeReading(values={"breathing": "pauses"}))
    story.do(KIM, c.AcknowledgeAlarm(alarm=story.alarm("emergency").id))
    story.wait(minutes(2))
    return story


def _more_taken() -> Story:
    story = told("dosed")
    story.do(BEN, c.Taken(units=(0,), mg=25))
    taken = next(one for one in story.session.alarms.values() if one.kind.startswith("dose"))
    story.do(ANA, c.AcknowledgeAlarm(alarm=taken.id))
    story.do(BEN, c.Taken(units=(0,), mg=25))
    return story


def _unsure_and_no_device() -> Story:
    story = told("dosed")
    story.do(BEN, c.Say(what="concern"))
    alarm = story.alarm("unsure")
    story.do("", c.NoteFailedNotice(person=alarm.owner, subject=alarm.id))
    return story


def _taken_over() -> Story:
    story = told("dosed")
    story.do(BEN, c.Say(what="concern"))
    story.do(JO, c.TakeOver())
    return story


def _with_a_crew() -> Story:
    story = overdue()
    story.do(ANA, c.RecordHandOver(to="Medic 7", reference="", seen="seen"))
    story.do(KIM, c.ConfirmHandOver())
    story.wait(minutes(2))
    return story


@pytest.mark.parametrize(
    ("tale", "why"),
    [
        (_nobody_at_the_check_in, "Nobody on site has answered for four minutes."),
        (_nobody_at_the_check_in, "Still open: everybody is told again."),
        (_very_high, "Nobody took it on for 60 s."),
        (_help_for_minutes, "Taken on, and still open after 5 min."),
        (_no_breath, "Not reported “dialled, reached” within 60 s."),
        (_unsure_and_no_device, "The page reached no device."),
        (_taken_over, "Somebody else has the place it goes with."),
        (_more_taken, "More was said since it was taken on."),
        (_with_a_crew, "Nobody can see any more whether it is over: the prescriber closes it."),
    ],
)
def test_the_record_says_why_an_alarm_moved_on_and_never_only_to_whom(tale: Callable[[], Story], why: str) -> None:
    story = tale()
    moves = [(entry, entry.fact) for entry in story.entries if isinstance(entry.fact, f.AlarmMoved)]

    assert why in {move.why for _, move in moves}
    assert all(move.order or move.why for _, move in moves)
    said = {tell(entry, story.session, story.world) for entry, move in moves if move.why == why}
    assert all(f" {why} " in one and one.endswith(".") for one in said)
