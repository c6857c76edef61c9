"""The record as a document: nothing of what was written is missing in it, and everything has both times."""

import json
from typing import Any

import pytest

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.people import Role
from telekap.care.transcript import CHAPTERS, MACHINES, transcript
from telekap.live.screen import Scene
from telekap.web.looks.transcript import Transcript
from tests.care.chapters import STORIES, told
from tests.cast import ADA, ANA, JO, SAM, Story, minutes, replace, seconds

BESIDE: dict[str, Any] = {
    "me": "Kim",
    "chain": {"stream": "session:s", "entries": 1, "hash": "00", "anchor": None},
    "reads": [],
}
"""What the record's own tables add."""


def shown(story: Story) -> dict[str, Any]:
    """The document of a story, as it travels."""
    made = transcript(story.session, story.world, story.entries, story.now)
    told: dict[str, Any] = json.loads(json.dumps(made))
    assert told == made
    return told


def texts(document: dict[str, Any], chapter: str) -> list[str]:
    """What stands in one chapter."""
    return [line["text"] for line in document["lines"] if line["chapter"] == chapter]


@pytest.mark.parametrize("name", STORIES)
def test_every_session_in_every_state_has_a_record_with_every_line_and_the_described_shape(name: str) -> None:
    story = told(name)
    document = shown(story)

    assert [line["n"] for line in document["lines"]] == [entry.n for entry in story.entries]
    assert [(line["occurred"], line["at"]) for line in document["lines"]] == [
        (entry.occurred, entry.at.utc) for entry in story.entries
    ]
    assert all(line["text"] for line in document["lines"])
    assert Transcript.model_validate_json(json.dumps(document | BESIDE), strict=True).session == "session-1"


def test_who_took_over_stands_beside_who_was_relieved() -> None:
    story = told("dosed")
    story.do(JO, c.TakeOver())
    holders = [one for one in shown(story)["people"] if one["role"] == "therapist"]

    assert [(one["name"], one["now"]) for one in holders] == [("Jo Tran", True), ("Ana Ruiz", False)]
    assert holders[0]["since"] == story.now.utc


def test_a_missed_check_in_stands_there_with_its_reason_and_its_late_answer_with_both_times() -> None:
    story = told("overdue")
    missed = {(one["title"], part["role"]): part for one in shown(story)["check_ins"] for part in one["parts"]}
    assert missed["T+15", "support"] == {"role": "support", "status": "overdue", "done": None, "reason": ""}

    story.look_in("t15")
    story.do(ANA, c.ExplainMiss(check_in="t15", part=Role.SUPPORT, reason="The phone was in the kitchen."))
    part = next(one for one in shown(story)["check_ins"] if one["title"] == "T+15")["parts"][0]
    assert part["done"]["name"] == "Ben Ortiz" and part["done"]["at"] == story.now.utc
    assert (part["status"], part["reason"]) == ("missed", "The phone was in the kitchen.")


@pytest.mark.parametrize(("ago", "live", "late"), [(60, 60, 0), (61, 60, 61), (30, 30, 0), (31, 30, 31)])
def test_what_counts_as_late_is_the_protocols_word_for_the_record_and_for_the_timeline(
    ago: int, live: int, late: int
) -> None:
    story = told("dosed")
    story.protocol = replace(story.protocol, numbers={**story.protocol.numbers, "check_in.live": live})
    n = len(story.entries)
    story.do(ANA, c.TakeReading(values={"hr": 70}, said_at=story.now.utc - seconds(ago)))

    scene = Scene(story.session, story.world, story.now, 1.0)
    of_the_timeline = scene.lines(story.entries[n:], ANA, Role.THERAPIST)
    assert [one["late"] for one in of_the_timeline] == [one["late"] for one in shown(story)["lines"][n:]]
    assert of_the_timeline[0]["late"] == seconds(late)


def test_a_check_in_that_was_never_due_is_no_part_of_what_happened() -> None:
    document = shown(told("transferred"))
    assert document["check_ins"] == []
    assert "Unit 12 (4711) has Sam Rivera, seen on video." in texts(document, "end")


def test_an_alarm_stands_there_with_its_owner_its_acknowledgement_and_how_it_was_resolved() -> None:
    story = told("dosed")
    story.do(SAM, c.AskHelp(strength="hold"))
    raised = next(one for one in story.session.alarms.values() if one.kind == "help_asked")
    story.do(ANA, c.AcknowledgeAlarm(alarm=raised.id))
    story.do(ANA, c.Say(what="answered"))
    story.do(ANA, c.ResolveAlarm(alarm=raised.id, reason="A dry mouth. Water."))
    (alarm,) = shown(story)["alarms"]

    assert (alarm["owner"], alarm["priority"]) == ("Ana Ruiz", raised.priority)
    steps = [(step["what"], step["text"]) for step in alarm["steps"]]
    assert ("acknowledged", "Acknowledged by Ana Ruiz.") in steps
    assert steps[-1] == ("resolved", "Resolved by Ana Ruiz: A dry mouth. Water.")


def test_a_decision_by_voice_and_its_countersignature_name_each_other() -> None:
    story = told("dosed")
    said = c.DecideCare(
        matter="late_discharge", choice="extend", reason="Awake and talking.", by_voice=True, read_back=True
    )
    story.do(ANA, said)
    n = story.entries[-1].n if isinstance(story.entries[-1].fact, f.CareDecided) else story.session.cared[-1].n
    story.do(ADA, c.Countersign(decision=n))
    document = shown(story)

    assert any(
        "Awake and talking. By voice of Dr Ada Okafor, read back" in text for text in texts(document, "decisions")
    )
    assert texts(document, "signatures") == [f"Decision countersigned. It is line {n}."]


def test_what_is_written_after_the_signature_is_told_apart() -> None:
    story = told("closed")
    assert not any(line["added"] for line in shown(story)["lines"])
    story.do(ANA, c.ReportEvent(grade="mild", note="A headache in the evening."))
    document = shown(story)

    (added,) = [line for line in document["lines"] if line["added"] and line["chapter"] == "incidents"]
    assert "A headache in the evening." in added["text"]
    assert document["lines"][document["signed"] - 1]["kind"] == "Signed"


def test_the_adults_signature_is_a_signature_and_the_therapists_assessments_are_how_it_ended() -> None:
    document = shown(told("closed"))
    assert texts(document, "signatures") == ["Ben Ortiz signed for tonight: everything is agreed.", "Signed."]
    assert [text for text in texts(document, "end") if text.startswith("Assessment")] == [
        "Assessment by the therapist: all met."
    ] * 2


def test_the_board_stands_there_as_it_was_at_the_release_and_at_the_first_unit() -> None:
    document = shown(told("closed"))
    assert [board["moment"] for board in document["boards"]] == ["at the release", "at the first unit"]
    assert all(row["title"] and row["colour"] == "green" for row in document["boards"][0]["rows"])
    assert document["order"]["same"] is True


def test_an_order_signed_since_is_not_taken_for_the_one_that_was_released() -> None:
    story = told("closed")
    story.wait(minutes(1))
    story.on_course(ADA, c.SignOrder(form="lozenge", mg_per_unit=50, units=1, hold_min=10))
    assert shown(story)["order"]["same"] is False
    assert shown(told("scheduled"))["order"]["same"] is None


def test_every_chapter_is_one_that_the_page_has() -> None:
    assert set(CHAPTERS.values()) == {"dose", "incidents", "decisions", "end", "signatures"}


STANDS_IN = {
    "dose": "Released ReleaseEnded NothingTaken UnitsCounted DoseTaken DoseSaidAgain OldDoseSaid VoidSaid DosesVoided"
    " HoldEnded BoosterReleased BoosterEnded BoosterNotTaken",
    "incidents": "Incident AdverseEventReported",
    "decisions": "AmberDecided CareDecided",
    "end": "Assessed Discharged Reopened HandOverRecorded HandOverConfirmed CameBack LeftoverCounted StoodDown"
    " Cancelled NoShow Held",
    "signatures": "Signed DecisionCountersigned",
}
"""Chapter → the facts that stand in it once more."""


def test_what_a_reader_looks_for_stands_in_its_chapter() -> None:
    assert {fact.__name__: chapter for fact, chapter in CHAPTERS.items()} == {
        fact: chapter for chapter, facts in STANDS_IN.items() for fact in facts.split()
    }


def test_what_the_house_writes_of_itself_can_be_left_out_of_a_print_and_nothing_else() -> None:
    own = "SightChanged SeatChanged CanarySent CanaryHeard PresenceChanged"

    assert sorted(one.__name__ for one in MACHINES) == sorted(own.split())


def test_where_nothing_was_ordered_the_record_has_no_order() -> None:
    story = told("arrived")
    assert shown(story)["order"] is not None
    story.course = replace(story.course, order=None)

    assert shown(story)["order"] is None
