"""The course: what the prescriber gives, what anybody may take back, and what sessions leave in it."""

from datetime import date

import pytest

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.course import consequences, decide_course
from telekap.care.errors import Malformed, NotFound, Refused
from telekap.care.instant import DAY, HOUR
from telekap.care.people import SYSTEM
from telekap.care.review import end_of_day
from telekap.care.session import State
from telekap.care.world import OtherSession
from tests.cast import ADA, ANA, BEN, JO, KIM, NOON, PEOPLE, SAM, Story, minutes, replace, told

CLEARANCE = c.SignClearance(sessions=2, days=30, gap_h=168, states=("CA",))
ORDER = c.SignOrder(form="lozenge", mg_per_unit=50, units=2, hold_min=12)


@pytest.mark.parametrize("person", [SAM, BEN, ANA, JO, KIM])
@pytest.mark.parametrize("command", [CLEARANCE, ORDER, c.RevokeClearance(reason="r"), c.ReinstateClearance(reason="r")])
def test_only_the_prescriber_of_the_course_gives(person: str, command: c.CourseCommand) -> None:
    assert "prescriber_only" in Story().refused_on_course(person, command)


@pytest.mark.parametrize("command", [CLEARANCE, ORDER, c.ReinstateClearance(reason="r")])
def test_giving_needs_a_second_factor_of_this_moment_and_restricting_does_not(command: c.CourseCommand) -> None:
    story = Story()
    story.proved.remove(ADA)

    assert "second_factor" in story.refused_on_course(ADA, command)
    story.on_course(ADA, c.SuspendClearance(reason="A concern."))
    story.on_course(ADA, c.RevokeClearance(reason="A diagnosis."))


def test_a_clearance_ends_no_later_than_the_last_day_ends_where_the_clinic_is() -> None:
    story = Story()
    story.zone = "Europe/Berlin"

    story.on_course(ADA, CLEARANCE)

    given = story.course.clearance
    assert given is not None
    assert given.until == end_of_day(date(2026, 7, 15), {"Europe/Berlin"}) < end_of_day(date(2026, 7, 15), {"UTC"})


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sessions": 3}, "sessions"),
        ({"sessions": 0}, "sessions"),
        ({"days": 31}, "days"),
        ({"days": 0}, "days"),
        ({"gap_h": 71}, "gap"),
        ({"states": ()}, "states"),
        ({"max_mg": -1}, "ceiling"),
        ({"max_mg": 401}, "ceiling"),
    ],
)
def test_a_first_clearance_is_small(changes: dict[str, object], code: str) -> None:
    story = Story()
    story.course = replace(story.course, clearances_signed=0)

    assert story.refused_on_course(ADA, replace(CLEARANCE, **changes)) == {code}


def test_a_later_clearance_may_be_six_sessions_in_ninety_days() -> None:
    story = Story()

    story.on_course(ADA, replace(CLEARANCE, sessions=6, days=90, gap_h=72))
    assert story.course.clearance is not None and story.course.clearance.sessions == 6

    assert story.refused_on_course(ADA, replace(CLEARANCE, sessions=7, days=91)) == {"sessions", "days"}


def test_a_clearance_ends_when_its_last_day_ends_first_among_the_zones() -> None:
    day = date(2026, 6, 30)

    both = end_of_day(day, {"America/Los_Angeles", "America/New_York"})

    assert both == end_of_day(day, {"America/New_York"}) < end_of_day(day, {"America/Los_Angeles"})


def test_a_clearance_never_outlasts_the_rule_that_allows_it() -> None:
    story = Story()
    rule = replace(story.protocol.jurisdiction[0], until=date(2026, 6, 20))
    story.protocol = replace(story.protocol, jurisdiction=(rule,))

    story.on_course(ADA, CLEARANCE)

    assert story.course.clearance is not None
    assert story.course.clearance.until == end_of_day(date(2026, 6, 20), {"America/Los_Angeles"})


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"units": 3}, "ceiling"), ({"mg_per_unit": 0}, "order"), ({"units": 0}, "order"), ({"hold_min": 0}, "order")],
)
def test_an_order_is_whole_and_under_the_ceiling_of_a_first_session(changes: dict[str, object], code: str) -> None:
    assert Story().refused_on_course(ADA, replace(ORDER, **changes)) == {code}


@pytest.mark.parametrize("person", [SAM, ANA, KIM])
def test_anybody_with_a_part_in_the_course_suspends_and_only_the_prescriber_reinstates(person: str) -> None:
    story = Story()

    story.on_course(person, c.SuspendClearance(reason="A new medicine."))
    assert story.course.clearance is not None and story.course.clearance.status == "suspended"
    story.on_course(ADA, c.ReinstateClearance(reason="Looked at it."))

    assert story.course.clearance is not None and story.course.clearance.status == "active"
    assert story.refused_on_course(ADA, c.ReinstateClearance(reason="r")) == {"not_suspended"}


def test_a_revoked_clearance_stays_revoked() -> None:
    story = Story()
    story.on_course(ADA, c.RevokeClearance(reason="r"))

    story.on_course(KIM, c.SuspendClearance(reason="r"))

    assert story.course.clearance is not None and story.course.clearance.status == "revoked"
    assert story.refused_on_course(ADA, c.ReinstateClearance(reason="r")) == {"not_suspended"}


def test_only_the_client_consents_and_withdrawing_suspends_the_clearance() -> None:
    story = Story()

    assert story.refused_on_course(ADA, c.SignConsent(version="2026-1")) == {"client_only"}
    story.on_course(SAM, c.WithdrawConsent())

    assert story.course.consent is None and story.course.consent_withdrawn
    assert story.course.clearance is not None and story.course.clearance.status == "suspended"


@pytest.mark.parametrize("state", [State.DOSED, State.TRANSFERRED])
def test_i17_no_consent_is_taken_while_the_medicine_may_be_working(state: State) -> None:
    story = Story()
    story.others = (OtherSession("session-9", state, SAM, ANA, BEN, 0),)

    assert story.refused_on_course(SAM, c.SignConsent(version="2026-1")) == {"under_care"}
    story.on_course(SAM, c.WithdrawConsent())  # needs no judgement and is always taken


def test_chores_of_the_clinic_are_not_done_at_home() -> None:
    story = Story()
    chores = (
        c.CheckDispatchNumber(number="+14155550190", state="CA", county="Marin"),
        c.BookAftercare(session="session-1", next_day=0, integration=0),
        c.TrainSupport(person=BEN),
        c.SettleSession(session="session-1", what="integration"),
    )

    for chore in chores:
        for person in (SAM, BEN):
            assert story.refused_on_course(person, chore) == {"staff"}
        story.on_course(KIM, chore)
    with pytest.raises(Malformed):
        story.on_course(KIM, c.CheckDispatchNumber(number="911", state="CA", county="Marin"))
    with pytest.raises(Malformed):
        story.on_course(KIM, c.SettleSession(session="s", what="lunch"))
    for what in ("adverse_event_reviewed", "adverse_event_closed", "review", "prescriber_contact"):
        assert story.refused_on_course(KIM, c.SettleSession(session="s", what=what)) == {"prescriber_only"}
    for what in ("integration", "next_day", "adverse_event_opened"):
        story.on_course(KIM, c.SettleSession(session="s", what=what))


def test_a_course_that_does_not_exist_is_not_found() -> None:
    story = Story()
    nothing = type(story.course)()

    with pytest.raises(NotFound):
        decide_course(CLEARANCE, nothing, story.world, story.actor(ADA), story.now)
    with pytest.raises(NotFound):
        decide_course(CLEARANCE, story.course, story.world, SYSTEM, story.now)


def test_a_course_is_opened_once_for_three_people() -> None:
    story = Story()
    empty = type(story.course)(id="course-2")
    same = c.OpenCourse(client=SAM, prescriber=ANA, therapist=ANA)

    assert story.refused_on_course(KIM, c.OpenCourse(client=SAM, prescriber=ADA, therapist=ANA)) == {"open"}
    with pytest.raises(Refused):
        decide_course(same, empty, story.world, story.actor(KIM), story.now)
    with pytest.raises(Refused):
        decide_course(replace(same, prescriber=ADA), empty, story.world, story.actor(SAM), story.now)


def test_a_session_counts_at_t0_and_no_longer_when_its_t0_was_none() -> None:
    story = told("released")
    story.wait(minutes(12))
    assert story.course.clearance is not None and story.course.clearance.used == 1
    assert [dose.mg for dose in story.course.doses] == [None]

    for person in (BEN, ANA, ADA):
        story.do(person, c.SayVoid(units_seen=True))

    assert story.course.clearance is not None and story.course.clearance.used == 0 and story.course.doses == ()


def test_help_that_was_called_from_outside_suspends_the_clearance() -> None:
    story = told("dosed")
    story.do(SAM, c.AskHelp())
    alarm = story.alarm("help_asked").id

    facts = story.do(KIM, c.DoOrder(alarm=alarm, step=0, outcome="dialled_reached"))

    assert any(isinstance(fact, f.OrderDone) for fact in facts)
    assert story.course.clearance is not None and story.course.clearance.status == "suspended"


@pytest.mark.parametrize(
    ("held", "cause"),
    [
        ({"NV:2029-12-31", "DEA:2029-12-31"}, "licence"),
        ({"CA:2029-12-31"}, "dea"),
        ({"CA", "DEA:2029-12-31"}, "licence"),
    ],
)
def test_a_licence_that_lapsed_suspends_with_the_next_thing_that_happens_and_only_a_licensed_prescriber_lifts_it(
    held: set[str], cause: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = told("arrived")
    with monkeypatch.context() as lapsed:
        lapsed.setitem(PEOPLE, ADA, replace(PEOPLE[ADA], licensed=frozenset(held)))
        story.do(BEN, c.Say(what="note", note="The cup is here."))

        given = story.course.clearance
        assert given is not None and (given.status, given.causes) == ("suspended", (cause,))
        assert story.refused_on_course(ADA, c.ReinstateClearance(reason="Renewed.")) == {cause}
    story.on_course(ADA, c.ReinstateClearance(reason="Renewed."))
    assert story.course.clearance is not None and story.course.clearance.status == "active"


@pytest.mark.parametrize("held", [{"CA:2029-12-31"}, {"CA:2029-12-31", "DEA:2026-06-14"}])
def test_nothing_is_signed_or_ordered_without_a_registration_in_force(
    held: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    story = Story()
    monkeypatch.setitem(PEOPLE, ADA, replace(PEOPLE[ADA], licensed=frozenset(held)))

    assert story.refused_on_course(ADA, c.SignClearance(sessions=2, days=30, gap_h=168, states=("CA",))) == {"dea"}
    assert story.refused_on_course(ADA, c.SignOrder(form="lozenge", mg_per_unit=50, units=2, hold_min=12)) == {"dea"}


def test_a_clearance_is_signed_only_where_its_prescriber_is_licensed() -> None:
    story = Story()

    with pytest.raises(Refused) as refused:
        story.on_course(ADA, c.SignClearance(sessions=2, days=30, gap_h=168, states=("CA", "NV")))

    assert "licence" in [reason.code for reason in refused.value.reasons]


def test_where_nothing_happened_the_course_learns_nothing() -> None:
    story = Story()
    ada = replace(story.world.people[ADA], licensed=frozenset())
    world = replace(story.world, people={**story.world.people, ADA: ada})

    assert consequences((), story.session, story.session, world) == ()


@pytest.mark.parametrize(
    "other",
    [
        OtherSession("session-2", State.SCHEDULED, SAM, JO, "lou", NOON.utc),
        OtherSession("session-2", State.DISCHARGED, SAM, JO, "lou", NOON.utc),
        OtherSession("session-2", State.DOSED, "noor", JO, "lou", NOON.utc),
    ],
    ids=["booked", "let go", "another client"],
)
def test_i17_a_consent_is_taken_while_no_medicine_may_be_working_in_this_client(other: OtherSession) -> None:
    story = Story()
    story.others = (other,)

    story.on_course(SAM, c.SignConsent(version="2026-1"))

    assert story.course.consent is not None


def test_item_9_that_is_acknowledged_is_the_one_of_the_newest_phq9() -> None:
    story = Story()
    story.on_course(SAM, c.RecordMeasure(scale="phq9", answers=(0, 0, 0, 0, 0, 0, 0, 0, 2)))
    story.on_course(SAM, c.RecordMeasure(scale="gad7", answers=(1, 1, 1, 1, 1, 1, 1)))

    (said, *_) = story.on_course(ADA, c.AcknowledgeItem9(reason="Spoke with Sam."))

    assert said == f.Item9Acknowledged(value=2, reason="Spoke with Sam.")


def test_aftercare_is_measured_from_the_session_it_belongs_to() -> None:
    story = Story()
    at = story.session.appointed
    story.others = (
        OtherSession("session-0", State.SCHEDULED, SAM, ANA, BEN, at + 9 * DAY),
        OtherSession(story.session.id, State.SCHEDULED, SAM, ANA, BEN, at),
    )

    story.on_course(KIM, c.BookAftercare(session=story.session.id, next_day=at + 21 * HOUR, integration=at + 30 * HOUR))

    assert story.session.id in story.course.aftercare


def test_who_may_not_sign_is_not_told_what_else_would_be_wrong() -> None:
    assert Story().refused_on_course(ANA, replace(CLEARANCE, sessions=99, states=())) == {"prescriber_only"}


@pytest.mark.parametrize(("kind", "settled"), [("integration", True), ("preparation", False)])
def test_only_a_held_integration_settles_the_dose_before_it(kind: str, settled: bool) -> None:
    story = Story(kind=kind)
    story.course = replace(story.course, dosed_sessions=("before",))
    story.tick()
    story.see()

    story.do(ANA, c.Hold())

    assert (("before", "integration") in story.course.settled) is settled


def test_an_integration_before_any_dose_settles_nothing() -> None:
    story = Story(kind="integration")
    story.tick()
    story.see()

    story.do(ANA, c.Hold())

    assert story.session.state is State.HELD and not story.course.settled


def test_a_session_that_moves_drops_only_what_was_booked_for_it() -> None:
    story = Story(appointed=NOON.plus(DAY))
    before = story.session
    facts = story.do(KIM, c.MoveSession(appointed=NOON.utc + 2 * DAY))

    assert consequences(facts, before, story.session, story.world) == ()


def test_after_an_early_release_the_prescriber_owes_a_look_before_the_client_decides_again() -> None:
    story = told("dosed").watched(60)

    story.do(ADA, c.ReleaseEarly(adult="Lou Rivera", reason="Sam goes to the hospital with Lou."))

    assert story.course.reviews == {story.session.id}
