"""The lobby: when it opens and closes by itself, what stands a session down, and which danger is told at once."""

import pytest

from telekap.care import commands as c
from telekap.care.instant import HOUR
from telekap.care.lobby import closing
from telekap.care.people import Role
from telekap.care.session import State
from telekap.care.world import OtherSession
from tests.cast import ADA, ANA, NOON, SAM, Story, minutes, replace, told


def test_a_final_red_stands_the_session_down_once_the_units_are_seen() -> None:
    story = told("released")

    story.answer("suicide_screen", Role.THERAPIST, q5="yes")
    assert story.session.question is not None
    story.do(ANA, c.CountUnits(units=2))
    assert story.session.state is State.ARRIVING  # a danger's alarm comes before the paper
    assert story.alarm("gate_danger").subject == "suicide_screen"
    story.settle_alarms()

    assert story.session.state is State.STOOD_DOWN
    assert story.session.stood_down_because == "suicide_screen"


def test_a_session_that_is_too_late_stands_down_and_one_without_a_client_is_a_no_show() -> None:
    seen, unseen = Story(), Story()
    seen.see()

    seen.wait(minutes(60))
    unseen.wait(minutes(60))

    assert (seen.session.state, seen.session.stood_down_because) == (State.STOOD_DOWN, "late")
    assert unseen.session.state is State.NO_SHOW


def test_a_client_who_was_seen_and_is_gone_is_phoned_before_the_session_stands_down() -> None:
    story = Story()
    story.see()
    story.see("stopped", Role.CLIENT)

    story.wait(minutes(60))
    assert story.session.state is State.ARRIVING and story.alarm("client_gone").owner == ANA
    story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("client_gone").id))
    story.do(ANA, c.ResolveAlarm(alarm=story.alarm("client_gone").id, reason="Sam is asleep; Ben is there."))

    assert (story.session.state, story.session.stood_down_because) == (State.STOOD_DOWN, "late")


@pytest.mark.parametrize(
    ("gate", "changes"),
    [
        ("pressure", {"sbp1": 190, "sbp2": 190}),
        ("suicide_screen", {"q5": "yes"}),
        ("mind_body", {"body": "alarming"}),
    ],
)
def test_an_answer_that_is_a_danger_opens_its_alarm_at_once(gate: str, changes: dict[str, object]) -> None:
    story = told("arrived")

    story.answer(gate, Role.THERAPIST, **changes)

    alarm = story.alarm("gate_danger")
    assert (alarm.subject, alarm.family) == (gate, "clinical")
    assert story.session.state is State.ARRIVING  # I21
    story.do(ANA, c.AcknowledgeAlarm(alarm=alarm.id))
    assert not story.alarm("gate_danger").over
    story.do(ADA, c.AcknowledgeAlarm(alarm=alarm.id))
    assert story.alarm("gate_danger").over


def test_i21_a_session_is_not_stood_down_while_a_clinical_alarm_is_open() -> None:
    story = told("arrived")
    story.wait(minutes(58))
    story.do(SAM, c.AskHelp())

    story.wait(minutes(5))
    assert story.session.state is State.ARRIVING
    story.settle_alarms()

    assert story.session.state is State.STOOD_DOWN


def test_a_machine_that_is_out_of_order_keeps_no_session_that_must_not_take_place() -> None:
    story = told("arrived")
    story.do("", c.NoteFailedNotice(person=ADA, subject="some-alarm"))
    assert story.open_kinds() == {"page_failed"}

    story.answer("identity", Role.THERAPIST, face="mismatch")

    assert (story.session.state, story.session.stood_down_because) == (State.STOOD_DOWN, "identity")


def test_a_conversation_whose_picture_stopped_is_over_and_nobody_is_phoned_about_it() -> None:
    story = Story(kind="preparation")
    story.tick()
    story.see()
    story.see("stopped", Role.CLIENT)

    story.wait(minutes(61))

    assert story.session.state is State.ARRIVING and story.alarm("client_gone") is None


def test_without_an_appointment_no_lobby_closes() -> None:
    story = told("arrived")
    story.session = replace(story.session, appointed=0)

    story.wait(minutes(61))

    assert closing(story.session, story.world) is None and story.session.state is State.ARRIVING


def test_a_seat_that_is_told_again_is_no_news() -> None:
    story = told("arrived")
    assert story.do("", c.NoteSeat(role=Role.CLIENT, person=SAM))

    assert story.do("", c.NoteSeat(role=Role.CLIENT, person=SAM)) == ()


def test_a_lobby_whose_therapist_is_elsewhere_opens_once_they_are_free() -> None:
    later = NOON.plus(minutes(100))
    story = Story(appointed=later)
    story.others = (OtherSession("other", State.DOSED, "noor", ANA, "eli", NOON.utc),)
    assert not [one for one in story.deadlines() if one.kind == "lobby_opens"], (
        "nothing falls due that nobody can serve"
    )

    story.now = later.plus(-minutes(40))
    assert not story.tick() and story.session.state is State.SCHEDULED
    story.others = ()
    story.tick()

    assert story.session.state is State.ARRIVING


def test_the_lobby_opens_by_itself_forty_five_minutes_before() -> None:
    story = Story(appointed=Story().now.plus(2 * HOUR))

    story.wait(2 * HOUR - minutes(45) - 1)
    assert story.session.state is State.SCHEDULED
    story.wait(1)

    assert story.session.state is State.ARRIVING


@pytest.mark.parametrize("how", ["video", "said", "device", "phone"])
def test_an_answer_says_how_it_was_attested(how: str) -> None:
    story = told("arrived")
    last = story.session.answers[-1]

    story.do(story.session.roles[last.role], c.AnswerGate(gate=last.gate, values=dict(last.values), how=how))

    assert story.session.answers[-1].how == how
