"""A session in every state, each chapter played once through the real rules, and the view of it as a page gets it."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from telekap.care import commands as c
from telekap.care.people import Role
from telekap.care.views import view
from tests.cast import ANA, BEN, KIM, MAX, SAM, Story, minutes

Json = dict[str, Any]


def seen(story: Story, role: Role | None, person: str | None = None) -> Json:
    """The view of ``role``, as a page would get it."""
    who = person if person is not None else story.session.roles[role] if role else MAX
    shown = view(story.session, story.world, who, role, story.now)
    decoded: Json = json.loads(json.dumps(shown))
    assert decoded == shown
    return shown


def questioned() -> Story:
    """A release was recalled: was anything taken?"""
    story = Story().release()
    story.do(BEN, c.Recall())
    return story


def handed_over() -> Story:
    story = Story().dose()
    story.do(ANA, c.RecordHandOver(to="Unit 12", reference="4711", seen="seen"))
    story.do(KIM, c.ConfirmHandOver())
    return story


def signed() -> Story:
    story = Story().discharge()
    story.do(ANA, c.Sign())
    return story


def stood_down() -> Story:
    story = Story()
    story.tick()
    story.see()
    story.answer("oxygen", Role.THERAPIST, spo2=89)
    story.settle_alarms()
    story.do(SAM, c.Say(what="no"))
    return story


def cancelled() -> Story:
    story = Story(appointed=Story().now.plus(minutes(600)))
    story.do(KIM, c.Cancel(reason="The client is ill."))
    return story


def nobody_came() -> Story:
    story = Story()
    story.tick()
    story.wait(minutes(61))
    return story


def held() -> Story:
    story = Story(kind="preparation")
    story.tick()
    story.do(ANA, c.Hold())
    return story


def early() -> Story:
    return Story(appointed=Story().now.plus(minutes(600)))


def arriving() -> Story:
    story = Story()
    story.tick()
    return story


STORIES: dict[str, Callable[[], Story]] = {
    "scheduled": early,
    "arriving": arriving,
    "arrived": lambda: Story().arrive(),
    "released": lambda: Story().release(),
    "question": questioned,
    "dosed": lambda: Story().dose(),
    "peak": lambda: Story().dose().watched(30),
    "return": lambda: Story().dose().watched(75),
    "overdue": lambda: _overdue(),
    "ready": lambda: Story().ready(),
    "discharged": lambda: Story().discharge(),
    "transferred": handed_over,
    "closed": signed,
    "stood_down": stood_down,
    "cancelled": cancelled,
    "no_show": nobody_came,
    "held": held,
}


def _overdue() -> Story:
    story = Story().dose()
    story.wait(minutes(20))
    return story


@cache
def _told(name: str) -> Story:
    return STORIES[name]()


def told(name: str) -> Story:
    """Each chapter is played once; whoever goes on from there goes on alone."""
    return _told(name).copy()


def strings(value: Any) -> Iterator[str]:
    """Every string in a view, also keys."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value


def gate_of(shown: Json, gate: str) -> Json:
    row: Json = next(one for one in shown["gates"] if one["gate"] == gate)
    return row
