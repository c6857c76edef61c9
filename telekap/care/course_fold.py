"""What each fact changes in a course: one small function a fact, one table. Nothing here judges or refuses."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from telekap.care import facts as f
from telekap.care.facts import Entry
from telekap.care.world import (
    Clearance,
    Course,
    CourseQuestion,
    DispatchNumber,
    KnownDose,
    Measure,
    Order,
    Refusal,
    Screening,
)

Change = Mapping[str, Any]
"""Fields of ``Course`` to replace."""


def _signed(course: Course, e: Entry, x: f.ClearanceSigned) -> Change:
    clearance = Clearance(
        id=x.clearance,
        prescriber=e.by,
        status="active",
        sessions=x.sessions,
        used=0,
        starts=x.starts,
        until=x.until,
        gap_h=x.gap_h,
        states=frozenset(x.states),
        route=x.route,
        signed=e.at,
        max_mg=x.max_mg,
        for_client=x.for_client,
        for_therapist=x.for_therapist,
        calming=x.calming,
        calming_dose=x.calming_dose,
    )
    order = course.order
    if order is not None and not order.clearance:
        order = replace(order, clearance=x.clearance)
    signed = course.clearances_signed + 1
    return {
        "clearance": clearance,
        "order": order,
        "refused": None,
        "clearances_signed": signed,
        "screening_signed": course.screening,
    }


def _status(status: str) -> Callable[[Course, Entry, Any], Change]:
    def change(course: Course, e: Entry, x: f.ClearanceRevoked | f.ClearanceSuspended) -> Change:
        known = course.clearance
        if known is None or known.id != x.clearance:
            return {}
        if known.status == "revoked" and status != "revoked":
            return {}  # revoked is for ever; only a new clearance opens the gate again
        causes = x.causes if isinstance(x, f.ClearanceSuspended) else ()
        return {"clearance": replace(known, status=status, reason=x.reason, causes=causes, changed=e.at)}

    return change


def _answered(course: Course, e: Entry, x: f.CourseQuestionAnswered) -> Change:
    return {
        "questions": tuple(
            replace(one, answer=x.answer, by=e.by) if one.n == x.question else one for one in course.questions
        )
    }


def _under(course: Course, e: Entry) -> str:
    """The clearance in force when something is signed, '' for none: revoked, run out or used up it is none any more."""
    given = course.clearance
    ended = given is None or given.status == "revoked" or e.at.utc >= given.until or given.used >= given.sessions
    return "" if given is None or ended else given.id


def _order(course: Course, e: Entry, x: f.OrderSigned) -> Change:
    order = Order(
        id=x.order,
        form=x.form,
        mg_per_unit=x.mg_per_unit,
        units=x.units,
        hold_min=x.hold_min,
        swallow=x.swallow,
        booster=x.booster,
        signed=e.at,
        n=e.n,
        booster_units=x.booster_units,
        spaced=x.spaced,
        clearance=_under(course, e),
    )
    return {"order": order}


def _item9(course: Course, e: Entry, x: f.Item9Acknowledged) -> Change:
    return {"item9_accepted": (max(course.item9_accepted[0], x.value), e.n)}


def _settled(course: Course, e: Entry, x: f.SessionSettled) -> Change:
    reviews = course.reviews - {x.session} if x.what == "review" else course.reviews
    # A new event opens what an earlier one had closed.
    undone = {"adverse_event_reviewed", "adverse_event_closed"} if x.what == "adverse_event_opened" else set()
    kept = {(session, what) for session, what in course.settled if session != x.session or what not in undone}
    return {"settled": frozenset(kept | {(x.session, x.what)}), "reviews": reviews}


def _counted(course: Course, e: Entry, x: f.DoseCounted) -> Change:
    change: dict[str, Any] = {"doses": (*course.doses, KnownDose(x.session, x.at, x.mg, x.old)), "failed_pressure": 0}
    if x.session not in course.dosed_sessions:
        change["dosed_sessions"] = (*course.dosed_sessions, x.session)
        if course.clearance is not None:  # a session counts at T0, also when aborted or outside a release
            change["clearance"] = replace(course.clearance, used=course.clearance.used + 1)
    return change


def _uncounted(course: Course, e: Entry, x: f.DosesUncounted) -> Change:
    if x.session not in course.dosed_sessions:
        return {}
    # The T0 of the session was none; what somebody took hours before it, and said in it, they took all the same.
    doses = tuple(dose for dose in course.doses if dose.session != x.session or dose.old)
    change: dict[str, Any] = {"doses": doses}
    if any(dose.session == x.session for dose in doses):
        return change
    change["dosed_sessions"] = tuple(one for one in course.dosed_sessions if one != x.session)
    if course.clearance is not None:
        change["clearance"] = replace(course.clearance, used=max(0, course.clearance.used - 1))
    return change


FOLDS: Final[Mapping[type[f.Fact], Callable[[Course, Entry, Any], Change]]] = {
    f.CourseOpened: lambda s, e, x: {"client": x.client, "prescriber": x.prescriber, "therapist": x.therapist},
    f.ScreeningRecorded: lambda s, e, x: {"screening": Screening(x.answers, x.words, e.by, e.at, e.n)},
    f.ClearanceSigned: _signed,
    f.ClearanceRefused: lambda s, e, x: {"refused": Refusal(x.reason, e.at, x.for_client, x.for_therapist)},
    f.CourseQuestionAsked: lambda s, e, x: {"questions": (*s.questions, CourseQuestion(e.n, x.question, e.at))},
    f.CourseQuestionAnswered: _answered,
    f.ClearanceRevoked: _status("revoked"),
    f.ClearanceSuspended: _status("suspended"),
    f.ClearanceReinstated: _status("active"),
    f.OrderSigned: _order,
    f.ConsentSigned: lambda s, e, x: {
        "consent": (x.version, e.at),
        "consent_withdrawn": False,
        "consent_booster": x.booster,
    },
    f.ConsentWithdrawn: lambda s, e, x: {
        "consent": None,
        "consent_withdrawn": True,
        "withdrawn": e.at,
        "consent_booster": False,
    },
    f.ClientWeighed: lambda s, e, x: {"weight": (x.kg, e.at)},
    f.OrderCosigned: lambda s, e, x: {"cosigned": s.cosigned | {x.order}},
    f.MeasureTaken: lambda s, e, x: {"measures": (*s.measures, Measure(x.scale, x.answers, x.total, e.at, e.n))},
    f.Item9Acknowledged: _item9,
    f.CourseReviewed: lambda s, e, x: {"reviewed": len(s.dosed_sessions)},
    f.PressureFailed: lambda s, e, x: {"failed_pressure": s.failed_pressure + 1},
    f.ReviewOwed: lambda s, e, x: {"reviews": s.reviews | {x.session}},
    f.DispatchNumberChecked: lambda s, e, x: {
        "dispatch": DispatchNumber(x.number, x.state, x.county, x.county_only, e.at)
    },
    f.DoseCounted: _counted,
    f.DosesUncounted: _uncounted,
    f.SessionSettled: _settled,
    f.AftercareBooked: lambda s, e, x: {"aftercare": s.aftercare | {x.session}},
    f.AftercareDropped: lambda s, e, x: {"aftercare": s.aftercare - {x.session}},
    f.EmergencyNoted: lambda s, e, x: {"medicines": x.medicines, "allergies": x.allergies, "noted": e.at},
    f.SupportTrained: lambda s, e, x: {"trained": s.trained | {x.person}},
}


def evolve_course(course: Course, entry: Entry) -> Course:
    """The course after one more entry. Obeys every fact; refuses none."""
    kind = type(entry.fact)
    change = FOLDS[kind](course, entry, entry.fact) if kind in FOLDS else {}
    return replace(course, version=entry.n, **change)
