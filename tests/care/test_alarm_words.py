"""What an alarm says of this moment: who asked, who was called, how far the end is, what is still owed."""

from datetime import datetime
from zoneinfo import ZoneInfo

from telekap.care import commands as c
from telekap.care.people import Role
from tests.care.chapters import Json, seen, told
from tests.cast import ANA, BEN, SAM, Story, minutes, seconds


def _alarm(story: Story, role: Role, kind: str) -> Json:
    (found,) = [one for one in seen(story, role)["alarms"] if one["kind"] == kind]
    return dict(found)


def test_help_says_who_asked_and_whom_it_called_and_the_asker_reads_that_it_was_heard() -> None:
    story = told("peak")
    story.do(BEN, c.AskHelp(strength="hold"))
    ana = _alarm(story, Role.THERAPIST, "help_asked")
    assert (ana["sentence"], ana["now"]) == ("Ben asks for help for Sam.", "Called: you.")
    story.wait(seconds(21))
    kim = _alarm(story, Role.DISPATCHER, "help_asked")
    assert (kim["sentence"], kim["now"]) == ("Ben asks for help for Sam.", "Called: Ana and Ben.")
    ben = _alarm(story, Role.SUPPORT, "help_asked")
    assert (ben["sentence"], ben["now"]) == ("You ask for help for Sam.", "")
    story.do(ANA, c.AcknowledgeAlarm(alarm=ana["id"]))
    assert _alarm(story, Role.DISPATCHER, "help_asked")["now"] == "", "who has it stands there already"


def test_the_newest_call_is_the_one_that_is_named() -> None:
    story = told("peak")
    story.do(BEN, c.AskHelp(strength="hold"))
    story.wait(seconds(2))
    story.do(SAM, c.AskHelp(strength="hold"))
    assert _alarm(story, Role.THERAPIST, "help_asked")["sentence"] == "Sam asks for help."
    story.do(SAM, c.Say(what="stop"))
    assert _alarm(story, Role.THERAPIST, "help_asked")["sentence"] == "Sam says stop."


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
