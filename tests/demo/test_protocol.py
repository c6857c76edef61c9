"""The demo's protocol is the shipped one, but for the end of an invented jurisdiction rule."""

from datetime import UTC, datetime, timedelta

from telekap.care.protocol_limits import LIMITS, WORDS
from telekap.demo.protocol import demo_protocol
from telekap.settings import read_protocol


def test_the_demo_differs_from_the_shipped_protocol_in_one_date_only() -> None:
    shipped, demo = read_protocol(None), demo_protocol()

    assert demo.faults == ()
    assert {key for key in LIMITS if demo.number(key) != shipped.number(key)} == set()
    assert {key for key in WORDS if demo.text(key) != shipped.text(key)} == set()
    assert [(rule.where, rule.allowed, rule.starts) for rule in demo.jurisdiction] == [
        (rule.where, rule.allowed, rule.starts) for rule in shipped.jurisdiction
    ]
    assert (demo.plan, demo.ladders) == (shipped.plan, shipped.ladders)


def test_the_demos_clearance_outlives_the_federal_waiver() -> None:
    ends = demo_protocol().jurisdiction[0].until

    assert ends >= datetime.now(UTC).date() + timedelta(days=365)
    assert ends > read_protocol(None).jurisdiction[0].until
