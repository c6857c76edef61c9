"""What goes wrong while a release is in force ends it: nobody is told "you may take it" beside a clinical alarm."""

import pytest

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.board import board
from telekap.care.people import Role
from telekap.care.session import State
from tests.cast import ADA, ANA, BEN, SAM, told


@pytest.mark.parametrize(
    ("person", "command"),
    [
        (SAM, c.AskHelp()),
        (BEN, c.AskHelp()),
        (BEN, c.Say(what="seizure")),
        (ANA, c.Say(what="chest_pain")),
        (BEN, c.Say(what="transport_refused")),
        (BEN, c.Say(what="danger")),
    ],
    ids=str,
)
def test_a_clinical_alarm_ends_the_release_and_until_it_is_resolved_there_is_none(
    person: str, command: c.Command
) -> None:
    story = told("released")

    story.do(person, command)

    ended = story.facts(f.ReleaseEnded)[-1]
    assert story.session.release is None and isinstance(ended, f.ReleaseEnded) and "alarm" in ended.causes
    story.do(ANA, c.CountUnits(units=2, how="video"))
    assert story.session.state is State.ARRIVING
    assert "alarm" in story.refused(ANA, c.Release())


def test_a_technical_alarm_ends_no_release() -> None:
    story = told("released")

    story.do("", c.NoteFailedNotice(person=ADA, subject="client_gone"))

    assert story.session.release is not None


@pytest.mark.parametrize(("person", "word"), [(BEN, "leaving"), (ANA, "unfit")])
@pytest.mark.parametrize("chapter", ["arrived", "released"])
def test_a_support_person_who_leaves_or_is_unfit_shuts_their_gate_until_both_have_answered_again(
    chapter: str, person: str, word: str
) -> None:
    story = told(chapter)

    story.do(person, c.Say(what=word))

    assert not board(story.session, story.world, story.now).of("support_person").open
    assert story.session.release is None
    story.answer("support_person", Role.SUPPORT)
    assert not board(story.session, story.world, story.now).of("support_person").open
    story.answer("support_person", Role.THERAPIST)
    assert board(story.session, story.world, story.now).of("support_person").open


def test_somebody_else_who_leaves_shuts_nothing() -> None:
    story = told("arrived")

    story.do(ANA, c.Say(what="leaving"))

    assert board(story.session, story.world, story.now).of("support_person").open


def test_whoever_was_relieved_and_leaves_shuts_nothing_of_who_took_the_place() -> None:
    story = told("arrived")
    story.do(ANA, c.ReplaceSupport(person="lou", phone_tested=True))
    story.on_course(ANA, c.TrainSupport(person="lou"))
    for gate in ("support_person", "medicine"):
        for role in (Role.SUPPORT, Role.THERAPIST):
            story.answer(gate, role)

    story.do(BEN, c.Say(what="leaving"))

    assert board(story.session, story.world, story.now).of("support_person").open
