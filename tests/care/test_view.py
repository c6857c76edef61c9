"""What each person sees: one sentence in every state, and nothing that is not theirs to know."""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from statistics import median
from typing import Any, Final

import pytest

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.board import board_of
from telekap.care.finding import Colour, Look
from telekap.care.follow import after
from telekap.care.instant import MINUTE
from telekap.care.people import AT_HOME, Role
from telekap.care.session import State
from telekap.care.view_course import course_view
from telekap.care.views import view
from telekap.live.screen import Scene as Screen
from tests.care.chapters import STORIES, Json, gate_of, seen, signed, strings, told
from tests.care.well_board import Scene
from tests.cast import ADA, ANA, BEN, JO, NOON, ROLES, Story, minutes

EVERY = [(name, role) for name in STORIES for role in Role]


def test_the_chapters_reach_every_state() -> None:
    assert {told(name).session.state for name in STORIES} == set(State)


@pytest.mark.parametrize(("name", "role"), EVERY)
def test_every_role_in_every_state_has_one_sentence(name: str, role: Role) -> None:
    shown = seen(told(name), role)
    assert re.fullmatch(r"[^\s{}][^{}]*[.?]", shown["sentence"]), shown["sentence"]
    assert shown["me"]["role"] == role
    assert shown["next"] is None or re.fullmatch(r"[^\s{}][^{}]*[.?]", shown["next"]["sentence"])


@pytest.mark.parametrize("name", STORIES)
def test_those_who_look_at_the_same_moment_share_one_board_and_each_sees_what_is_theirs(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = told(name)
    alone = {role: seen(story, role) for role in ROLES}
    boards: list[Look] = []
    monkeypatch.setattr("telekap.care.view_eye.board_of", lambda look: boards.append(look) or board_of(look))
    scene = Screen(story.session, story.world, story.now, 1.0)

    together = scene.views((ROLES[role], role) for role in ROLES)

    for role, person in ROLES.items():
        assert together[person, role] == alone[role] | {"record": "ok"}
    assert len(boards) <= 1
    later = Screen(story.session, story.world, story.now.plus(minutes(31)), 1.0)
    assert later.look is not scene.look, "another moment is another look"


@pytest.mark.parametrize("name", STORIES)
def test_the_client_reads_at_most_seven_words_and_no_figure(name: str) -> None:
    shown = seen(told(name), Role.CLIENT)
    for sentence in (shown["sentence"], (shown["next"] or {}).get("sentence", "")):
        assert len(sentence.split()) <= 7, sentence
        assert not re.search(r"\d", sentence), sentence


@pytest.mark.parametrize("name", STORIES)
@pytest.mark.parametrize("role", sorted(AT_HOME))
def test_nobody_at_home_sees_a_colour_a_board_or_a_reason(name: str, role: Role) -> None:
    shown = seen(told(name), role)
    assert {"board", "course"} & set(shown) == set()
    assert {gate["colour"] for gate in shown["gates"]} <= {"ask", "open"}
    assert not any(gate["answers"] or gate["final"] or gate["decide"] for gate in shown["gates"])
    assert shown["release"]["reasons"] == []
    colours = {colour.value for colour in Colour}
    told_values = [s for gate in shown["gates"] for key, s in gate.items() if key not in ("form", "gate")]
    assert not colours & set(strings(told_values))
    assert shown["emergency"]["number"] == "911"
    assert ("dispatch" in shown["emergency"]) == (role is Role.SUPPORT), "the local number stands on the adult's card"
    assert all("phone" not in person for person in shown["people"])


READ: Final = frozenset(
    {"sentence", "label", "title", "hint", "action", "order", "card", "text", "unit", "lines", "end"}
)
"""Keys of a view under which words stand that people read."""


def read(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from read(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from read(inner, key)
    elif isinstance(value, str) and key in READ:
        yield value


@pytest.mark.parametrize("name", STORIES)
def test_people_at_home_read_what_the_order_calls_the_medicine_and_never_units(name: str) -> None:
    story = told(name)
    assert story.course.order is not None
    story.course = replace(story.course, order=replace(story.course.order, form="half lozenge"))

    for role in AT_HOME:
        words = [*read(seen(story, role))]

        assert not [said for said in words if re.search(r"\bunits?\b|[{}]", said)]
        if name == "arriving" and role is Role.SUPPORT:
            assert "How many half lozenges did you count?" in words


@pytest.mark.parametrize("name", STORIES)
def test_the_client_sees_no_alarm_no_check_in_and_no_note(name: str) -> None:
    shown = seen(told(name), Role.CLIENT)
    assert shown["alarms"] == [] and shown["check_ins"] == [] and shown["discharge"] is None
    assert shown["now_check_in"] is None
    if shown["dose"]:
        assert shown["dose"]["units"] == [] and shown["dose"]["presumed"] is False


@pytest.mark.parametrize("name", STORIES)
def test_the_support_person_sees_only_their_own_part(name: str) -> None:
    shown = seen(told(name), Role.SUPPORT)
    assert {part["role"] for one in shown["check_ins"] for part in one["parts"]} <= {"support"}
    assert [one["role"] for one in shown["people"]] == ["client", "therapist"]
    assert not any(one["explain"] for one in shown["check_ins"])
    assert all(gate["gate"] not in ("suicide_screen", "mind_body", "pressure") for gate in shown["gates"])
    discharge = shown["discharge"] or {"reasons": [], "assessments": []}
    assert discharge["reasons"] == [] and discharge["assessments"] == []


@pytest.mark.parametrize("name", STORIES)
def test_who_holds_no_role_may_look_and_do_nothing(name: str) -> None:
    shown = seen(told(name), None)
    assert shown["me"]["acting"] is False
    assert shown["acts"] == [] and shown["next"] is None and shown["duty"]["mine"] is False
    assert not any(gate["form"] or gate["mine"] or gate["decide"] for gate in shown["gates"])
    assert not any(one["form"] or one["explain"] for one in shown["check_ins"])
    assert not any(alarm["may"]["acknowledge"] or alarm["may"]["resolve"] for alarm in shown["alarms"])


def test_a_therapist_who_was_taken_over_from_is_a_guest_and_a_replaced_adult_keeps_the_card() -> None:
    story = Story().dose()
    # As it was recorded before the one who is relieved became the stand-in; or another stand-in has come since.
    story.session = after(story.session, (f.RoleTaken(role=Role.THERAPIST, person=JO, instead_of=ANA),), story.now)
    guest = seen(story, None, ANA)
    assert guest["me"] == {"person": ANA, "name": "Ana Ruiz", "role": "therapist", "acting": False}
    assert guest["acts"] == [] and guest["release"]["may"] is False
    assert seen(story, Role.THERAPIST)["me"]["name"] == "Jo Tran"
    story.do(ANA, c.Say(what="note", note="Still here."))
    story.do("jo", c.ReplaceSupport(person="lou", phone_tested=False))
    old = seen(story, None, BEN)
    assert old["me"]["role"] == "support" and "board" not in old
    assert old["emergency"]["address"] and old["alarms"] == []
    story.wait(minutes(15))
    old = seen(story, None, BEN)
    assert old["now_check_in"] is None and not any(one["form"] for one in old["check_ins"])


# --- gates in the view ------------------------------------------------------------------------------------------------


def of_scene(scene: Scene, role: Role) -> Json:
    return view(scene.session, scene.world, scene.session.roles[role], role, scene.now)


def test_staff_see_the_whole_board_and_what_would_open_it() -> None:
    scene = Scene().answer("lines", Role.THERAPIST, support_phone="silent")
    shown = of_scene(scene, Role.PRESCRIBER)
    assert len(shown["gates"]) == 24 and shown["board"]["shut"] == 1
    row = gate_of(shown, "lines")
    assert row["colour"] == "red" and row["who"] == ["therapist"] and row["action"]
    said = row["answers"][0]
    assert said["name"] == "Ana Ruiz" and "Ben’s phone: Not answered · " in said["text"]
    assert shown["sentence"] == "One gate is shut: Lines."
    assert gate_of(of_scene(scene, Role.THERAPIST), "lines")["mine"] is True
    assert row["mine"] is False


def test_the_client_alone_is_asked_for_a_consent_that_is_missing_or_older_than_the_text() -> None:
    signed_now = of_scene(Scene(), Role.CLIENT)
    older = of_scene(Scene().course(consent=("2025-9", NOON)), Role.CLIENT)
    never = of_scene(Scene().course(consent=None), Role.CLIENT)

    assert signed_now["consent"] is None
    assert (older["consent"]["version"], older["consent"]["again"]) == ("2026-1", True)
    assert (never["consent"]["again"], never["consent"]["booster"]) == (False, False)
    assert all("consent" not in of_scene(Scene().course(consent=None), role) for role in set(Role) - {Role.CLIENT})
    assert seen(Story().dose(), Role.CLIENT)["consent"] is None, "a dosed client is asked nothing (I17)"


def test_the_client_reads_the_prescribers_words_while_the_clearance_holds() -> None:
    story = Story()
    story.on_course(ADA, c.SignClearance(sessions=2, days=30, gap_h=168, states=("CA",), note="Well done."))
    words = seen(story, Role.CLIENT)["words"]
    assert words["by"] == "Dr Ada Okafor" and words["text"].endswith("Well done.")
    story.on_course(ADA, c.SuspendClearance(reason="A new medicine."))
    assert seen(story, Role.CLIENT)["words"] is None


def test_names_stand_in_every_label_and_nothing_is_filled_in() -> None:
    for role in Role:
        for gate in of_scene(Scene(), role)["gates"]:
            for asked in gate["form"]:
                assert "{" not in asked["label"] + asked["hint"]
                assert "value" not in asked


def test_only_the_prescriber_is_asked_to_decide_and_only_amber() -> None:
    scene = Scene().answer("oxygen", Role.THERAPIST, spo2=93)
    asked = of_scene(scene, Role.PRESCRIBER)
    assert [gate["gate"] for gate in asked["gates"] if gate["decide"]] == ["oxygen"]
    assert (asked["next"]["noun"], asked["next"]["subject"]) == ("amber-decisions", "oxygen")
    for role in set(Role) - {Role.PRESCRIBER}:
        assert not any(gate["decide"] for gate in of_scene(scene, role)["gates"])
    scene.decide("oxygen")
    shown = of_scene(scene, Role.THERAPIST)
    assert gate_of(shown, "oxygen")["decided"] == {
        "proceed": True,
        "name": "Dr Ada Okafor",
        "at": scene.now.utc,
        "reason": "because",
    }
    assert shown["board"]["shut"] == 0 and shown["release"]["may"] is True


def test_the_release_says_every_reason_at_once_and_to_the_therapist_alone() -> None:
    scene = Scene().unanswered("room", Role.THERAPIST).answer("oxygen", Role.THERAPIST, spo2=93)
    reasons = of_scene(scene, Role.THERAPIST)["release"]["reasons"]
    assert {"room", "oxygen"} <= {why["code"] for why in reasons}
    told = {why["code"]: (why["sentence"], why["action"]) for why in reasons}
    assert told["room"] == ("Room: You have not answered.", "Answer it."), "which of them is meant"
    for role in set(Role) - {Role.THERAPIST}:
        assert of_scene(scene, role)["release"] == {"may": False, "reasons": [], "given": None, "ended": ""}


def test_at_home_one_question_follows_the_other_and_then_there_is_none() -> None:
    scene = Scene()
    gates = [gate["gate"] for gate in of_scene(scene, Role.CLIENT)["gates"]]
    for gate in gates:
        scene.unanswered(gate, Role.CLIENT)
    for gate in gates:
        assert of_scene(scene, Role.CLIENT)["next"]["subject"] == gate
        scene.answer(gate, Role.CLIENT)
    assert of_scene(scene, Role.CLIENT)["next"] is None
    assert of_scene(scene, Role.CLIENT)["sentence"] == "Not yet. Keep the medicine closed."


def test_a_client_who_is_ill_or_not_fasting_is_not_asked_again_and_not_told_why() -> None:
    scene = Scene().answer("fasting", Role.CLIENT, fluids_at=Scene().now.utc - 5 * MINUTE)
    scene.answer("mind_body", Role.CLIENT, body="mild")
    shown = of_scene(scene, Role.CLIENT)
    assert shown["next"] is None
    assert {gate["colour"] for gate in shown["gates"]} == {"open"}
    assert {gate["sentence"] for gate in shown["gates"]} == {""}


def test_both_are_asked_again_when_their_addresses_differ() -> None:
    scene = Scene().answer("location", Role.SUPPORT, unit="5")
    for role in (Role.CLIENT, Role.SUPPORT):
        shown = of_scene(scene, role)
        assert (shown["next"]["noun"], shown["next"]["subject"]) == ("gate-answers", "location")
        assert gate_of(shown, "location")["sentence"].startswith("The two of you wrote different addresses.")


def test_a_client_is_asked_again_for_what_cannot_be_used_and_the_adult_is_called_you() -> None:
    scene = Scene().answer("second_contact", Role.CLIENT, phone="555 0199")
    shown = of_scene(scene, Role.CLIENT)
    assert shown["next"]["subject"] == "second_contact" and "area code" in shown["next"]["sentence"]
    for role, told_so in ((Role.CLIENT, "the whole address"), (Role.SUPPORT, "You say it again.")):
        scene = Scene().answer("location", role, zip="-")
        assert told_so in gate_of(of_scene(scene, role), "location")["sentence"]


def test_a_view_takes_less_than_ten_milliseconds() -> None:
    """It is made once a second for every page that is open, and after every fact. The median: one collection of what
    seven thousand other tests left behind takes longer than twenty views.
    """
    scene = Scene()
    of_scene(scene, Role.THERAPIST)
    took = []
    for _ in range(21):
        begun = time.process_time()
        of_scene(scene, Role.THERAPIST)
        took.append(time.process_time() - begun)
    assert median(took) < 0.010


def test_the_lobby_is_no_next_step_before_it_is_time_for_it() -> None:
    story = told("scheduled")
    before = story.world.protocol.ms("lobby.opens_before")
    for at, named in ((story.session.appointed - before - 1, False), (story.session.appointed - before, True)):
        story.now = story.now.plus(at - story.now.utc)
        for role in (Role.THERAPIST, Role.DISPATCHER):
            shown = seen(story, role)
            assert (shown["next"] is not None and shown["next"]["noun"] == "lobby") is named
            (lobby,) = [act for act in shown["acts"] if act["noun"] == "lobby"]
            assert (lobby["tone"] == "main") is named and "opens by itself 45 min before" in shown["sentence"]
        (cancel,) = [act for act in seen(story, Role.DISPATCHER)["acts"] if act["noun"] == "cancellation"]
        assert cancel["label"] == "Cancel the session", "never only Cancel: that reads as the way out"


def test_every_act_that_is_offered_is_not_refused_for_its_state_or_role() -> None:
    """I16, and no dead button: what a page shows as an act, the rules take."""
    refused = {"state", "role"}
    bodies: dict[str, Callable[[str], c.Command]] = {
        "lobby": lambda s: c.OpenLobby(),
        "cancellation": lambda s: c.Cancel(reason="x"),
        "take-over": lambda s: c.TakeOver(),
        "test-pages": lambda s: c.AskDuty(role=Role(s)),
        "hand-over": lambda s: c.RecordHandOver(to="Unit 1", reference="", seen="seen"),
        "hand-over-confirmation": lambda s: c.ConfirmHandOver(),
        "early-release": lambda s: c.ReleaseEarly(adult="Ben", reason="x"),
        "signature": lambda s: c.Sign(),
        "support-person": lambda s: c.ReplaceSupport(person="lou", phone_tested=True),
    }
    for name, role in EVERY:
        story = told(name)
        for act in seen(story, role)["acts"]:
            if act["noun"] not in bodies:
                continue
            from telekap.care.decide import decide
            from telekap.care.errors import Refused

            try:
                decide(
                    bodies[act["noun"]](act["subject"]), story.session, story.world, story.actor(ROLES[role]), story.now
                )
            except Refused as no:
                assert not refused & {why.code for why in no.reasons}, (name, role, act["noun"])


# --- the course -------------------------------------------------------------------------------------------------------


def test_the_prescriber_sees_clearance_order_consent_doses_and_what_changed() -> None:
    story = signed()
    shown = course_view(story.course, [story.session], story.world, ADA, story.now)
    assert json.loads(json.dumps(shown)) == shown
    assert shown["mine"] is True and shown["clearance"]["status"] == "active" and shown["clearance"]["used"] == 1
    assert shown["order"]["mg_per_unit"] == 50 and shown["consent"]["current"] is True
    assert [dose["mg"] for dose in shown["doses"]] == [50, 50]
    assert shown["sessions"][0]["mg"] == 100 and shown["sessions"][0]["aftercare"] is True
    assert any("50 mg taken." in change["sentence"] for change in shown["changes"])
    assert course_view(story.course, [story.session], story.world, ANA, story.now)["mine"] is False


def test_a_revoked_clearance_is_red_on_every_staff_page_at_once() -> None:
    story = Story().arrive()
    story.on_course(ADA, c.RevokeClearance(reason="New finding."))
    for role in set(Role) - AT_HOME:
        assert seen(story, role)["course"]["clearance"] == "revoked"
    assert seen(story, Role.CLIENT)["sentence"] == "Not today. You did nothing wrong."


def test_the_adult_who_answered_that_something_is_missing_reads_what_and_is_called_you() -> None:
    scene = Scene().answer("kit", Role.SUPPORT, cuff="no")

    asked = gate_of(of_scene(scene, Role.SUPPORT), "kit")

    (cuff,) = [one for one in asked["form"] if one["name"] == "cuff"]
    assert cuff["hint"].startswith("There is no cuff on the arm. You put it on.")


def test_one_no_beside_the_bed_asks_only_that_one_again_and_an_old_answer_asks_everything() -> None:
    scene = Scene().answer("kit", Role.SUPPORT, bowl="no")
    asked = gate_of(of_scene(scene, Role.SUPPORT), "kit")
    assert asked["kept"] == dict.fromkeys(("spit_cup", "towel", "water", "cuff", "card"), "yes")
    assert [one["name"] for one in asked["form"]] == ["spit_cup", "bowl", "towel", "water", "cuff", "card"]

    well = gate_of(of_scene(Scene(), Role.SUPPORT), "kit")
    assert (well["colour"], well["kept"]) == ("open", {}), "who changes an answer by themselves says all of it"
    late = gate_of(of_scene(scene.later(30 * MINUTE), Role.SUPPORT), "kit")
    assert (late["colour"], late["kept"]) == ("ask", {}), "nothing counts longer than it was looked at"
