"""What the prescriber decides after the dose, themselves or by voice; duties handed over."""

import pytest

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.errors import Malformed, NotFound
from telekap.care.floors import floor
from telekap.care.notices import notices
from telekap.care.people import Role
from telekap.care.session import State
from telekap.care.substitutes import substitutes
from tests.cast import ADA, ANA, BEN, JO, KIM, PEOPLE, SAM, Story, minutes, replace, seconds, told

SUBSTITUTE = c.DecideCare(
    matter="could_not_measure", choice="substitute", subject="spo2", instead="Colour and breaths, counted", reason="r"
)


@pytest.mark.parametrize("person", [ADA, ANA, JO])
def test_i16_a_decision_is_taken_from_the_prescriber_and_from_who_writes_it_down(person: str) -> None:
    story = told("dosed")
    story.proved = set()

    story.do(person, SUBSTITUTE)

    made = story.session.cared[-1]
    assert (made.prescriber, made.by_voice, made.owed) == (ADA, person != ADA, person != ADA)
    assert substitutes(story.session) == {"spo2": "Colour and breaths, counted"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"matter": "lunch"}, "matter"),
        ({"choice": "extend"}, "choice"),  # of another matter
        ({"subject": "mood"}, "subject"),
        ({"subject": ""}, "subject"),
        ({"choice": "another_device", "subject": "mood"}, "subject"),
        ({"instead": " "}, "instead"),
    ],
    ids=str,
)
def test_a_decision_names_what_it_is_about(changes: dict[str, str], field: str) -> None:
    story = told("dosed")

    with pytest.raises(Malformed) as wrong:
        story.do(ADA, replace(SUBSTITUTE, **changes))  # type: ignore[arg-type]

    assert wrong.value.field == field and not story.session.cared


def test_a_decision_that_replaces_nothing_names_nothing() -> None:
    story = told("dosed")

    story.do(ADA, c.DecideCare(matter="could_not_measure", choice="emergency_department", reason="r"))
    story.do(ADA, c.DecideCare(matter="readings", choice="watch_on", reason="r"))
    story.do(ADA, c.DecideCare(matter="could_not_measure", choice="another_device", subject="hr", reason="r"))

    assert [one.choice for one in story.session.cared] == ["emergency_department", "watch_on", "another_device"]


def test_only_a_decision_that_was_made_is_countersigned() -> None:
    story = told("dosed")

    with pytest.raises(NotFound):
        story.do(ADA, c.Countersign(decision=story.session.version))


@pytest.mark.parametrize("person", [SAM, BEN, KIM])
def test_nobody_else_decides(person: str) -> None:
    assert told("dosed").refused(person, SUBSTITUTE) == {"role"}


def test_a_decision_by_voice_waits_for_the_prescribers_own_word_once() -> None:
    story = told("dosed")
    story.do(ANA, SUBSTITUTE)
    n = story.session.cared[-1].n

    story.do(ADA, c.Countersign(decision=n))

    assert not story.session.cared[-1].owed
    assert story.refused(ADA, c.Countersign(decision=n)) == {"countersigned"}


def test_what_could_not_be_measured_is_over_once_it_is_decided() -> None:
    story = told("minute 14").watched(29)
    story.wait(minutes(1))
    story.do(ANA, c.CheckIn(check_in="t30", values={**story.well("t30", Role.THERAPIST), "could_not": "No battery."}))
    assert not story.alarm("could_not_measure").over

    story.do(ANA, SUBSTITUTE)

    assert story.alarm("could_not_measure").over


@pytest.mark.parametrize(
    ("begin", "kind", "matter"),
    [
        ((BEN, c.Say(what="leaving")), "support_gone", "no_adult"),
        ((ANA, c.TakeReading(values={"moaas": "2"})), "sedated", "readings"),
        ((ANA, c.TakeReading(values={"sbp": 165, "dbp": 80})), "vitals_amber", "readings"),
    ],
)
def test_a_ladder_rests_once_the_prescriber_has_decided_its_matter_and_no_other(
    begin: tuple[str, c.Command], kind: str, matter: str
) -> None:
    decided, other, plain = (told("dosed").watched(14) for _ in range(3))
    for story in (decided, other, plain):
        story.do(*begin)
        story.wait(seconds(1))
    choice = {"no_adult": "by_phone", "readings": "watch_on"}[matter]
    decided.do(ADA, c.DecideCare(matter=matter, choice=choice, reason="I have looked."))
    other.do(ADA, c.DecideCare(matter="other", choice="note", reason="I have looked."))

    steps = []
    for story in (decided, other, plain):
        story.wait(minutes(20))
        steps.append(story.alarm(kind).step)

    assert steps[0] == 0 < steps[1] == steps[2]


def test_a_crew_that_was_sent_away_is_over_once_the_prescriber_has_decided_about_it_and_nothing_else() -> None:
    story = told("dosed")
    story.do(BEN, c.Say(what="transport_refused"))

    story.do(ADA, c.DecideCare(matter="other", choice="note", reason="I have looked."))
    assert not story.alarm("transport_refused").over
    story.do(ADA, c.DecideCare(matter="transport_refused", choice="watch_on", reason="Well enough at home."))

    assert story.alarm("transport_refused").over


def test_another_device_takes_the_substitute_back() -> None:
    story = told("dosed")
    story.do(ADA, SUBSTITUTE)

    story.do(ADA, c.DecideCare(matter="could_not_measure", choice="another_device", subject="spo2", reason="r"))

    assert substitutes(story.session) == {}


@pytest.mark.parametrize(
    ("matter", "choice"),
    [
        ("readings", "emergency_department"),
        ("late_discharge", "emergency_department"),
        ("could_not_measure", "emergency_department"),
        ("no_picture", "emergency_services"),
        ("no_adult", "emergency_services"),
        ("transport_refused", "emergency_services"),
    ],
)
def test_sending_to_a_hospital_is_an_alarm_until_a_crew_has_the_client(matter: str, choice: str) -> None:
    story = told("dosed")
    story.do(ADA, c.DecideCare(matter=matter, choice=choice, reason="r"))
    assert story.alarm("to_hospital").owner == KIM and story.alarm("to_hospital").order

    story.do(ANA, c.RecordHandOver(to="Medic 7", reference="", seen="seen"))
    story.do(KIM, c.ConfirmHandOver())

    assert story.alarm("to_hospital").over


@pytest.mark.parametrize(
    ("after", "step"), [(minutes(30) - 1, None), (minutes(30), 0), (minutes(60) - 1, 0), (minutes(60), 1)]
)
def test_who_is_not_finished_half_an_hour_after_the_floor_is_the_prescribers_and_half_an_hour_later_to_be_decided(
    after: int, step: int | None
) -> None:
    story = told("floor")
    at_floor = floor(story.session, story.world)
    assert at_floor is not None

    story.wait(at_floor.at.utc + after - story.now.utc)

    alarms = [one for one in story.session.alarms.values() if one.kind == "not_discharged"]
    assert [(one.step, one.since) for one in alarms] == (
        [] if step is None else [(step, at_floor.at.plus(minutes(30)))]
    )
    raised = [fact for fact in story.facts(f.AlarmRaised) if fact.kind == "not_discharged"]
    assert all(fact.owner == ADA for fact in raised)


def test_extending_asks_again_after_thirty_minutes_and_again_and_again() -> None:
    story = told("floor")
    story.wait(minutes(31))
    assert story.alarm("not_discharged") is not None
    for turn in (1, 2):
        story.do(ADA, c.DecideCare(matter="late_discharge", choice="extend", reason="Still sleepy."))
        story.wait(minutes(30) - 1)
        before = [one.id for one in story.session.alarms.values() if one.subject == f"extension-{turn}"]
        story.wait(1)

        assert before == []
        assert story.alarm("extension_over").subject == f"extension-{turn}"
        assert story.alarm("extension_over").owner == ADA


def test_a_duty_is_handed_over_only_when_the_successor_acknowledges_and_never_by_a_wish() -> None:
    story = told("dosed")
    eve = replace(PEOPLE[ADA], id="eve", name="Dr Eve Lund", phone="+15550130")
    PEOPLE["eve"] = eve
    try:
        story.do(ADA, c.NameSuccessor(role=Role.PRESCRIBER, person="eve"))
        story.wait(minutes(90))
        assert story.session.roles[Role.PRESCRIBER] == ADA

        story.do("eve", c.AcknowledgeDuty())

        assert story.session.roles[Role.PRESCRIBER] == "eve" and ADA in story.session.guests
        assert story.session.duty[Role.PRESCRIBER][0] == "eve" and not story.session.successors
    finally:
        del PEOPLE["eve"]


@pytest.mark.parametrize(("rostered", "called"), [((ADA, "ike"), "ike"), ((ADA,), ""), ((SAM, "max", JO), "")])
def test_without_a_decision_the_next_prescriber_on_the_roster_is_phoned_and_paged(
    rostered: tuple[str, ...], called: str
) -> None:
    story = told("floor")
    story.rostered = {Role.PRESCRIBER: rostered}
    story.watched(189)
    assert not story.session.successors
    story.watched(190.1)

    alarm = story.alarm("not_discharged")
    assert alarm.owner == KIM and alarm.step == 2
    assert alarm.order == f"No decision in ten minutes: phone {NEXT[called]}."
    assert story.session.successors.get(Role.PRESCRIBER, "") == called
    if called:
        story.do("ike", c.AcknowledgeDuty())
        assert story.session.roles[Role.PRESCRIBER] == "ike"


def test_a_late_end_that_was_decided_pages_no_other_prescriber() -> None:
    story = told("floor").watched(190.1)
    assert story.alarm("not_discharged").step == 2, "nobody else is on the roster"
    story.do(ADA, c.DecideCare(matter="late_discharge", choice="extend", reason="Still sleepy."))
    assert story.alarm("not_discharged").over

    story.rostered = {Role.PRESCRIBER: (ADA, "ike")}
    story.tick()

    assert not story.session.successors


NEXT = {"ike": "Dr Ike Adeyemi, +15550107", "": "the next prescriber on the roster"}


def test_a_place_that_is_empty_after_a_take_over_is_offered_to_who_is_on_the_roster() -> None:
    story = told("dosed")
    PEOPLE["tom"] = replace(PEOPLE[JO], id="tom", name="Tom Berg", phone="+15550131")
    try:
        story.rostered = {Role.STANDIN: (JO, "tom"), Role.PRESCRIBER: (ADA, "ike")}
        roles = {role: person for role, person in story.session.roles.items() if role is not Role.THERAPIST}
        story.session = replace(story.session, roles=roles)
        story.do(JO, c.TakeOver())  # nobody was in the cockpit, so nobody stands behind now

        assert story.session.successors == {Role.STANDIN: "tom"}
        sent = notices(story.facts(f.SuccessorNamed), story.session, story.world)
        assert [(one.to, one.kind, one.subject) for one in sent] == [("tom", "page", "standin")]
        story.do("tom", c.AcknowledgeDuty())
        assert story.session.roles[Role.STANDIN] == "tom"
    finally:
        del PEOPLE["tom"]


@pytest.mark.parametrize(
    ("role", "person", "code"),
    [
        (Role.PRESCRIBER, SAM, "unknown"),
        (Role.PRESCRIBER, "max", "unknown"),
        (Role.PRESCRIBER, ADA, "already"),
    ],
)
def test_only_staff_who_do_this_are_named(role: Role, person: str, code: str) -> None:
    assert told("dosed").refused(ANA, c.NameSuccessor(role=role, person=person)) == {code}


def test_who_works_as_something_else_is_not_named_for_a_duty() -> None:
    assert told("dosed").refused(ANA, c.NameSuccessor(role=Role.PRESCRIBER, person=KIM)) == {"unknown"}


def test_i6_before_the_dose_a_duty_goes_to_nobody_who_has_another_part_or_anothers_phone() -> None:
    story = told("arrived")
    jo = replace(PEOPLE[JO], staff_of=frozenset({Role.STANDIN, Role.DISPATCHER}))
    eve = replace(PEOPLE[ADA], id="eve", phone=PEOPLE[BEN].phone)
    before = dict(PEOPLE)
    PEOPLE.update({JO: jo, "eve": eve})
    try:
        assert story.refused(ANA, c.NameSuccessor(role=Role.DISPATCHER, person=JO)) == {"two_roles"}
        assert story.refused(ANA, c.NameSuccessor(role=Role.PRESCRIBER, person="eve")) == {"phone"}
    finally:
        PEOPLE.clear()
        PEOPLE.update(before)


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.SUPPORT, Role.CLIENT])
def test_only_a_duty_is_asked_for_or_handed_over(role: Role) -> None:
    for command in (c.AskDuty(role=role), c.NameSuccessor(role=role, person="ike")):
        with pytest.raises(Malformed):
            told("dosed").do(ANA, command)


def test_nobody_is_asked_for_a_duty_that_nobody_holds() -> None:
    story = told("arrived")
    roles = {role: person for role, person in story.session.roles.items() if role is not Role.STANDIN}
    story.session = replace(story.session, roles=roles)

    assert story.refused(ANA, c.AskDuty(role=Role.STANDIN)) == {"nobody"}


def test_the_support_person_is_seen_on_video_or_heard_by_phone_and_in_no_other_way() -> None:
    with pytest.raises(Malformed):
        told("dosed").do(ANA, c.SeeSupport(how="I know them"))


def test_units_are_counted_after_a_session_was_stood_down_or_somebody_is_told() -> None:
    story = told("arrived")
    story.do(SAM, c.Say(what="no"))
    assert story.session.state is State.STOOD_DOWN
    counted = story.copy()
    counted.do(BEN, c.CountLeftover(units=2, secured=True))

    story.wait(minutes(10))
    counted.wait(minutes(10))

    assert story.alarm("units_refused") is not None and counted.alarm("units_refused") is None


def test_a_count_that_is_not_right_is_an_incident() -> None:
    story = told("arrived")
    story.do(SAM, c.Say(what="no"))

    story.do(BEN, c.CountLeftover(units=1, secured=True))

    assert [one.kind for one in story.session.incidents] == ["units_mismatch"]


def unseen_twice() -> Story:
    """Ben could not see the code at 30 and 45 minutes."""
    story = told("minute 14").watched(29)
    for check_in, minute in (("t30", 30), ("t45", 45)):
        story.watched(minute - 0.1)
        story.wait(seconds(6))
        story.do(BEN, c.CheckIn(check_in=check_in, values={**story.well(check_in, Role.SUPPORT), "cannot_see": True}))
        if check_in == "t30":
            story.reads(check_in)
    return story


def test_see_support_ends_what_two_unseen_codes_began() -> None:
    story = unseen_twice()
    assert story.alarm("support_gone").subject == "code"

    story.do(ANA, c.SeeSupport(how="phone"))

    assert story.alarm("support_gone").over
    assert any(isinstance(fact, f.SupportSeen) for fact in story.facts(f.SupportSeen))


@pytest.mark.parametrize("how", ["seen", "called"])
def test_who_was_seen_or_heard_and_then_cannot_see_the_code_again_is_asked_for_again(how: str) -> None:
    story = unseen_twice()
    alarm = story.alarm("support_gone")
    call = next(
        turn
        for turn, step in enumerate(story.world.protocol.ladder("support_gone").steps)
        if step.order == "phone_support"
    )
    if how == "seen":
        story.do(ANA, c.SeeSupport(how="video"))
    else:
        story.do(ANA, c.DoOrder(alarm=alarm.id, step=call, outcome="reached"))
    assert story.alarm("support_gone").over
    story.reads("t45")
    story.wait(minutes(14.9))

    story.do(BEN, c.CheckIn(check_in="t60", values={**story.well("t60", Role.SUPPORT), "cannot_see": True}))

    assert not story.alarm("support_gone").over
