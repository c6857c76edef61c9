"""The twenty most dangerous failures of software like this, one test each, with what must happen instead."""

from dataclasses import replace

import pytest

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.board import board
from telekap.care.decide import settle
from telekap.care.errors import Malformed, NotFound, Refused
from telekap.care.instant import DAY, HOUR
from telekap.care.people import Role
from telekap.care.session import State
from telekap.care.views import view
from telekap.care.words import address
from telekap.care.world import KnownDose, OtherSession
from tests.cast import ADA, ANA, BEN, JO, KIM, SAM, Story, minutes, seconds, told

THERAPIST, SUPPORT, CLIENT = Role.THERAPIST, Role.SUPPORT, Role.CLIENT


def colour(story: Story, gate: str) -> str:
    return str(board(story.session, story.world, story.now).of(gate).colour.value)


def suspended(story: Story) -> bool:
    return story.course.clearance is not None and story.course.clearance.status == "suspended"


def test_01_revoked_mid_checklist() -> None:
    story = told("arrived")
    story.on_course(ADA, c.RevokeClearance(reason="New finding."))

    assert colour(story, "clearance") == "red"
    with pytest.raises(Refused):
        story.do(ANA, c.Release())
    assert story.session.t0 is None and not story.facts(f.Released)


def test_02_expired_by_clock() -> None:
    story = told("arrived")
    given = story.course.clearance
    assert given is not None
    story.course = replace(story.course, clearance=replace(given, until=story.now.utc + minutes(4)))
    assert "too_little_left" in story.refused(ANA, c.Release())  # it would end before the dose could be taken
    story.wait(minutes(4))
    assert {"clearance"} <= story.refused(ANA, c.Release())

    # The gap between doses is counted in hours that passed, not in calendar days: 167 h are not 168.
    other = told("arrived")
    other.course = replace(other.course, doses=(KnownDose("old", other.now.utc - 167 * HOUR, 50),))
    assert colour(other, "interval") == "red"
    other.course = replace(other.course, doses=(KnownDose("old", other.now.utc - 168 * HOUR, 50),))
    assert colour(other, "interval") == "green"


def test_03_alarm_to_nobody() -> None:
    empty = told("arrived")
    roles = {role: person for role, person in empty.session.roles.items() if role is not Role.PRESCRIBER}
    empty.session = replace(empty.session, roles=roles)
    assert colour(empty, "on_call") == "red"
    assert "on_call" in empty.refused(ANA, c.Release())
    dead = told("arrived")
    dead.wait(1)
    dead.do(KIM, c.AskDuty(role=Role.PRESCRIBER))  # a page that nobody answers
    assert colour(dead, "on_call") == "shut"
    assert "on_call" in dead.refused(ANA, c.Release())

    dosed = told("dosed")
    dosed.do(SAM, c.AskHelp())
    first = dosed.alarm("help_asked").owner
    dosed.do("", c.NoteFailedNotice(person=first, subject=dosed.alarm("help_asked").id))
    dosed.tick()
    second = dosed.alarm("help_asked").owner
    assert second != first  # a page that reached nobody: the next person at once, not in a minute
    assert "page_failed" in dosed.open_kinds()  # ... and an alarm of its own
    dosed.wait(seconds(61))
    assert dosed.alarm("help_asked").owner != second  # sent is not handled
    assert not dosed.alarm("help_asked").acked_by and "help_asked" in dosed.open_kinds()


def test_04_ack_by_accident() -> None:
    story = told("dosed")
    story.do(SAM, c.AskHelp())
    first = story.alarm("help_asked").owner
    story.hear()  # what a page does by itself in the background is no acknowledgement
    story.wait(seconds(61))

    assert story.alarm("help_asked").acked_by == "" and story.alarm("help_asked").owner != first
    assert story.alarm("help_asked").priority == "high"


def test_05_silent_timer_death() -> None:
    story = told("dosed").watched(37)
    story.skip(minutes(12))  # laptop asleep, server gone: nobody counted
    story.tick()

    assert ("t40", THERAPIST) in story.session.missed
    assert "check_in_overdue" in story.open_kinds()
    due = {one.id: one.due.utc for one in _plan(story)}
    assert story.session.t0 is not None and due["t60"] == story.session.t0.utc + minutes(60)


def test_06_frozen_video_looks_like_a_calm_client() -> None:
    story = told("dosed")
    story.see("stopped", CLIENT, newest=story.now.utc)
    story.wait(seconds(9))
    assert "video_lost" not in story.open_kinds()
    story.wait(seconds(2))

    assert "video_lost" in story.open_kinds()
    assert story.alarm("video_lost").order  # phone the support person: the ladder has started


def test_07_wrong_address() -> None:
    story = told("arrived")
    story.answer("location", SUPPORT, street="12 Oak Street")

    assert colour(story, "location") == "red"
    assert "location" in story.refused(ANA, c.Release())
    empty = Story()
    empty.tick()
    assert colour(empty, "location") == "shut"  # nothing is filled in beforehand


def test_08_the_therapists_911() -> None:
    story = told("arrived")
    number = story.course.dispatch
    assert number is not None
    story.course = replace(story.course, dispatch=replace(number, number="911"))
    assert colour(story, "emergency_numbers") == "red"  # a short number dials from where the therapist is

    dosed = told("dosed")
    dosed.wait(minutes(24))
    order = dosed.alarm("check_in_overdue").order
    assert address(dosed.session) in order and address(dosed.session)
    assert "dial" in {step.order for step in dosed.protocol.ladder("check_in_overdue").steps}


def test_09_licence_by_home_state() -> None:
    story = told("arrived")
    story.answer("location", CLIENT, state="NV")

    assert suspended(story)  # also in the middle of a course
    assert story.session.state is State.STOOD_DOWN or colour(story, "location") == "red"
    with pytest.raises(Refused):
        story.do(ANA, c.Release())


def test_10_support_person_ghosting() -> None:
    story = told("dosed").watched(15)
    story.do(BEN, c.Say(what="leaving"))

    assert "support_gone" in story.open_kinds()
    story.watched(20)
    assert "alarm_support_gone" in story.refused(ANA, c.Discharge())
    gone = told("dosed").watched(15)
    gone.wait(minutes(17))  # presence is proved anew at each check-in
    assert "check_in_overdue" in gone.open_kinds()


def test_11_one_person_plays_two_roles() -> None:
    story = Story()
    roles = {**story.session.roles, SUPPORT: SAM}
    with pytest.raises(Refused) as no:
        _book(story, roles)
    assert "two_roles" in {reason.code for reason in no.value.reasons}
    with pytest.raises((Refused, NotFound)):
        told("dosed").do(SAM, c.ExplainMiss(check_in="t15", part=SUPPORT, reason="r"))
    said = told("minute 14")
    said.wait(minutes(1))
    said.do(SAM, c.CheckIn(check_in="t15", values=said.well("t15", SUPPORT)))
    assert not any(done.fresh for done in said.session.parts.get(("t15", CLIENT), ()))


def test_12_units_mix_up() -> None:
    story = told("arrived")
    story.answer("medicine", SUPPORT, mg=1_000)
    assert colour(story, "medicine") == "red"
    story.answer("medicine", SUPPORT, units=1)
    assert colour(story, "medicine") == "red"
    swapped = told("arrived")
    swapped.answer("pressure", THERAPIST, sbp1=78, dbp1=122, sbp2=76, dbp2=120)
    assert colour(swapped, "pressure") == "shut"


def test_13_duplicate_t0() -> None:
    story = told("released")
    story.do(SAM, c.Taken(units=(1, 2)))
    t0 = story.session.t0
    story.wait(minutes(3))
    story.do(SAM, c.Taken(units=(1, 2)))
    story.do(BEN, c.Taken(units=(1,)))

    assert story.session.t0 == t0
    assert len(story.facts(f.DoseTaken)) == 2


def test_14_over_ceiling_by_parts() -> None:
    story = told("arrived")
    story.course = replace(
        story.course,
        dosed_sessions=("elsewhere",),
        settled=frozenset({("elsewhere", "integration"), ("elsewhere", "next_day")}),
        doses=(KnownDose("elsewhere", story.now.utc - 20 * HOUR, 350),),
    )

    assert {"ceiling", "interval"} & story.refused(ANA, c.Release())


def test_15_discharge_bypass() -> None:
    story = told("dosed").watched(119)
    missing = story.refused(ANA, c.Discharge())
    assert {"floor", "assessments"} <= missing
    story.see("stopped", CLIENT)
    story.wait(minutes(30))
    assert story.session.state is State.DOSED  # a dropped picture ends nothing

    once = told("floor")
    once.assess()
    once.countersign()
    assert "second_assessment" in once.refused(ANA, c.Discharge())


def test_16_offline_entry_clash() -> None:
    story = told("dosed").watched(44)
    story.wait(minutes(26))
    assert "check_in_overdue" in story.open_kinds()
    seen = story.now.utc - minutes(25)
    story.do(BEN, c.CheckIn(check_in="t45", values=story.well("t45", SUPPORT), said_at=seen))

    entry = next(entry for entry in reversed(story.entries) if isinstance(entry.fact, f.CheckInAnswered))
    assert entry.occurred == seen and entry.at.utc == story.now.utc  # both times
    assert ("t45", SUPPORT) in story.session.missed
    assert not story.alarm("check_in_overdue").over


def test_17_amber_override_forged() -> None:
    story = told("arrived")
    story.answer("oxygen", THERAPIST, spo2=93)
    reading = board(story.session, story.world, story.now).of("oxygen").reading
    forged = c.DecideAmber(gate="oxygen", reading=reading, proceed=True, reason="Fine.")
    for person in (ANA, JO, KIM, SAM):
        with pytest.raises((Refused, NotFound)):
            story.do(person, forged)
    story.proved.discard(ADA)
    assert "second_factor" in story.refused(ADA, forged)  # no token from before

    red = told("arrived")
    red.answer("oxygen", THERAPIST, spo2=93)
    red.answer("oxygen", THERAPIST, spo2=97)
    both = [a.values["spo2"] for a in red.session.answers if a.gate == "oxygen"]
    assert both[-2:] == [93, 97]  # a correction is one more entry


def _next_session(of: Story) -> Story:
    """Another session of the same course, everybody there and every gate answered well."""
    story = told("arrived")
    story.session = replace(story.session, id="next")
    story.course = of.course
    return story


def test_18_missed_next_day_check_next_dose_allowed() -> None:
    story = told("discharged")
    story.do(ANA, c.ReportEvent(grade="moderate", note="Vomited in the evening."))
    ended = story.session.discharged
    assert ended is not None
    story.now = ended.plus(30 * HOUR)  # nobody has answered
    story.tick()

    assert suspended(story)
    assert story.alarm("next_day_missed").owner == KIM  # a task with an owner
    story.now = ended.plus(7 * DAY)  # nor come to the integration
    story.tick()
    assert "integration_missed" in story.open_kinds()
    following = _next_session(story)
    assert colour(following, "last_session") == "red" and colour(following, "clearance") == "red"
    assert {"last_session", "clearance"} <= following.refused(ANA, c.Release())

    # Each of the three keeps the next dose away by itself.
    for person, what in ((KIM, "next_day"), (KIM, "integration"), (ADA, "adverse_event_closed")):
        assert colour(_next_session(story), "last_session") == "red"
        story.on_course(person, c.SettleSession(session=story.session.id, what=what))
    assert colour(_next_session(story), "last_session") == "green"
    assert colour(_next_session(story), "clearance") == "red"  # settled is not reinstated


def test_19_suicidality_lost() -> None:
    story = told("arrived")
    story.on_course(SAM, c.RecordMeasure(scale="phq9", answers=(0, 0, 0, 0, 0, 0, 0, 0, 2)))

    assert suspended(story)  # a total of 2 is "minimal", the item is not
    assert story.session.state is not State.RELEASED
    with pytest.raises(Refused):
        story.do(ANA, c.Release())


def test_20_role_leak_and_stale_policy() -> None:
    """The link of the support person and the protocol of a running session: tests/web and tests/record, by name."""
    story = told("dosed")
    story.do(ANA, c.Say(what="note", note="Spoke of the accident."))
    told_ben = repr(view(story.session, story.world, BEN, SUPPORT, story.now))
    assert "accident" not in told_ben  # what is said in therapy is nobody else's
    assert story.refused(BEN, c.Discharge()) and story.refused(BEN, c.ReplaceSupport(person="lou", phone_tested=True))

    # The rule that allows remote prescribing ends: asked at clearance, order, booking, release and T0.
    late = told("arrived")
    late.now = late.now.plus(365 * DAY)
    screening = late.course.screening
    assert screening is not None
    late.course = replace(late.course, screening=replace(screening, at=late.now))
    for person, command in (
        (ADA, c.SignClearance(sessions=2, days=30, gap_h=168, states=("CA",))),
        (ADA, c.SignOrder(form="lozenge", mg_per_unit=50, units=2, hold_min=12)),
    ):
        with pytest.raises(Refused) as no:
            late.on_course(person, command)
        assert "jurisdiction" in {reason.code for reason in no.value.reasons}
    with pytest.raises(Refused) as full:
        _book(late, dict(late.session.roles))
    assert "jurisdiction" in {reason.code for reason in full.value.reasons}
    assert colour(late, "clearance") in ("red", "shut")
    assert "clearance" in late.refused(ANA, c.Release())
    late.do(SAM, c.Taken(units=(1,)))  # taken all the same: recorded, and cried out
    assert {"gate_shut_at_t0", "dose_outside_release"} <= {one.kind for one in late.session.incidents}

    # What was fixed at T0 stays as it was.
    before = [one.due.utc for one in _plan(told("dosed"))]
    assert [one.due.utc for one in _plan(story)] == before
    assert settle(story.session, story.world, story.now) == ()


def test_extra_a_dosed_clients_consent_is_not_taken() -> None:
    story = told("dosed")
    here = OtherSession(story.session.id, story.session.state, SAM, ANA, BEN, story.session.appointed)
    story.others = (here,)
    with pytest.raises(Refused):
        story.on_course(SAM, c.SignConsent(version="2026-1"))


def test_extra_an_impossible_answer_changes_nothing() -> None:
    story = told("arrived")
    before = story.session
    with pytest.raises((Malformed, Refused)):
        story.do(ANA, c.AnswerGate(gate="oxygen", values={"spo2": "well"}))
    assert story.session is before


def _plan(story: Story) -> tuple[object, ...]:
    from telekap.care.checkins import plan

    return plan(story.session, story.world)


def _book(story: Story, roles: dict[Role, str]) -> None:
    from telekap.care.decide import outcome
    from telekap.care.session import Session

    command = c.BookSession(kind="dosing", course="course-1", roles=roles, appointed=story.now.utc, zone="UTC")
    outcome(command, Session(id="new"), story.world, story.actor(KIM), story.now)
