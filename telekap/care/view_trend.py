"""The vitals of one session as a series, and what is pinned to them: doses, signs, alarms. For staff only.

Nothing is smoothed, joined or left out here: every reading stands when it was taken, also one that is not usable.
"""

from collections.abc import Iterator
from typing import Final

from telekap.care.decisions import MATTERS
from telekap.care.facts import Values
from telekap.care.protocol import Protocol
from telekap.care.session import Session
from telekap.care.signs import SIGNS
from telekap.care.view_eye import Eye, Json
from telekap.care.vitals import measured, unusable

LIMITS: Final = {
    "sbp_amber": "band.sbp_amber",
    "sbp_red": "band.sbp_red",
    "dbp_amber": "band.dbp_amber",
    "dbp_red": "band.dbp_red",
    "hr_amber": "band.hr_amber",
    "spo2_amber": "band.spo2_amber",
    "spo2_red": "band.spo2_red",
}
"""Limit as the page draws it → the protocol's value it is."""
MOST_READINGS: Final = 80
"""A session of six hours with a reading every five minutes; of more, the newest."""
MOST_PINS: Final = 40


def trend(eye: Eye) -> Json | None:
    """``{readings, pins, limits}``: times UTC ms, oldest first. None for people at home, and without a reading."""
    if not eye.staff or eye.session.kind != "dosing":
        return None
    readings = sorted(readings_of(eye.session, eye.look.protocol), key=lambda one: one["at"])
    if not readings:
        return None
    pins = sorted(_pins(eye), key=lambda pin: pin["at"])
    limits = {name: eye.look.protocol.number(key) for name, key in LIMITS.items()}
    return {"readings": readings[-MOST_READINGS:], "pins": pins[-MOST_PINS:], "limits": limits}


def readings_of(session: Session, protocol: Protocol) -> Iterator[Json]:
    """Every measurement there is, the gates' own among them, in no order."""
    for answer in session.answers:
        if answer.gate == "pressure":
            yield from (
                _row(answer.at.utc, _turn(answer.values, turn), protocol, before=True)
                for turn in (1, 2)
                if measured(_turn(answer.values, turn))
            )
        if answer.gate == "oxygen" and measured(answer.values):
            yield _row(answer.at.utc, answer.values, protocol, before=True)
    for reading in session.readings:
        if measured(reading.values):
            yield _row(reading.occurred, reading.values, protocol, before=False)


def _turn(values: Values, turn: int) -> Values:
    """One of the two measurements of a pressure gate, by the names every other reading has."""
    return {name: values.get(f"{name}{turn}") for name in ("sbp", "dbp", "hr")}


def _row(at: int, values: Values, protocol: Protocol, *, before: bool) -> Json:
    return {"at": at, "before": before, "usable": not unusable(values, protocol), **measured(values)}


def _pins(eye: Eye) -> Iterator[Json]:
    """What happened beside the numbers. ``kind``: dose | sign | alarm | decision."""
    session = eye.session
    for dose in session.doses:
        amount = f"{dose.mg:g} mg" if dose.mg is not None else "amount not known"
        yield {"at": dose.occurred, "kind": "dose", "text": f"Taken: {amount}"}
    for call in session.calls:
        if call.what in SIGNS:
            yield {"at": call.at.utc, "kind": "sign", "text": SIGNS[call.what].label}
        elif call.what == "symptom":
            yield {"at": call.at.utc, "kind": "sign", "text": "A symptom was noted"}
    for alarm in session.alarms.values():
        if alarm.family == "clinical" and alarm.priority == "high":
            yield {"at": alarm.raised.utc, "kind": "alarm", "text": alarm.sentence}
    for made in session.cared:
        chosen = MATTERS[made.matter].choices.get(made.choice, "") if made.matter in MATTERS else ""
        yield {"at": made.at.utc, "kind": "decision", "text": eye.say(chosen) or made.choice.replace("_", " ")}
