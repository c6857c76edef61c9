"""Somebody at home calls, stops, doubts or leaves: who hears of it, and until when."""

import pytest

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.instant import HOUR
from telekap.care.ladder import called, next_move
from telekap.care.people import Role
from telekap.care.session import State
from tests.care.ladders import moves
from tests.cast import ADA, ANA, BEN, JO, KIM, NOON, SAM, Story, minutes, replace, seconds, told


def test_help_goes_to_the_next_person_after_twenty_seconds() -> None:
    story = told("dosed")

    story.do(SAM, c.AskHelp())
    story.wait(seconds(61))

    went = moves(story, "help_asked")
    assert [(second, owner) for second, owner, _ in went if second in (0, 20, 60)] == [(0, ANA), (20, BEN), (60, ADA)]


@pytest.mark.parametrize(
    ("asker", "went"),
    [
        (SAM, [(0, ANA), (20, BEN), (60, ADA)]),
        (BEN, [(0, ANA), (20, ADA)]),  # Ben is beside Sam, nobody sends him there
        (ANA, [(0, JO), (20, BEN), (60, ADA)]),
        (ADA, [(0, ANA), (20, BEN), (60, ANA)]),  # what comes next, to phone Ben, comes in the place of Ada's step
        (KIM, [(0, ANA), (20, BEN), (60, ADA)]),
    ],
)
def test_the_ladder_passes_over_whoever_asked_for_help(asker: str, went: list[tuple[int, str]]) -> None:
    story = told("dosed")

    story.do(asker, c.AskHelp())
    story.wait(seconds(61))

    taken = [
        ((entry.at.utc - story.alarm("help_asked").since.utc) // 1000, entry.fact.owner)
        for entry in story.entries
        if isinstance(entry.fact, f.AlarmRaised) or (isinstance(entry.fact, f.AlarmMoved) and entry.fact.step > 0)
    ]
    assert taken == went
    own = [second for second, owner, _ in moves(story, "help_asked") if owner == asker]
    assert own == [], "nobody is called to what they ask others for"


def test_where_who_asked_would_only_be_told_the_act_behind_it_comes_in_its_place() -> None:
    story = told("dosed")
    story.do(ADA, c.AskHelp())

    story.wait(minutes(1))

    assert (story.alarm("help_asked").owner, story.alarm("help_asked").order) == (ANA, "Phone Ben Ortiz now.")


def test_an_act_of_whoever_asked_goes_to_the_next_person_at_its_own_time() -> None:
    story = told("dosed")
    story.do(ANA, c.AskHelp())

    story.wait(minutes(2) - 1)
    assert "Phone" not in story.alarm("help_asked").order
    story.wait(1)

    assert (story.alarm("help_asked").owner, story.alarm("help_asked").order) == (JO, "Phone Ben Ortiz now.")


def test_whoever_was_passed_over_is_not_said_to_have_been_called_nor_somebody_in_their_place() -> None:
    story = told("dosed")
    ladder = story.world.protocol.ladder("help_asked")
    first, fetch, *others = ladder.steps
    ladder = replace(ladder, steps=(replace(first, owner=Role.PRESCRIBER), fetch, *others))
    story.do(BEN, c.AskHelp())
    story.wait(seconds(20))

    assert called(story.alarm("help_asked"), story.session, ladder) == (ADA,)


def test_the_second_adult_who_asks_for_help_is_passed_over_and_who_was_there_before_is_not() -> None:
    story = told("dosed")
    story.do(ANA, c.ReplaceSupport(person="lou", phone_tested=True))

    story.do("lou", c.AskHelp())
    story.wait(seconds(20))
    assert story.alarm("help_asked").owner == ADA

    story.do(ADA, c.AcknowledgeAlarm(alarm=story.alarm("help_asked").id))
    story.do(BEN, c.AskHelp())
    story.wait(seconds(20))
    assert story.alarm("help_asked").owner == "lou"


def test_who_asks_for_help_too_gives_the_clients_call_to_the_next_person_at_once() -> None:
    story = told("dosed")
    story.do(SAM, c.AskHelp())
    story.wait(seconds(5))

    why = [fact for fact in story.do(ANA, c.AskHelp()) if isinstance(fact, f.AlarmMoved)]
    assert (story.alarm("help_asked").owner, why[-1].why) == (JO, "They ask for help themselves.")

    story.wait(seconds(15))
    assert story.alarm("help_asked").owner == BEN, "the ladder goes on as it began"
    story.wait(seconds(2))
    story.do(BEN, c.AskHelp())
    assert story.alarm("help_asked").owner == ADA, "both need somebody: nobody waits for a minute to be full"


def test_whoever_asked_for_help_dials_like_anybody_when_nobody_came() -> None:
    story = told("dosed")

    story.do(KIM, c.AskHelp())
    story.wait(minutes(5))

    assert story.alarm("help_asked").owner == KIM and "emergency services" in story.alarm("help_asked").order
    story.do(ANA, c.AskHelp())
    assert story.alarm("help_asked").owner == KIM
    story.wait(seconds(20))
    assert story.alarm("help_asked").owner == ANA


def test_an_alarm_of_whom_nobody_can_relieve_stays_with_who_asked_and_sounds_on() -> None:
    story = told("dosed")
    story.session = replace(story.session, roles={Role.CLIENT: SAM, Role.THERAPIST: ANA})

    story.do(ANA, c.AskHelp())
    story.wait(seconds(90))

    assert story.alarm("help_asked").owner == ANA and len(moves(story, "help_asked")) > 3


def test_who_asked_for_help_and_changed_places_has_not_taken_it_on_and_whoever_relieved_them_has() -> None:
    story = told("dosed")
    story.do(ANA, c.AskHelp())
    story.do(JO, c.TakeOver())
    story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("help_asked").id))
    assert not story.alarm("help_asked").over, "Ana asked, and is the stand-in now"

    story.do(JO, c.AcknowledgeAlarm(alarm=story.alarm("help_asked").id))

    assert story.alarm("help_asked").over


def test_help_that_somebody_has_taken_on_is_over_and_asks_again_when_called_again() -> None:
    story = told("dosed")
    story.do(SAM, c.AskHelp())
    story.do(BEN, c.DoOrder(alarm=story.alarm("help_asked").id, step=0, outcome="not_reached"))
    assert story.refused(BEN, c.AcknowledgeAlarm(alarm=story.alarm("help_asked").id)) == {"not_yours"}
    story.wait(seconds(20))

    story.do(BEN, c.AcknowledgeAlarm(alarm=story.alarm("help_asked").id))
    assert story.alarm("help_asked").over
    story.do(SAM, c.AskHelp())

    alarm = story.alarm("help_asked")
    assert not alarm.over and alarm.acked_by == "" and len(story.session.alarms) == 1


HOURS = {"scheduled": 2 * HOUR, "arriving": 0}


@pytest.mark.parametrize("state", ["scheduled", "arriving", "closed"])
def test_help_is_an_alarm_in_every_state(state: str) -> None:
    story = told("discharged") if state == "closed" else Story(appointed=NOON.plus(HOURS[state]))
    if state == "closed":
        story.do(ANA, c.Sign())
    assert story.session.state.value == state

    story.do(SAM, c.AskHelp())

    assert story.alarm("help_asked").owner == ANA
    assert next_move(story.alarm("help_asked"), story.session, story.world) is not None


@pytest.mark.parametrize("what", ["stop", "no"])
def test_i17_stop_after_the_dose_is_answered_like_a_call_for_help(what: str) -> None:
    story = told("dosed")

    story.do(SAM, c.Say(what=what))

    assert story.session.state is State.DOSED and story.alarm("help_asked") is not None


@pytest.mark.parametrize("what", ["stop", "no"])
@pytest.mark.parametrize("person", [BEN, ANA, KIM])
def test_a_stop_that_somebody_else_heard_after_the_dose_is_an_amber_alarm_at_the_therapist(
    person: str, what: str
) -> None:
    story = told("dosed")

    story.do(person, c.Say(what=what))

    alarm = story.alarm("stop_heard")
    assert (alarm.owner, alarm.family, alarm.priority) == (ANA, "clinical", "medium")
    assert story.alarm("help_asked") is None and story.session.state is State.DOSED
    assert "stop" in story.refused(ANA, c.ReleaseBooster(willing=True))


def test_a_stop_somebody_heard_is_over_once_who_treats_has_taken_it_on_and_the_next_one_is_another() -> None:
    story = told("dosed")
    story.do(BEN, c.Say(what="stop"))
    story.do(KIM, c.AcknowledgeAlarm(alarm=story.alarm("stop_heard").id))
    assert not story.alarm("stop_heard").over, "the dispatcher treats nobody"
    story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("stop_heard").id))
    assert story.alarm("stop_heard").over

    story.do(BEN, c.Say(what="no"))

    assert not story.alarm("stop_heard").over and not story.alarm("stop_heard").acked_by


def test_before_the_dose_a_stop_somebody_heard_asks_again_and_is_no_alarm() -> None:
    story = told("released")

    story.do(BEN, c.Say(what="stop"))

    assert story.session.release is None and story.alarm("stop_heard") is None


def test_a_support_person_who_is_not_sure_is_an_alarm_for_the_therapist() -> None:
    story = told("dosed")

    story.do(BEN, c.Say(what="concern", note="He breathes oddly."))

    assert story.alarm("unsure").owner == ANA
    assert story.course.clearance is not None and story.course.clearance.status == "suspended"


def test_a_support_person_who_leaves_is_gone_until_another_adult_is_there() -> None:
    story = told("dosed")
    story.do(BEN, c.Say(what="leaving"))
    story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("support_gone").id))
    assert not story.alarm("support_gone").over

    story.do(ANA, c.ReplaceSupport(person="lou", phone_tested=True))

    assert story.alarm("support_gone").over and story.session.state is State.DOSED


@pytest.mark.parametrize("chapter", ["arrived", "dosed", "discharged"])
def test_l5_an_adult_who_said_they_leave_and_is_seen_on_the_picture_again_is_back(chapter: str) -> None:
    story = told(chapter)
    story.do(BEN, c.Say(what="leaving"))
    story.wait(seconds(30))
    story.do(ANA, c.SeeSupport(how="phone"))
    assert not story.alarm("support_gone").over, "on the phone they may be in the street"

    story.do(ANA, c.SeeSupport(how="video"))

    assert story.alarm("support_gone").over
    story.do(BEN, c.Say(what="leaving"))
    assert not story.alarm("support_gone").over, "and gone again by a newer word"
