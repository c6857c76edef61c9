"""Hand-over, coming back, and people who change places."""

import pytest

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.errors import Malformed, NotFound, Refused
from telekap.care.notices import notices
from telekap.care.people import Role
from telekap.care.protocol import parse
from telekap.care.session import State
from telekap.care.telling import tell
from tests.care.chapters import seen, signed
from tests.care.ladders import overdue
from tests.care.well_board import SHIPPED
from tests.cast import ADA, ANA, BEN, JO, KIM, MAX, NOON, ROLES, SAM, Story, minutes, replace, seconds, told

WITH_CREW = c.RecordHandOver(to="Medic 7", reference="A-1", seen="seen")


def test_a_hand_over_is_a_move_only_when_a_second_person_confirms_it() -> None:
    story = told("dosed")

    assert story.refused(KIM, c.ConfirmHandOver()) == {"not_recorded"}
    story.do(ANA, WITH_CREW)
    assert story.session.state is State.DOSED and story.deadlines()
    story.do(KIM, c.ConfirmHandOver())

    assert story.session.state is State.TRANSFERRED


@pytest.mark.parametrize(("later", "moves"), [(minutes(10) - 1, False), (minutes(10), True)])
def test_the_same_person_confirms_only_ten_minutes_later(later: int, moves: bool) -> None:
    story = told("dosed")
    story.do(ANA, WITH_CREW)
    story.wait(later)

    if moves:
        story.do(ANA, c.ConfirmHandOver())
    else:
        assert story.refused(ANA, c.ConfirmHandOver()) == {"same_person"}

    assert (story.session.state is State.TRANSFERRED) is moves


def test_somebody_whom_nobody_knows_any_more_keeps_no_adult_from_coming() -> None:
    story = told("arrived")
    story.session = replace(story.session, roles={**story.session.roles, Role.STANDIN: "gone"})

    story.do(ANA, c.ReplaceSupport(person="lou", phone_tested=True))

    assert story.session.roles[Role.SUPPORT] == "lou"


def test_a_hand_over_says_what_is_to_be_confirmed_and_offers_it_to_who_may() -> None:
    story = told("dosed")
    assert seen(story, Role.DISPATCHER)["hand_over"] is None
    story.do(ANA, WITH_CREW)
    recorded = story.now.utc

    for role, offered in ((Role.DISPATCHER, True), (Role.PRESCRIBER, True), (Role.THERAPIST, False)):
        shown = seen(story, role)
        assert ("hand-over-confirmation" in {act["noun"] for act in shown["acts"]}) is offered, role
        assert ((shown["next"] or {}).get("sentence") == "Confirm that Medic 7 has Sam.") is offered, role
        assert shown["hand_over"] == {
            "sentence": "Medic 7 (A-1) has Sam, seen on video.",
            "by": "Ana Ruiz",
            "at": recorded,
            "alone": recorded + minutes(10),
        }
    assert "hand_over" not in seen(story, Role.SUPPORT)
    story.wait(minutes(10) + 1)
    assert "hand-over-confirmation" in {act["noun"] for act in seen(story, Role.THERAPIST)["acts"]}
    story.do(ANA, c.ConfirmHandOver())
    assert seen(story, Role.DISPATCHER)["hand_over"] is None
    assert seen(story, Role.SUPPORT)["looked_for"] is False, "a crew has them: nobody looks"
    assert seen(story, Role.CLIENT)["sentence"] == "Help is with you."


def test_a_client_who_is_not_found_is_said_to_be_looked_for_and_never_to_be_with_anybody() -> None:
    story = told("dosed")
    story.do(ANA, c.RecordHandOver(to="Pine County sheriff", reference="26-114", seen="search"))
    said = "Sam was not found: Pine County sheriff (26-114) was asked to look."

    assert seen(story, Role.THERAPIST)["hand_over"]["sentence"] == said
    assert seen(story, Role.DISPATCHER)["next"]["sentence"] == "Confirm that Pine County sheriff looks for Sam."
    assert tell(story.entries[-1], story.session, story.world) == said.replace("Sam", "Sam Rivera")
    assert seen(story, Role.SUPPORT)["looked_for"] is False, "not confirmed yet: the watch goes on"
    story.do(KIM, c.ConfirmHandOver())

    assert seen(story, Role.THERAPIST)["sentence"] == (
        "Sam was not found: Pine County sheriff looks. The record is not signed yet."
    )
    assert seen(story, Role.CLIENT)["sentence"] == "Help looks for you."
    assert seen(story, Role.SUPPORT)["looked_for"] is seen(story, Role.CLIENT)["looked_for"] is True
    story.do(BEN, c.SayCameBack(reason="He was in the garden."))
    assert story.session.state is State.DOSED and not story.session.handed_how
    assert seen(story, Role.SUPPORT)["looked_for"] is False


def test_how_a_hand_over_is_known_is_one_of_three_ways() -> None:
    story = told("dosed")
    with pytest.raises(Malformed) as no:
        story.do(ANA, c.RecordHandOver(to="Medic 7", reference="", seen="video"))
    assert no.value.field == "seen" and story.session.hand_over is None


def test_a_hand_over_to_nobody_is_refused() -> None:
    assert told("dosed").refused(ANA, c.RecordHandOver(to=" ", reference="", seen="told")) == {"to"}


@pytest.mark.parametrize("person", [SAM, BEN, ANA, JO, ADA, KIM])
def test_anybody_records_that_the_client_came_back_and_all_clocks_run_as_if_never_left(person: str) -> None:
    story = told("dosed").watched(20)
    t0 = story.session.t0
    story.do(ANA, WITH_CREW)
    story.do(KIM, c.ConfirmHandOver())
    story.wait(minutes(11))

    story.do(person, c.SayCameBack(reason="They left without him."))

    assert story.session.state is State.DOSED and story.session.t0 == t0
    due = [d for d in story.deadlines() if d.kind == "check_in_due"]
    assert due[0].subject == "t40" and t0 is not None and due[0].at.utc == t0.utc + minutes(40)


def test_a_revocation_or_a_hand_over_suspends_the_clearance() -> None:
    story = told("dosed")
    story.do(ANA, WITH_CREW)
    story.do(KIM, c.ConfirmHandOver())

    assert story.course.clearance is not None and story.course.clearance.status == "suspended"


def test_once_a_crew_has_the_client_no_ladder_phones_the_home_and_nobody_is_sent_there() -> None:
    story = overdue()
    story.wait(minutes(2))
    before = story.alarm("check_in_overdue")
    assert before.order
    story.do(ANA, WITH_CREW)
    story.wait(seconds(30))
    assert story.alarm("check_in_overdue").order, "called is not handed over"
    story.do(KIM, c.ConfirmHandOver())
    step = story.alarm("check_in_overdue").step

    for role in (Role.THERAPIST, Role.PRESCRIBER, Role.DISPATCHER):
        (shown,) = [one for one in seen(story, role)["alarms"] if one["kind"] == "check_in_overdue"]
        assert (shown["order"], shown["order_code"], shown["order_mine"]) == ("", "", False)
    home = seen(story, Role.SUPPORT)
    assert home["alarms"] == [], "there is nobody to go to"
    for _ in range(10):
        story.wait(minutes(1))
        alarm = story.alarm("check_in_overdue")
        assert (alarm.step, alarm.order, alarm.over) == (step, "", False)

    story.do(ADA, c.ResolveAlarm(alarm=alarm.id, reason="Medic 7 has him.", unknowable=True))
    story.do(SAM, c.AskHelp())
    story.wait(minutes(1))
    assert story.alarm("help_asked").step > 0, "what is asked since climbs as ever"


def in_a_crews_hands() -> Story:
    """A look was missed while the crew was in the room; the hand-over has just been confirmed."""
    story = overdue()
    story.do(ANA, WITH_CREW)
    story.do(KIM, c.ConfirmHandOver())
    return story


def test_a_look_missed_before_a_crew_came_goes_to_the_prescriber_who_alone_can_close_it_and_pages_nobody_else() -> None:
    story = in_a_crews_hands()
    before = len(story.entries)
    assert story.alarm("check_in_overdue").owner == ADA

    story.wait(minutes(10))

    moved = [one.fact for one in story.entries[before:] if isinstance(one.fact, f.AlarmMoved)]
    assert len(moved) == 10 and {(one.owner, one.told, one.order) for one in moved} == {(ADA, (), "")}
    assert {one.to for one in notices(tuple(moved), story.session, story.world)} == {ADA}
    assert not story.alarm("check_in_overdue").over, "nobody has seen that it is"


def test_it_sounds_every_five_minutes_once_the_prescriber_has_it_and_comes_back_from_anybody_else() -> None:
    story = in_a_crews_hands()
    story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("check_in_overdue").id))
    assert story.alarm("check_in_overdue").owner == ADA, "Ana cannot close it"
    story.do(ADA, c.AcknowledgeAlarm(alarm=story.alarm("check_in_overdue").id))
    before = len(story.entries)

    story.wait(minutes(5) - 1)
    assert not [one for one in story.entries[before:] if isinstance(one.fact, f.AlarmMoved)]
    story.wait(1)

    (moved,) = (one.fact for one in story.entries[before:] if isinstance(one.fact, f.AlarmMoved))
    assert (moved.owner, moved.told) == (ADA, ())
    assert story.alarm("check_in_overdue").acked_by == ADA


def test_without_a_prescriber_it_still_goes_from_one_to_the_next() -> None:
    story = in_a_crews_hands()
    roles = {role: person for role, person in story.session.roles.items() if role is not Role.PRESCRIBER}
    story.session = replace(story.session, roles=roles)

    owners = set()
    for _ in range(4):
        story.wait(minutes(1))
        owners.add(story.alarm("check_in_overdue").owner)

    assert len(owners) > 1, "no alarm is ever with nobody"


def test_help_that_nobody_took_on_before_a_crew_came_is_still_anybodys_to_take_on() -> None:
    story = told("dosed")
    story.do(SAM, c.AskHelp())
    story.do(ANA, WITH_CREW)
    story.do(KIM, c.ConfirmHandOver())
    story.wait(minutes(1))
    owners = {one.fact.owner for one in story.entries if isinstance(one.fact, f.AlarmMoved)}
    assert owners != {ADA}

    story.do(KIM, c.AcknowledgeAlarm(alarm=story.alarm("help_asked").id))

    assert story.alarm("help_asked").over


SAID_LATE = [c.SayCameBack(reason="They sent him home."), c.Reopen(reason="He is odd.")]


@pytest.mark.parametrize("said", SAID_LATE, ids=["came back", "reopen"])
@pytest.mark.parametrize("person", [SAM, BEN, ANA])
def test_who_says_after_the_signature_that_the_client_is_back_or_not_well_is_heard(
    said: c.Command, person: str
) -> None:
    story = signed()

    story.do(person, said)

    alarm = story.alarm("incident")
    assert story.session.state is State.CLOSED and (alarm.subject, alarm.owner) == ("after_the_end", ANA)
    story.do(ADA, c.AcknowledgeAlarm(alarm=alarm.id))
    assert story.alarm("incident").over


@pytest.mark.parametrize("chapter", ["arrived", "dosed"])
def test_the_same_words_before_the_signature_are_a_note(chapter: str) -> None:
    story = told(chapter)

    for said in SAID_LATE:
        story.do(BEN, said)

    assert not story.session.incidents


def test_what_a_hand_over_ends_is_over_and_anybody_who_resolves_alarms_closes_it() -> None:
    story = told("floor").watched(150.2)
    assert story.alarm("not_discharged").owner == ADA
    story.do(ANA, WITH_CREW)
    story.do(KIM, c.ConfirmHandOver())

    assert story.alarm("not_discharged").over, "nobody waits for a discharge any more"
    story.do(ANA, c.ResolveAlarm(alarm=story.alarm("not_discharged").id, reason="With Medic 7."))


def test_the_same_person_may_confirm_as_late_as_the_protocol_says_and_reads_when() -> None:
    story = told("dosed")
    story.protocol = parse(SHIPPED.replace("same_person = { value = 10", "same_person = { value = 25"))
    story.do(ANA, WITH_CREW)
    story.wait(minutes(25) - 1)

    with pytest.raises(Refused) as refused:
        story.do(ANA, c.ConfirmHandOver())

    assert [why.action for why in refused.value.reasons] == ["Or you, 25 min after recording it."]


def test_before_the_dose_another_adult_needs_a_tested_phone_of_their_own() -> None:
    story = told("arrived")

    assert story.refused(ANA, c.ReplaceSupport(person="lou", phone_tested=False)) == {"phone_test"}
    assert story.refused(ANA, c.ReplaceSupport(person=SAM, phone_tested=True)) == {"person"}
    story.do(ANA, c.ReplaceSupport(person="lou", phone_tested=True))

    assert story.session.roles[Role.SUPPORT] == "lou"
    assert "support_person" in story.refused(ANA, c.Release())


# --- booking ------------------------------------------------------------------------------------------------------


def booking(roles: dict[Role, str], kind: str = "dosing") -> c.BookSession:
    return c.BookSession(kind=kind, course="course-1", roles=roles, appointed=NOON.utc, zone="UTC")


def test_i6_one_person_is_booked_for_one_role() -> None:
    story = Story()
    story.session = type(story.session)(id="session-2")

    assert story.refused(KIM, booking({**ROLES, Role.SUPPORT: JO})) == {"two_roles"}
    assert story.refused(KIM, booking({**ROLES, Role.STANDIN: KIM})) == {"two_roles"}
    assert story.refused(KIM, booking({**ROLES, Role.STANDIN: ADA, Role.DISPATCHER: ADA})) == {"two_roles"}


@pytest.mark.parametrize("part", [Role.STANDIN, Role.DISPATCHER])
def test_i6_in_a_small_clinic_the_prescriber_is_booked_for_one_part_more(part: Role) -> None:
    story = Story()
    story.session = type(story.session)(id="session-2")

    story.do(KIM, booking({**ROLES, part: ADA}))  # amber at its gate

    assert story.session.roles[part] == ADA


def test_a_booking_names_client_and_therapist_and_is_made_by_the_clinic() -> None:
    story = Story()
    story.session = type(story.session)(id="session-2")

    assert story.refused(KIM, booking({Role.SUPPORT: BEN})) == {"role"}
    assert story.refused(SAM, booking(dict(ROLES))) == {"staff"}
    with pytest.raises(Malformed):
        story.do(KIM, booking(dict(ROLES), kind="party"))


def test_a_session_is_booked_once() -> None:
    assert Story().refused(KIM, booking(dict(ROLES))) == {"booked"}


def test_a_preparation_session_is_held_and_signed() -> None:
    story = Story(kind="preparation")
    story.see()

    story.do(ANA, c.Hold())
    story.do(ANA, c.Sign())

    assert story.session.state is State.CLOSED
    assert Story().refused(ANA, c.Hold()) == {"kind"}


def test_a_duty_is_acknowledged_by_who_holds_it() -> None:
    story = Story()
    story.do(ANA, c.AskDuty(role=Role.STANDIN))

    story.do(JO, c.AcknowledgeDuty())

    assert story.session.duty[Role.STANDIN] == (JO, story.now)
    assert isinstance(story.do(SAM, c.AcknowledgeDuty())[0], f.Said)
    with pytest.raises(Malformed):
        story.do(ANA, c.AskDuty(role=Role.CLIENT))
    with pytest.raises(NotFound):
        story.do(MAX, c.AcknowledgeDuty())


def test_only_the_newest_test_sound_counts_as_heard() -> None:
    story = Story()
    older = story.session.canary
    story.wait(minutes(5), quietly=False)

    story.do(ANA, c.HearCanary(canary=older))
    assert Role.THERAPIST not in story.session.canary_heard
    story.do(ANA, c.HearCanary(canary=story.session.canary))

    assert story.session.canary_heard[Role.THERAPIST] == story.now
