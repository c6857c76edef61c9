"""Duties: whose page it was, who has a place from when on, and that nobody is called away from one by another."""

from collections.abc import Iterator

import pytest

from telekap.care import commands as c
from telekap.care.duties import DUTIES, WITH_THE_CLIENT, next_on
from telekap.care.notices import notices
from telekap.care.people import Role
from telekap.care.views import view
from tests.cast import ADA, ANA, BEN, JO, KIM, PEOPLE, SAM, minutes, replace, told

IKE = "ike"


@pytest.mark.parametrize("person", [ADA, ANA, BEN, JO, KIM])
def test_who_was_not_named_takes_nothing_over_by_answering_a_page(person: str) -> None:
    story = told("dosed")
    story.do(ANA, c.NameSuccessor(role=Role.PRESCRIBER, person=IKE))
    before = story.session.roles

    story.do(person, c.AcknowledgeDuty())

    assert story.session.roles == before and story.session.successors == {Role.PRESCRIBER: IKE}


def test_who_is_named_before_the_dose_has_the_place_at_once_and_is_paged_and_the_gate_waits_for_them() -> None:
    story = told("arrived")
    before = story.session.duty_asked[Role.PRESCRIBER]
    story.wait(minutes(1))

    facts = story.do(ANA, c.NameSuccessor(role=Role.PRESCRIBER, person=IKE))

    assert story.session.roles[Role.PRESCRIBER] == IKE and ADA in story.session.guests
    sent = notices(facts, story.session, story.world)
    assert [(one.to, one.kind, one.subject) for one in sent if one.to == IKE] == [(IKE, "page", "prescriber")]
    assert before.utc < story.session.duty_asked[Role.PRESCRIBER].utc == story.now.utc
    assert story.refused(ANA, c.Release()) >= {"on_call"}


@pytest.mark.parametrize("gone", [Role.SUPPORT, Role.STANDIN])
def test_a_duty_is_handed_over_although_nobody_knows_any_more_who_has_another_part(gone: Role) -> None:
    story = told("dosed")
    story.session = replace(story.session, roles={**story.session.roles, gone: "an account that was deleted"})

    story.do(ANA, c.NameSuccessor(role=Role.PRESCRIBER, person=IKE))
    assert story.session.successors == {Role.PRESCRIBER: IKE}
    story.do(IKE, c.AcknowledgeDuty())

    assert story.session.roles[Role.PRESCRIBER] == IKE


@pytest.fixture
def tom() -> Iterator[str]:
    """Tom Berg may take each of the three duties, and has no part yet."""
    PEOPLE["tom"] = replace(PEOPLE[JO], id="tom", name="Tom Berg", phone="+15550131", staff_of=DUTIES)
    yield "tom"
    del PEOPLE["tom"]


def test_one_answer_of_who_was_named_for_two_duties_leaves_neither_to_nobody(tom: str) -> None:
    story = told("dosed")
    story.do(ANA, c.NameSuccessor(role=Role.PRESCRIBER, person=tom))
    story.do(ANA, c.NameSuccessor(role=Role.STANDIN, person=tom))

    story.do(tom, c.AcknowledgeDuty())

    assert story.session.roles[Role.STANDIN] == tom
    assert story.session.roles[Role.PRESCRIBER] == ADA, "whoever has a duty keeps it until somebody else does"


def test_who_took_an_empty_place_is_not_called_away_from_it_by_an_older_request(tom: str) -> None:
    story = told("dosed")
    story.do(ANA, c.NameSuccessor(role=Role.PRESCRIBER, person=tom))
    roles = {role: person for role, person in story.session.roles.items() if role is not Role.DISPATCHER}
    story.session = replace(story.session, roles=roles)
    story.do(ANA, c.NameSuccessor(role=Role.DISPATCHER, person=tom))

    story.do(tom, c.AcknowledgeDuty())

    assert (story.session.roles[Role.DISPATCHER], story.session.roles[Role.PRESCRIBER]) == (tom, ADA)
    assert story.session.duty[Role.DISPATCHER][0] == tom


def test_the_roster_calls_one_person_to_one_empty_place_only(tom: str) -> None:
    story = told("dosed")
    story.rostered = {Role.STANDIN: (tom,), Role.DISPATCHER: (tom, "max")}
    kept = {role: person for role, person in story.session.roles.items() if role not in story.rostered}
    story.session = replace(story.session, roles=kept)

    story.tick()

    assert story.session.successors == {Role.STANDIN: tom}
    assert next_on(Role.STANDIN, story.session, story.world) == tom, "still whom the order to phone names"
    assert next_on(Role.DISPATCHER, story.session, story.world) == ""


@pytest.mark.parametrize(("booster", "minutes_after"), [(0, 60 + 10 + 180), (1, 60 + 10 + 225)])
def test_whoever_answers_the_test_page_reads_until_when_the_duty_binds_at_least(
    booster: int, minutes_after: int
) -> None:
    story = told("arrived")
    story.on_course(ADA, c.SignOrder(form="lozenge", mg_per_unit=25, units=2, booster_units=booster, hold_min=12))

    shown = view(story.session, story.world, ADA, Role.PRESCRIBER, story.now)["duty"]

    assert shown["until"] == story.session.appointed + minutes(minutes_after)


def test_from_the_first_unit_on_no_hour_ends_a_duty() -> None:
    story = told("dosed")

    assert view(story.session, story.world, ADA, Role.PRESCRIBER, story.now)["duty"]["until"] is None


# --- after the dose nobody who can do it is kept out ------------------------------------------------------------------


@pytest.fixture
def able() -> Iterator[None]:
    """Jo and Kim have learnt each other's work."""
    before = {person: PEOPLE[person] for person in (JO, KIM)}
    for person in before:
        PEOPLE[person] = replace(PEOPLE[person], staff_of=PEOPLE[person].staff_of | {Role.STANDIN, Role.DISPATCHER})
    yield
    PEOPLE.update(before)


@pytest.mark.usefixtures("able")
def test_i16_after_the_dose_who_has_another_duty_takes_a_place_and_the_one_they_leave_is_an_alarm() -> None:
    story = told("dosed")
    story.do(ANA, c.NameSuccessor(role=Role.STANDIN, person=KIM))
    assert story.session.roles[Role.DISPATCHER] == KIM, "until they answer they keep the duty they have"
    assert story.alarm("duty_empty") is None

    story.do(KIM, c.AcknowledgeDuty())

    assert story.session.roles[Role.STANDIN] == KIM and Role.DISPATCHER not in story.session.roles
    alarm = story.alarm("duty_empty")
    assert (alarm.subject, alarm.family, alarm.owner) == ("dispatcher", "technical", ANA)
    shown = view(story.session, story.world, ADA, Role.PRESCRIBER, story.now)["alarms"]
    assert [one["sentence"] for one in shown] == ["Nobody is the dispatcher: Ana dials."]
    story.do(KIM, c.NameSuccessor(role=Role.DISPATCHER, person=JO))
    assert story.session.roles[Role.DISPATCHER] == JO, "a place nobody holds is taken at once"
    assert story.alarm("duty_empty").over


@pytest.mark.usefixtures("able")
def test_a_place_nobody_stands_in_for_is_an_alarm_too_and_the_roster_moves_nobody_from_another_duty() -> None:
    story = told("dosed")
    story.rostered = {Role.STANDIN: (KIM,)}
    roles = {role: person for role, person in story.session.roles.items() if role is not Role.STANDIN}
    story.session = replace(story.session, roles=roles)

    story.tick()

    assert (story.alarm("duty_empty").subject, story.alarm("duty_empty").owner) == ("standin", KIM)
    assert story.session.successors == {}
    sentence = view(story.session, story.world, ANA, Role.THERAPIST, story.now)["alarms"][0]["sentence"]
    assert sentence == "Nobody stands in for you."


@pytest.mark.usefixtures("able")
def test_before_the_dose_one_person_has_one_duty_and_one_number() -> None:
    story = told("arrived")

    assert story.refused(ANA, c.NameSuccessor(role=Role.STANDIN, person=KIM)) == {"two_roles"}
    shown = view(story.session, story.world, ANA, Role.THERAPIST, story.now)["named_for"]
    assert not {KIM, JO} & {one["person"] for one in shown}


@pytest.mark.parametrize("person", [ANA, BEN, SAM])
@pytest.mark.parametrize("role", sorted(DUTIES))
def test_nobody_leaves_a_client_for_a_duty(person: str, role: Role) -> None:
    before = PEOPLE[person]
    PEOPLE[person] = replace(before, staff_of=DUTIES)
    try:
        assert told("dosed").refused(ADA, c.NameSuccessor(role=role, person=person)) == {"two_roles"}
        assert told("dosed").session.roles_of(person) <= WITH_THE_CLIENT
    finally:
        PEOPLE[person] = before


@pytest.mark.parametrize("role", [Role.STANDIN, Role.DISPATCHER])
def test_with_nobody_else_there_the_prescriber_stands_in_or_dials_and_stays_the_prescriber(role: Role) -> None:
    story = told("dosed")
    shown = view(story.session, story.world, ANA, Role.THERAPIST, story.now)["named_for"]
    assert {one["name"] for one in shown if one["person"] == ADA} == {"Dr Ada Okafor (on-call prescriber now)"}

    story.do(ANA, c.NameSuccessor(role=role, person=ADA))
    story.do(ADA, c.AcknowledgeDuty())

    assert story.session.roles_of(ADA) == {Role.PRESCRIBER, role}
    assert story.alarm("no_prescriber") is None and story.alarm("duty_empty") is None


def test_another_prescriber_stands_in_only_after_the_dose() -> None:
    named = c.NameSuccessor(role=Role.STANDIN, person=IKE)
    assert told("arrived").refused(ANA, named) == {"unknown"}

    story = told("dosed")
    story.do(ANA, named)

    assert story.session.successors == {Role.STANDIN: IKE}


def test_i16_after_the_dose_a_phone_number_that_is_anothers_too_keeps_nobody_out_and_is_said() -> None:
    before = PEOPLE[IKE]
    PEOPLE[IKE] = replace(before, phone=PEOPLE[BEN].phone)
    try:
        assert told("arrived").refused(ANA, c.NameSuccessor(role=Role.PRESCRIBER, person=IKE)) == {"phone"}
        story = told("dosed")
        story.do(ANA, c.NameSuccessor(role=Role.PRESCRIBER, person=IKE))
        assert story.alarm("incident") is None, "nothing has happened yet"

        story.do(IKE, c.AcknowledgeDuty())

        assert story.session.roles[Role.PRESCRIBER] == IKE
        shown = view(story.session, story.world, ANA, Role.THERAPIST, story.now)["alarms"]
        assert [one["sentence"] for one in shown] == [
            "Dr Ike Adeyemi has the phone number of another person here: a call may reach only one of the two."
        ]
        story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("incident").id))
        assert story.alarm("incident").over
        story.do(IKE, c.AcknowledgeDuty())
        assert story.alarm("incident").over, "a page answered again is no news"
    finally:
        PEOPLE[IKE] = before


def test_who_has_a_number_of_their_own_takes_a_duty_over_without_a_word() -> None:
    story = told("dosed")
    story.do(ANA, c.NameSuccessor(role=Role.PRESCRIBER, person=IKE))

    story.do(IKE, c.AcknowledgeDuty())

    assert story.alarm("incident") is None
