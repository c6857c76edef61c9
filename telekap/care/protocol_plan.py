"""When somebody looks at a dosed client, and who is told what when nobody does: the two tables of the protocol."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from telekap.care.instant import MINUTE, SECOND
from telekap.care.people import Role


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One check-in. ``minute``: after T0. ``every``: minutes at which the row comes again for ever, None = once.

    ``support`` and ``therapist`` name the items each of the two answers.
    """

    id: str
    minute: int
    support: tuple[str, ...]
    therapist: tuple[str, ...]
    every: int | None = None


@dataclass(frozen=True, slots=True)
class LadderStep:
    """``after_ms`` from detection: ``owner`` has the alarm now, ``told`` hear it too.

    ``order``: what the owner must do and report (``phone_support``, ``phone_client``, ``dial`` …), '' if only told.
    ``say``: the order in words, with {client}, {support}, {therapist} and {address} to be filled in. ``home``: what the
    support person is to do meanwhile. ``if_silent``: only while nobody has acknowledged.
    """

    after_ms: int
    owner: Role
    told: tuple[Role, ...]
    order: str
    say: str
    home: str = ""
    if_silent: bool = False


@dataclass(frozen=True, slots=True)
class Ladder:
    """One kind of alarm. ``hop_ms``: unacknowledged until the next owner. ``again_ms``: acknowledged and still true."""

    kind: str
    family: str
    priority: str
    sentence: str
    hop_ms: int
    again_ms: int
    steps: tuple[LadderStep, ...]


ITEMS: Final = frozenset(
    {
        "look_in",
        "cuff",
        "spit_cup",
        "stand",
        "spat",
        "moaas",
        "breathing",
        "distress",
        "nausea",
        "orientation",
        "bp",
        "bp_if_amber",
        "hr",
        "spo2",
    }
)
"""What a check-in may ask for."""

ORDERS: Final = frozenset(
    {
        "",
        "go_to_client",
        "phone_support",
        "phone_client",
        "phone_second",
        "phone_prescriber",
        "phone_next_prescriber",
        "take_over",
        "dial",
    }
)
FAMILIES: Final = frozenset({"clinical", "technical", "follow_up"})
"""Clinical alarms keep a client and a signature; technical and follow-up ones keep nobody."""
PRIORITIES: Final = frozenset({"high", "medium", "low"})

KINDS: Final = (
    "check_in_overdue",
    "therapist_line_lost",
    "video_lost",
    "help_asked",
    "stop_heard",
    "dose_outside_release",
    "dose_presumed",
    "gate_shut_at_t0",
    "gate_danger",
    "red_reading",
    "could_not_measure",
    "contradiction",
    "unsure",
    "support_gone",
    "client_gone",
    "second_client",
    "clearance_changed",
    "not_discharged",
    "units_refused",
    "transport_refused",
    "clock_step",
    "record_low",
    "page_failed",
    "no_prescriber",
    "duty_empty",
    "canary_silent",
    "emergency",
    "sedated",
    "pressure_high",
    "pressure_confirmed",
    "vitals_amber",
    "no_picture",
    "to_hospital",
    "extension_over",
    "vomiting",
    "vomiting_drowsy",
    "vomiting_again",
    "panic",
    "agitation",
    "suicidal",
    "danger_here",
    "wants_out",
    "fall",
    "other_person",
    "support_unfit",
    "adverse_event",
    "incident",
    "afterwards_trouble",
    "evening_silent",
    "next_day_missed",
    "integration_due",
    "integration_missed",
    "prescriber_contact",
)
"""Alarms that must have a ladder. One without a readable ladder gets the strictest."""

_LOOK = ("moaas", "breathing", "distress", "nausea", "orientation", "bp", "hr", "spo2")

STRICTEST_PLAN: Final = (
    PlanRow("hold", 12, ("spit_cup",), ("spat",)),
    PlanRow("t5", 5, ("look_in",), _LOOK, every=5),
)
"""Everything every five minutes: what holds when the file's plan cannot be read."""


def strictest_ladder(kind: str) -> Ladder:
    """High, everybody told, emergency services after one minute: what holds when the file's ladder cannot be read."""
    everyone = (Role.SUPPORT, Role.STANDIN, Role.PRESCRIBER, Role.DISPATCHER)
    steps = (
        LadderStep(0, Role.THERAPIST, everyone, "go_to_client", "Go to {client} now."),
        LadderStep(MINUTE, Role.DISPATCHER, everyone, "dial", "Call emergency services to {address}."),
    )
    return Ladder(kind, "clinical", "high", "Something is wrong with {client}.", 15 * SECOND, MINUTE, steps)


def _names(row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    names = tuple(row.get(key, ()))
    if not set(names) <= ITEMS:
        raise ValueError(f"{key} names items nobody knows: {', '.join(sorted(set(map(str, names)) - ITEMS))}")
    return names


def _whole(value: Any, low: int, high: int, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{what} must be a whole number from {low} to {high}")
    return value


def _one_of(value: Any, allowed: frozenset[str], what: str) -> str:
    if value not in allowed:
        raise ValueError(f"{what} must be one of: {', '.join(sorted(filter(None, allowed)))}")
    return str(value)


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{what} is missing")
    return value


def read_plan_row(row: Mapping[str, Any]) -> PlanRow:
    """One ``[[plan]]`` table of the file; ``ValueError`` with a sentence when it cannot be used."""
    every = row.get("every")
    read = PlanRow(
        id=_text(row.get("id"), "id"),
        minute=_whole(row.get("minute"), 1, 720, "minute"),
        support=_names(row, "support"),
        therapist=_names(row, "therapist"),
        every=None if every is None else _whole(every, 5, 60, "every"),
    )
    if not read.support and not read.therapist:
        raise ValueError("nobody is asked anything")
    return read


def plan_faults(rows: tuple[PlanRow, ...]) -> tuple[str, ...]:
    """What the plan as a whole lacks; the gaps of I15 (never more than 15 min without a due row)."""
    faults = []
    ids = [row.id for row in rows]
    if len(set(ids)) != len(ids):
        faults.append("The plan has two rows of one id.")
    moments = sorted(
        {row.minute + turn * (row.every or 0) for row in rows for turn in range(60 if row.every else 1)} | {0}
    )
    end = max((row.minute for row in rows if row.every), default=0) + 60
    gaps = [(a, b) for a, b in pairwise(moments) if a < end and b - a > 15]
    if gaps:
        faults.append(f"The plan leaves the client alone from minute {gaps[0][0]} to {gaps[0][1]}; 15 is the most.")
    if not any(row.every for row in rows):
        faults.append("The plan ends; at least one row must come again until discharge.")
    if "hold" not in ids:
        faults.append("The plan has no row “hold”.")
    return tuple(faults)


def look_in_gaps(rows: tuple[PlanRow, ...]) -> tuple[int, int]:
    """(least, most) minutes from one look-in of the support person to the next, the first dose counted as one."""
    moments = {row.minute + turn * (row.every or 0) for row in rows for turn in range(3) if "look_in" in row.support}
    gaps = [after - before for before, after in pairwise(sorted({0, *moments}))]
    return min(gaps, default=0), max(gaps, default=0)


OWNERS: Final = frozenset(role.value for role in Role) - {Role.CLIENT.value}
"""Who can have an alarm, or be told of one. Never the client."""


def _step(step: Mapping[str, Any]) -> LadderStep:
    return LadderStep(
        after_ms=_whole(step.get("after_s"), 0, 1_209_600, "after_s") * SECOND,
        owner=Role(_one_of(step.get("owner", ""), OWNERS, "owner")),
        told=tuple(Role(_one_of(role, OWNERS, "told")) for role in step.get("told", ())),
        order=_one_of(step.get("order", ""), ORDERS, "order"),
        say=_text(step.get("say"), "say"),
        home=str(step.get("home", "")),
        if_silent=step.get("if_silent") is True,
    )


def read_ladder(kind: str, row: Mapping[str, Any], hop_ms: int, again_ms: int) -> Ladder:
    """One ``[ladder.<kind>]`` table; ``ValueError`` with every fault when unusable. ``hop_s`` may only shorten."""
    steps, wrong = [], []
    for place, step in enumerate(row.get("steps", ()), start=1):
        try:
            steps.append(_step(step))
        except (ValueError, TypeError, AttributeError) as error:
            wrong.append(f"step {place}: {error}")
    times = [step.after_ms for step in steps]
    if not wrong and (not times or times[0] != 0 or times != sorted(times)):
        wrong.append("steps must begin at 0 and go up")
    checks: tuple[Callable[[], object], ...] = (
        lambda: _one_of(row.get("family"), FAMILIES, "family"),
        lambda: _one_of(row.get("priority"), PRIORITIES, "priority"),
        lambda: _text(row.get("sentence"), "sentence"),
        lambda: _whole(row.get("hop_s", hop_ms // SECOND), 1, 86_400, "hop_s"),
        lambda: _whole(row.get("again_s", again_ms // SECOND), 1, 86_400, "again_s"),
    )
    for check in checks:
        try:
            check()
        except ValueError as error:
            wrong.append(str(error))
    if wrong:
        raise ValueError("; ".join(wrong))
    return Ladder(
        kind=kind,
        family=_one_of(row.get("family"), FAMILIES, "family"),
        priority=_one_of(row.get("priority"), PRIORITIES, "priority"),
        sentence=_text(row.get("sentence"), "sentence"),
        hop_ms=min(hop_ms, _whole(row.get("hop_s", hop_ms // SECOND), 1, 86_400, "hop_s") * SECOND),
        again_ms=min(again_ms, _whole(row.get("again_s", again_ms // SECOND), 1, 86_400, "again_s") * SECOND),
        steps=tuple(steps),
    )
