"""A sentence that names its reader says "you"; everybody else reads the name."""

import re

import pytest

from telekap.care.people import Role
from telekap.care.reader import to_reader
from tests.care.chapters import STORIES, gate_of, seen, strings, told
from tests.cast import Story

T, P, D, J = Role.THERAPIST, Role.PRESCRIBER, Role.DISPATCHER, Role.STANDIN


@pytest.mark.parametrize(
    ("role", "sentence", "said"),
    [
        (T, "{therapist} answers.", "Answer it."),
        (T, "{therapist} looks again.", "You look again."),
        (T, "{therapist} has not answered.", "You have not answered."),
        (T, "{therapist} presses “I heard it”.", "You press “I heard it”."),
        (T, "{therapist} fetches one.", "You fetch one."),
        (T, "{therapist} goes through them again.", "You go through them again."),
        (T, "{therapist}’s answer is 31 min old.", "Your answer is 31 min old."),
        (T, "{client} does not see {therapist}.", "{client} does not see you."),
        (T, "{therapist} does not see {client}.", "You do not see {client}."),
        (T, "{therapist} could not tell.", "You could not tell."),
        (T, "No sign that {therapist} watches {client}.", "No sign that you watch {client}."),
        (T, "{support} and {therapist} sort it out.", "{support} and you sort it out."),
        (
            T,
            "{therapist} answers, and writes down that it is answered.",
            "You answer, and write down that it is answered.",
        ),
        (T, "It is due now ({therapist}).", "It is due now (you)."),
        (P, "{prescriber} looks again and signs a new clearance.", "You look again and sign a new clearance."),
        (P, "{prescriber} already has 4 dosed clients.", "You already have 4 dosed clients."),
        (
            D,
            "It restarts by itself; if not, {dispatcher} restarts it.",
            "It restarts by itself; if not, you restart it.",
        ),
        (J, "Send {standin} a test page.", "You get one: answer it."),
        (T, "{dispatcher} books them.", "{dispatcher} books them."),
        (T, "Ana wrote: {nobody} answers.", "Ana wrote: {nobody} answers."),
    ],
)
def test_whom_a_sentence_names_reads_you(role: Role, sentence: str, said: str) -> None:
    assert to_reader(sentence, {role}) == said
    assert to_reader(sentence, ()) == sentence


@pytest.mark.parametrize("name", STORIES)
@pytest.mark.parametrize("role", [T, P, D, J])
def test_no_board_release_or_next_act_names_its_own_reader(name: str, role: Role) -> None:
    shown = seen(told(name), role)
    mine = {"therapist": "Ana", "prescriber": "Okafor", "dispatcher": "Kim", "standin": "Jo"}[role]
    rows = [[gate["sentence"], gate["action"]] for gate in shown["gates"]]
    kept = [shown["sentence"], shown["next"] or {}, rows, shown["release"]["reasons"]]
    kept += [
        (shown["discharge"] or {}).get("reasons", []),
        [[one["sentence"], one["order"]] for one in shown["alarms"]],
    ]
    assert not [text for text in strings(kept) if re.search(rf"\b{mine}\b", text)]


def test_on_anas_own_page_she_answers_and_on_everybody_elses_ana_does() -> None:
    story = Story()
    story.tick()
    assert gate_of(seen(story, T), "room")["action"] == "Answer it."
    assert gate_of(seen(story, T), "room")["sentence"] == "You have not answered."
    assert gate_of(seen(story, D), "room")["action"] == "Ana answers."
    (why,) = [one for one in seen(story, T)["release"]["reasons"] if one["code"] == "room"]
    assert why == {"code": "room", "sentence": "Room: You have not answered.", "action": "Answer it."}
