"""Licences and registrations with their last day: one second before its end they permit, at its end they do not."""

from datetime import UTC, datetime

import pytest

from telekap.care import licences
from telekap.care.instant import HOUR, MINUTE
from telekap.care.people import Person, Role
from tests.care.well_board import NOON, Scene
from tests.cast import ADA, ZONE

LAST_DAY = datetime(2026, 11, 23, tzinfo=UTC)
END = int(LAST_DAY.timestamp() * 1_000) + 10 * HOUR
"""Of 23 November in the first place on earth, Kiritimati (UTC+14)."""


def holder(*entries: str) -> Person:
    return Person(ADA, "Dr Ada Okafor", "+15550105", ZONE, frozenset(entries))


@pytest.mark.parametrize(("utc", "held"), [(END - 1, True), (END, False)])
def test_a_licence_ends_when_its_last_day_has_ended_anywhere(utc: int, held: bool) -> None:
    assert licences.holds(holder("CA:2026-11-23"), "CA", utc) is held
    assert licences.lacking(holder("CA:2026-11-23"), ("CA",), utc) == (() if held else ("CA",))


@pytest.mark.parametrize("text", ["CA", "CA:", "CA:2026-13-01", "ca:2026-11-23", "CAL:2026-11-23", "CA 2026-11-23", ""])
def test_what_names_no_last_day_is_no_licence(text: str) -> None:
    assert not licences.holds(holder(text), "CA", 0)
    with pytest.raises(ValueError):
        licences.entry(text)


def test_of_two_entries_for_one_state_the_later_counts() -> None:
    assert licences.ends(holder("CA:2026-11-23", "CA:2026-11-24"), "CA") == END + 24 * HOUR


@pytest.mark.parametrize("gate", ["clearance", "location"])
def test_a_gate_shuts_by_itself_at_the_moment_a_licence_ends(gate: str) -> None:
    scene = Scene()
    end = licences.entry("CA:2026-06-01")[1]
    scene.later(end - MINUTE - NOON.utc)
    for role, person in scene.session.roles.items():
        if person in ("ana", "ada"):
            scene.person(role, licensed=frozenset({"CA:2026-06-01", "DEA:2029-12-31"}))
    for role in (Role.CLIENT, Role.SUPPORT, Role.THERAPIST):
        scene.answer("location", role)

    assert scene.of(gate).open and scene.of(gate).shuts == scene.now.plus(MINUTE)
    scene.later(MINUTE)
    assert not scene.of(gate).open
