"""After the end of watching: the adult's word in the evening, the client's next day, adverse events and who is asked.

Nothing here needs the client's judgement, so it is asked also while a review is owed. Never refused.
"""

from typing import Final

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.check_in_forms import anything
from telekap.care.errors import Malformed
from telekap.care.facts import Fact, Values
from telekap.care.fields import Field, ask, check
from telekap.care.finding import Look
from telekap.care.follow import Asking
from telekap.care.instant import Instant, surely_past
from telekap.care.people import Role
from telekap.care.protocol import Protocol
from telekap.care.scales import CSSRS_LEVELS, cssrs
from telekap.care.session import Session, State

GRADES: Final = ("mild", "moderate", "severe", "serious")
"""Grades of an adverse event. Serious: death, danger to life, hospital, lasting harm, or medically as important."""

EVENING: Final = (
    ask("well", "Is everything well?", yes="Yes, all well", unsure="Not sure", no="No"),
    Field("note", "What is it?", "text", required=False),
)
"""What the adult is asked 2 to 4 hours after the end."""

NEXT_DAY: Final = (
    ask("sleep", "How did you sleep?", well="Well", badly="Badly", none="Not at all"),
    ask("body", "Your body", well="Well", some="A little sick, dizzy or headache", bad="Badly sick"),
    ask("bladder", "Passing water", well="As always", trouble="It hurts, or is hard"),
    ask("mood", "Mood", better="Better", same="The same", worse="Worse"),
    ask("back", "Fully back to yourself?", yes="Yes", no="No, it comes again or has not ended"),
    ask("q1", "Wished to be dead?", hint="Everybody is asked this after a session."),
    ask("q2", "Thoughts of killing yourself?"),
    ask("q3", "Thought about how?", only="q2"),  # as the screener is asked (``scales``)
    ask("q4", "Some intention of doing it?", only="q2"),
    ask("q5", "A plan, and the intention to carry it out?", only="q2"),
    ask("q6", "Did or prepared something?"),
    ask("drove", "Driven since then?"),
    Field("units_left", "{forms} that are left", "number", low=0, high=50, required=False),
    Field("note", "Anything else?", "text", required=False),
)
"""What the client is asked 18 to 30 hours after the end."""

FORMS: Final[dict[str, tuple[Field, ...]]] = {"evening": EVENING, "next_day": NEXT_DAY}
WHO: Final[dict[str, tuple[Role, ...]]] = {
    "evening": (Role.SUPPORT, Role.DISPATCHER, Role.THERAPIST, Role.PRESCRIBER, Role.STANDIN),
    "next_day": (Role.CLIENT, Role.DISPATCHER, Role.THERAPIST, Role.PRESCRIBER, Role.STANDIN),
}
"""Whose word counts: theirs on their own page, or what the clinic heard by phone."""

TROUBLE: Final = {
    "well": ("no", "unsure"),
    "body": ("bad",),
    "bladder": ("trouble",),
    "back": ("no",),
    "mood": ("worse",),
}
"""Question → answers that need a person."""

ENDED: Final = frozenset({State.DISCHARGED, State.TRANSFERRED, State.CLOSED})


def ended_at(session: Session) -> Instant | None:
    """When watching ended: let go, or a crew had them. None while it has not, or nobody was ever dosed."""
    if session.state not in ENDED or session.t0 is None:
        return None
    return session.discharged or session.transferred


def night_ahead(session: Session, protocol: Protocol, now: Instant) -> bool:
    """The client was let go, and the next day is not asked about yet. A signature under the record ends no night."""
    ended = session.discharged
    if ended is None or session.state not in (State.DISCHARGED, State.CLOSED):
        return False
    return not surely_past(ended.plus(protocol.ms("afterwards.next_day_from")), now)


def answered(session: Session, what: str) -> bool:
    """Somebody whose word counts has answered: another's is kept as ``other``."""
    return any(one.what == what for one in session.afterwords)


def troubled(values: Values) -> bool:
    """Something in an answer needs a person now."""
    moderate = CSSRS_LEVELS.index(cssrs(values)) >= CSSRS_LEVELS.index("moderate")
    return moderate or any(values.get(name) in said for name, said in TROUBLE.items())


def _opened(a: Asking, what: str) -> bool:
    """It is asked by now: nobody can say before bedtime how the night was."""
    ended = ended_at(a.session)
    return ended is not None and surely_past(ended.plus(a.world.protocol.ms(f"afterwards.{what}_from")), a.now)


def answer(a: Asking, asked: c.AnswerAfterwards) -> tuple[Fact, ...]:
    """One word afterwards, as far as it was said. One not finished, or too early, is kept and ends nothing."""
    fields = FORMS.get(asked.what)
    if fields is None:
        raise Malformed("What is answered is not known.", "what")
    check(Look(a.session, a.world, a.now).asked(anything(fields)), asked.values)
    due = [field for field in fields if field.required and field.asked(asked.values)]
    unfinished = [field for field in due if asked.values.get(field.name) in (None, "")]
    counts = not unfinished and a.role in WHO[asked.what] and _opened(a, asked.what)
    if not counts and not troubled(asked.values):
        note = f"{asked.what.replace('_', ' ')}, not complete or too early: {asked.values.get('note') or '-'}"
        return (f.Said(role=a.role, what="note", note=note),)
    return (
        f.AfterwardsAnswered(
            what=asked.what if counts else "other",
            role=a.role,
            values=dict(asked.values),
            trouble=troubled(asked.values),
        ),
    )


def report_event(a: Asking, asked: c.ReportEvent) -> tuple[Fact, ...]:
    """An adverse event, from anybody, at any time. A grade nobody knows counts as the worst."""
    grade = asked.grade if asked.grade in GRADES else GRADES[-1]
    return (f.AdverseEventReported(role=a.role, grade=grade, note=asked.note),)
