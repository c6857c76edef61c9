"""What an alarm says of this moment: who asked, who was called, how far the end is, what is still owed."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from telekap.care import commands as c
from telekap.care.people import Role
from tests.care.chapters import Json, seen, told
from tests.cast import ANA, BEN, JO, KIM, SAM, Story, minutes, replace, seconds


def _alarm(story: Story, role: Role, kind: str) -> Json:
    (found,) = [one for one in seen(story, role)["alarms"] if one["kind"] == kind]
    return dict(found)


def test_help_says_who_asked_and_whom_it_called_and_the_asker_reads_that_it_was_heard() -> None:
    story = told("peak")
    story.do(BEN, c.AskHelp(strength="hold"))
    ana = _alarm(story, Role.THERAPIST, "help_asked")
    assert (ana["sentence"], ana["now"]) == ("Ben asks for help for Sam.", "Called: you.")
    assert ana["order"] == "Ask Ben what is needed, and look at Sam."
    story.wait(seconds(21))
    kim = _alarm(story, Role.DISPATCHER, "help_asked")
    assert (kim["sentence"], kim["now"]) == ("Ben asks for help for Sam.", "Called: Ana and Dr Okafor.")
    ben = _alarm(story, Role.SUPPORT, "help_asked")
    assert (ben["sentence"], ben["now"]) == ("You ask for help for Sam.", "")
    story.do(ANA, c.AcknowledgeAlarm(alarm=ana["id"]))
    assert _alarm(story, Role.DISPATCHER, "help_asked")["now"] == "", "who has it stands there already"


def test_who_asked_for_help_is_named_also_when_somebody_else_has_their_part_by_now() -> None:
    story = told("peak")
    story.do(ANA, c.AskHelp())
    jo = _alarm(story, Role.STANDIN, "help_asked")
    assert (jo["sentence"], jo["order"]) == ("Ana asks for help for Sam.", "Ask Ana what is needed, and look at Sam.")
    story.do(JO, c.TakeOver())
    assert _alarm(story, Role.THERAPIST, "help_asked")["sentence"] == "Ana asks for help for Sam."
    story.do(BEN, c.AskHelp())
    story.do(BEN, c.Say(what="stop"))
    story.do(JO, c.ReplaceSupport(person="lou", phone_tested=True))
    assert _alarm(story, Role.THERAPIST, "help_asked")["sentence"] == "Ben asks for help for Sam."
    assert _alarm(story, Role.THERAPIST, "stop_heard")["sentence"] == "Ben heard Sam say stop."


def test_a_therapist_whom_nobody_can_relieve_is_not_told_to_ask_themselves() -> None:
    story = told("peak")
    for role in (Role.STANDIN, Role.PRESCRIBER, Role.DISPATCHER, Role.SUPPORT):
        _leave(story, role)
    story.do(ANA, c.AskHelp())
    ana = _alarm(story, Role.THERAPIST, "help_asked")
    assert (ana["owner"]["person"], ana["order"]) == (ANA, "Answer Sam Rivera now.")


def test_the_newest_call_is_the_one_that_is_named() -> None:
    story = told("peak")
    story.do(BEN, c.AskHelp(strength="hold"))
    story.wait(seconds(2))
    story.do(SAM, c.AskHelp(strength="hold"))
    assert _alarm(story, Role.THERAPIST, "help_asked")["sentence"] == "Sam asks for help."
    story.do(SAM, c.Say(what="stop"))
    assert _alarm(story, Role.THERAPIST, "help_asked")["sentence"] == "Sam says stop."


def test_a_stop_somebody_heard_says_who_heard_it() -> None:
    story = told("peak")
    story.do(BEN, c.Say(what="stop"))
    assert _alarm(story, Role.THERAPIST, "stop_heard")["sentence"] == "Ben heard Sam say stop."
    story.do(ANA, c.Say(what="no"))
    assert _alarm(story, Role.THERAPIST, "stop_heard")["sentence"] == "You heard Sam say no."
    assert _alarm(story, Role.PRESCRIBER, "stop_heard")["sentence"] == "Ana heard Sam say no."


def test_after_somebody_was_reached_the_alarm_says_when() -> None:
    story = told("peak")
    story.do(BEN, c.AskHelp(strength="hold"))
    asked = _alarm(story, Role.THERAPIST, "help_asked")
    assert asked["reached"] is None
    story.do(ANA, c.DoOrder(alarm=asked["id"], step=asked["step"], outcome="reached"))
    reached = _alarm(story, Role.THERAPIST, "help_asked")
    assert (reached["reached"], reached["order"], reached["acked"]) == (story.now.utc, "", None)


def test_a_late_end_says_what_is_missing_and_from_when_a_second_assessment_counts() -> None:
    story = Story().dose().watched(150.2)
    story.wait(seconds(30))
    late = _alarm(story, Role.THERAPIST, "not_discharged")
    assert late["sentence"] == "Sam Rivera is not discharged yet."
    assert late["now"] == "Missing: No assessment has passed yet. 1 more missing.", late["now"]
    story.assess()
    assessed = story.now.utc
    late = _alarm(story, Role.THERAPIST, "not_discharged")
    at, again = (_clock(story, assessed + minutes(after)) for after in (0, 15))
    assert late["now"] == f"Assessed well at {at}. A second assessment from {again} on. 1 more missing."
    story.countersign()
    assert _alarm(story, Role.PRESCRIBER, "not_discharged")["now"].endswith(f"from {again} on.")


def _clock(story: Story, utc: int) -> str:
    return datetime.fromtimestamp(utc / 1_000, ZoneInfo(story.session.zone)).strftime("%H:%M")


# --- whose cockpit, whose order, what first ---------------------------------------------------------------------------


def unwritten() -> Story:
    """Ben has looked in at minute 15, and Ana has not written her part down; her line is well."""
    story = told("dosed").watched(14)
    story.wait(minutes(1))
    story.look_in("t15")
    story.wait(minutes(2))
    assert story.alarm("therapist_line_lost").subject == "t15"
    return story


def test_a_check_in_that_is_not_written_down_is_no_lost_line() -> None:
    story = unwritten()

    ana, jo, ben = (_alarm(story, role, "therapist_line_lost") for role in (Role.THERAPIST, Role.STANDIN, Role.SUPPORT))

    assert ana["sentence"] == "You have not written down check-in T+15 yet."
    assert (ana["order"], ana["order_code"], ana["order_mine"]) == ("Save your check-in, T+15.", "", False)
    assert seen(story, Role.THERAPIST)["next"]["noun"] == "check-ins"
    assert jo["sentence"] == "Ana has not written down check-in T+15 yet."
    assert (jo["order"], jo["order_mine"]) == ("Take over the cockpit now.", True)
    assert ben["card"] == "Stay with Sam. The clinic asks Ana what is missing."
    assert seen(story, Role.SUPPORT)["sentence"] == "Stay close to Sam. Ana is watching too."


def test_a_therapist_without_a_stand_in_is_never_told_to_take_over_from_themselves() -> None:
    story = told("dosed").watched(14)
    _leave(story, Role.STANDIN)
    story.wait(minutes(1))
    story.look_in("t15")
    story.wait(minutes(2))

    ana = _alarm(story, Role.THERAPIST, "therapist_line_lost")

    assert ana["owner"]["person"] == ANA and not ana["order_mine"]
    assert ana["order"] == "Save your check-in, T+15."


def _leave(story: Story, role: Role) -> None:
    roles = {held: person for held, person in story.session.roles.items() if held is not role}
    story.session = replace(story.session, roles=roles)


@pytest.mark.parametrize(
    ("stands_in", "card", "sentence"),
    [
        (
            True,
            "Your therapist’s line is lost. Stay with Sam Rivera; another therapist comes onto the screen.",
            "Stay with Sam. Another therapist comes onto the screen.",
        ),
        (
            False,
            "Your therapist’s line is lost. Stay with Sam. The clinic phones you.",
            "Stay with Sam. The clinic phones you.",
        ),
    ],
)
def test_another_therapist_is_announced_only_if_there_is_one(stands_in: bool, card: str, sentence: str) -> None:
    story = told("dosed").watched(8)
    if not stands_in:
        _leave(story, Role.STANDIN)
    story.see("stopped", Role.THERAPIST)
    story.wait(seconds(11), quietly=False)

    ben = _alarm(story, Role.SUPPORT, "therapist_line_lost")

    assert (ben["card"], seen(story, Role.SUPPORT)["sentence"]) == (card, sentence)


def test_a_therapist_who_cannot_go_on_is_said_so() -> None:
    story = told("dosed").watched(14)
    story.do(ANA, c.Say(what="therapist_unwell"))

    assert _alarm(story, Role.STANDIN, "therapist_line_lost")["sentence"] == "Ana cannot go on."
    assert _alarm(story, Role.THERAPIST, "therapist_line_lost")["sentence"] == "You cannot go on."


def test_anothers_order_says_whose_it_is() -> None:
    story = told("dosed").watched(14)
    story.do(ANA, c.TakeReading(values={"moaas": "1"}))

    mine, others = (_alarm(story, role, "emergency") for role in (Role.DISPATCHER, Role.PRESCRIBER))

    assert mine["order_mine"] and mine["order"].startswith("Call emergency services to ")
    assert not others["order_mine"] and others["order"].startswith("Kim: Call emergency services to ")


def test_what_the_client_needs_stands_first_and_a_page_that_failed_last() -> None:
    story = told("dosed").watched(8)
    story.do("", c.NoteFailedNotice(person=KIM, subject="something"))
    story.wait(seconds(1))
    story.do(ANA, c.TakeReading(values={"sbp": 165, "dbp": 80}))
    story.see("stopped", Role.CLIENT)
    story.wait(seconds(11))
    story.do(BEN, c.AskHelp(strength="hold"))

    for role in (Role.THERAPIST, Role.PRESCRIBER, Role.DISPATCHER):
        order = [one["kind"] for one in seen(story, role)["alarms"]]
        assert order == ["help_asked", "video_lost", "vitals_amber", "page_failed"], role


def test_of_two_alarms_as_urgent_as_each_other_each_reads_their_own_first() -> None:
    story = told("dosed").watched(8)
    story.do(BEN, c.AskHelp(strength="hold"))
    story.wait(seconds(1))
    story.do(ANA, c.TakeReading(values={"moaas": "1"}))

    assert [one["kind"] for one in seen(story, Role.DISPATCHER)["alarms"]] == ["emergency", "help_asked"]
    assert [one["kind"] for one in seen(story, Role.THERAPIST)["alarms"]] == ["help_asked", "emergency"]
