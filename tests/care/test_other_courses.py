"""A client is one person in all their courses: doses add up, what is unsettled waits, one clearance is active."""

import pytest

from telekap.care import commands as c
from telekap.care.instant import DAY, HOUR
from telekap.care.session import Session, State
from telekap.care.world import Course, KnownDose, OtherSession
from tests.cast import ADA, ANA, KIM, NOON, ROLES, SAM, Story, replace, told

SETTLED = frozenset({("old", "integration"), ("old", "next_day")})
CLEARANCE = c.SignClearance(sessions=2, days=30, gap_h=168, states=("CA",))


def with_dose(
    story: Story, hours_ago: float, mg: float | None = 350, settled: frozenset[tuple[str, str]] = SETTLED
) -> Story:
    """Something was taken in another course of the same client."""
    at = story.now.utc - round(hours_ago * HOUR)
    dosed = Course("course-2", 1, SAM, "ike", "jo", doses=(KnownDose("old", at, mg),), dosed_sessions=("old",))
    story.other_courses = (replace(dosed, settled=settled),)
    return story


@pytest.mark.parametrize(("ago", "codes"), [(168, set()), (167.9, {"interval"})])
def test_the_interval_counts_from_the_last_unit_in_whatever_course(ago: float, codes: set[str]) -> None:
    story = with_dose(told("arrived"), ago)

    assert (story.refused(ANA, c.Release()) if codes else set()) == codes
    if not codes:
        story.release()


def test_what_was_taken_in_another_course_in_the_last_day_counts_towards_the_ceiling() -> None:
    story = with_dose(told("arrived"), 23)

    assert "ceiling" in story.refused(ANA, c.Release())


def test_an_unsettled_session_of_another_course_keeps_the_next_dose_waiting() -> None:
    story = with_dose(told("arrived"), 30 * 24, settled=frozenset())

    assert "last_session" in story.refused(ANA, c.Release())


def test_two_courses_keep_their_days_apart_in_the_calendar() -> None:
    story = with_dose(Story(), 0)
    story.session = Session(id="session-2")
    booking = c.BookSession(kind="dosing", course="course-1", roles=ROLES, appointed=NOON.utc + 6 * DAY, zone="UTC")

    assert "spacing" in story.refused(KIM, booking)


@pytest.mark.parametrize(
    ("status", "until", "refused"),
    [
        ("active", 1, True),
        ("active", 0, False),
        ("suspended", 1, False),
        ("revoked", 1, False),
    ],
)
def test_a_client_has_one_active_clearance_over_all_courses(status: str, until: int, refused: bool) -> None:
    story = Story()
    given = story.course.clearance
    assert given is not None
    elsewhere = replace(given, status=status, until=story.now.utc + until)
    story.other_courses = (Course("course-2", 1, SAM, "ike", "jo", clearance=elsewhere),)

    if refused:
        assert story.refused_on_course(ADA, CLEARANCE) == {"cleared_elsewhere"}
        story.on_course(KIM, c.SuspendClearance(reason="r"))
        assert story.refused_on_course(ADA, c.ReinstateClearance(reason="r")) == {"cleared_elsewhere"}
    else:
        story.on_course(ADA, CLEARANCE)


@pytest.mark.parametrize("state", [State.STOOD_DOWN, State.ARRIVING, State.RELEASED])
@pytest.mark.parametrize(("alarms", "refused"), [(1, True), (0, False)])
def test_no_new_dose_is_offered_while_an_alarm_of_a_session_stood_down_is_open(
    alarms: int, refused: bool, state: State
) -> None:
    story = Story()
    story.session = Session(id="session-2")
    story.course = replace(story.course, settled=SETTLED)
    # One whose danger is still open is not stood down yet: it stays in the lobby until that is over.
    down = OtherSession("old", state, SAM, "", "", NOON.utc - 8 * DAY, alarms=alarms)
    story.others = (
        down,
        OtherSession("noor", State.STOOD_DOWN, "noor", "", "", NOON.utc, alarms=1),
        OtherSession("gone", State.DISCHARGED, SAM, "", "", NOON.utc - 9 * DAY, "integration", alarms=1),
    )
    booking = c.BookSession(kind="dosing", course="course-1", roles=ROLES, appointed=NOON.utc + DAY, zone="UTC")

    if refused:
        assert story.refused(KIM, booking) == {"alarm"}
    else:
        story.do(KIM, booking)
