"""What a reading names, and what a gate makes of papers, questions and two words about one address."""

import pytest

from telekap.care.finding import Colour
from telekap.care.gates import GATES, attested_reds
from telekap.care.instant import DAY, HOUR, MINUTE
from telekap.care.people import Role
from telekap.care.session import Call
from telekap.care.states import OPEN, State
from telekap.care.world import KnownDose, OtherSession
from tests.care.shut_boards import ASKED, SYSTEM, S, T, dispatch_of
from tests.care.well_board import NOON, PEOPLE, Scene

AMBERS = [key for key, (_, colour) in SYSTEM.items() if colour is Colour.AMBER and key[0] != "emergency_numbers"]


def test_i5_a_number_of_the_county_that_was_checked_again_is_another_reading() -> None:
    readings = {
        dispatch_of(Scene(), county_only=True, checked=NOON.plus(-ago * DAY)).of("emergency_numbers").reading
        for ago in (1, 2, 3)
    }

    assert len(readings) == 3


@pytest.mark.parametrize(
    ("who", "what", "opens"),
    [(T, "answered", True), (T, "note", False), (S, "answered", False), (Role.PRESCRIBER, "answered", True)],
)
def test_a_question_is_answered_by_who_treats_and_by_nothing_else_they_say(who: Role, what: str, opens: bool) -> None:
    later = Call(501, what, who, PEOPLE[who].id, NOON)

    asked = Scene().put(calls=(ASKED,))
    said = Scene().put(calls=(ASKED, later))

    assert asked.shut() and (said.shut() == set()) is opens


def test_an_answer_that_was_red_waits_once_it_is_stale() -> None:
    scene = Scene().answer("fasting", Role.CLIENT, food_at=NOON.utc - 3 * HOUR)
    assert scene.of("fasting").colour is Colour.RED

    scene.now = NOON.plus(30 * MINUTE)

    assert scene.of("fasting").colour is Colour.SHUT


@pytest.mark.parametrize("state", State)
def test_an_adult_with_another_client_is_free_again_when_that_session_is_over(state: State) -> None:
    other = OtherSession("other", state, "noor", "max", "ben", NOON.utc)

    assert Scene().outside(others=(other,)).of("support_person").open is (state not in OPEN)


@pytest.mark.parametrize("role", [Role.STANDIN, Role.DISPATCHER])
def test_i5_a_duty_that_was_acknowledged_anew_is_another_reading(role: Role) -> None:
    scene = Scene().later(MINUTE)
    person, _ = scene.session.duty[role]
    before = scene.of("standin_dispatcher").reading

    again = scene.put(duty={**scene.session.duty, role: (person, scene.now)})

    assert again.of("standin_dispatcher").open and again.of("standin_dispatcher").reading != before


@pytest.mark.parametrize(("gate", "what"), AMBERS)
def test_i5_what_is_amber_is_another_reading_than_what_was_well(gate: str, what: str) -> None:
    change, _ = SYSTEM[gate, what]

    assert change(Scene()).of(gate).reading != Scene().of(gate).reading


@pytest.mark.parametrize(
    "other",
    [Scene().clearance(id="another"), dispatch_of(Scene(), checked=NOON.plus(-2 * DAY))],
    ids=["clearance", "dispatch number"],
)
def test_another_paper_is_another_board_though_every_gate_is_as_green(other: Scene) -> None:
    assert other.board().open
    assert other.board().digest != Scene().board().digest


@pytest.mark.parametrize("what", [what for gate, what in SYSTEM if gate == "last_session"])
def test_what_the_last_session_left_open_is_final_but_what_the_prescriber_looks_at_today_is_not(what: str) -> None:
    change, colour = SYSTEM["last_session", what]

    found = change(Scene()).of("last_session")

    assert found.final is (colour is Colour.RED and what != "the course review due")


@pytest.mark.parametrize(("signed_days_ago", "is_open"), [(1, True), (10, True), (11, False)])
def test_after_a_pause_of_90_days_only_a_clearance_signed_since_opens(signed_days_ago: int, is_open: bool) -> None:
    # The last unit was 100 days ago, so the pause was over ten days ago.
    scene = Scene().course(doses=(KnownDose("old", NOON.utc - 100 * DAY, 100),))

    assert (scene.clearance(signed=NOON.plus(-signed_days_ago * DAY)).of("clearance").colour is Colour.GREEN) is is_open


@pytest.mark.parametrize(
    "said",
    [{"street": "12 Oak Street"}, {"unit": "5"}, {"city": "Oakland"}, {"state": "NV"}, {"zip": "94601"}],
    ids=lambda said: next(iter(said)),
)
def test_each_part_of_an_address_alone_keeps_the_gate_shut_when_two_say_it_differently(said: dict[str, str]) -> None:
    found = Scene().answer("location", S, **said).of("location")

    assert found.colour is Colour.RED and found.disagree


def test_a_therapist_without_a_licence_where_the_client_is_stands_at_their_own_gate_too() -> None:
    found = Scene().person(T, licensed=frozenset({"NV:2029-12-31", "DEA:2029-12-31"})).of("therapist")

    assert found.colour is Colour.RED and "no licence in CA" in found.sentence


@pytest.mark.parametrize(
    ("therapist", "appointed", "is_open"),
    [("ana", 30 * MINUTE, False), ("max", 30 * MINUTE, True), ("ana", -2 * DAY, True)],
    ids=["of the same", "of another", "long past"],
)
def test_only_a_coming_session_of_the_same_therapist_is_in_the_way(
    therapist: str, appointed: int, is_open: bool
) -> None:
    coming = OtherSession("other", State.SCHEDULED, "noor", therapist, "eli", NOON.utc + appointed)

    assert Scene().outside(others=(coming,)).of("therapist").open is is_open


@pytest.mark.parametrize(("after", "is_open"), [(0, True), (1, False)])
def test_the_therapists_gate_says_when_the_code_is_too_old(after: int, is_open: bool) -> None:
    ends = Scene().outside(second_factor={T: NOON.plus(-59 * MINUTE)}).of("therapist").shuts
    assert ends is not None

    scene = Scene().outside(second_factor={T: NOON.plus(-59 * MINUTE)})
    scene.now = ends.plus(after - 1)
    scene = scene.answer("therapist", T)

    assert scene.of("therapist").open is is_open


@pytest.mark.parametrize("figure", ["sbp", "dbp", "hr"])
@pytest.mark.parametrize("value", [1, 399])
def test_a_pressure_no_device_shows_waits_for_another(figure: str, value: int) -> None:
    found = Scene().answer("pressure", T, **{f"{figure}2": value}).of("pressure")

    assert found.colour is Colour.SHUT and "not usable" in found.sentence


def test_two_who_read_different_lots_disagree() -> None:
    found = Scene().answer("medicine", S, lot="another").of("medicine")

    assert found.colour is Colour.RED and found.disagree


@pytest.mark.parametrize("who", [Role.CLIENT, S])
def test_an_address_nobody_has_said_yet_is_asked_for(who: Role) -> None:
    found = Scene().unanswered("location", who).of("location")

    assert found.colour is Colour.SHUT and "has not answered" in found.sentence


def test_a_number_of_the_county_is_checked_again_after_90_days() -> None:
    found = dispatch_of(Scene(), county_only=True, checked=NOON.plus(-89 * DAY)).of("emergency_numbers")

    assert found.shuts is not None and DAY <= found.shuts.utc - NOON.utc <= DAY + 1


@pytest.mark.parametrize("gate", [row.name for row in GATES if row.forms])
def test_i5_a_reading_names_each_answer_it_stands_on_and_nothing_empty(gate: str) -> None:
    scene = Scene()

    named = scene.of(gate).reading.removeprefix(f"{gate}/").split("+")

    assert "" not in named and {str(one.n) for one in scene.session.answers if one.gate == gate} <= {*named}


@pytest.mark.parametrize(("gate", "said"), [("medicines", {"alcohol": "yes"}), ("mind_body", {"pressed": "yes"})])
def test_i20_what_an_answer_to_another_gate_says_by_the_same_name_is_no_red_of_this_one(
    gate: str, said: dict[str, str]
) -> None:
    scene = Scene().answer("location", Role.CLIENT, **said)

    assert attested_reds(scene.session, scene.world) == () and scene.of(gate).colour is Colour.GREEN
