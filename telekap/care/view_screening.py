"""The screening as the course's staff see it: every row, the newest one, and what stands against signing."""

from dataclasses import asdict

from telekap.care import screening
from telekap.care.instant import Instant
from telekap.care.rights import prescribes
from telekap.care.screening import AGAINST, ANSWERS, CONDITIONS, ITEMS, MEDICINES, Item
from telekap.care.session import Session
from telekap.care.view_eye import Json
from telekap.care.world import Course, World

PARTS = (("conditions", CONDITIONS), ("medicines", MEDICINES))
"""Part of the form → its rows."""


def screening_view(course: Course, sessions: tuple[Session, ...], world: World, person: str, now: Instant) -> Json:
    """``items``: every row, with the answer the record has already and what speaking against leads to; ``speaks``: the
    answers that do; ``last``: the newest screening.
    """
    last = course.screening
    return {
        "may": person == course.prescriber or prescribes(world, person),
        "days": world.protocol.number("clearance.screening_days"),
        "speaks": sorted(AGAINST),
        "items": [_item(part, item, course, sessions, world, now) for part, items in PARTS for item in items],
        "last": last
        and {
            "at": last.at.utc,
            "by": world.name(last.by),
            "old": screening.old(last, world, now),
            "answers": {code: str(said) for code, said in last.answers.items() if code in ITEMS},
            "against": [
                {
                    "code": item.code,
                    "title": item.title,
                    "rule": item.rule.value,
                    "said": ANSWERS[str(last.answers[item.code])],
                    "words": str(last.words.get(item.code, "")),
                }
                for item in screening.marked(last)
            ],
        },
        "waits": [asdict(one) for one in screening.problems(course, world, now)],
    }


def _item(part: str, item: Item, course: Course, sessions: tuple[Session, ...], world: World, now: Instant) -> Json:
    return {
        "code": item.code,
        "part": part,
        "rule": item.rule.value,
        "title": item.title,
        "source": item.source,
        "leads": screening.leads(item, course, sessions),
        "known": screening.known(item, course, world, now.utc),
    }
