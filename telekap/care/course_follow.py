"""What the facts of a session mean for its course: doses counted, things settled, reviews owed, a suspension."""

from collections.abc import Iterator

from telekap.care import facts as f
from telekap.care.facts import Fact
from telekap.care.licences import DEA
from telekap.care.session import Session
from telekap.care.suspensions import causes, suspend, unlicensed
from telekap.care.world import Course, World


def _counted(facts: tuple[Fact, ...], before: Session, after: Session) -> Iterator[Fact]:
    known = {dose.n for dose in before.doses}
    for dose in after.doses:
        if dose.n not in known:
            yield f.DoseCounted(session=after.id, at=dose.occurred, mg=dose.mg)
    for fact in facts:
        if isinstance(fact, f.OldDoseSaid):
            yield f.DoseCounted(session=after.id, at=fact.taken, mg=fact.mg, old=True)
    if any(isinstance(fact, f.DosesVoided) for fact in facts):
        yield f.DosesUncounted(session=after.id)


def _settled(fact: Fact, after: Session, course: Course) -> Iterator[Fact]:
    match fact:
        case f.LessonsLearned(person=person) if person not in course.trained:
            yield f.SupportTrained(person=person)
        case f.SessionMoved() if after.id in course.aftercare:
            yield f.AftercareDropped(session=after.id)
        case f.Held() if after.kind == "integration" and course.dosed_sessions:
            yield f.SessionSettled(session=course.dosed_sessions[-1], what="integration")
        case f.AfterwardsAnswered(what="next_day"):
            yield f.SessionSettled(session=after.id, what="next_day")
        case f.AdverseEventReported():
            yield f.SessionSettled(session=after.id, what="adverse_event_opened")
        case f.Discharged(early=True):
            yield f.ReviewOwed(session=after.id, because="released early")
        case f.HandOverConfirmed():
            yield f.ReviewOwed(session=after.id, because="handed over")
        case f.StoodDown(cause="pressure"):
            yield f.PressureFailed(session=after.id)
        case _:
            pass


def consequences(
    facts: tuple[Fact, ...], session_before: Session, session_after: Session, world: World
) -> tuple[Fact, ...]:
    """What the course must know of these facts of one of its sessions."""
    course = world.course
    counted = tuple(_counted(facts, session_before, session_after))
    settled = tuple(one for fact in facts for one in _settled(fact, session_after, course))
    why = [cause for fact in facts for cause in causes(fact, course)]
    given = course.clearance
    if facts and given is not None and session_after.last is not None:
        # It lapsed since it was signed: noticed with the next thing that happens in a session.
        lacking = unlicensed(given.prescriber, given.states, world, session_after.last.utc)
        why += ["dea" if place == DEA else "licence" for place in lacking]
    return (*counted, *settled, *suspend(course, *why))
