"""The demo's protocol is the shipped one, but for the end of an invented jurisdiction rule."""

from datetime import UTC, date, datetime, timedelta

from telekap.care.protocol_limits import LIMITS, WORDS
from telekap.demo.protocol import demo_protocol
from telekap.settings import read_protocol

WAIVER = "clearance.waiver_ends"


def test_the_demo_differs_from_the_shipped_protocol_in_one_date_only() -> None:
    shipped, demo = read_protocol(None), demo_protocol()

    assert demo.faults == ()
    assert {key for key in LIMITS if demo.number(key) != shipped.number(key)} == set()
    assert {key for key in WORDS if demo.text(key) != shipped.text(key)} == {WAIVER}
    assert (demo.plan, demo.ladders) == (shipped.plan, shipped.ladders)


def test_the_demos_clearance_outlives_the_federal_waiver() -> None:
    ends = date.fromisoformat(demo_protocol().text(WAIVER))

    assert ends >= datetime.now(UTC).date() + timedelta(days=365)
    assert ends > date.fromisoformat(read_protocol(None).text(WAIVER))
