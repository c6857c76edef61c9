"""A client dosed some minutes ago, what is seen of them, and what is wrong then, by the names of alarms."""

from telekap.care import commands as c
from tests.cast import ANA, Story, told


def dosed_at(minute: float) -> Story:
    """A well client, ``minute`` min after the first unit."""
    return told("dosed").watched(minute)


def sees(story: Story, **values: object) -> Story:
    """Ana records what she sees, outside any check-in."""
    story.do(ANA, c.TakeReading(values=values))  # type: ignore[arg-type]
    return story


def kinds(story: Story) -> set[tuple[str, str]]:
    """(kind, subject) of the open alarms whose condition is true."""
    return {(one.kind, one.subject) for one in story.session.alarms.values() if not one.over}
