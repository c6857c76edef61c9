"""The signs anybody can press: each opens its own alarm with an owner and an end, and none is ever refused."""

import pytest

from telekap.care import commands as c
from telekap.care.ladder import next_move
from telekap.care.people import Role
from telekap.care.session import State
from telekap.care.signs import SIGNS
from telekap.care.views import view
from tests.cast import ADA, ANA, BEN, JO, KIM, SAM, Story, minutes, seconds, told


@pytest.mark.parametrize("word", SIGNS)
def test_each_sign_opens_its_alarm_which_has_an_owner_and_a_next_moment(word: str) -> None:
    story = told("dosed")

    story.do(BEN, c.Say(what=word, note="Look."))

    alarm = story.alarm(SIGNS[word].kind)
    assert alarm is not None and alarm.owner in set(story.session.roles.values()) - {SAM}
    assert next_move(alarm, story.session, story.world) is not None
    assert story.session.state is State.DOSED


@pytest.mark.parametrize("word", SIGNS)
def test_l5_each_sign_can_be_resolved_by_people(word: str) -> None:
    story = told("dosed")
    story.do(BEN, c.Say(what=word))
    alarm = story.alarm(SIGNS[word].kind).id
    if word == "therapist_unwell":
        story.do(JO, c.TakeOver())
        story.see()
    elif story.protocol.ladder(SIGNS[word].kind).steps[0].order == "dial":
        story.do(ADA, c.AcknowledgeAlarm(alarm=alarm))
        assert not story.session.alarms[alarm].over, "nobody has called, and nobody has said that nobody need"
        story.do(ADA, c.DecideCare(matter="emergency", choice="no_emergency", reason="He sits up and speaks."))
    else:
        story.do(ADA, c.AcknowledgeAlarm(alarm=alarm))
    assert story.session.alarms[alarm].over

    story.do(ADA, c.ResolveAlarm(alarm=alarm, reason="Looked at with the therapist."))

    assert story.session.alarms[alarm].resolved


@pytest.mark.parametrize("word", ["seizure", "chest_pain", "danger", "other_took"])
def test_a_sign_for_which_emergency_services_were_reached_is_in_other_hands(word: str) -> None:
    story = told("dosed")
    story.do(BEN, c.Say(what=word))
    alarm = story.alarm(SIGNS[word].kind)
    assert alarm.order

    story.do(KIM, c.DoOrder(alarm=alarm.id, step=0, outcome="dialled_reached"))

    assert story.alarm(SIGNS[word].kind).over and not story.alarm(SIGNS[word].kind).resolved


@pytest.mark.parametrize("word", ["no_response", "seizure", "danger", "other_took"])
def test_nobody_stops_a_call_that_was_not_made_by_taking_it_on(word: str) -> None:
    story = told("dosed")
    story.do(BEN, c.Say(what=word))
    kind = SIGNS[word].kind

    story.do(ADA, c.AcknowledgeAlarm(alarm=story.alarm(kind).id))
    story.wait(seconds(60))

    alarm = story.alarm(kind)
    assert not alarm.over and alarm.owner != ADA and "mergency services" in alarm.order, "the next one is asked to"


def test_a_prescriber_who_sends_emergency_services_turns_a_sign_into_that_order() -> None:
    story = told("dosed")
    story.do(BEN, c.Say(what="fall"))
    story.do(BEN, c.Say(what="seizure"))

    story.do(ADA, c.DecideCare(matter="emergency", choice="emergency_services", reason="r"))

    assert story.alarm("emergency").over and story.alarm("to_hospital").order.startswith("Call emergency services")
    assert not story.alarm("fall").over, "another matter"


@pytest.mark.parametrize("chapter", ["arrived", "closed"])
def test_where_nobody_decides_care_a_false_sign_is_over_once_the_prescriber_has_it(chapter: str) -> None:
    story = told("discharged") if chapter == "closed" else told(chapter)
    if chapter == "closed":
        story.do(ANA, c.Sign())
    story.do(BEN, c.Say(what="seizure"))

    story.do(ADA, c.AcknowledgeAlarm(alarm=story.alarm("emergency").id))

    assert story.alarm("emergency").over


def test_a_sign_seen_again_after_it_was_resolved_is_new_although_emergency_services_came_for_the_first() -> None:
    story = told("dosed")
    story.do(BEN, c.Say(what="seizure"))
    first = story.alarm("emergency")
    story.do(KIM, c.DoOrder(alarm=first.id, step=0, outcome="dialled_reached"))
    story.do(ADA, c.ResolveAlarm(alarm=first.id, reason="The crew has looked at him and left."))

    story.do(BEN, c.Say(what="seizure"))

    assert not story.alarm("emergency").over and story.alarm("emergency").id != first.id


def test_a_therapists_acknowledgement_does_not_end_what_the_prescriber_must_know() -> None:
    story = told("dosed")
    story.do(BEN, c.Say(what="suicidal"))

    story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("suicidal").id))

    assert not story.alarm("suicidal").over
    story.wait(minutes(5))
    assert story.alarm("suicidal").owner == ADA


def test_a_sign_said_again_is_true_again() -> None:
    story = told("dosed")
    story.do(BEN, c.Say(what="vomited"))
    story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("vomiting").id))
    assert story.alarm("vomiting").over

    story.do(BEN, c.Say(what="vomited"))

    assert not story.alarm("vomiting").over and story.alarm("vomiting").acked_by == ""


def test_a_sign_said_again_ends_the_acknowledgement_of_who_could_not_end_it() -> None:
    story = told("dosed")
    story.do(BEN, c.Say(what="panic"))
    story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("panic").id))
    story.wait(seconds(10))
    step, since = story.alarm("panic").step, story.alarm("panic").since

    story.do(BEN, c.Say(what="panic"))

    alarm = story.alarm("panic")
    assert (alarm.acked_by, alarm.owner, alarm.sounded) == ("", ANA, story.now), "what she took on is not all any more"
    assert (alarm.step, alarm.since, alarm.over) == (step, since, False), "and no step comes later for it"
    story.do(ANA, c.AcknowledgeAlarm(alarm=alarm.id))
    assert story.alarm("panic").acked_by == ANA


def test_another_adult_ends_the_alarm_about_an_unfit_one() -> None:
    story = told("dosed")
    story.do(ANA, c.Say(what="unfit"))
    story.wait(seconds(5))

    story.do(ANA, c.ReplaceSupport(person="lou", phone_tested=True))

    assert story.alarm("support_unfit").over


def test_the_home_is_told_what_to_do_and_the_client_is_shown_nothing_of_it() -> None:
    story = told("dosed")
    story.do(ANA, c.Say(what="seizure"))

    def seen(person: str, role: Role) -> dict[str, object]:
        return view(story.session, story.world, person, role, story.now)

    card = [one["card"] for one in seen(BEN, Role.SUPPORT)["alarms"] if one["card"]]  # type: ignore[attr-defined]
    assert card and card[0].startswith("Call 911 from your own phone now")
    assert all(not one["card"] for one in seen(ANA, Role.THERAPIST)["alarms"])  # type: ignore[attr-defined]
    assert seen(SAM, Role.CLIENT)["alarms"] == [] and seen(SAM, Role.CLIENT)["signs"] == []
    offered = {one["what"] for one in seen(BEN, Role.SUPPORT)["signs"]}  # type: ignore[attr-defined]
    assert offered == set(SIGNS) - {"unfit", "therapist_unwell"}


def test_a_silent_page_of_the_support_person_is_an_alarm_after_two_minutes_and_a_call_answers_it() -> None:
    story: Story = told("dosed")
    story.do("", c.NotePresence(role=Role.SUPPORT, there=False))
    story.wait(minutes(2) - 1)
    assert story.alarm("support_gone") is None
    story.wait(1)
    alarm = story.alarm("support_gone")
    assert alarm.subject == "silent" and alarm.owner == ANA

    story.do(ANA, c.DoOrder(alarm=alarm.id, step=0, outcome="reached"))

    assert story.alarm("support_gone").over


@pytest.mark.parametrize("word", ["leaving", "unfit"])
def test_without_a_fit_adult_the_second_contact_is_called_within_the_same_minute(word: str) -> None:
    story = told("dosed")
    story.do(BEN if word == "leaving" else ANA, c.Say(what=word))

    story.wait(seconds(30))

    alarm = story.alarm("support_gone" if word == "leaving" else "support_unfit")
    assert (alarm.owner, alarm.order) == (KIM, "Phone the second contact: another adult is needed.")


def test_a_second_contact_who_answers_is_not_the_silent_support_person() -> None:
    story = told("dosed")
    story.do("", c.NotePresence(role=Role.SUPPORT, there=False))
    story.wait(minutes(4))
    alarm = story.alarm("support_gone")
    assert alarm.step == 1

    story.do(KIM, c.DoOrder(alarm=alarm.id, step=1, outcome="reached"))

    assert not story.alarm("support_gone").over


def test_a_page_that_is_heard_again_ends_it_too() -> None:
    story = told("dosed")
    story.do("", c.NotePresence(role=Role.SUPPORT, there=False))
    story.wait(minutes(2))

    story.do("", c.NotePresence(role=Role.SUPPORT, there=True))

    assert story.alarm("support_gone").over


@pytest.mark.parametrize(("after", "asked"), [(minutes(10) - 1, False), (minutes(10), True)])
def test_no_picture_for_ten_minutes_is_the_prescribers_decision(after: int, asked: bool) -> None:
    story = told("dosed").watched(16)
    story.see("stopped", Role.CLIENT)
    story.wait(seconds(10))
    story.do(ANA, c.DoOrder(alarm=story.alarm("video_lost").id, step=0, outcome="reached"))

    story.wait(after)

    assert (story.alarm("no_picture") is not None) is asked
    if asked:
        story.do(ADA, c.DecideCare(matter="no_picture", choice="by_phone", reason="Ben is at the bed."))
        assert story.alarm("no_picture").over


@pytest.mark.parametrize(("step", "enough"), [(0, True), (3, False)], ids=["Ben answers", "Sam answers"])
def test_after_minute_60_a_support_person_on_the_phone_at_the_bed_is_enough(step: int, enough: bool) -> None:
    story = told("dosed").watched(61)
    story.see("stopped", Role.CLIENT)
    story.wait(seconds(10))
    story.do(ANA, c.DoOrder(alarm=story.alarm("video_lost").id, step=step, outcome="reached"))

    story.wait(minutes(11))

    assert (story.alarm("no_picture") is None) is enough
