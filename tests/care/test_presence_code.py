"""The code on the client's screen: which look-in it belongs to, and that no two windows have the same."""

import pytest

from telekap.care import checkins
from telekap.care import facts as f
from tests.cast import Story, minutes, told


def window(story: Story) -> str:
    """The check-in whose code the client's screen shows now."""
    found = checkins.code_window(story.session, story.world, story.now)
    assert found is not None
    return found.id


def test_the_code_changes_every_window_and_with_every_session() -> None:
    codes = {checkins.presence_code("key", session, one) for session in "ab" for one in ("t15", "t30", "t45")}

    assert len(codes) == 6 and all(len(code) == 3 and code.isdigit() for code in codes)


@pytest.mark.parametrize("minute", [14, 15, 16.9], ids=["early", "due", "in the grace"])
def test_the_clients_screen_shows_the_code_of_the_look_in_to_answer_and_then_the_next(minute: float) -> None:
    story = told("minute 14")
    story.wait(minutes(minute - 14))
    assert window(story) == "t15"

    story.look_in("t15")

    assert window(story) == "t30"


@pytest.mark.parametrize(
    ("minute", "look_in"), [(0, "t15"), (12, "t15"), (39, "t45"), (40, "t45")], ids=["dose", "cup", "early", "cuff"]
)
def test_who_holds_a_cup_or_presses_a_cuff_proves_nothing_and_needs_no_code(minute: int, look_in: str) -> None:
    assert window(told("dosed").watched(minute)) == look_in


@pytest.mark.parametrize(("between", "right"), [(" ", True), ("-", True), ("1", False)])
def test_a_code_is_right_however_its_figures_are_grouped(between: str, right: bool) -> None:
    story = told("minute 14")
    code = checkins.presence_code(story.world.code_key, story.session.id, "t15")

    facts = story.look_in("t15", code=code[:1] + between + code[1:])

    assert [fact.code_right for fact in facts if isinstance(fact, f.CheckInAnswered)] == [right]
