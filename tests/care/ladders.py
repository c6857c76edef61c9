"""An alarm on its ladder: a check-in nobody answers, and everything an alarm did since it began."""

from telekap.care import facts as f
from tests.cast import Story, minutes, told


def moves(story: Story, kind: str) -> list[tuple[int, str, str]]:
    """(seconds after the alarm's 0, owner, order) of everything an alarm of ``kind`` did."""
    alarm = story.alarm(kind)
    began = alarm.since.utc
    found = [
        ((entry.at.utc - began) // 1000, entry.fact.owner, entry.fact.order)
        for entry in story.entries
        if isinstance(entry.fact, f.AlarmRaised | f.AlarmMoved) and entry.fact.alarm == alarm.id
    ]
    return found


def overdue() -> Story:
    """Nobody answers the check-in of minute 15; everything else is well. Now = its grace has just passed."""
    story = told("minute 14")
    story.wait(minutes(3))
    assert story.alarm("check_in_overdue") is not None
    return story


def moved(story: Story, kind: str) -> list[f.AlarmMoved]:
    """Every move of the newest alarm of one kind."""
    alarm = story.alarm(kind).id
    return [fact for fact in story.facts(f.AlarmMoved) if isinstance(fact, f.AlarmMoved) and fact.alarm == alarm]
