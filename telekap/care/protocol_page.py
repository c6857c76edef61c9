"""The protocol as a page a clinician reads and signs: every figure with its range and source, the plan, the ladders."""

from collections.abc import Iterator, Mapping
from typing import Any

from telekap.care.protocol import Protocol, read
from telekap.care.protocol_diff import WHO, asked, at
from telekap.care.protocol_limits import LIMITS, WORDS
from telekap.care.protocol_words import LABELS, SECTIONS, section


def _row(tree: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found: Any = tree
    for name in key.split("."):
        found = found.get(name, {}) if isinstance(found, Mapping) else {}
    return found if isinstance(found, Mapping) else {}


def _cell(text: object) -> str:
    return str(text).replace("|", "\\|")


def _figures(found: Protocol, tree: Mapping[str, Any]) -> Iterator[str]:
    for name, title in SECTIONS.items():
        keys = [key for key in LIMITS if section(key) == name]
        words = [key for key in WORDS if section(key) == name]
        yield f"\n## {title}\n"
        yield "| what | value | may be set | if missing | source |"
        yield "|---|---|---|---|---|"
        for key in keys:
            limit, row = LIMITS[key], _row(tree, key)
            new = " **new**" if row.get("new") is True else ""
            ranged = f"{limit.low:g}–{limit.high:g}"
            yield (
                f"| {_cell(LABELS[key])} | {found.number(key):g} {limit.unit} | {ranged} | {limit.strictest:g}"
                f" | {_cell(row.get('source', ''))}{new} |"
            )
        for key in words:
            source = _row(tree, key).get("source", "")
            missing = WORDS[key].strictest or "none"
            yield f"| {_cell(LABELS[key])} | {_cell(found.text(key))} | | {_cell(missing)} | {_cell(source)} |"


def _plan(found: Protocol) -> Iterator[str]:
    yield "\n## Who looks when, after the first unit\n"
    yield from (f"- **{row.id}**, {asked(row)}" for row in found.plan)


def _jurisdiction(found: Protocol) -> Iterator[str]:
    yield "\n## Where remote prescribing is allowed\n"
    yield "A rule ends when its last day has ended anywhere on earth. Without a rule for US nothing is allowed.\n"
    yield "| where | allowed | from | until | basis |"
    yield "|---|---|---|---|---|"
    for rule in found.jurisdiction:
        yield (
            f"| {rule.where} | {'yes' if rule.allowed else 'no'} | {rule.starts} | {rule.until} | {_cell(rule.basis)} |"
        )


def _ladders(found: Protocol) -> Iterator[str]:
    yield "\n## Alarms: who has it, and who next\n"
    yield "Times count from the moment its condition began. Each ladder goes on until a person answers.\n"
    for kind, ladder in found.ladders.items():
        yield f"### {kind.replace('_', ' ')}\n"
        yield (
            f"{_cell(ladder.sentence)} *{ladder.family.replace('_', '-')}, {ladder.priority}; next person"
            f" {at(ladder.hop_ms)} unacknowledged; again {at(ladder.again_ms)} while true.*\n"
        )
        yield "| when | who has it | does | at home | told |"
        yield "|---|---|---|---|---|"
        for one in ladder.steps:
            when = at(one.after_ms) + (", if nobody has acknowledged" if one.if_silent else "")
            told = ", ".join(WHO[role] for role in one.told)
            yield f"| {when} | {WHO[one.owner]} | {_cell(one.say)} | {_cell(one.home)} | {told} |"
        yield ""


def page(tree: Mapping[str, Any]) -> str:
    """The page of a decoded protocol file, as Markdown. What cannot be used is shown as what holds instead."""
    found = read(tree)
    lines = [
        "# The clinic’s protocol",
        "",
        f"Version {tree.get('version', '?')}. Written by `telekap protocol describe`; the file itself is what holds.",
        "A licensed prescriber signs it before a clinic uses it. **new** marks a figure found in no published source:",
        "a proposal until then. “If missing” is what holds when the file does not say, or says something impossible.",
    ]
    if found.faults:
        lines += ["", "## Cannot be used as written", "", *(f"- {fault}" for fault in found.faults)]
    lines += [*_figures(found, tree), *_jurisdiction(found), *_plan(found), *_ladders(found)]
    return "\n".join(lines).rstrip() + "\n"
