"""Every limit of a gate: one step below, at it, one step above; and what time alone does."""

from dataclasses import replace
from datetime import date

import pytest

from telekap.care import protocol
from telekap.care.finding import Colour
from telekap.care.instant import HOUR, Instant
from telekap.care.jurisdiction import Rule, ends, ends_of
from telekap.care.people import Role
from telekap.care.session import State
from telekap.care.world import KnownDose, OtherSession
from tests.care.well_board import DUTIES, NOON, SHIPPED, Scene, minutes

T, C, S = Role.THERAPIST, Role.CLIENT, Role.SUPPORT
GREEN, AMBER, SHUT, RED = Colour.GREEN, Colour.AMBER, Colour.SHUT, Colour.RED


@pytest.mark.parametrize(
    ("spo2", "colour", "final"),
    [
        (50, RED, True),
        (91, RED, True),
        (91.9, RED, True),
        (92, AMBER, False),
        (94, AMBER, False),
        (94.9, AMBER, False),
        (95, GREEN, False),
        (100, GREEN, False),
        (49, SHUT, False),
        (100.5, SHUT, False),
    ],
)
def test_oxygen_limits(spo2: float, colour: Colour, final: bool) -> None:
    found = Scene().answer("oxygen", T, spo2=spo2).of("oxygen")
    assert (found.colour, found.final, found.danger) == (colour, final, final)


@pytest.mark.parametrize(
    ("food_h", "fluids_h", "colour"),
    [
        (6, 2, GREEN),
        (6 - 1 / 3600_000, 2, AMBER),
        (4, 2, AMBER),
        (4 - 1 / 3600_000, 2, RED),
        (6, 2 - 1 / 3600_000, RED),
        (-1, 3, RED),
        (7, -1, RED),
    ],
)
def test_fasting_is_computed_at_the_moment_of_looking(food_h: float, fluids_h: float, colour: Colour) -> None:
    food, fluids = (NOON.utc - round(hours * HOUR) for hours in (food_h, fluids_h))
    assert Scene().answer("fasting", C, food_at=food, fluids_at=fluids).of("fasting").colour is colour


def test_fasting_opens_by_itself_when_enough_time_has_passed() -> None:
    scene = Scene().answer("fasting", C, food_at=NOON.utc - 6 * HOUR + minutes(10))
    assert scene.of("fasting").colour is AMBER
    scene.later(minutes(10))
    assert scene.of("fasting").colour is GREEN
    assert not scene.of("fasting").final


@pytest.mark.parametrize(("hours", "colour"), [(168, GREEN), (168 - 1 / 3600_000, RED), (0, RED)])
def test_interval_counts_hours_in_utc_from_the_last_unit(hours: float, colour: Colour) -> None:
    doses = (KnownDose("older", NOON.utc - 400 * HOUR, 100), KnownDose("old", NOON.utc - round(hours * HOUR), None))
    found = Scene().course(doses=doses).of("interval")
    assert (found.colour, found.final) == (colour, colour is RED)


@pytest.mark.parametrize(("gap_h", "passed_h", "colour"), [(24, 71, RED), (24, 72, GREEN), (336, 335, RED)])
def test_no_clearance_brings_the_interval_below_72_hours(gap_h: int, passed_h: int, colour: Colour) -> None:
    scene = Scene().clearance(gap_h=gap_h).course(doses=(KnownDose("old", NOON.utc - passed_h * HOUR, 50),))
    scene.clearance(gap_h=gap_h)
    assert scene.of("interval").colour is colour


def test_this_sessions_own_dose_is_not_its_own_earlier_one() -> None:
    """The board is stored again at T0: the dose of this session must not shut it."""
    scene = Scene().course(doses=(KnownDose("session", NOON.utc, 100),), dosed_sessions=("session",))
    assert scene.clearance(used=2).board().open


@pytest.mark.parametrize(("covered", "is_open"), [(0, True), (3, True), (4, False), (5, False)])
def test_one_prescriber_has_at_most_four_dosed_clients(covered: int, is_open: bool) -> None:
    assert Scene().outside(covered=covered).board().open is is_open


@pytest.mark.parametrize(
    ("after_ms", "booster", "is_open"),
    [
        # Free to release + 10 min + 180 min of cover, 225 with a booster; the other lobby opens 45 min before.
        (minutes(190 + 45) - 1, 0, False),
        (minutes(190 + 45), 0, True),
        (minutes(190 + 45), 1, False),
        (minutes(235 + 45), 1, True),
    ],
)
def test_a_therapist_is_free_until_everybody_is_safe(after_ms: int, booster: int, is_open: bool) -> None:
    scene = Scene()
    order = scene.world.course.order
    assert order is not None
    scene.outside(others=(OtherSession("next", State.SCHEDULED, "noor", "ana", "", NOON.utc + after_ms),))

    assert scene.course(order=replace(order, booster_units=booster)).of("therapist").open is is_open


@pytest.mark.parametrize("role", DUTIES)
@pytest.mark.parametrize(("ago_ms", "is_open"), [(minutes(60), True), (minutes(60) + 1, False), (0, True)])
def test_a_duty_is_fresh_for_60_minutes(role: Role, ago_ms: int, is_open: bool) -> None:
    scene = Scene()
    at = NOON.plus(-ago_ms)
    scene.put(duty_asked=dict.fromkeys(DUTIES, at), duty={**scene.session.duty, role: (scene.session.roles[role], at)})
    assert scene.board().open is is_open


@pytest.mark.parametrize(
    ("gate", "limit_ms"),
    [("watch", minutes(10)), ("therapist", minutes(60)), ("cycle", 10_000), ("witness", 60_000)],
)
def test_what_the_system_knows_counts_up_to_its_age_and_not_beyond(gate: str, limit_ms: int) -> None:
    def aged(ms: int) -> Scene:
        at, scene = NOON.plus(-ms), Scene()
        return {
            "watch": lambda: scene.put(canary_heard={T: at}),
            "therapist": lambda: scene.outside(second_factor={T: at}),
            "cycle": lambda: scene.watch(cycle=at),
            "witness": lambda: scene.watch(witness_asked=at),
        }[gate]()

    assert aged(limit_ms - 1).board().open
    assert aged(limit_ms).board().open
    assert not aged(limit_ms + 1).board().open


@pytest.mark.parametrize(("step", "is_open"), [(2_000, True), (-2_000, True), (2_001, False), (-2_001, False)])
def test_two_clocks_may_differ_by_two_seconds(step: int, is_open: bool) -> None:
    assert Scene().watch(clock_step=step).board().open is is_open


@pytest.mark.parametrize(("age", "is_open"), [(0, True), (9_999, True), (10_000, True), (10_001, False)])
def test_a_picture_is_lost_after_ten_seconds_and_the_gate_says_when(age: int, is_open: bool) -> None:
    scene = Scene().sees(C, "in", "stopped", NOON.utc - age)
    assert scene.board().open is is_open
    if is_open:
        shuts = scene.of("lines").shuts
        assert shuts is not None and shuts.utc == NOON.utc - age + 10_001


def test_what_only_a_prescriber_decides_names_nobody_else() -> None:
    due = tuple(f"s{n}" for n in range(6))
    settled = frozenset({(one, what) for one in due for what in ("integration", "next_day")})
    found = Scene().course(dosed_sessions=due, settled=settled).of("last_session")

    assert found.colour is RED and found.who == (Role.PRESCRIBER,)


@pytest.mark.parametrize(
    ("record", "said"),
    [("low", "nearly full"), ("full", "nothing is recorded"), ("restored", "backup"), ("maybe", "nothing is recorded")],
)
def test_what_is_wrong_with_the_record_is_said(record: str, said: str) -> None:
    assert said in Scene().watch(record=record).of("watch").sentence


def test_the_dose_that_makes_the_course_review_due_is_not_its_own_obstacle() -> None:
    before = tuple(f"s{n}" for n in range(5))
    settled = frozenset({(one, what) for one in before for what in ("integration", "next_day")})
    scene = Scene().course(dosed_sessions=(*before, "session"), settled=settled)

    assert scene.of("last_session").colour is GREEN


@pytest.mark.parametrize(
    ("federal", "own", "ends_on"),
    [
        ((date(2026, 12, 31),), (), date(2026, 12, 31)),
        ((date(2026, 12, 31),), (date(2026, 7, 31),), date(2026, 7, 31)),
        ((date(2026, 6, 30),), (date(2026, 7, 31),), date(2026, 6, 30)),
        ((date(2026, 6, 30), date(2026, 9, 30)), (), date(2026, 9, 30)),  # of two rules of one place the longer holds
    ],
)
def test_what_is_allowed_ends_with_the_first_place_that_no_longer_allows_it(
    federal: tuple[date, ...], own: tuple[date, ...], ends_on: date
) -> None:
    rules = tuple(Rule("US", True, date(2026, 1, 1), until, "waiver") for until in federal)
    rules += tuple(Rule("CA", True, date(2026, 1, 1), until, "own") for until in own)

    assert ends(rules, "CA", NOON.utc) == ends_of(ends_on)
    assert ends(rules, "CA", ends_of(ends_on)) is None


def test_a_state_with_a_rule_of_its_own_in_force_allows_a_dose() -> None:
    scene = Scene()
    own = Rule("CA", True, date(2026, 1, 1), date(2026, 12, 31), "own")
    found = replace(scene.world.protocol, jurisdiction=(*scene.world.protocol.jurisdiction, own))

    assert scene.outside(protocol=found).put(protocol=found.digest).of("clearance").colour is GREEN


def _heavy(scene: Scene) -> Scene:
    """100 mg for a client of 33 kg: more than one prescriber may order alone."""
    return scene.course(weight=(33.3, NOON))


def test_above_three_milligrams_a_kilogram_the_second_prescribers_signature_opens_the_clearance() -> None:
    assert _heavy(Scene()).of("clearance").colour is RED
    assert _heavy(Scene()).course(cosigned=frozenset({"order"})).of("clearance").colour is GREEN


@pytest.mark.parametrize(("moment", "is_open"), [(-1, True), (0, False)])
def test_the_clearance_ends_at_its_very_millisecond(moment: int, is_open: bool) -> None:
    scene = Scene().clearance(until=NOON.utc - moment)
    assert scene.board().open is is_open


def test_the_federal_waiver_ends_at_the_earliest_end_of_its_day() -> None:
    """31 December is over in Kiribati (UTC+14) at 10:00 UTC of that day."""
    ends = ends_of(date(2026, 12, 31))
    assert ends == 1_798_711_200_000
    scene = Scene().clearance(until=ends + HOUR)
    scene.course(weight=(72, Instant(ends, 1, "b")))
    assert scene.of("clearance").colour is GREEN
    scene.now = Instant(ends - 1, 1, "b")
    assert scene.of("clearance").colour is GREEN
    scene.now = Instant(ends, 1, "b")
    assert scene.of("clearance").colour is RED


@pytest.mark.parametrize(("gate", "final"), [("suspended", True), ("revoked", True), ("active", False)])
def test_a_clearance_taken_back_is_final_and_one_run_out_is_not(gate: str, final: bool) -> None:
    assert Scene().clearance(status=gate, until=NOON.utc).of("clearance").final is final


FINAL = {
    ("identity", T, "face", "mismatch"): False,
    ("consent", C, "affirm", "no"): False,
    ("medicines", C, "alcohol", "yes"): False,
    ("medicines", C, "opioid", "yes"): False,
    ("medicines", S, "intoxicated", "yes"): True,
    ("suicide_screen", T, "q3", "yes"): True,
    ("suicide_screen", T, "q4", "yes"): True,
    ("suicide_screen", T, "q5", "yes"): True,
    ("suicide_screen", T, "q6", "yes"): True,
    ("mind_body", T, "mind", "psychosis"): True,
    ("mind_body", C, "body", "chest"): True,
    ("mind_body", C, "body", "headache"): True,
    ("mind_body", C, "pregnant", "yes"): False,
    ("mind_body", T, "pressed", "yes"): False,
}


@pytest.mark.parametrize(("gate", "role", "name", "value"), FINAL)
def test_final_reds_and_which_of_them_are_a_danger(gate: str, role: Role, name: str, value: str) -> None:
    found = Scene().answer(gate, role, **{name: value}).of(gate)
    assert found.final and found.colour is RED
    assert found.danger is FINAL[gate, role, name, value]


@pytest.mark.parametrize("name", ["q1", "q2"])
def test_a_wish_without_a_plan_is_the_prescribers_to_decide(name: str) -> None:
    found = Scene().answer("suicide_screen", T, **{name: "yes"}).of("suicide_screen")
    assert (found.colour, found.final, found.danger) == (AMBER, False, False)


def test_reds_that_can_be_put_right_are_not_final() -> None:
    for gate, role, name, value in (
        ("kit", S, "bowl", "no"),
        ("room", T, "clear", "no"),
        ("lines", T, "support_phone", "silent"),
        ("medicine", T, "label", "mismatch"),
        ("support_person", T, "seen", "no"),
        ("location", T, "place", "water"),
    ):
        found = Scene().answer(gate, role, **{name: value}).of(gate)
        assert found.colour is RED and not found.final
        assert Scene().answer(gate, role, **{name: value}).answer(gate, role).board().open


# --- the strictest protocol opens nothing more ----------------------------------------------------------------------


def test_under_an_empty_protocol_no_board_is_ever_open() -> None:
    empty = protocol.parse("")
    scene = Scene().outside(protocol=empty).put(protocol=empty.digest)
    assert not scene.board().open
    assert {"clearance", "consent"} <= scene.shut()


def test_a_stricter_figure_of_the_clinic_is_obeyed() -> None:
    own = protocol.parse(SHIPPED.replace("sbp_green_high = { value = 140", "sbp_green_high = { value = 115"))
    scene = Scene().outside(protocol=own).put(protocol=own.digest)
    assert scene.of("pressure").colour is AMBER


def test_a_session_of_somebody_else_does_not_matter() -> None:
    others = (OtherSession("other", State.DOSED, "noor", "jo", "eli", NOON.utc),)
    assert Scene().outside(others=others).board().open
    mine = (OtherSession("session", State.ARRIVING, "sam", "ana", "ben", NOON.utc),)
    assert Scene().outside(others=mine).board().open
