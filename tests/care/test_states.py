"""The table of states: every permission in every state, and that no observation is ever refused."""

from collections.abc import Callable
from functools import cache

import pytest

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.decide import RULES, decide
from telekap.care.errors import Malformed, NotFound, Refused
from telekap.care.instant import DAY, HOUR
from telekap.care.people import SYSTEM, Role
from telekap.care.session import Session, State
from telekap.care.states import LEADS_TO, MOVES, PERMITTED
from tests.care.rights_of_the_law import permitted
from tests.cast import ADA, ANA, BEN, JO, KIM, MAX, NOON, SAM, Story, minutes, told


def scheduled() -> Story:
    return Story(appointed=NOON.plus(2 * HOUR))


def held() -> Story:
    story = Story(kind="preparation")
    story.do(ANA, c.Hold())
    return story


def cancelled() -> Story:
    story = scheduled()
    story.do(KIM, c.Cancel(reason="Sam has a cold."))
    return story


def no_show() -> Story:
    story = Story()
    story.wait(minutes(61))
    return story


def stood_down() -> Story:
    story = told("arrived")
    story.do(SAM, c.Say(what="no"))
    return story


def transferred() -> Story:
    story = told("dosed")
    story.do(ANA, c.RecordHandOver(to="Medic 7", reference="A-1", seen="seen"))
    story.do(KIM, c.ConfirmHandOver())
    return story


def closed() -> Story:
    story = told("discharged")
    story.do(ANA, c.Sign())
    return story


IN: dict[State, Callable[[], Story]] = {
    State.SCHEDULED: scheduled,
    State.ARRIVING: lambda: told("arrived"),
    State.RELEASED: lambda: told("released"),
    State.DOSED: lambda: told("dosed"),
    State.DISCHARGED: lambda: told("discharged"),
    State.TRANSFERRED: transferred,
    State.CLOSED: closed,
    State.STOOD_DOWN: stood_down,
    State.CANCELLED: cancelled,
    State.NO_SHOW: no_show,
    State.HELD: held,
}


@cache
def _story(state: State) -> Story:
    return IN[state]()


def in_state(state: State) -> Story:
    """A session in ``state``; stories are built once, their sessions never change in place."""
    told = _story(state)
    story = Story.__new__(Story)
    story.__dict__.update(told.__dict__)
    story.entries = list(told.entries)
    story.proved = set(told.proved)
    return story


PERMISSIONS: dict[type[c.Permission], c.Permission] = {
    type(command): command
    for command in (
        c.OpenLobby(),
        c.MoveSession(appointed=NOON.utc + DAY),
        c.NameRole(role=Role.STANDIN, person="lou"),
        c.Cancel(reason="r"),
        c.Agree(values={"touch": "hand", "voice": "asked", "calms": "Her name."}),
        c.LearnLessons(values={"look": "hour", "side": "back", "call": "wait", "stay": "back"}),
        c.AnswerGate(gate="room", values={}),
        c.DecideAmber(gate="room", reading="r", proceed=True, reason="r"),
        c.AskDuty(role=Role.PRESCRIBER),
        c.Hold(),
        c.Release(),
        c.Discharge(),
        c.ReleaseEarly(adult="Lou", reason="r"),
        c.RecordHandOver(to="Medic 7", reference="", seen="told"),
        c.ConfirmHandOver(),
        c.Sign(),
        c.TakeOver(),
        c.ReplaceSupport(person="lou", phone_tested=True),
        c.ExplainMiss(check_in="t15", part=Role.SUPPORT, reason="r"),
        c.ReleaseBooster(willing=True),
        c.ReleaseWithTasks(reason="r"),
        c.NameSuccessor(role=Role.PRESCRIBER, person="max"),
        c.DecideCare(matter="other", choice="note", reason="r"),
        c.Countersign(decision=1),
        c.AcknowledgeAlarm(alarm="a"),
        c.ResolveAlarm(alarm="a", reason="r"),
    )
}

OBSERVATIONS: dict[str, c.Observation] = {
    type(command).__name__ + tail: command
    for tail, command in (
        ("", c.AcknowledgeDuty()),
        ("", c.HearCanary(canary="c1")),
        ("", c.Recall(reason="r")),
        ("", c.CountUnits(units=2)),
        ("", c.CountUnits(units=1, how="guess")),
        ("", c.Taken(units=(1, 2))),
        (" of an unordered unit", c.Taken(units=(0,))),
        (" of nothing named", c.Taken(units=())),
        (" long ago", c.Taken(units=(7,), said_at=NOON.utc - DAY)),
        (" in the future", c.Taken(units=(1,), said_at=NOON.utc + 9 * DAY)),
        ("", c.SayVoid(units_seen=True)),
        ("", c.EndHold(result="spat")),
        ("", c.CheckIn(check_in="t15", values={"breathing": "regular"})),
        (" nobody planned", c.CheckIn(check_in="t999", values={"spo2": 12})),
        ("", c.TakeReading(values={"sbp": 30, "dbp": 90})),
        (" of nothing", c.TakeReading(values={})),
        ("", c.AskHelp()),
        (" by a tap", c.AskHelp(strength="tap")),
        *(
            ("" + what, c.Say(what=what, note="n"))
            for what in ("stop", "no", "symptom", "note", "leaving", "concern", "question", "answered")
        ),
        (" unknown", c.Say(what="sings", note="n")),
        ("", c.ReadPairingCode(code="12")),
        ("", c.DoOrder(alarm="nobody", step=0, outcome="reached")),
        ("", c.Assess(values={})),
        ("", c.SeeSupport(how="video")),
        ("", c.CountLeftover(units=0, secured=True)),
        (" of too many", c.CountLeftover(units=9)),
        (" in the evening", c.AnswerAfterwards(what="evening", values={"well": "yes"})),
        (" of the next day", c.AnswerAfterwards(what="next_day", values={"q5": "yes"})),
        ("", c.ReportEvent(grade="mild", note="A headache.")),
        (" of an unknown grade", c.ReportEvent(grade="odd", note="n")),
        ("", c.Reopen()),
        ("", c.SayCameBack()),
    )
}


def test_every_command_has_a_rule_and_every_permission_a_row() -> None:
    written = [kind for kind in vars(c).values() if isinstance(kind, type) and issubclass(kind, c.Command)]
    permissions = {kind for kind in written if issubclass(kind, c.Permission)} - {c.Permission}
    observations = {kind for kind in written if issubclass(kind, c.Observation)} - {c.Observation}

    assert permissions | observations == set(RULES)
    assert permissions - {c.BookSession} == {command for command, _ in PERMITTED} == set(PERMISSIONS)


def test_the_table_of_rights_is_the_one_of_the_law() -> None:
    assert dict(PERMITTED) == permitted()


def test_every_fact_leads_to_one_state() -> None:
    for (_, kind), target in MOVES.items():
        assert LEADS_TO[kind] is target


def test_i9_only_four_facts_lead_out_of_dosed() -> None:
    out = {kind for (state, kind), target in MOVES.items() if state is State.DOSED and target is not State.DOSED}

    assert out == {f.Discharged, f.HandOverConfirmed, f.DosesVoided}


@pytest.mark.parametrize("state", State, ids=lambda s: s.value)
@pytest.mark.parametrize("kind", PERMISSIONS, ids=lambda k: k.__name__)
def test_an_empty_cell_of_the_table_is_a_refusal_that_changes_nothing(kind: type[c.Permission], state: State) -> None:
    story = in_state(state)
    roles = PERMITTED.get((kind, state), frozenset())

    for role, person in story.session.roles.items():
        if role in roles:
            continue
        before = (story.session, len(story.entries))
        with pytest.raises(Refused) as refused:
            story.do(person, PERMISSIONS[kind])
        assert {reason.code for reason in refused.value.reasons} <= {"state", "role"}
        assert (story.session, len(story.entries)) == before


@pytest.mark.parametrize("state", State, ids=lambda s: s.value)
@pytest.mark.parametrize("kind", PERMISSIONS, ids=lambda k: k.__name__)
def test_a_filled_cell_lets_the_rule_itself_speak(kind: type[c.Permission], state: State) -> None:
    story = in_state(state)
    for role in PERMITTED.get((kind, state), frozenset()):
        person = story.session.roles.get(role)
        if person is None:
            continue
        before = story.session
        try:
            decide(PERMISSIONS[kind], story.session, story.world, story.actor(person), story.now)
        except Refused as refused:
            assert not {reason.code for reason in refused.reasons} & {"state", "role"}
        except (NotFound, Malformed):
            pass  # an alarm or gate answer that does not exist here
        assert story.session is before


@pytest.mark.parametrize("state", State, ids=lambda s: s.value)
@pytest.mark.parametrize("person", [SAM, BEN, ANA, JO, ADA, KIM])
def test_i1_no_observation_is_refused_in_any_state_from_anybody(person: str, state: State) -> None:
    story = in_state(state)
    by, world = story.actor(person), story.world

    kept = {name: decide(said, story.session, world, by, story.now) for name, said in OBSERVATIONS.items()}

    assert [name for name, facts in kept.items() if not facts] == []


@pytest.mark.parametrize("state", State, ids=lambda s: s.value)
@pytest.mark.parametrize("person", [SAM, BEN, ANA, JO, ADA, KIM])
def test_i2_taken_leads_to_dosed_from_every_state_whoever_says_it(person: str, state: State) -> None:
    story = in_state(state)
    was_dosed = bool(story.session.doses)

    story.do(person, c.Taken(units=(0,)))

    assert story.session.state is State.DOSED
    assert story.session.t0 is not None
    assert was_dosed or story.session.incidents
    assert story.alarm("dose_outside_release") is not None


@pytest.mark.parametrize("state", State, ids=lambda s: s.value)
def test_a_stranger_finds_no_session_in_any_state(state: State) -> None:
    story = in_state(state)

    for command in (*PERMISSIONS.values(), *OBSERVATIONS.values()):
        with pytest.raises(NotFound):
            story.do(MAX, command)


def test_the_system_observes_and_permits_nothing_but_the_lobby() -> None:
    story = in_state(State.ARRIVING)

    for command in (*PERMISSIONS.values(), *OBSERVATIONS.values()):
        if isinstance(command, c.OpenLobby):
            continue
        with pytest.raises(NotFound):
            decide(command, story.session, story.world, SYSTEM, story.now)


@pytest.mark.parametrize(
    "command",
    [
        c.Tick(),
        c.NoteSight(role=Role.CLIENT, kind="video", direction="in", state="x"),
        c.NoteSeat(role=Role.CLIENT),
        c.NotePresence(role=Role.SUPPORT, there=False),
        c.NoteFailedNotice(person="ana", subject="a"),
    ],
)
def test_nobody_speaks_as_the_system(command: c.Command) -> None:
    story = in_state(State.ARRIVING)

    with pytest.raises(NotFound):
        story.do(ANA, command)


def test_i16_after_the_dose_nobody_is_asked_for_a_second_factor() -> None:
    story = in_state(State.DOSED)
    story.proved = set()

    story.do(JO, c.TakeOver())
    story.do(JO, c.ReplaceSupport(person="lou", phone_tested=False))
    story.do(JO, c.RecordHandOver(to="Medic 7", reference="", seen="told"))
    story.do(ADA, c.ConfirmHandOver())

    assert story.session.state is State.TRANSFERRED


def test_i16_a_new_address_is_taken_after_the_dose_and_stands_in_the_next_order() -> None:
    story = in_state(State.DOSED)
    address = {"street": "9 Elm Road", "unit": "house", "city": "Oakland", "state": "CA", "zip": "94601", "way_in": "-"}

    for person in (BEN, SAM, ANA, KIM):
        story.do(person, c.AnswerGate(gate="location", values=address))
    story.wait(minutes(17) + minutes(6), quietly=False)

    orders = [fact.order for fact in story.facts(f.AlarmMoved) if isinstance(fact, f.AlarmMoved)]
    assert any("9 Elm Road, house, Oakland" in order for order in orders)


def test_i6_nobody_holds_no_part_also_where_a_part_is_held_by_nobody() -> None:
    assert not Session(id="s", roles={Role.STANDIN: "", Role.THERAPIST: ANA}).roles_of("")
