"""The hour at a place, as a page is told it."""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from telekap.care.calendar import hours

DAY: Final = 86_400_000
HOUR: Final = 3_600_000


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp()) * 1_000


def test_the_night_the_clocks_change_is_told_to_the_minute() -> None:
    change = utc(2026, 3, 8, 10)  # 02:00 PST becomes 03:00 PDT
    told = hours("America/Los_Angeles", utc(2026, 3, 7, 21, 20))
    back = utc(2025, 11, 2, 9)  # 02:00 PDT becomes 01:00 PST
    (summer, *others) = told
    assert summer[1:] == (back, -7 * HOUR, "PDT")
    assert [one[0] for one in others] == [back, change]
    assert [one[2:] for one in others] == [(-8 * HOUR, "PST"), (-7 * HOUR, "PDT")]
    assert others[0][1] == change


def test_it_reaches_to_the_signatures_and_last_days_of_half_a_year_around() -> None:
    appointed = utc(2026, 3, 7, 21, 20)
    told = hours("America/Los_Angeles", appointed)
    assert told[0][0] <= appointed - 200 * DAY
    assert told[-1][1] >= appointed + 200 * DAY


def test_where_nothing_changes_one_line_tells_it() -> None:
    assert [one[2:] for one in hours("America/Phoenix", utc(2026, 3, 8))] == [(-7 * HOUR, "MST")]


@pytest.mark.parametrize(
    ("zone", "name"), [("America/Sao_Paulo", "GMT-3"), ("Asia/Kathmandu", "GMT+5:45"), ("UTC", "UTC")]
)
def test_a_zone_without_letters_is_named_by_how_far_it_is(zone: str, name: str) -> None:
    assert [one[3] for one in hours(zone, utc(2026, 7, 1))] == [name]


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "America/St_Johns"])
def test_every_quarter_of_an_hour_of_two_years_is_as_the_zone_has_it(zone: str) -> None:
    place = ZoneInfo(zone)
    for start in range(utc(2025, 11, 1), utc(2027, 11, 1), 200 * DAY):
        for since, until, ahead, _ in hours(zone, start):
            for at in (*range(since, until, HOUR // 4), until - 1):
                there = datetime.fromtimestamp(at / 1_000, UTC).astimezone(place)
                assert there.utcoffset() == timedelta(milliseconds=ahead), there
