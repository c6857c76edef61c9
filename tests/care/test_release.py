"""The release: possible only through the open board, and every way in which it ends."""

import pytest

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.board import board
from telekap.care.instant import HOUR, Instant
from telekap.care.people import Role
from telekap.care.release import reasons
from telekap.care.session import State
from telekap.care.traces import Alarm
from telekap.care.world import KnownDose, OtherSession
from tests.cast import ADA, ANA, BEN, JO, KIM, SAM, Story, minutes, replace, seconds, told


def last_end(story: Story) -> f.ReleaseEnded:
    ended = story.facts(f.ReleaseEnded)[-1]
    assert isinstance(ended, f.ReleaseEnded)
    return ended


def test_i3_the_board_is_open_and_stored_when_the_release_is_given() -> None:
    story = told("arrived")

    facts = story.do(ANA, c.Release())

    stored, released = facts[0], facts[1]
    assert isinstance(stored, f.BoardStored) and stored.moment == "release"
    assert set(stored.rows.values()) == {"green"}
    assert isinstance(released, f.Released) and released.units == (1, 2)
    assert released.hold_min == 12


def test_a_release_is_refused_with_every_shut_gate_at_once() -> None:
    story = Story()
    story.tick()

    codes = story.refused(ANA, c.Release())

    assert {"identity", "location", "pressure", "kit", "medicine", "watch", "lines"} <= codes


@pytest.mark.parametrize("person", [SAM, BEN, JO, ADA, KIM])
def test_only_the_therapist_releases(person: str) -> None:
    story = told("arrived")

    assert story.refused(person, c.Release()) == {"role"}


def test_a_release_needs_a_second_factor_of_the_last_hour() -> None:
    story = told("arrived")
    story.proved.remove(ANA)

    assert "second_factor" in story.refused(ANA, c.Release())


@pytest.mark.parametrize(("age", "codes"), [(HOUR, set()), (HOUR + 1, {"second_factor"})])
def test_the_code_on_this_login_is_at_most_an_hour_old(age: int, codes: set[str]) -> None:
    story = told("arrived")

    found = reasons(story.session, story.world, story.now, story.now.plus(-age))

    assert {reason.code for reason in found} == codes


def test_a_shut_gate_is_said_with_another_board_and_without_how_little_would_be_left() -> None:
    story = told("arrived")
    story.wait(minutes(11))  # four minutes are left of the pressure
    seen = board(story.session, story.world, story.now).digest
    story.answer("room", Role.THERAPIST, clear="no")

    assert story.refused(ANA, c.Release()) == {"room"}
    assert story.refused(ANA, c.Release(board=seen)) == {"room", "board_changed"}


def test_a_release_is_refused_on_another_board_than_the_therapist_saw() -> None:
    story = told("arrived")
    seen = board(story.session, story.world, story.now).digest
    story.answer("room", Role.THERAPIST)

    assert story.refused(ANA, c.Release(board=seen)) == {"board_changed"}
    story.do(ANA, c.Release(board=board(story.session, story.world, story.now).digest))


@pytest.mark.parametrize(("left", "given"), [(4.99, False), (5, True)])
def test_a_release_needs_five_minutes_before_the_next_gate_goes_stale(left: float, given: bool) -> None:
    story = told("arrived")
    story.wait(minutes(15 - left))  # the pressure is good for 15 min

    if given:
        story.do(ANA, c.Release())
        assert story.session.release is not None and story.session.release.because == "pressure"
    else:
        assert story.refused(ANA, c.Release()) == {"too_little_left"}


def test_i4_a_release_lasts_ten_minutes_at_most() -> None:
    story = told("released")
    assert story.session.release is not None
    assert story.session.release.ends.utc - story.now.utc == minutes(10)

    story.wait(minutes(10) - 1)
    assert story.session.release is not None
    story.wait(1)

    assert story.session.release is None and "lapsed" in last_end(story).causes


def test_i4_a_release_ends_when_the_first_gate_goes_stale() -> None:
    story = told("arrived")
    story.wait(minutes(8))
    story.do(ANA, c.Release())

    story.wait(minutes(7))

    assert story.session.release is None and "pressure" in last_end(story).causes


@pytest.mark.parametrize(
    ("person", "cause"),
    [(SAM, "said"), (BEN, "support_said"), (ANA, "recalled"), (JO, "recalled"), (ADA, "recalled"), (KIM, "recalled")],
)
def test_anybody_recalls_a_release(person: str, cause: str) -> None:
    story = told("released")

    story.do(person, c.Recall(reason="Wait."))

    assert story.session.release is None and last_end(story).causes == (cause,)
    assert story.session.state is State.RELEASED and story.session.question is not None


@pytest.mark.parametrize("what", ["stop", "no"])
def test_i17_the_clients_stop_or_no_ends_the_release(what: str) -> None:
    story = told("released")

    story.do(SAM, c.Say(what=what))

    assert last_end(story).causes == ("said",)


def test_a_revoked_clearance_ends_the_release_in_the_same_moment() -> None:
    story = told("released")

    story.on_course(ADA, c.RevokeClearance(reason="New medicine."))

    assert story.session.release is None and "clearance" in last_end(story).causes


@pytest.mark.parametrize(
    ("person", "command", "sentence"),
    [
        (ADA, c.SignClearance(sessions=2, days=20, gap_h=168, states=("CA",)), "The clearance changed."),
        (SAM, c.SignConsent(version="2026-1"), "The consent changed."),
    ],
    ids=["clearance", "consent"],
)
def test_a_new_paper_ends_the_release_though_no_gate_shuts(
    person: str, command: c.CourseCommand, sentence: str
) -> None:
    story = told("released")
    story.wait(seconds(1))
    assert story.course.order is not None
    # Signed while no clearance held: it is for whichever is signed next, and no gate shuts.
    story.course = replace(story.course, order=replace(story.course.order, clearance=""))

    story.on_course(person, command)

    assert story.session.release is None
    assert last_end(story).sentence == sentence and board(story.session, story.world, story.now).open


def test_a_take_over_ends_the_release_and_says_so() -> None:
    story = told("released")

    story.do(JO, c.TakeOver())

    assert last_end(story).sentence.startswith("The therapist changed.")


def test_without_an_order_nothing_is_released() -> None:
    story = told("arrived")
    story.course = replace(story.course, order=None)

    assert "order" in story.refused(ANA, c.Release())


def test_a_new_order_ends_the_release() -> None:
    story = told("released")

    story.on_course(ADA, c.SignOrder(form="lozenge", mg_per_unit=25, units=2, hold_min=12))

    assert "order" in last_end(story).causes


def test_a_withdrawn_consent_ends_the_release() -> None:
    story = told("released")

    story.on_course(SAM, c.WithdrawConsent())

    assert "consent" in last_end(story).causes


def test_a_new_protocol_before_the_dose_ends_the_release() -> None:
    story = told("released")
    story.protocol = replace(story.protocol, numbers={**story.protocol.numbers, "hold.grace": 1.0})

    story.tick()

    assert "protocol" in last_end(story).causes


@pytest.mark.parametrize(
    ("command", "cause"),
    [
        (c.TakeOver(), "therapist"),
        (c.ReplaceSupport(person="lou", phone_tested=True), "support"),
    ],
)
def test_a_change_of_person_ends_the_release(command: c.Command, cause: str) -> None:
    story = told("released")

    story.do(JO, command)

    assert cause in last_end(story).causes


def test_a_release_ends_ten_seconds_after_the_last_picture() -> None:
    story = told("released")
    story.see("stopped", Role.CLIENT)

    story.wait(seconds(10))
    assert story.session.release is not None
    story.wait(1)

    assert last_end(story).causes == ("lines",)


def test_a_stopped_watch_ends_the_release() -> None:
    story = told("released")
    story.watch_runs = False

    story.tick()

    assert "watch" in last_end(story).causes


def test_an_answer_that_shuts_a_gate_ends_the_release() -> None:
    story = told("released")

    story.answer("room", Role.THERAPIST, clear="no")

    assert last_end(story).causes == ("room",)


def test_the_question_closes_only_with_the_ordered_number_from_the_therapist() -> None:
    story = told("released")
    story.do(ANA, c.Recall())

    story.do(BEN, c.CountUnits(units=2))
    story.do(SAM, c.CountUnits(units=2))
    assert story.session.state is State.RELEASED
    story.do(ANA, c.CountUnits(units=1))
    assert story.session.state is State.RELEASED and story.alarm("units_refused") is not None
    story.do(ANA, c.CountUnits(units=2))

    assert story.session.state is State.ARRIVING and story.session.question is None


def test_after_nothing_was_taken_the_therapist_may_release_again() -> None:
    story = told("released")
    story.do(ANA, c.Recall())
    story.do(ANA, c.CountUnits(units=2))

    story.do(ANA, c.Release())

    assert story.session.state is State.RELEASED and story.session.release is not None


def test_l3_unanswered_for_two_minutes_counts_as_taken_at_the_release() -> None:
    story = told("released")
    given = story.now
    story.wait(minutes(10) + minutes(2) - 1)
    assert story.session.state is State.RELEASED
    story.wait(1)

    assert story.session.state is State.DOSED and story.session.presumed
    assert story.session.t0 == given
    assert story.session.doses[0].mg is None and story.session.doses[0].unit is None
    assert story.alarm("dose_presumed").owner == ANA
    assert story.course.clearance is not None and story.course.clearance.status == "suspended"


def test_l8_a_server_that_was_down_ends_the_release_first_and_then_asks() -> None:
    story = told("released")
    story.skip(minutes(10) + minutes(5))

    story.tick()
    assert story.session.state is State.RELEASED and story.session.question is not None
    story.wait(minutes(2))

    assert story.session.state is State.DOSED and story.session.presumed


def test_a_presumed_dose_is_called_late_but_its_check_ins_are_due_now() -> None:
    story = told("released")
    story.wait(minutes(12))

    called = [fact for fact in story.facts(f.CheckInDue) if isinstance(fact, f.CheckInDue)]

    assert [fact.check_in for fact in called] == ["hold"]


def test_i18_nobody_is_released_while_the_client_is_in_another_open_session() -> None:
    story = told("arrived")
    story.others = (OtherSession("other", State.ARRIVING, SAM, "eve", "dan", 0),)

    assert "client_elsewhere" in story.refused(ANA, c.Release())


def test_i18_nobody_is_released_while_the_therapist_has_another_open_session() -> None:
    story = told("arrived")
    story.others = (OtherSession("other", State.DOSED, "max", ANA, "dan", 0),)

    assert "therapist_elsewhere" in story.refused(ANA, c.Release())


@pytest.mark.parametrize(("mg", "refused"), [(0.0, False), (0.5, True), (None, True)])
def test_i7_the_permitted_total_of_a_day_stays_under_the_ceiling(mg: float | None, refused: bool) -> None:
    # 100 mg is the ceiling of a first session, and the order is 100 mg.
    story = told("arrived")
    earlier = KnownDose("elsewhere", story.now.utc - 23 * HOUR, mg)
    story.course = replace(story.course, doses=(earlier,))

    codes = story.refused(ANA, c.Release())  # the interval gate is shut in any case

    assert ("ceiling" in codes) is refused


def test_no_release_while_a_clinical_alarm_is_open() -> None:
    story = told("arrived")
    story.do(SAM, c.AskHelp())

    assert "alarm" in story.refused(ANA, c.Release())


def test_a_release_in_a_preparation_session_does_not_exist() -> None:
    story = Story(kind="preparation")
    story.tick()

    assert story.refused(ANA, c.Release()) == {"kind"}


def test_a_wall_clock_that_jumps_back_does_not_prolong_a_release() -> None:
    story = told("released")
    start = story.now
    story.now = Instant(start.utc - HOUR, start.elapsed + minutes(10), start.boot)

    story.tick()

    assert story.session.release is None


def test_a_question_of_the_client_ends_the_release_as_a_consent_that_waits_and_not_as_a_no() -> None:
    story = told("released")

    story.do(SAM, c.Say(what="question", note="Is it bitter?"))

    assert story.session.release is None and last_end(story).causes == ("consent",)


@pytest.mark.parametrize(("family", "keeps"), [("clinical", True), ("technical", False), ("follow_up", False)])
def test_only_a_clinical_alarm_keeps_the_release_shut(family: str, keeps: bool) -> None:
    story = told("arrived")
    raised = Alarm("a1", "help_asked", "client", family, "high", "s", story.now, ANA, story.now)
    story.session = replace(story.session, alarms={"a1": raised})

    found = reasons(story.session, story.world, story.now, second_factor=story.now)
    assert ("alarm" in {reason.code for reason in found}) is keeps
