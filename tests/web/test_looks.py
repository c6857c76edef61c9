"""The shape of a session on the wire, held against what the rules tell every role in every state."""

import json

import pytest

from telekap.care import commands as c
from telekap.care.people import Role
from telekap.care.view_course import course_view
from telekap.web.looks import View
from telekap.web.looks.board import Board, Queue
from telekap.web.looks.course import CourseLook
from telekap.web.typescript import FILE, written
from tests.care.chapters import STORIES, seen, told
from tests.cast import ADA, ANA, KIM
from tests.web.serving import Serving


@pytest.mark.parametrize("name", STORIES)
def test_every_view_of_every_role_has_the_shape_that_is_described(name: str) -> None:
    for role in (*Role, None):
        assert View.model_validate_json(json.dumps(seen(told(name), role)), strict=True), role


@pytest.mark.parametrize("name", ["arrived", "dosed", "closed", "stood_down"])
def test_every_course_has_the_shape_that_is_described(name: str) -> None:
    story = told(name)
    story.on_course(KIM, c.RecordMeasure(scale="phq9", answers=(1,) * 9))
    for person in (ADA, ANA, KIM, "ike"):
        shown = course_view(story.course, [story.session], story.world, person, story.now)
        assert CourseLook.model_validate_json(json.dumps(shown), strict=True).course == story.course.id


async def test_board_and_queue_have_the_shape_that_is_described(clinic: Serving) -> None:
    board = await clinic.browser.get(f"{await clinic.api(Role.DISPATCHER)}/clinic/board")
    assert Board.model_validate_json(board.text, strict=True).zone == "UTC"
    await clinic.act(Role.THERAPIST, "test-pages", {"role": "prescriber"})
    queue = await clinic.browser.get(f"{await clinic.api(Role.PRESCRIBER)}/queue")
    assert len(Queue.model_validate_json(queue.text, strict=True).live) == 1


def test_the_types_of_the_pages_are_made_of_the_description() -> None:
    assert FILE.read_text() == written(), "run: python -m telekap.web.typescript"
