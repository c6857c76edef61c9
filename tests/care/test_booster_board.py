"""The rows of the later unit's board: what counts as seen just now, and when each shuts by itself."""

from collections.abc import Iterator
from typing import Any

import pytest

from telekap.care import booster
from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.booster import BOARD, Row, rows
from telekap.care.finding import Look, Part
from telekap.care.later_readings import GREEN_AT_THE_GATE
from telekap.care.later_units import is_booster, next_units
from telekap.care.people import Role
from tests.care.later_unit import READING, dosed, ready, shut
from tests.cast import ADA, ANA, BEN, SAM, Story, minutes


@pytest.mark.parametrize("code", ["window", "response", "pressure", "oxygen", "support"])
def test_a_row_says_the_very_moment_at_which_it_shuts_by_itself(code: str) -> None:
    story = ready()
    ends = next(row.part.shuts for row in rows(story.session, story.world, story.now) if row.code == code)
    assert ends is not None

    story.now = story.now.plus(ends.utc - 1 - story.now.utc)
    before = shut(story)
    story.now = story.now.plus(1)

    assert code not in before and code in shut(story)


LOOKS = {
    "with the right code": ({}, 0, True),
    "with a wrong code": ({"code": "no"}, 0, False),
    "that cannot see the code": ({"code": None, "cannot_see": True}, 0, False),
    "that says nothing of the breathing": ({"breathing": None}, 0, False),
    "of two minutes ago": ({}, minutes(2), False),
}


@pytest.mark.parametrize("look", LOOKS)
def test_the_support_person_is_seen_by_a_whole_live_look_in_with_the_right_code(look: str) -> None:
    changes, ago, counts = LOOKS[look]
    story = dosed().watched(44)
    story.wait(minutes(1))
    assert "support" in shut(story)

    values = {
        name: value for name, value in {**story.well("t45", Role.SUPPORT), **changes}.items() if value is not None
    }
    story.do(BEN, c.CheckIn(check_in="t45", values=values, said_at=story.now.utc - ago if ago else None))

    assert ("support" not in shut(story)) is counts


@pytest.mark.parametrize(("ago", "open_"), [(0, True), (minutes(3), False)])
def test_the_client_is_seen_wide_awake_by_a_live_look_and_not_by_one_written_down_later(ago: int, open_: bool) -> None:
    story = dosed().watched(29)
    story.wait(minutes(6))  # what was seen before is older than five minutes
    assert "response" in shut(story)

    values = story.well("t30", Role.THERAPIST)
    story.do(ANA, c.CheckIn(check_in="t30", values=values, said_at=story.now.utc - ago if ago else None))

    assert ("response" not in shut(story)) is open_


def test_what_the_therapist_sees_of_the_client_is_no_sight_of_the_support_person() -> None:
    story = dosed().watched(44)
    story.wait(minutes(1))

    story.reads("t45")

    assert "support" in shut(story)


def test_a_newer_reading_of_one_figure_hides_none_of_the_others() -> None:
    story = ready()

    story.do(ANA, c.TakeReading(values={"spo2": 97}))

    assert not shut(story)


def test_a_reading_that_cannot_be_believed_hides_none_that_can() -> None:
    story = ready()

    story.do(ANA, c.TakeReading(values={"spo2": 40}))

    assert "oxygen" not in shut(story)


def test_where_something_else_is_looked_at_no_oxygen_is_asked_for() -> None:
    story = dosed().watched(36)
    without = {name: value for name, value in READING.items() if name != "spo2"}
    story.do(ANA, c.TakeReading(values=without))
    assert "oxygen" in shut(story)

    story.do(
        ADA,
        c.DecideCare(
            matter="could_not_measure", choice="substitute", subject="spo2", instead="Colour, breaths", reason="r"
        ),
    )

    assert "oxygen" not in shut(story)


def test_a_row_that_cannot_be_worked_out_is_shut() -> None:
    def breaks(look: Look) -> Iterator[Part]:
        raise KeyError("a form of another age")

    story = ready()
    (found,) = rows(story.session, story.world, story.now, (Row("new", "New", breaks),))

    assert not found.open


@pytest.mark.parametrize(
    ("changes", "next_ones"),
    [({}, (5, 6)), ({"booster_units": 1}, ()), ({"mg_per_unit": 14}, ())],
    ids=["the same", "one unit less", "less in each"],
)
def test_a_newer_order_that_says_less_switches_the_booster_off(
    changes: dict[str, float], next_ones: tuple[int, ...]
) -> None:
    ordered: dict[str, Any] = {"form": "lozenge", "mg_per_unit": 15, "units": 4, "booster_units": 2, "hold_min": 12}
    story = Story()
    story.on_course(ADA, c.SignOrder(**ordered))
    story.on_course(SAM, c.SignConsent(version="2026-1", booster=True))
    story.release()
    story.do(SAM, c.Taken(units=(1, 2, 3, 4)))

    story.on_course(ADA, c.SignOrder(**{**ordered, **changes}))

    assert next_units(story.session, story.world) == next_ones
    assert is_booster(story.session, story.world) is bool(next_ones)


NEWER = {
    "sbp": {"sbp": 150, "dbp": 84},
    "dbp": {"sbp": 130, "dbp": 92},
    "hr": {"hr": 104},
    "spo2": {"spo2": 94},
    "moaas": {"moaas": "4"},
}
ROW_OF = {"sbp": "pressure", "dbp": "pressure", "hr": "pressure", "spo2": "oxygen", "moaas": "response"}


@pytest.mark.parametrize("late", [False, True], ids=["live", "written down later"])
@pytest.mark.parametrize("person", [ANA, BEN, SAM])
@pytest.mark.parametrize("figure", NEWER)
def test_whatever_is_said_since_of_one_figure_shuts_its_row_whoever_says_it(
    figure: str, person: str, late: bool
) -> None:
    story = ready()
    story.wait(minutes(2))

    said_at = story.now.utc - minutes(1.5) if late else None
    story.do(person, c.TakeReading(values=NEWER[figure], said_at=said_at))

    assert ROW_OF[figure] in shut(story)


@pytest.mark.parametrize("person", [ANA, BEN, ADA])
def test_a_reading_by_anybody_but_the_client_opens_the_rows(person: str) -> None:
    story = dosed().watched(29)
    story.wait(minutes(6))

    story.do(person, c.TakeReading(values=READING))

    assert not {"response", "pressure", "oxygen"} & shut(story)


def test_a_dosed_client_answers_for_nothing_on_the_board_of_a_later_unit() -> None:
    story = dosed().watched(29)
    story.wait(minutes(6))

    story.do(SAM, c.TakeReading(values=READING))

    assert {"response", "pressure", "oxygen"} <= shut(story)


@pytest.mark.parametrize("wrong", [{"spo2": 104}, {"sbp": 80, "dbp": 80}])
def test_figures_of_a_check_in_that_no_device_shows_open_no_row(wrong: dict[str, int]) -> None:
    story = dosed().watched(39)
    story.wait(minutes(1))
    assert {"pressure", "oxygen"} <= shut(story)

    story.reads("t40", **wrong)

    assert {"pressure", "oxygen"} <= shut(story)


@pytest.mark.parametrize("cause", ["lapsed", "recalled", "ended", *(row.code for row in BOARD)])
def test_the_end_of_a_permission_says_why_in_a_sentence(cause: str) -> None:
    story = ready()

    end = booster.ended(story.session, story.world, story.now, (cause,))

    assert isinstance(end, f.BoosterEnded)
    said = end.sentence
    assert said[0].isupper() and said.endswith(".") and "{" not in said


@pytest.mark.parametrize("figure", NEWER)
def test_what_was_seen_before_a_whole_new_reading_shuts_nothing_any_more(figure: str) -> None:
    story = dosed().watched(31)
    story.do(ANA, c.TakeReading(values={**READING, **NEWER[figure]}))

    story.do(ANA, c.TakeReading(values=READING))

    assert ROW_OF[figure] not in shut(story)


@pytest.mark.parametrize(("how", "opens"), [("video", True), ("phone", False)])
def test_the_support_person_is_seen_and_not_only_heard(how: str, opens: bool) -> None:
    story = dosed().watched(29)
    story.wait(minutes(6))
    assert "support" in shut(story)

    story.do(ANA, c.SeeSupport(how=how))

    assert ("support" not in shut(story)) is opens


def test_a_call_after_being_seen_takes_nothing_back() -> None:
    story = ready()

    story.do(ANA, c.SeeSupport(how="phone"))

    assert "support" not in shut(story)


def test_the_figures_of_a_pressure_are_those_of_the_gate() -> None:
    assert set(GREEN_AT_THE_GATE) == {"sbp", "dbp", "hr"}


@pytest.mark.parametrize("dbp", [90, 89.5])
def test_a_lower_pressure_above_the_green_of_the_gate_shuts_the_row(dbp: float) -> None:
    story = ready()

    story.do(ANA, c.TakeReading(values={**READING, "dbp": dbp}))

    assert "pressure" in shut(story)
