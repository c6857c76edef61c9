"""What can be known of a session days before it: one row of cells, so that no session reaches its day with a surprise.

A cell opens nothing. On the day every gate is proven anew; this only says today what would shut it then.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from telekap.care import age, gate_papers, gate_place
from telekap.care.clearances import earlier_order
from telekap.care.finding import Colour, Look, Part, worst
from telekap.care.instant import DAY, Instant
from telekap.care.people import Role
from telekap.care.session import Session
from telekap.care.world import World

LATE_FROM: Final = DAY
"""Ms before the appointment from which an open cell is late: nobody should start the day with it."""


class Ready(StrEnum):
    """``due``: there is time. ``late``: the day is near. ``blocked``: as it stands the session cannot take place."""

    OK = "ok"
    DUE = "due"
    LATE = "late"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Beside:
    """What rows beside the record say. ``links``: person → made | opened | withdrawn | over. ``rostered``: role →
    who is on duty at the appointed time, '' for nobody. ``contacts``: people to phone beside the support person.
    """

    links: Mapping[str, str] = field(default_factory=dict)
    rostered: Mapping[Role, str] = field(default_factory=dict)
    contacts: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """``words``: short enough for a cell. ``fix``: what a press opens (a form's name), '' when nothing is to do."""

    column: str
    ready: Ready
    words: str = ""
    sentence: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """``words`` '' = in order. ``stops``: blocked whatever time is left."""

    words: str = ""
    sentence: str = ""
    fix: str = ""
    stops: bool = False


_WELL: Final = _Found()


def _worst(look: Look, parts: Iterable[Part], words: str, fix: str) -> _Found:
    """The worst part of a gate's rule as a cell; an amber one is the prescriber's, live, on the day."""
    found = tuple(parts)
    colour = worst(part.colour for part in found)
    if colour in (Colour.GREEN, Colour.AMBER):
        return _WELL
    part = max((one for one in found if one.colour is colour), key=lambda one: one.final)
    return _Found(words, look.say(part.sentence), fix, stops=part.final)


def _birth(look: Look, beside: Beside) -> _Found:
    client = look.world.people.get(look.person(Role.CLIENT))
    if client is None or client.birth is None:
        return _Found("missing", look.say("No date of birth of {client} is written down."), "birth")
    if age.minor(client, look.now.utc):
        return _Found("under 18", look.say("{client} is not 18 on that day."), "birth", stops=True)
    return _WELL


def _consent(look: Look, beside: Beside) -> _Found:
    withdrawn = look.world.course.consent_withdrawn
    return _worst(look, gate_papers.consent(look), "withdrawn" if withdrawn else "not signed", "consent")


def _clearance(look: Look, beside: Beside) -> _Found:
    course = look.world.course
    if course.refused is not None:
        return _Found("refused", f"Not cleared. {course.refused.reason}", "case", stops=True)
    open_question = next((one for one in course.questions if not one.answer), None)
    if open_question is not None:
        return _Found("asked", f"{look.say('{prescriber}')} asks: {open_question.question}", "answer")
    status = course.clearance.status if course.clearance is not None else "none"
    words = {"none": "not signed", "active": "not enough"}.get(status, status)
    if course.clearance is not None and (course.order is None or earlier_order(course)):
        words = "no order"
    return _worst(look, gate_papers.clearance(look), words, "case")


def _interval(look: Look, beside: Beside) -> _Found:
    return _worst(look, gate_papers.interval(look), "too early", "move")


def _last(look: Look, beside: Beside) -> _Found:
    found = _worst(look, gate_papers.last_session(look), "not settled", "settlement")
    return _Found(found.words, found.sentence, found.fix)  # settled in the days between: a task, not an end


def _numbers(look: Look, beside: Beside) -> _Found:
    number = look.world.course.dispatch
    if number is None:
        return _Found("no number", "The local dispatch number is not known.", "dispatch-number")
    if number.checked.plus(look.protocol.ms("numbers.fresh")).utc <= look.session.appointed:
        return _Found("check again", "The dispatch number will be too old on the day.", "dispatch-number")
    return _WELL


def _support(look: Look, beside: Beside) -> _Found:
    if look.person(Role.SUPPORT) not in look.world.people:
        return _Found("nobody", "No support person is named.", "support")
    return _WELL


def _trained(look: Look, beside: Beside) -> _Found:
    person = look.person(Role.SUPPORT)
    if person and person not in look.world.course.trained:
        return _Found("not yet", look.say("{support} has not learned the part."), "training")
    return _WELL if person else _Found("nobody", "No support person is named.", "support")


def _contact(look: Look, beside: Beside) -> _Found:
    return _WELL if beside.contacts else _Found("none", "No second contact is written down.", "contact")


def _links(look: Look, beside: Beside) -> _Found:
    for role, title in ((Role.CLIENT, "{client}"), (Role.SUPPORT, "{support}")):
        person = look.person(role)
        state = beside.links.get(person, "") if person else "opened"
        if state in ("", "withdrawn", "over"):
            return _Found("not sent", look.say(f"{title} has no link that works."), "links")
    for role, title in ((Role.CLIENT, "{client}"), (Role.SUPPORT, "{support}")):
        if beside.links.get(look.person(role)) == "made":
            return _Found("not opened", look.say(f"{title} has not opened the link yet."), "links")
    return _WELL


def _duty(role: Role, nobody: str) -> Callable[[Look, Beside], _Found]:
    def found(look: Look, beside: Beside) -> _Found:
        named, rostered = look.person(role), beside.rostered.get(role, "")
        if named not in look.world.people:
            return _Found("nobody", nobody, f"name-{role.value}")
        if rostered and rostered != named:
            who = look.world.name(rostered)
            return _Found("roster differs", f"The roster says {who}.", f"name-{role.value}")
        return _WELL

    return found


def _aftercare(look: Look, beside: Beside) -> _Found:
    return _worst(look, gate_place.afterwards(look), "not booked", "aftercare")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: a name for programs, a title, and what it finds. ``talks``: also asked of sessions without a dose."""

    name: str
    title: str
    find: Callable[[Look, Beside], _Found]
    talks: bool = False


COLUMNS: Final = (
    Column("birth", "Date of birth", _birth, talks=True),
    Column("consent", "Consent", _consent),
    Column("clearance", "Clearance", _clearance),
    Column("interval", "Interval", _interval),
    Column("last_session", "Last session", _last),
    Column("numbers", "Dispatch number", _numbers),
    Column("support", "Support named", _support),
    Column("trained", "Support trained", _trained),
    Column("contact", "Contact", _contact),
    Column("links", "Links", _links, talks=True),
    Column("on_call", "On call", _duty(Role.PRESCRIBER, "No on-call prescriber is named.")),
    Column("standin", "Stand-in", _duty(Role.STANDIN, "No stand-in is named.")),
    Column("dispatch", "Dispatcher", _duty(Role.DISPATCHER, "No dispatcher is named.")),
    Column("aftercare", "Aftercare", _aftercare),
)
"""In the order in which they are usually done."""


def cells(session: Session, world: World, beside: Beside, now: Instant) -> tuple[Cell, ...]:
    """One cell for each column that is asked of this kind of session, as the day itself would find it."""
    day = now.plus(max(0, session.appointed - now.utc))
    look = Look(session, world, day)
    near = session.appointed - now.utc <= LATE_FROM
    row = []
    for column in COLUMNS:
        if session.kind != "dosing" and not column.talks:
            continue
        found = column.find(look, beside)
        if not found.words:
            row.append(Cell(column.name, Ready.OK))
        else:
            ready = Ready.BLOCKED if found.stops else Ready.LATE if near else Ready.DUE
            row.append(Cell(column.name, ready, found.words, found.sentence, found.fix))
    return tuple(row)


def verdict(row: Iterable[Cell]) -> Ready:
    """The worst cell."""
    rank = list(Ready)
    return max((cell.ready for cell in row), key=rank.index, default=Ready.OK)
