"""Alarms: raised, owned by one named person, handed on, acknowledged, over, resolved: each a thing apart."""

from itertools import pairwise

import pytest

from telekap.care import alarms as rules
from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.errors import NotFound
from telekap.care.instant import HOUR
from telekap.care.ladder import next_move
from telekap.care.notices import notices
from telekap.care.people import Role
from telekap.care.session import Alarm, State
from telekap.care.world import OtherSession
from tests.cast import ADA, ANA, BEN, JO, KIM, MAX, NOON, SAM, Story, minutes, seconds, told


def moves(story: Story, kind: str) -> list[tuple[int, str, str]]:
    """(seconds after the alarm's 0, owner, order) of everything an alarm of ``kind`` did."""
    alarm = story.alarm(kind)
    began = alarm.since.utc
    found = [
        ((entry.at.utc - began) // 1000, entry.fact.owner, entry.fact.order)
        for entry in story.entries
        if isinstance(entry.fact, f.AlarmRaised | f.AlarmMoved) and entry.fact.alarm == alarm.id
    ]
    return found


def overdue() -> Story:
    """Nobody answers the check-in of minute 15; everything else is well. Now = its grace has just passed."""
    story = told("minute 14")
    story.wait(minutes(3))
    assert story.alarm("check_in_overdue") is not None
    return story


def test_an_overdue_check_in_goes_up_its_ladder_minute_by_minute() -> None:
    story = overdue()

    story.wait(minutes(8))

    went = moves(story, "check_in_overdue")
    assert went[:9] == [
        (0, ANA, ""),
        (60, ANA, ""),
        (120, ANA, "Phone Ben Ortiz now."),
        (180, ANA, "Phone Sam Rivera now."),
        (240, ADA, ""),
        (300, KIM, went[5][2]),
        (360, ANA, went[5][2]),  # not dialled within a minute: the therapist on a second device,
        (420, ADA, went[5][2]),  # then the prescriber,
        (480, JO, went[5][2]),  # then the stand-in, and round again
    ]
    assert went[5][2].startswith("Call emergency services to 1180 Castro St, Apt 4, San Francisco, CA, 94114")


def test_l1_the_order_to_dial_repeats_every_minute_until_somebody_has_dialled() -> None:
    story = overdue()
    story.wait(minutes(9))
    dialling = [second for second, _, order in moves(story, "check_in_overdue") if order.startswith("Call emergency")]
    assert dialling == [300, 360, 420, 480, 540]

    story.do(KIM, c.DoOrder(alarm=story.alarm("check_in_overdue").id, step=5, outcome="dialled_not_reached"))
    story.wait(minutes(1))
    assert moves(story, "check_in_overdue")[-1][2].startswith("Call emergency")
    story.do(ANA, c.DoOrder(alarm=story.alarm("check_in_overdue").id, step=5, outcome="dialled_reached"))
    story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("check_in_overdue").id))
    story.wait(minutes(3))

    assert [second for second, _, order in moves(story, "check_in_overdue") if second > 605 and order] == []


def test_an_acknowledgement_does_not_stop_the_ladder_of_a_client_nobody_has_seen() -> None:
    story = overdue()

    story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("check_in_overdue").id))
    story.wait(minutes(5))

    assert any(owner == KIM and order for _, owner, order in moves(story, "check_in_overdue"))


def test_only_a_fresh_look_by_the_person_on_site_ends_the_overdue_condition() -> None:
    story = overdue()

    story.reads("t15")
    assert not story.alarm("check_in_overdue").over
    story.look_in("t15")

    assert story.alarm("check_in_overdue").over and not story.alarm("check_in_overdue").resolved


def test_i12_a_look_made_before_the_alarm_began_does_not_end_it() -> None:
    story = overdue()
    story.wait(seconds(10))
    values = story.well("t15", Role.SUPPORT)

    story.do(BEN, c.CheckIn(check_in="t15", values=values, said_at=story.now.utc - seconds(20)))
    assert not story.alarm("check_in_overdue").over
    story.do(BEN, c.CheckIn(check_in="t15", values=values, said_at=story.now.utc - seconds(10)))

    assert story.alarm("check_in_overdue").over


def test_acknowledged_is_not_resolved_and_over_is_not_resolved() -> None:
    story = overdue()
    alarm = story.alarm("check_in_overdue").id

    story.do(ANA, c.AcknowledgeAlarm(alarm=alarm))
    assert story.refused(ANA, c.ResolveAlarm(alarm=alarm, reason="Fine.")) == {"still_true"}
    story.look_in("t15")
    assert "check_in_overdue" in story.open_kinds()
    story.do(ANA, c.ResolveAlarm(alarm=alarm, reason="Ben was at the door."))

    assert "check_in_overdue" not in story.open_kinds()
    story.reads("t15")
    story.wait(minutes(5))
    assert story.open_kinds() <= {"therapist_line_lost"}


def test_one_client_nobody_looks_at_is_one_alarm_however_many_check_ins_pass() -> None:
    story = overdue()

    story.wait(minutes(40))

    assert [a.subject for a in story.session.alarms.values() if a.kind == "check_in_overdue"] == ["t15"]


def test_when_only_the_therapist_is_silent_it_is_the_therapists_line() -> None:
    story = told("minute 14")
    story.wait(minutes(1))
    story.look_in("t15")

    story.wait(minutes(2))

    assert story.alarm("check_in_overdue") is None
    alarm = story.alarm("therapist_line_lost")
    assert (alarm.subject, alarm.owner) == ("t15", JO)
    story.do(JO, c.TakeOver())
    story.do(JO, c.CheckIn(check_in="t15", values=story.well("t15", Role.THERAPIST)))
    assert story.alarm("therapist_line_lost").over
    story.wait(seconds(10))  # Jo's own picture has that long to come
    assert story.alarm("therapist_line_lost").subject == "line"


@pytest.mark.parametrize(("after", "lost"), [(seconds(10) - 1, False), (seconds(10), True)])
def test_no_picture_of_the_client_for_ten_seconds_is_an_alarm(after: int, lost: bool) -> None:
    story = told("dosed")
    story.see("stopped", Role.CLIENT)

    story.wait(after)

    assert (story.alarm("video_lost") is not None) is lost


def test_a_picture_that_comes_back_ends_the_alarm_and_its_loss_raises_it_again() -> None:
    story = told("dosed")
    story.see("stopped", Role.CLIENT)
    story.wait(seconds(20))
    story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("video_lost").id))

    story.see()
    assert story.alarm("video_lost").over
    story.see("unknown", Role.CLIENT)
    story.wait(seconds(10))

    alarm = story.alarm("video_lost")
    assert not alarm.over and alarm.acked_by == "" and alarm.step == 0


@pytest.mark.parametrize("state", ["unknown", "frozen"])
def test_a_restart_of_the_server_and_a_picture_that_stands_still_are_no_picture(state: str) -> None:
    story = told("dosed")
    newest = story.now.utc
    story.skip(seconds(8))
    story.do("", c.NoteSight(role=Role.CLIENT, kind="video", direction="in", state=state, newest=newest))

    story.wait(seconds(2))

    assert story.alarm("video_lost") is not None


def test_help_goes_to_the_next_person_after_twenty_seconds() -> None:
    story = told("dosed")

    story.do(SAM, c.AskHelp())
    story.wait(seconds(61))

    went = moves(story, "help_asked")
    assert [(second, owner) for second, owner, _ in went if second in (0, 20, 60)] == [(0, ANA), (20, BEN), (60, ADA)]


def test_help_that_somebody_has_taken_on_is_over_and_asks_again_when_called_again() -> None:
    story = told("dosed")
    story.do(SAM, c.AskHelp())
    story.do(BEN, c.DoOrder(alarm=story.alarm("help_asked").id, step=0, outcome="not_reached"))
    assert story.refused(BEN, c.AcknowledgeAlarm(alarm=story.alarm("help_asked").id)) == {"not_yours"}
    story.wait(seconds(20))

    story.do(BEN, c.AcknowledgeAlarm(alarm=story.alarm("help_asked").id))
    assert story.alarm("help_asked").over
    story.do(SAM, c.AskHelp())

    alarm = story.alarm("help_asked")
    assert not alarm.over and alarm.acked_by == "" and len(story.session.alarms) == 1


HOURS = {"scheduled": 2 * HOUR, "arriving": 0}


@pytest.mark.parametrize("state", ["scheduled", "arriving", "closed"])
def test_help_is_an_alarm_in_every_state(state: str) -> None:
    story = told("discharged") if state == "closed" else Story(appointed=NOON.plus(HOURS[state]))
    if state == "closed":
        story.do(ANA, c.Sign())
    assert story.session.state.value == state

    story.do(SAM, c.AskHelp())

    assert story.alarm("help_asked").owner == ANA
    assert next_move(story.alarm("help_asked"), story.session, story.world) is not None


@pytest.mark.parametrize("what", ["stop", "no"])
def test_i17_stop_after_the_dose_is_answered_like_a_call_for_help(what: str) -> None:
    story = told("dosed")

    story.do(SAM, c.Say(what=what))

    assert story.session.state is State.DOSED and story.alarm("help_asked") is not None


def test_a_support_person_who_is_not_sure_is_an_alarm_for_the_therapist() -> None:
    story = told("dosed")

    story.do(BEN, c.Say(what="concern", note="He breathes oddly."))

    assert story.alarm("unsure").owner == ANA
    assert story.course.clearance is not None and story.course.clearance.status == "suspended"


def test_a_support_person_who_leaves_is_gone_until_another_adult_is_there() -> None:
    story = told("dosed")
    story.do(BEN, c.Say(what="leaving"))
    story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("support_gone").id))
    assert not story.alarm("support_gone").over

    story.do(ANA, c.ReplaceSupport(person="lou", phone_tested=True))

    assert story.alarm("support_gone").over and story.session.state is State.DOSED


@pytest.mark.parametrize(
    ("values", "kind", "subject"),
    [
        ({"spo2": 89}, "red_reading", "spo2"),
        ({"sbp": 180, "dbp": 90}, "pressure_high", "pressure"),
        ({"sbp": 150, "dbp": 120}, "pressure_high", "pressure"),
        ({"rr": 7}, "emergency", "rr"),
    ],
)
def test_a_red_reading_is_an_alarm_until_a_later_one_is_not_red(
    values: dict[str, float], kind: str, subject: str
) -> None:
    story = told("dosed")
    well = {"spo2": 97, "sbp": 130, "dbp": 80, "rr": 14}

    story.do(ANA, c.TakeReading(values=values))
    alarm = story.alarm(kind)
    assert alarm.subject == subject and not alarm.over
    story.do(ANA, c.AcknowledgeAlarm(alarm=alarm.id))
    assert not story.alarm(kind).over
    story.do(ANA, c.TakeReading(values={**well}, said_at=story.now.utc - minutes(5)))
    assert not story.alarm(kind).over  # I12: a back-dated value silences nothing
    story.do(ANA, c.TakeReading(values=well))

    assert story.alarm(kind).over


@pytest.mark.parametrize("values", [{"spo2": 90}, {"sbp": 179, "dbp": 119}, {"rr": 8}])
def test_a_reading_one_step_better_than_red_is_no_alarm(values: dict[str, float]) -> None:
    story = told("dosed")

    story.do(ANA, c.TakeReading(values=values))

    assert story.open_kinds() <= {"vitals_amber"}


@pytest.mark.parametrize(("apart", "red"), [(minutes(2), True), (minutes(2) + 1, False)])
def test_a_second_unusable_reading_in_two_minutes_is_red(apart: int, red: bool) -> None:
    story = told("dosed")
    story.do(ANA, c.TakeReading(values={"spo2": 30}))
    story.wait(apart)

    story.do(ANA, c.TakeReading(values={"spo2": 20}))

    assert (story.alarm("red_reading") is not None) is red
    if red:
        story.do(ANA, c.TakeReading(values={"spo2": 97}))
        assert story.alarm("red_reading").over


def test_a_test_sound_nobody_hears_is_a_technical_alarm_the_dispatcher_may_resolve() -> None:
    story = told("dosed")
    story.wait(minutes(10), quietly=False)
    alarm = story.alarm("canary_silent")
    assert alarm.family == "technical"

    story.do(ANA, c.HearCanary(canary=story.session.canary))
    assert story.alarm("canary_silent").over
    assert story.refused(ANA, c.ResolveAlarm(alarm=alarm.id, reason="r")) == {"own_absence"}
    story.do(KIM, c.ResolveAlarm(alarm=alarm.id, reason="The tab slept."))

    assert story.alarm("canary_silent").resolved


def test_a_therapist_with_a_second_dosed_client_is_an_alarm() -> None:
    story = told("dosed")
    story.others = (OtherSession("other", State.DOSED, "max", ANA, "dan", 0),)

    story.tick()
    assert story.alarm("second_client").subject == "other"
    story.others = ()
    story.tick()

    assert story.alarm("second_client").over


def test_a_revocation_after_t0_is_alarmed_and_changes_nothing_about_the_watch() -> None:
    story = told("dosed")
    before = story.deadlines()

    story.on_course(ADA, c.RevokeClearance(reason="New diagnosis."))

    assert story.alarm("clearance_changed") is not None and story.session.state is State.DOSED
    assert set(before) <= set(story.deadlines())


# --- who ----------------------------------------------------------------------------------------------------------


def one_alarm() -> tuple[Story, Alarm]:
    """An alarm that is over: Sam asked for help, Ana has taken it on."""
    story = told("dosed")
    story.do(SAM, c.AskHelp())
    story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("help_asked").id))
    return story, story.alarm("help_asked")


@pytest.mark.parametrize(
    ("person", "code"), [(SAM, "role"), (BEN, "role"), (KIM, "not_yours"), (ANA, ""), (JO, ""), (ADA, "")]
)
def test_i13_therapists_and_prescribers_resolve_clinical_alarms(person: str, code: str) -> None:
    story, alarm = one_alarm()
    command = c.ResolveAlarm(alarm=alarm.id, reason="A wet cloth was all.")

    if code:
        assert story.refused(person, command) == {code}
    else:
        story.do(person, command)
        assert story.alarm("help_asked").resolved


def test_i13_nobody_alone_resolves_an_alarm_about_their_own_absence() -> None:
    story = told("minute 14")
    story.wait(minutes(1))
    story.look_in("t15")
    story.wait(minutes(2))
    story.reads("t15")
    alarm = story.alarm("therapist_line_lost")
    assert alarm.over

    assert story.refused(ANA, c.ResolveAlarm(alarm=alarm.id, reason="r")) == {"own_absence"}
    story.do(JO, c.ResolveAlarm(alarm=alarm.id, reason="Ana's tab had slept."))


def lost_and_taken_over() -> Story:
    """Ana's picture stopped; the alarm is up; Jo has taken over and is seen."""
    story = told("minute 14")
    story.see("stopped", Role.THERAPIST)
    story.wait(seconds(11), quietly=False)
    assert story.alarm("therapist_line_lost").sentence == "Ana Ruiz is not watching Sam Rivera."
    story.do(JO, c.TakeOver())
    story.see("flowing", Role.THERAPIST)
    return story


def test_i13_an_alarm_that_is_true_again_is_about_whoever_is_away_now() -> None:
    story = lost_and_taken_over()
    story.see("stopped", Role.THERAPIST)
    story.wait(seconds(11), quietly=False)
    assert story.alarm("therapist_line_lost").sentence == "Jo Tran is not watching Sam Rivera."
    story.see("flowing", Role.THERAPIST)
    alarm = story.alarm("therapist_line_lost")

    assert story.refused(JO, c.ResolveAlarm(alarm=alarm.id, reason="r")) == {"own_absence"}
    story.do(ADA, c.ResolveAlarm(alarm=alarm.id, reason="Jo is back."))


def test_a_resolution_needs_a_reason() -> None:
    story, alarm = one_alarm()

    assert story.refused(ANA, c.ResolveAlarm(alarm=alarm.id, reason="  ")) == {"reason"}


def test_an_unknown_alarm_is_not_found() -> None:
    story = told("dosed")

    with pytest.raises(NotFound):
        story.do(ANA, c.AcknowledgeAlarm(alarm="help_asked.client.1"))


def test_an_alarm_of_a_client_who_was_handed_over_can_only_be_resolved_as_not_knowable_by_the_prescriber() -> None:
    story = overdue()
    story.do(ANA, c.RecordHandOver(to="Medic 7", reference="A-1", seen="therapist"))
    story.do(KIM, c.ConfirmHandOver())
    alarm = story.alarm("check_in_overdue")
    assert not alarm.over

    assert "still_true" in story.refused(ANA, c.ResolveAlarm(alarm=alarm.id, reason="With the crew.", unknowable=True))
    story.do(ADA, c.ResolveAlarm(alarm=alarm.id, reason="With the crew.", unknowable=True))

    resolved = story.facts(f.AlarmResolved)[-1]
    assert isinstance(resolved, f.AlarmResolved) and resolved.unknowable


# --- owners -------------------------------------------------------------------------------------------------------


def test_l2_an_alarm_nobody_acknowledges_changes_its_owner_every_minute() -> None:
    story = told("dosed")
    story.do(BEN, c.Say(what="leaving"))  # its ladder pauses between two and fifteen minutes

    story.wait(minutes(10))

    went = moves(story, "support_gone")
    assert went[0][1] == ANA
    owners = [owner for second, owner, _ in went if second >= 120]
    assert all(a != b for a, b in pairwise(owners))


def test_l2_an_acknowledged_alarm_that_is_still_true_sounds_again_after_five_minutes() -> None:
    story = told("dosed")
    story.do(BEN, c.Say(what="leaving"))
    story.wait(minutes(3))
    alarm = story.alarm("support_gone")
    story.do(ADA, c.AcknowledgeAlarm(alarm=alarm.id))
    count = len(moves(story, "support_gone"))

    story.wait(minutes(5) - 1)
    assert len(moves(story, "support_gone")) == count
    story.wait(1)

    assert len(moves(story, "support_gone")) == count + 1 and story.alarm("support_gone").acked_by == ADA


def test_i14_an_alarm_whose_owner_leaves_the_role_goes_to_whoever_takes_it() -> None:
    story = told("dosed")
    story.do(SAM, c.AskHelp())
    assert story.alarm("help_asked").owner == ANA

    story.do(JO, c.TakeOver())

    assert story.alarm("help_asked").owner == JO


def test_i14_every_open_alarm_has_one_owner_and_one_next_moment() -> None:
    story = overdue()
    story.do(SAM, c.AskHelp())
    story.see("stopped")

    for _ in range(80):
        story.wait(seconds(37), quietly=False)
        for alarm in rules.open_alarms(story.session):
            assert alarm.owner in set(story.session.roles.values()) - {SAM}
            assert next_move(alarm, story.session, story.world) is not None


def test_l8_after_an_outage_the_fallen_steps_go_out_together_and_dialling_two_minutes_later() -> None:
    story = told("minute 14")
    story.skip(minutes(15))  # the check-in of minute 15 has been overdue for 12 minutes

    story.tick()
    at_once = moves(story, "check_in_overdue")
    assert [owner for _, owner, _ in at_once] == [ANA, ANA, ANA, ANA, ADA]
    story.wait(minutes(2) - 1)
    assert not any(order.startswith("Call emergency") for _, _, order in moves(story, "check_in_overdue"))
    story.wait(1)

    last = moves(story, "check_in_overdue")[-1]
    assert last[1] == KIM and last[2].startswith("Call emergency")


def test_a_notice_goes_to_the_owner_and_to_who_is_told_and_says_nothing_about_health() -> None:
    story = told("dosed")
    facts = story.do(BEN, c.Say(what="concern", note="Blue lips"))

    sent = notices(facts, story.session, story.world)

    assert {notice.to for notice in sent} >= {ANA, BEN} and SAM not in {notice.to for notice in sent}
    assert all("Sam" not in n.text and "ips" not in n.text and "ketamine" not in n.text.lower() for n in sent)
    assert {notice.kind for notice in sent} <= {"alarm", "page", "order", "canary"}


def test_a_test_page_and_a_test_sound_reach_the_people_they_are_for() -> None:
    story = Story()
    asked = story.do(ANA, c.AskDuty(role=Role.PRESCRIBER))
    canary = [fact for fact in story.facts(f.CanarySent)]

    assert [n.to for n in notices(asked, story.session, story.world)] == [ADA]
    assert {n.to for n in notices(canary, story.session, story.world)} == {ANA, BEN}


def test_i13_the_client_resolves_nothing_whatever_else_they_may_be() -> None:
    story, alarm = one_alarm()

    assert {why.code for why in rules.may_resolve(story.session, alarm, SAM, story.world)} == {"client"}


def test_a_stranger_acknowledges_nothing() -> None:
    story, alarm = one_alarm()

    assert rules.may_acknowledge(story.session, alarm, MAX, story.world)
    assert rules.may_resolve(story.session, alarm, MAX, story.world)
