"""What the law demands of a dosed session in which nobody answers a check-in, told from the clients' ledger alone.

The table is written out again from the specification and shares nothing with the rules, the due rows or the watch: a
watch that serves nothing, or a plan that forgot a row, must not be able to hide it from here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from telekap.care.instant import MINUTE
from tests.chaos.people import Ledger

PLAN: Final = (
    (12, "hold"),
    *((minute, f"t{minute}") for minute in (15, 30, 40, 45, 60, 75, 90, 105, *range(120, 481, 15))),
)
"""(minute after T0, check-in). Both parts are asked in each of them."""
PARTS: Final = ("support", "therapist")
GRACE: Final = 2 * MINUTE
FIRST: Final = "hold"
"""Nobody ever looks in here, so the one alarm "nobody has looked" is about the first check-in and stays open."""

Span = tuple[int, int]
"""From ready to dead, clinic UTC ms."""


@dataclass(frozen=True, slots=True)
class Demand:
    """A missed check-in that must stand in the record. It fell due between ``earliest`` and ``latest`` (UTC ms): a dose
    was recorded somewhere between the asking and the answer.
    """

    check_in: str
    part: str
    earliest: int
    latest: int


def demands(ledger: Ledger) -> Iterator[Demand]:
    """All of a long session, in order; none if nobody was told that a dose is recorded."""
    doses = [key for key, press in ledger.asked.items() if press.noun == "doses"]
    told = [ledger.heard_at[key] for key in doses if key in ledger.acknowledged()]
    if not told:
        return
    first, last = min(ledger.asked_at[key] for key in doses), min(told)
    for minute, check_in in PLAN:
        for part in PARTS:
            wait = minute * MINUTE + GRACE
            yield Demand(check_in, part, first + wait, last + wait)


def next_demand(ledger: Ledger, now: int) -> int | None:
    """UTC ms at which the next one will surely have come; None if there is none."""
    return next((one.latest for one in demands(ledger) if one.earliest > now), None)


def ready_ms(spans: Sequence[Span], since: int, until: int) -> int:
    """For how long in between the house was ready."""
    return sum(max(0, min(end, until) - max(begin, since)) for begin, end in spans)


def steady_by(spans: Sequence[Span], since: int, for_ms: int) -> int | None:
    """When the house had been ready for ``for_ms`` in one go, not before ``since``; None if it never was."""
    ends = (max(begin, since) + for_ms for begin, end in spans if end - max(begin, since) >= for_ms)
    return next(ends, None)
