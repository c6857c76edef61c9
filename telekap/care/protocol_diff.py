"""What changes between two protocols, in a clinician's words: what becomes stricter or looser, and who is told."""

from collections.abc import Iterator

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


def asked(row: PlanRow) -> str:
    """One check-in in words."""
    when = f"minute {row.minute}" + (f" and every {row.every} min from then on" if row.every else "")
    parts = [("support person", row.support), ("therapist", row.therapist)]
    said = "; ".join(f"{who}: {', '.join(items).replace('_', ' ')}" for who, items in parts if items)
    return f"{when}: {said}"


def _plan(a: Protocol, b: Protocol) -> Iterator[str]:
    before, after = {row.id: row for row in a.plan}, {row.id: row for row in b.plan}
    for name in (*before, *(one for one in after if one not in before)):
        if name not in after:
            yield f"Check-in {name} is no longer asked ({asked(before[name])}): looser."
        elif name not in before:
            yield f"A new check-in {name}: {asked(after[name])}."
        elif before[name] != after[name]:
            yield f"Check-in {name}: {asked(before[name])} → {asked(after[name])}."


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
        yield f"{name}: {a.family}, {a.priority} → {b.family}, {b.priority}."
    if a.sentence != b.sentence:
        yield f"{name} says “{b.sentence}” instead of “{a.sentence}”."
    for what, was, now in (("goes to the next person", a.hop_ms, b.hop_ms), ("sounds again", a.again_ms, b.again_ms)):
        if was != now:
            yield f"{name} {what} {at(now)} instead of {at(was)} ({'stricter' if now < was else 'looser'})."
    for gone in (one for one in a.steps if one not in b.steps):
        yield f"{name}, no longer: {step(gone)}"
    for new in (one for one in b.steps if one not in a.steps):
        yield f"{name}, new: {step(new)}"


def _jurisdiction(a: Protocol, b: Protocol) -> Iterator[str]:
    def said(rule: Rule) -> str:
        return f"{rule.where} {'allowed' if rule.allowed else 'forbidden'} {rule.starts} to {rule.until} ({rule.basis})"

    for rule in (one for one in a.jurisdiction if one not in b.jurisdiction):
        yield f"Remote prescribing, no longer: {said(rule)}."
    for rule in (one for one in b.jurisdiction if one not in a.jurisdiction):
        yield f"Remote prescribing, new: {said(rule)}."


def differences(a: Protocol, b: Protocol) -> tuple[str, ...]:
    """Every difference that a rule could notice, one sentence each; empty when both mean the same."""
    kinds = (*a.ladders, *(kind for kind in b.ladders if kind not in a.ladders))
    ladders = [said for kind in kinds for said in _ladder(kind, a.ladder(kind), b.ladder(kind))]
    return (*_numbers(a, b), *_jurisdiction(a, b), *_plan(a, b), *ladders)
