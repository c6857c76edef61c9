"""The timeline: every fact is one plain sentence."""

import re
from dataclasses import replace

from telekap.care import commands as c
from telekap.care import course_fold, fold, telling
from telekap.care.assessment import MEETS
from telekap.care.discharge_form import lacking
from telekap.care.facts import KINDS
from telekap.care.people import Role
from tests.cast import ADA, ANA, BEN, NOON, SAM, Story, minutes, told


def test_every_fact_has_a_sentence_and_changes_a_session_or_a_course() -> None:
    kinds = set(KINDS.values())

    assert kinds == set(telling.TOLD)
    assert kinds == set(fold.FOLDS) | set(course_fold.FOLDS)


def test_a_whole_session_reads_as_sentences_with_names_and_without_codes() -> None:
    story = told("dosed").watched(30)
    story.see("stopped", Role.CLIENT)
    story.wait(minutes(20))
    story.do(SAM, c.AskHelp())
    story.do(SAM, c.Taken(units=(0,)))
    story.do(ADA, c.ReleaseEarly(adult="Lou", reason="With Lou."))

    lines = [telling.tell(entry, story.session, story.world) for entry in story.entries]

    assert all(line and line[-1] in ".?!" and "{" not in line and "_" not in line for line in lines), [
        line for line in lines if "{" in line or "_" in line or line[-1] not in ".?!"
    ]
    text = "\n".join(lines)
    assert "Released: 2 × 50 mg." in text and "Unit 1 taken (50 mg)." in text and "Phone Ben Ortiz now: to Ana" in text
    codes = {str(done.values.get("code")) for parts in story.session.parts.values() for done in parts} - {"None"}
    assert codes and not any(f"code {code}" in text for code in codes)


def test_when_somebody_ate_is_said_on_the_clients_clock_and_not_as_a_number() -> None:
    story = told("arrived")
    story.answer("fasting", Role.CLIENT, food_at=NOON.utc - minutes(400))

    there = replace(story.session, zone="America/Los_Angeles")
    line = telling.tell(story.entries[-1], there, story.world)

    assert "last food 05:20 on June 15" in line and "e+" not in line and "@" not in line, line


def test_a_late_entry_is_told_as_late() -> None:
    story = told("dosed").watched(20)
    values = {"breathing": "regular"}
    story.do(BEN, c.CheckIn(check_in="t15", values=values, said_at=story.now.utc - minutes(10)))

    line = telling.tell(story.entries[-1], story.session, story.world)

    assert line.startswith("T+15, support person (late entry), 5 min after due")


def test_the_owner_of_an_alarm_is_named() -> None:
    story = told("dosed")
    story.do(SAM, c.AskHelp())
    story.wait(minutes(1))

    lines = [telling.tell(entry, story.session, story.world) for entry in story.entries]

    assert any(line.endswith("to Ben Ortiz.") for line in lines) and ANA in story.session.roles.values()


def test_what_was_answered_is_said_in_the_words_it_was_asked_in() -> None:
    story = told("arrived")
    lines = [telling.tell(entry, story.session, story.world) for entry in story.entries]
    (packet,) = [line for line in lines if line.startswith("Medicine, support person:")]
    assert "How many lozenges did you count? 2" in packet and packet.endswith(
        "Is the expiry date still ahead? Still ahead."
    )
    (kit,) = [line for line in lines if line.startswith("Kit, therapist:")]
    assert kit == "Kit, therapist: Everything seen on video: Yes."
    assert not [line for line in lines if re.search(r"[:?] (yes|no|future|answered|matches|readable)\b", line)], (
        "stored words"
    )
    (stays,) = [line for line in lines if "4 hours after the end" in line and line.startswith("Support person")]
    assert "{" not in stays


def test_each_line_about_an_alarm_says_which_alarm() -> None:
    story = told("dosed")
    story.do(SAM, c.AskHelp())
    (alarm,) = story.session.alarms.values()
    story.wait(minutes(1))
    story.do(ANA, c.DoOrder(alarm=alarm.id, step=0, outcome="reached"))
    story.do(ANA, c.AcknowledgeAlarm(alarm=alarm.id))
    story.tick()
    story.do(ANA, c.ResolveAlarm(alarm=alarm.id, reason="Spoke with Sam."))
    lines = [telling.tell(entry, story.session, story.world) for entry in story.entries][-5:]
    for end in ("Reached.", "Acknowledged.", "This is over.", "Resolved: Spoke with Sam."):
        assert f"Help is asked for Sam Rivera. {end}" in lines, lines


def test_a_signature_of_the_adult_is_told_as_one() -> None:
    story = told("ready")
    lines = [telling.tell(entry, story.session, story.world) for entry in story.entries]
    assert "Ben Ortiz signed for tonight: everything is agreed." in lines
    assert "Assessment by the therapist: all met." in lines


def test_what_an_assessment_lacks_is_said_without_codes() -> None:
    story = told("dosed").watched(120.2)
    story.assess(walks="no", sbp=150)
    line = telling.tell(
        next(e for e in reversed(story.entries) if type(e.fact).__name__ == "Assessed"), story.session, story.world
    )
    assert line == (
        "Assessment by the therapist: not met: Walks 5 m as before, support person beside; "
        "Upper pressure, too far from what it was before the dose."
    )
    assert not [code for code, _ in MEETS if "_" in lacking(code)]
    assert lacking("floor") == "taken too early" and lacking("cssrs") == "The six questions"
    assert lacking("bp") == "Pressure, as it is looked at instead"
    assert lacking("sbp_rising") == "Upper pressure, higher than at the first assessment"


def test_oriented_as_a_gate_asks_it_is_no_figure_of_four() -> None:
    story = Story().arrive()
    said = [telling.tell(entry, story.session, story.world) for entry in story.entries]

    (mind,) = [line for line in said if line.startswith("Mind and body, therapist")]
    assert "Knows person, place, time and why: Yes" in mind and "of 4" not in mind


def test_a_decision_by_voice_names_whose_it_is() -> None:
    story = Story().dose()
    story.do(ANA, c.DecideCare(matter="other", choice="note", reason="By voice. Twice.", by_voice=True, read_back=True))
    assert telling.tell(story.entries[-1], story.session, story.world) == (
        "Something else: As written. By voice. Twice. By voice of Dr Ada Okafor, read back, to be countersigned."
    )
