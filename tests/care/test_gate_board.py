"""The board: every gate alone keeps it shut, at each of its shut values, and nothing else does."""

import itertools
from dataclasses import replace

import pytest

from telekap.care import gates as table
from telekap.care import protocol
from telekap.care.board import Board, board
from telekap.care.errors import Malformed, Refused
from telekap.care.finding import Colour, Finding, Part
from telekap.care.gates import GATES, Gate, answer_problems
from telekap.care.instant import HOUR
from telekap.care.people import Role
from telekap.care.session import State
from telekap.demo.answers import WELL
from tests.care.answers_of_forms import meanings
from tests.care.shut_boards import CASES, SYSTEM, Change, S, T, dispatch_of
from tests.care.well_board import NOON, SHIPPED, Scene, minutes
from tests.cast import Story

NAMES = """
identity clearance interval last_session consent location emergency_numbers support_person second_contact on_call
therapist standin_dispatcher watch lines pressure oxygen fasting medicines suicide_screen mind_body kit room medicine
afterwards
"""
LAW = NAMES.split()

ALSO = {"location": {"emergency_numbers"}}
"""Gates that cannot be open while another is not known."""

FORMS = [(gate.name, role) for gate in GATES for role in gate.questions]


def test_a_well_session_has_an_open_board() -> None:
    found = Scene().board()
    assert found.open and not found.shut
    assert [finding.colour for finding in found.findings] == [Colour.GREEN] * 24


def test_the_gates_are_those_of_the_law_in_its_order() -> None:
    assert [gate.name for gate in GATES] == LAW


def test_final_reds_are_those_of_the_law_and_no_other_gate_can_ever_find_one() -> None:
    """Only these are asked whether the session is to be stood down."""
    final = "identity clearance interval last_session consent pressure oxygen medicines suicide_screen mind_body"
    assert [gate.name for gate in table.FINAL] == final.split()
    others = [gate for gate in GATES if gate not in table.FINAL]
    marks = [
        mark for gate in others for asked in gate.questions.values() for one in asked for mark in one.marks.values()
    ]
    assert marks and not any(mark.final for mark in marks)
    found = {finding.gate for *_, change, _ in CASES for finding in change(Scene()).board().findings if finding.final}
    assert found and found <= {gate.name for gate in table.FINAL}


def test_every_answer_of_every_form_means_what_the_law_says() -> None:
    found = {}
    for gate in GATES:
        for role, questions in gate.questions.items():
            for asked in questions:
                for value, mark in asked.marks.items():
                    end = "danger" if mark.danger and mark.final else "final" if mark.final else ""
                    found[gate.name, role, asked.field.name, value] = end or mark.colour.name.lower()

    assert found == meanings()


def test_every_gate_has_a_case_here() -> None:
    """A new gate without a case fails: nobody knows yet that it shuts."""
    assert {gate for gate, *_ in CASES} == set(LAW)
    with_rules = {gate.name for gate in GATES if gate.rules}
    assert {gate for gate, _ in SYSTEM} == with_rules


@pytest.mark.parametrize(("gate", "what", "change", "colour"), CASES, ids=[f"{g}-{w}" for g, w, *_ in CASES])
def test_i3_each_gate_alone_keeps_the_board_shut(gate: str, what: str, change: Change, colour: Colour) -> None:
    scene = change(Scene())
    found = scene.of(gate)
    assert found.colour is colour and not found.open
    assert not scene.board().open
    allowed = ALSO.get(gate, set()) | _knock_on(gate, what)
    assert gate in scene.shut() and scene.shut() <= {gate} | allowed


def _knock_on(gate: str, what: str) -> set[str]:
    """One missing person or order shuts every gate that needs it."""
    return {
        ("clearance", "no order"): {"medicine"},
        ("clearance", "order without units"): {"medicine"},
        ("clearance", "first order over 100 mg"): {"medicine"},
        ("clearance", "a booster over the ceiling"): {"medicine"},
        ("location", "therapist not licensed"): {"therapist"},
        ("location", "therapist's licence ended yesterday"): {"therapist"},
        ("location", "prescriber not licensed"): {"clearance"},
        ("clearance", "the licence of who signed ended yesterday"): {"location"},
        ("support_person", "nobody"): {
            "location",
            "lines",
            "fasting",
            "medicines",
            "kit",
            "medicine",
            "afterwards",
            "emergency_numbers",
        },
        ("on_call", "nobody"): {"location"},
        ("on_call", "the therapist"): set(),
        ("therapist", "nobody"): {
            "identity",
            "consent",
            "location",
            "emergency_numbers",
            "lines",
            "pressure",
            "oxygen",
            "suicide_screen",
            "mind_body",
            "kit",
            "room",
            "medicine",
            "support_person",
        },
        ("therapist", "not licensed"): {"location"},
        ("standin_dispatcher", "the therapist is the dispatcher"): {"second_contact"},
        ("emergency_numbers", "the client has not said where"): {"location"},
        ("emergency_numbers", "the therapist has not said the county"): {"location"},
        ("medicine", "nothing is ordered"): {"clearance"},
        ("standin_dispatcher", "no dispatcher"): {"second_contact"},
        ("standin_dispatcher", "the prescriber is the only dispatcher"): {"second_contact"},
    }.get((gate, what), set())


@pytest.mark.parametrize(("gate", "what", "change", "colour"), CASES, ids=[f"{g}-{w}" for g, w, *_ in CASES])
def test_l6_a_shut_gate_says_why_and_names_one_act_and_who(
    gate: str, what: str, change: Change, colour: Colour
) -> None:
    found = change(Scene()).of(gate)
    assert found.sentence.endswith((".", "?")) and not found.sentence[0].islower()
    assert found.action.endswith((".", "?")) and found.who
    assert "{" not in found.sentence + found.action


@pytest.mark.parametrize(("gate", "role"), FORMS)
def test_whoever_is_named_must_answer(gate: str, role: Role) -> None:
    scene = Scene().unanswered(gate, role)
    assert scene.of(gate).colour is Colour.SHUT and "not answered" in scene.of(gate).sentence
    assert scene.shut() - ALSO.get(gate, set()) == {gate}


@pytest.mark.parametrize(("gate", "role"), FORMS)
def test_an_answer_is_stale_at_its_age_and_not_a_step_before(gate: str, role: Role) -> None:
    lasts = minutes(15 if gate == "pressure" else 30)
    fresh = Scene().answer(gate, role, at=NOON.plus(-lasts + 1))
    assert fresh.board().open
    stale = Scene().answer(gate, role, at=NOON.plus(-lasts))
    assert stale.of(gate).colour is Colour.SHUT
    assert stale.shut() - ALSO.get(gate, set()) == {gate}


@pytest.mark.parametrize(("gate", "role"), FORMS)
def test_whoever_leaves_a_role_takes_the_answers_along(gate: str, role: Role) -> None:
    scene = Scene()
    known = replace(scene.world.people[scene.session.roles[role]], id="max")
    scene.outside(people={**scene.world.people, "max": known}).hold(role, "max")
    assert not scene.of(gate).open


def test_who_left_a_role_and_came_back_answers_again() -> None:
    scene = Scene().put(role_since={Role.THERAPIST: NOON.plus(1)})
    assert {gate for gate, role in FORMS if role is Role.THERAPIST} <= scene.shut()


def test_a_new_protocol_while_arriving_asks_every_gate_again_by_itself() -> None:
    """L6: the board is shut by it and open again once everybody has answered under the new version."""
    story = Story().arrive()
    story.protocol = protocol.parse(SHIPPED.replace("sbp_green_high = { value = 140", "sbp_green_high = { value = 130"))
    story.skip(1)
    story.tick()
    assert story.session.protocol == story.protocol.digest
    asked = {gate.name for gate in GATES if gate.questions}
    assert asked <= {found.gate for found in board(story.session, story.world, story.now).shut}
    for name, role in FORMS:
        story.answer(name, role)
    assert board(story.session, story.world, story.now).open
    assert story.tick() == ()


def test_an_answer_from_before_the_lobby_opened_counts_for_nothing() -> None:
    scene = Scene().put(opened=NOON.plus(1))
    assert {gate for gate, _ in FORMS} <= scene.shut()


def test_a_new_protocol_before_the_dose_shuts_every_gate_and_after_it_none() -> None:
    scene = Scene().put(protocol="another")
    assert scene.shut() == set(LAW)
    assert scene.put(t0=NOON, state=State.DOSED).board().open


@pytest.mark.parametrize(("gate", "role"), FORMS)
def test_an_unknown_value_blocks(gate: str, role: Role) -> None:
    marked = [asked for asked in table.gate(gate).questions[role] if asked.marks]
    for asked in marked:
        assert Scene().answer(gate, role, **{asked.field.name: "perhaps"}).of(gate).colour is Colour.SHUT
    for name in WELL[gate][role]:
        assert not Scene().answer(gate, role, **{name: None}).of(gate).open or name in ("way_in", "name", "county")


def test_a_gate_that_cannot_be_worked_out_is_shut() -> None:
    def broken(look: object) -> list[Part]:
        raise KeyError("nobody")

    scene = Scene()
    gate = Gate("broken", "Broken", (Role.THERAPIST,), rules=(broken,))
    assert gate.finding(scene.session, scene.world, scene.now).colour is Colour.SHUT
    assert not board(scene.session, scene.world, scene.now, (*GATES, gate)).open


def test_a_gate_that_asks_and_knows_nothing_is_shut() -> None:
    scene = Scene()
    empty = Gate("empty", "Empty", (Role.THERAPIST,))
    assert empty.finding(scene.session, scene.world, scene.now).colour is Colour.SHUT
    assert not Board(()).open


def test_release_is_a_plain_conjunction_over_the_gates() -> None:
    """All open, or exactly one gate at one shut value, or two gates: open if and only if each is."""
    one_each = {gate: change for gate, _, change, _ in reversed(CASES)}
    one_each["support_person"] = SYSTEM["support_person", "not trained"][0]
    for first, second in itertools.combinations(LAW, 2):
        scene = one_each[second](one_each[first](Scene()))
        found = scene.board()
        assert found.open == all(finding.open for finding in found.findings)
        assert not found.open
        assert {first, second} <= scene.shut(), f"{first} and {second} hide each other"


def test_the_digest_changes_with_every_answer_and_not_with_the_time() -> None:
    scene = Scene()
    before = scene.board().digest
    scene.later(minutes(3)).watch(cycle=scene.now, witness_asked=scene.now)
    assert scene.board().digest == before
    assert scene.answer("room", T).board().digest != before


def test_the_board_says_which_gate_shuts_first_and_exactly_when() -> None:
    scene = Scene()
    found = scene.board()
    assert found.shuts is not None
    assert (found.shuts_because, found.shuts.utc) == ("watch", NOON.utc + minutes(10) + 1)
    scene.now = found.shuts.plus(-1)
    scene.watch(cycle=scene.now, witness_asked=scene.now)
    assert scene.board().open
    scene.now = found.shuts
    assert scene.shut() == {"watch"}


@pytest.mark.parametrize("gate", [gate.name for gate in GATES])
def test_each_gate_holds_until_the_moment_it_names(gate: str) -> None:
    """I4 needs it: what a gate says about its own end is what it does."""
    scene = Scene()
    shuts = scene.of(gate).shuts
    if shuts is None:
        assert gate in ("interval", "last_session")
        return
    row = next(one for one in GATES if one.name == gate)
    fresh = replace(scene.world, watch=replace(scene.world.watch, cycle=shuts, witness_asked=shuts))
    if gate == "fasting":  # only grows greener with time, until its answers are stale
        assert row.finding(scene.session, fresh, shuts.plus(-1)).open
    assert row.finding(scene.session, fresh, shuts.plus(-1)).colour is Colour.GREEN
    assert not row.finding(scene.session, fresh, shuts).open


def test_another_adult_who_is_named_may_be_the_one_who_stays() -> None:
    assert Scene().answer("support_person", S, stays="another", adult_name="Lou Rivera").board().open


def test_two_people_who_say_different_times_are_shown_and_the_worse_counts() -> None:
    scene = Scene().answer("fasting", S, food_at=NOON.utc - 5 * HOUR)

    found = scene.of("fasting")

    assert found.disagree and found.colour is Colour.AMBER
    assert not scene.answer("fasting", Role.CLIENT, food_at=NOON.utc - 5 * HOUR).of("fasting").disagree


@pytest.mark.parametrize(
    ("gate", "nobody", "sentence"),
    [
        ("on_call", (Role.PRESCRIBER, T), "There is no on-call prescriber."),
        ("standin_dispatcher", (Role.STANDIN, T), "There is no stand-in therapist."),
        ("standin_dispatcher", (Role.DISPATCHER, T), "There is no dispatcher."),
        ("standin_dispatcher", (Role.STANDIN, Role.DISPATCHER), "There is no stand-in therapist."),
    ],
)
def test_two_places_that_nobody_holds_are_not_held_by_one_person(
    gate: str, nobody: tuple[Role, ...], sentence: str
) -> None:
    scene = Scene()
    for role in nobody:
        scene.hold(role, "")

    assert scene.of(gate).sentence == sentence


def test_two_people_who_disagree_are_shown_and_the_worse_counts() -> None:
    scene = Scene().answer("medicines", S, alcohol="yes")
    found = scene.of("medicines")
    assert found.disagree and found.final and found.colour is Colour.RED
    assert not Scene().of("medicines").disagree


def test_an_address_may_be_written_in_two_ways() -> None:
    scene = Scene().answer("location", S, street="1180 CASTRO ST.", unit="apartment 4", city=" san  francisco ")
    assert scene.of("location").open


def test_the_form_of_a_gate_takes_only_what_it_asks() -> None:
    answer_problems("room", T, WELL["room"][T])
    with pytest.raises(Refused):
        answer_problems("room", Role.CLIENT, {})
    with pytest.raises(Refused):
        answer_problems("wallpaper", T, {})
    with pytest.raises(Malformed) as wrong:
        answer_problems("room", T, {**WELL["room"][T], "colour": "green"})
    assert wrong.value.field == "colour"
    with pytest.raises(Malformed):
        answer_problems("room", T, {**WELL["room"][T], "frame": "perhaps"})
    with pytest.raises(Malformed) as missing:
        answer_problems("lines", T, {"alarm": "yes", "support_phone": "answered"})
    assert missing.value.field == "client_phone" and "{" not in missing.value.sentence


def test_every_well_answer_fits_its_form() -> None:
    scene = Scene()
    asked = {(gate.name, role) for gate in GATES for role in gate.questions}
    assert {(gate, role) for gate, forms in WELL.items() for role in forms} == asked
    for answer in scene.session.answers:
        answer_problems(answer.gate, answer.role, answer.values)


def test_text_of_a_person_never_breaks_a_sentence() -> None:
    scene = dispatch_of(Scene(), county="{client} {nobody} {")
    assert scene.of("emergency_numbers").colour is Colour.RED
    assert "{nobody}" in scene.of("emergency_numbers").sentence


def test_a_finding_is_open_when_green_or_amber_and_decided() -> None:
    for colour in Colour:
        for decided in (True, False):
            finding = Finding(gate="g", colour=colour, sentence="", action="", who=(), decided=decided)
            assert finding.open == (colour is Colour.GREEN or (colour is Colour.AMBER and decided))


ONE_EACH = {gate: change for gate, _, change, _ in reversed(CASES)}
"""The first way of each gate to be shut."""


@pytest.mark.parametrize(("one", "other"), list(itertools.permutations(LAW, 2)))
def test_i3_two_things_wrong_never_cancel_out(one: str, other: str) -> None:
    assert not ONE_EACH[other](ONE_EACH[one](Scene())).board().open
