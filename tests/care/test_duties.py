"""Duties: whose page it was, who has a place from when on, and that nobody is called away from one by another."""

from collections.abc import Iterator

import pytest

from telekap.care import commands as c
from telekap.care.duties import DUTIES, next_on
from telekap.care.notices import notices
from telekap.care.people import Role
from telekap.care.views import view
from tests.cast import ADA, ANA, BEN, JO, KIM, PEOPLE, minutes, replace, told

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
