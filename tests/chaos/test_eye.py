"""What the eye of the kills must not miss: it is the only one that knows how late a deadline was."""

import threading
import time
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from telekap.record.sqlite_engine import sqlite
from tests.chaos.house import Eye, House, Row

ROW = ("s1", "alarm_moves", "dose_outside_release.dose.1")


class SlowEye(Eye):
    """Looks that take a while, as in a process in which two thousand pages want to run at the same time."""

    def __init__(self, house: House, between: threading.Event, looking: threading.Event) -> None:
        super().__init__(house)
        self._between, self._looking = between, looking

    def rows(self) -> set[Row] | None:
        if self.looks:
            self._looking.set()
            self._between.wait(10)
        return super().rows()


def record(path: Path, at: int) -> None:
    with closing(sqlite.connect(path)) as db:
        db.execute("CREATE TABLE due (session TEXT, kind TEXT, subject TEXT, at_utc INTEGER)")
        db.execute("INSERT INTO due VALUES (?, ?, ?, ?)", (*ROW, at))
        db.commit()


def served(path: Path) -> None:
    with closing(sqlite.connect(path)) as db:
        db.execute("DELETE FROM due")
        db.commit()


def a_house(data: Path) -> House:
    now = lambda: time.time_ns() // 1_000_000  # noqa: E731
    return cast(House, SimpleNamespace(data=data, now=now, ready_at=1.0, shift=0))


def test_a_deadline_that_came_and_was_served_while_the_eye_looked_was_seen(tmp_path: Path) -> None:
    """Found by the storm, which in one of its runs said that no deadline had fallen into it."""
    house, between, looking = a_house(tmp_path), threading.Event(), threading.Event()
    at = house.now() + 300
    record(tmp_path / "telekap.db", at)

    with SlowEye(house, between, looking) as eye:
        assert looking.wait(10)  # it has seen the row, and begins to look again before the row is due
        assert house.now() < at, "the premise"
        time.sleep(0.35)
        served(tmp_path / "telekap.db")
        between.set()
        eye.until_served(5)

    assert eye.late == {(*ROW, at): 0}


def test_a_deadline_that_is_taken_back_before_it_comes_is_none(tmp_path: Path) -> None:
    house = a_house(tmp_path)
    record(tmp_path / "telekap.db", house.now() + 60_000)

    with Eye(house) as eye:
        eye.until_served(5)
        served(tmp_path / "telekap.db")
        eye.until_served(5)

    assert eye.late == {}
