"""What the record of a session says, played through the real rules: help, a high pressure, a decision, the end."""

import json
from functools import cache
from typing import Any

from telekap.care import commands as c
from telekap.care.transcript import transcript
from tests.cast import ADA, ANA, SAM, Story, minutes


@cache
def _story() -> Story:
    story = Story().dose().watched(31)
    story.do(SAM, c.AskHelp(strength="hold"))
    called = next(one for one in story.session.alarms.values() if one.kind == "help_asked")
    story.do(ANA, c.AcknowledgeAlarm(alarm=called.id))
    story.do(ANA, c.Say(what="answered"))
    story.do(ANA, c.ResolveAlarm(alarm=called.id, reason="A dry mouth. Ben gave water to rinse, none was swallowed."))
    story.do(ANA, c.TakeReading(values={"sbp": 164, "dbp": 96, "hr": 92, "spo2": 97}))
    story.wait(minutes(1))
    voice = {"reason": "Awake, no headache. Again in five minutes.", "by_voice": True, "read_back": True}
    story.do(ANA, c.DecideCare(matter="readings", choice="watch_on", **voice))  # type: ignore[arg-type]
    story.do(ADA, c.Countersign(decision=story.session.cared[-1].n))
    pressure = next(one for one in story.session.alarms.values() if not one.resolved)
    story.do(ADA, c.AcknowledgeAlarm(alarm=pressure.id))
    for minute in range(3):
        story.wait(minutes(1))
        story.do(ANA, c.TakeReading(values={"sbp": 132 - minute, "dbp": 82, "hr": 80, "spo2": 98}))
    story.do(ADA, c.ResolveAlarm(alarm=pressure.id, reason="Back in the usual range, twice."))
    story.do(ANA, c.Say(what="note", note="Sam says that the music is too loud."))
    story.watched(120.1).assess(walks="no")
    story.watched(122).assess()
    story.watched(138).assess()
    story.countersign()
    story.settle_alarms()
    story.do(ANA, c.Discharge())
    story.do(ANA, c.Sign())
    story.do(ANA, c.ReportEvent(grade="mild", note="A headache in the evening; gone after an hour."))
    return story


@cache
def _whole() -> str:
    story = _story()
    made = transcript(story.session, story.world, story.entries, story.now)
    return json.dumps(made)


def told(**changes: Any) -> dict[str, Any]:
    """The answer of the record's address."""
    made: dict[str, Any] = json.loads(_whole())
    now = made["now"]
    beside = {
        "me": "Dr Ada Okafor",
        "chain": {
            "stream": "session:session-1",
            "entries": len(made["lines"]),
            "hash": "9f2c" * 16,
            "anchor": {"n": 412, "at": now, "entries": len(made["lines"])},
        },
        "reads": [
            {"at": now, "by": "Dr Ada Okafor", "what": "page"},
            {"at": now - 60_000, "by": "Ana Ruiz", "what": "facts"},
        ],
    }
    return made | beside | changes
