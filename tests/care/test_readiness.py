"""The board of the next days: what a day would find, said while there is still time."""

from typing import Any

import pytest

from telekap.care import commands as c
from telekap.care.instant import DAY, HOUR
from telekap.care.people import Role
from telekap.care.readiness import Beside, Cell, Ready, cells, verdict
from telekap.care.world import KnownDose
from tests.cast import ADA, BEN, JO, KIM, NOON, SAM, Story, replace

WELL = Beside(
    links={SAM: "opened", BEN: "opened"},
    rostered={Role.PRESCRIBER: ADA, Role.STANDIN: JO, Role.DISPATCHER: KIM},
    contacts=1,
)


def booked(days: float = 3) -> Story:
    """Sam's session, some days ahead, everything in order."""
    appointed = NOON.plus(round(days * DAY))
    story = Story(appointed=appointed)
    aftercare = c.BookAftercare(session="session-1", next_day=appointed.utc + DAY, integration=appointed.utc + 2 * DAY)
    story.on_course(KIM, aftercare)
    return story


def row(story: Story, beside: Beside = WELL) -> dict[str, Cell]:
    return {cell.column: cell for cell in cells(story.session, story.world, beside, story.now)}


def test_a_session_with_everything_in_order_is_ready() -> None:
    found = row(booked())

    assert {cell.ready for cell in found.values()} == {Ready.OK}
    assert verdict(found.values()) is Ready.OK


@pytest.mark.parametrize(
    ("course", "column", "words", "fix"),
    [
        ({"consent": None}, "consent", "not signed", "consent"),
        ({"clearance": None}, "clearance", "not signed", "case"),
        ({"order": None}, "clearance", "no order", "case"),
        ({"dispatch": None}, "numbers", "no number", "dispatch-number"),
        ({"trained": frozenset()}, "trained", "not yet", "training"),
        ({"aftercare": frozenset()}, "aftercare", "not booked", "aftercare"),
    ],
)
def test_what_is_missing_is_due_while_there_is_time_and_late_on_the_eve(
    course: dict[str, Any], column: str, words: str, fix: str
) -> None:
    for days, ready in ((3, Ready.DUE), (1, Ready.LATE)):
        story = booked(days)
        story.course = replace(story.course, **course)
        found = row(story)

        assert (found[column].ready, found[column].words, found[column].fix) == (ready, words, fix)
        assert found[column].sentence
        assert {name for name, cell in found.items() if cell.ready is not Ready.OK} == {column}


@pytest.mark.parametrize(
    ("beside", "column", "words"),
    [
        ({"links": {SAM: "opened", BEN: "withdrawn"}}, "links", "not sent"),
        ({"links": {SAM: "made", BEN: "opened"}}, "links", "not opened"),
        ({"contacts": 0}, "contact", "none"),
        ({"rostered": {Role.PRESCRIBER: "lou"}}, "on_call", "roster differs"),
        ({"rostered": {Role.STANDIN: "lou"}}, "standin", "roster differs"),
    ],
)
def test_links_contacts_and_the_roster_are_asked_beside_the_record(
    beside: dict[str, Any], column: str, words: str
) -> None:
    found = row(booked(), replace(WELL, **beside))

    assert found[column].words == words
    assert [cell for cell in found.values() if cell.ready is not Ready.OK] == [found[column]]


def test_what_no_time_will_mend_is_blocked_at_once() -> None:
    story = booked()
    story.on_course(ADA, c.SuspendClearance(reason="A new medicine."))
    assert (row(story)["clearance"].ready, row(story)["clearance"].words) == (Ready.BLOCKED, "suspended")

    story.on_course(SAM, c.WithdrawConsent())
    assert (row(story)["consent"].ready, row(story)["consent"].words) == (Ready.BLOCKED, "withdrawn")

    story.course = replace(story.course, clearance=None)
    story.on_course(ADA, c.RefuseClearance(reason="Pressure."))
    assert (row(story)["clearance"].ready, row(story)["clearance"].words) == (Ready.BLOCKED, "refused")


def test_an_interval_is_judged_on_the_day_not_today() -> None:
    story = booked(3)
    story.course = replace(story.course, doses=(KnownDose("old", story.now.utc - 4 * DAY, 100),))
    assert row(story)["interval"].ready is Ready.OK, "seven days will have passed"

    story.course = replace(story.course, doses=(KnownDose("old", story.now.utc - 4 * DAY + HOUR, 100),))
    assert (row(story)["interval"].ready, row(story)["interval"].fix) == (Ready.BLOCKED, "move")


def test_a_question_of_the_prescriber_waits_for_an_answer() -> None:
    story = booked()
    story.on_course(ADA, c.AskAboutCourse(question="Is the ECG here?"))

    cell = row(story)["clearance"]
    assert (cell.ready, cell.fix, cell.sentence) == (Ready.DUE, "answer", "Dr Okafor asks: Is the ECG here?")


def test_a_session_without_a_dose_asks_for_its_links_and_a_date_of_birth_only() -> None:
    story = Story(kind="preparation", appointed=NOON.plus(DAY))

    assert set(row(story)) == {"birth", "links"}
