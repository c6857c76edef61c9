"""What is asked of somebody who is written down as staff, about licences."""

import pytest

from telekap.record.newcomers import Newcomer, problems


def of(role: str, *licensed: str) -> tuple[str, ...]:
    return problems(Newcomer("ada", "Dr Ada Okafor", "+15550105", (role,), licensed, "America/Los_Angeles"))


@pytest.mark.parametrize("entry", ["CA", "CA:2027-13-01", "California:2027-06-30"])
def test_a_licence_is_written_down_with_its_last_day(entry: str) -> None:
    (said,) = of("therapist", entry)

    assert said.endswith("a state in two letters and its last day, as CA:2027-06-30.")


def test_a_prescriber_is_written_down_with_the_last_day_of_the_registration() -> None:
    (said,) = of("prescriber", "CA:2027-06-30")

    assert "DEA" in said
    assert of("prescriber", "ca:2027-06-30", "dea:2027-06-30") == ()
    assert of("therapist", "CA:2027-06-30") == ()


def test_an_entry_is_kept_in_capitals() -> None:
    typed = Newcomer("ada", "Dr Ada Okafor", "+15550105", ("prescriber",), ("ca:2027-06-30", "dea:2027-06-30"), "UTC")

    assert typed.person("p").licensed == {"CA:2027-06-30", "DEA:2027-06-30"}
