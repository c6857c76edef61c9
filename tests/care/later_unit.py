"""A client with a booster ordered, and the moment at which its whole board is open."""

from functools import cache

from telekap.care import commands as c
from telekap.care.booster import rows
from tests.cast import ADA, ANA, SAM, Story

READING = {"sbp": 126, "dbp": 80, "hr": 72, "spo2": 98, "moaas": "5"}


@cache
def _dosed() -> Story:
    """Sam took the ordered unit of 60 mg; a booster of 30 mg is ordered, and consented to before."""
    story = Story()
    story.on_course(ADA, c.SignOrder(form="lozenge", mg_per_unit=30, units=2, booster_units=1, hold_min=12))
    story.on_course(SAM, c.SignConsent(version="2026-1", booster=True))
    return story.dose()


def dosed() -> Story:
    """The same story, going on by itself."""
    return _dosed().copy()


@cache
def _ready() -> Story:
    story = dosed().watched(31)
    story.do(ANA, c.TakeReading(values=READING))
    story.do(ANA, c.SeeSupport(how="video"))
    return story


def ready() -> Story:
    """Minute 31, everything measured and seen just now: the whole board is open."""
    return _ready().copy()


def shut(story: Story) -> set[str]:
    """Codes of the rows that are shut."""
    return {row.code for row in rows(story.session, story.world, story.now) if not row.open}
