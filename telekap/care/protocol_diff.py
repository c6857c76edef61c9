"""What changes between two protocols, in a clinician's words: what becomes stricter or looser, and who is told."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from telekap.care.jurisdiction import Rule
from telekap.care.people import Role
from telekap.care.protocol import Ladder, LadderStep, PlanRow, Protocol
from telekap.care.protocol_limits import LIMITS, WORDS, Limit
from telekap.care.protocol_words import LABELS, SECTIONS, section

WHO = {
    Role.CLIENT: "the client",
    Role.SUPPORT: "the support person",
    Role.THERAPIST: "the therapist",
    Role.STANDIN: "the stand-in",
    Role.PRESCRIBER: "the on-call prescriber",
    Role.DISPATCHER: "the dispatcher",
}


def _direction(limit: Limit, before: float, after: float) -> str:
    """Towards the strictest value is stricter. Beyond it on the other side would not be read at all."""
    nearer = abs(after - limit.strictest) - abs(before - limit.strictest)
    return "stricter" if nearer < 0 else "looser" if nearer > 0 else "changed"


def _figure(value: float, unit: str) -> str:
    return f"{value:g} {unit}"


def _numbers(a: Protocol, b: Protocol) -> Iterator[str]:
    for key, limit in LIMITS.items():
        before, after = a.number(key), b.number(key)
        if before != after:
            title, label = SECTIONS[section(key)], LABELS[key].rstrip()
            was, now = _figure(before, limit.unit), _figure(after, limit.unit)
            yield f"{title}. {label}: {was} → {now} ({_direction(limit, before, after)})."
    for key in WORDS:
        if a.text(key) != b.text(key):
            yield f"{SECTIONS[section(key)]}. {LABELS[key]}: “{a.text(key)}” → “{b.text(key)}”."


ITEMS: Final[Mapping[str, str]] = {
    "look_in": "a look-in with the code",
    "cuff": "the cuff pressed",
    "spit_cup": "the spit cup",
    "stand": "standing up",
    "spat": "how the hold ended",
    "moaas": "response (MOAA/S)",
    "breathing": "breathing",
    "distress": "distress",
    "nausea": "nausea",
    "orientation": "orientation",
    "bp": "blood pressure",
    "bp_if_amber": "blood pressure if one was amber",
    "hr": "pulse",
    "spo2": "oxygen",
}
"""What a check-in asks for → what clinicians call it."""


def _items(items: Iterable[str]) -> str:
    return ", ".join(ITEMS[item] for item in items)


def _when(row: PlanRow) -> str:
    return f"minute {row.minute}" + (f" and every {row.every} min from then on" if row.every else "")


def asked(row: PlanRow) -> str:
    """One check-in in words."""
    parts = [("support person", row.support), ("therapist", row.therapist)]
    said = "; ".join(f"{who}: {_items(items)}" for who, items in parts if items)
    return f"{_when(row)}: {said}"


def _row(a: PlanRow, b: PlanRow) -> Iterator[str]:
    if (a.minute, a.every) != (b.minute, b.every):
        yield f"Check-in {a.id}: {_when(b)} instead of {_when(a)}."
    for who, was, now in (("support person", a.support, b.support), ("therapist", a.therapist, b.therapist)):
        gone, new = [one for one in was if one not in now], [one for one in now if one not in was]
        if gone:
            yield f"Check-in {a.id}: the {who} is no longer asked for {_items(gone)} (looser)."
        if new:
            yield f"Check-in {a.id}: the {who} is also asked for {_items(new)} (stricter)."
        if not gone and not new and was != now:
            yield f"Check-in {a.id}: the {who} is asked in another order: {_items(now)}."


def _plan(a: Protocol, b: Protocol) -> Iterator[str]:
    before, after = {row.id: row for row in a.plan}, {row.id: row for row in b.plan}
    for name in (*before, *(one for one in after if one not in before)):
        if name not in after:
            yield f"Check-in {name} is no longer asked ({asked(before[name])}): looser."
        elif name not in before:
            yield f"A new check-in {name}: {asked(after[name])}."
        else:
            yield from _row(before[name], after[name])


def step(one: LadderStep) -> str:
    """One step of a ladder in words."""
    does = f" {one.order.replace('_', ' ')}:" if one.order else ""
    told = f" (told: {', '.join(WHO[role] for role in one.told)})" if one.told else ""
    silent = ", only if nobody has acknowledged" if one.if_silent else ""
    return f"{at(one.after_ms)}{silent}, {WHO[one.owner]}:{does} {one.say}{told}"


def at(ms: int) -> str:
    """A time after the beginning, in words."""
    seconds = ms // 1_000
    if seconds == 0:
        return "at once"
    for size, name in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds % size == 0:
            return f"after {seconds // size} {name}"
    return f"after {seconds} s"


def _ladder(kind: str, a: Ladder, b: Ladder) -> Iterator[str]:
    name = f"Alarm “{kind.replace('_', ' ')}”"
    if (a.family, a.priority) != (b.family, b.priority):
        sort = [f"{one.family.replace('_', '-')} and {one.priority}" for one in (b, a)]
        yield f"{name} is {' instead of '.join(sort)}."
    if a.sentence != b.sentence:
        yield f"{name} says “{b.sentence}” instead of “{a.sentence}”."
    for what, was, now in (("goes to the next person", a.hop_ms, b.hop_ms), ("sounds again", a.again_ms, b.again_ms)):
        if was != now:
            yield f"{name} {what} {at(now)} instead of {at(was)} ({'stricter' if now < was else 'looser'})."
    gone, new = [one for one in a.steps if one not in b.steps], [one for one in b.steps if one not in a.steps]
    for before in tuple(gone):
        after = next((one for one in new if _same_act(before, one)), None)
        if after is not None:
            gone.remove(before)
            new.remove(after)
            yield from (f"{name}, {said}" for said in _moved(before, after))
    yield from (f"{name}, no longer: {step(one)}" for one in gone)
    yield from (f"{name}, new: {step(one)}" for one in new)


def _same_act(a: LadderStep, b: LadderStep) -> bool:
    """One step, at another time or in other words."""
    return (a.owner, a.order) == (b.owner, b.order) and (a.after_ms == b.after_ms or a.say == b.say)


def _moved(a: LadderStep, b: LadderStep) -> Iterator[str]:
    who = WHO[a.owner]
    if a.after_ms != b.after_ms:
        direction = "stricter" if b.after_ms < a.after_ms else "looser"
        yield f"{who} {at(b.after_ms)} instead of {at(a.after_ms)} ({direction})."
    if a.say != b.say:
        yield f"{who} reads “{b.say}” instead of “{a.say}”."
    if a.home != b.home:
        yield f"at home they read “{b.home}” instead of “{a.home}”."
    for told, words in ((set(a.told) - set(b.told), "no longer told"), (set(b.told) - set(a.told), "told too")):
        if told:
            yield f"{at(a.after_ms)} {words}: {', '.join(sorted(WHO[role] for role in told))}."
    if a.if_silent != b.if_silent:
        yield f"{who} {at(a.after_ms)}: {'now only' if b.if_silent else 'no longer only'} if nobody has acknowledged."


def _jurisdiction(a: Protocol, b: Protocol) -> Iterator[str]:
    def said(rule: Rule) -> str:
        return f"{'allowed' if rule.allowed else 'forbidden'} {rule.starts} to {rule.until} ({rule.basis})"

    gone = [one for one in a.jurisdiction if one not in b.jurisdiction]
    new = [one for one in b.jurisdiction if one not in a.jurisdiction]
    for was in tuple(gone):
        now = next((one for one in new if (one.where, one.allowed) == (was.where, was.allowed)), None)
        if now is not None:
            gone.remove(was)
            new.remove(now)
            yield f"Remote prescribing in {was.where}: {said(was)} → {said(now)}."
    yield from (f"Remote prescribing in {rule.where}, no longer: {said(rule)}." for rule in gone)
    yield from (f"Remote prescribing in {rule.where}, new: {said(rule)}." for rule in new)


def differences(a: Protocol, b: Protocol) -> tuple[str, ...]:
    """Every difference that a rule could notice, one sentence each; empty when both mean the same."""
    kinds = (*a.ladders, *(kind for kind in b.ladders if kind not in a.ladders))
    ladders = [said for kind in kinds for said in _ladder(kind, a.ladder(kind), b.ladder(kind))]
    return (*_numbers(a, b), *_jurisdiction(a, b), *_plan(a, b), *ladders)
