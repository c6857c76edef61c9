"""Random walks through the real rules: people do anything at any time, are silent, are late; what must hold, holds.

Checked after every step: I1 (observations are recorded), I2, I4, I7, I9, I11, I13, I14, I15, that to settle twice is to
settle once, and that every moment at which time alone says something stands among the deadlines.
"""

import random
from collections.abc import Callable
from functools import cache
from typing import Final

import pytest

from telekap.care import checkins
from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.decide import settle
from telekap.care.errors import Malformed, NotFound, Refused
from telekap.care.facts import Fact
from telekap.care.floors import floor
from telekap.care.instant import HOUR, longest
from telekap.care.ladder import next_move
from telekap.care.people import Role
from telekap.care.session import Session, State
from telekap.care.states import PERMITTED
from tests.cast import ADA, ANA, BEN, JO, KIM, SAM, WELL_ADULT, WELL_ASSESSMENT, Story, minutes, seconds

PEOPLE: Final = (SAM, BEN, ANA, JO, ADA, KIM)
Pick = random.Random


def _alarm(story: Story, pick: Pick) -> str:
    return pick.choice([*story.session.alarms, "nobody.1"])


def _check_in(story: Story, pick: Pick) -> str:
    return pick.choice([one.id for one in checkins.plan(story.session, story.world)][-4:] or ["t15"])


def _said_at(story: Story, pick: Pick) -> int | None:
    ago = pick.choice([None, None, None, seconds(5), minutes(3), minutes(40), 7 * HOUR, -HOUR])
    return None if ago is None else story.now.utc - ago


def _look(story: Story, pick: Pick) -> c.Command:
    check_in, part = _check_in(story, pick), pick.choice((Role.SUPPORT, Role.THERAPIST))
    values = story.well(check_in, part)
    if pick.random() < 0.3:
        values |= pick.choice(
            [
                {"breathing": "noisy"},
                {"code": "000"},
                {"moaas": "2"},
                {"could_not": "No battery."},
                {"cannot_see": True},
            ]
        )
    return c.CheckIn(check_in=check_in, values=values, said_at=_said_at(story, pick))


COMMANDS: Final[tuple[tuple[int, Callable[[Story, Pick], c.Command]], ...]] = (
    (2, lambda s, r: c.Taken(units=r.choice([(1,), (2,), (1, 2), (0,), (3,)]), said_at=_said_at(s, r))),
    (2, lambda s, r: c.Release()),
    (2, lambda s, r: c.Recall()),
    (3, lambda s, r: c.CountUnits(units=r.choice([1, 2, 2, 2]))),
    (1, lambda s, r: c.SayVoid(units_seen=r.random() < 0.8)),
    (2, lambda s, r: c.EndHold(result=r.choice(["spat", "swallowed"]), said_at=_said_at(s, r))),
    (14, _look),
    (3, lambda s, r: c.TakeReading(values={"spo2": r.choice([40, 85, 97]), "sbp": r.choice([130, 190])})),
    (2, lambda s, r: c.AskHelp()),
    (2, lambda s, r: c.Say(what=r.choice(["stop", "no", "concern", "leaving", "note", "symptom"]))),
    (8, lambda s, r: c.AcknowledgeAlarm(alarm=_alarm(s, r))),
    (8, lambda s, r: c.ResolveAlarm(alarm=_alarm(s, r), reason="Looked.", unknowable=r.random() < 0.3)),
    (
        3,
        lambda s, r: c.DoOrder(
            alarm=_alarm(s, r), step=r.randrange(6), outcome=r.choice(["reached", "dialled_reached"])
        ),
    ),
    (3, lambda s, r: c.Assess(values=r.choice([WELL_ASSESSMENT, WELL_ADULT, {}]))),
    (2, lambda s, r: c.Discharge()),
    (1, lambda s, r: c.ReleaseEarly(adult="Lou", reason="r")),
    (4, lambda s, r: c.RecordHandOver(to="Medic 7", reference="", seen="told")),
    (4, lambda s, r: c.ConfirmHandOver()),
    (1, lambda s, r: c.SayCameBack()),
    (1, lambda s, r: c.Reopen()),
    (1, lambda s, r: c.Sign()),
    (1, lambda s, r: c.TakeOver()),
    (1, lambda s, r: c.ReplaceSupport(person="lou", phone_tested=r.random() < 0.5)),
    (
        1,
        lambda s, r: c.AnswerGate(gate="room", values={"lying": "yes", "frame": "both", "clear": "no", "alone": "yes"}),
    ),
)


def step(story: Story, pick: Pick) -> None:
    """Somebody does something, or time passes with or without a watch."""
    chance = pick.random()
    if chance < 0.25:
        story.wait(pick.choice([1, seconds(9), seconds(61), minutes(4), minutes(17)]), quietly=pick.random() < 0.8)
    elif chance < 0.28:
        story.skip(pick.choice([minutes(3), minutes(20), 2 * HOUR]))
        story.tick()
    elif chance < 0.34:
        story.see(pick.choice(["flowing", "flowing", "stopped", "unknown"]), pick.choice((Role.CLIENT, Role.THERAPIST)))
    elif chance < 0.36 and story.session.state is not State.CLOSED:
        story.on_course(ADA, pick.choice([c.RevokeClearance(reason="r"), c.SuspendClearance(reason="r")]))
    else:
        make = pick.choices([made for _, made in COMMANDS], [weight for weight, _ in COMMANDS])[0]
        command = make(story, pick)
        person = pick.choice((*PEOPLE, "lou"))
        may = PERMITTED.get((type(command), story.session.state))
        if may and pick.random() < 0.7:
            person = story.session.roles.get(pick.choice(sorted(may)), person)
        version = story.session.version
        try:
            facts = story.do(person, command)
        except (Refused, NotFound) as no:
            assert isinstance(command, c.Permission) or isinstance(no, NotFound), "I1: an observation was refused"
            assert isinstance(command, c.Permission) or person not in _known(story.session)
            assert story.session.version == version
        except Malformed:
            assert isinstance(command, c.CheckIn | c.AnswerGate)
        else:
            assert facts or isinstance(command, c.Tick)


def _known(session: Session) -> set[str]:
    return {*session.roles.values(), *session.guests}


def hold_true(story: Story, before: Session, new: list[Fact]) -> None:
    """The invariants that can be seen on one step."""
    for holds in (time_is_settled, doses_are_one, floors_only_move_back, alarms_have_owners, somebody_looks):
        holds(story, before, new)


def _voided(new: list[Fact]) -> bool:
    return any(isinstance(fact, f.DosesVoided) for fact in new)


def time_is_settled(story: Story, before: Session, new: list[Fact]) -> None:
    """To settle twice is to settle once, and nothing happens between two deadlines."""
    session, world, now = story.session, story.world, story.now
    assert settle(session, world, now) == ()
    ahead = story.deadlines()
    assert all(one.at.utc > now.utc for one in ahead), "a deadline lies in the past after settling"
    assert len({(one.kind, one.subject) for one in ahead}) == len(ahead)
    if ahead and session.state is not State.RELEASED:  # there the health of the watch counts too
        just_before = now.plus(ahead[0].at.utc - 1 - now.utc)
        assert settle(session, world, just_before) == (), "time said something at no deadline"


def doses_are_one(story: Story, before: Session, new: list[Fact]) -> None:
    """I2, I4, I7, I9."""
    session = story.session
    if session.doses:
        assert session.state in (State.DOSED, State.DISCHARGED, State.TRANSFERRED, State.CLOSED)
    if session.release is not None:
        assert longest(session.release.at, story.now) < minutes(10)
    if before.t0 is not None and not _voided(new):
        assert session.t0 == before.t0
        units = [dose.unit for dose in session.doses if dose.unit is not None]
        assert len(units) == len(set(units))
        assert sum(dose.mg or 0 for dose in session.doses if dose.planned) <= 100
    if before.state is State.DOSED and session.state is not State.DOSED:
        assert any(isinstance(fact, f.Discharged | f.HandOverConfirmed | f.DosesVoided) for fact in new)


def floors_only_move_back(story: Story, before: Session, new: list[Fact]) -> None:
    """I11: no floor earlier, no check-in later."""
    if before.t0 is None or _voided(new):
        return
    earlier, later = floor(before, story.world), floor(story.session, story.world)
    assert earlier is not None and later is not None and later.at.utc >= earlier.at.utc
    if before.back == story.session.back:
        due = {one.id: one.due.utc for one in checkins.plan(story.session, story.world)}
        assert all(due.get(one.id, 0) <= one.due.utc for one in checkins.plan(before, story.world))


def alarms_have_owners(story: Story, before: Session, new: list[Fact]) -> None:
    """I13, I14."""
    session = story.session
    for alarm in session.alarms.values():
        if alarm.resolved:
            assert alarm.over
            continue
        move = next_move(alarm, session, story.world)
        if alarm.family == "clinical" or session.state in (State.ARRIVING, State.RELEASED, State.DOSED):
            assert move is not None and move.at.utc > story.now.utc
            assert alarm.owner in session.roles.values() and alarm.owner != session.roles.get(Role.CLIENT)


def somebody_looks(story: Story, before: Session, new: list[Fact]) -> None:
    """I15."""
    if story.session.state is State.DOSED:
        coming = [one.at.utc - story.now.utc for one in story.deadlines() if one.kind == "check_in_due"]
        overdue = [a for a in story.session.alarms.values() if a.kind == "check_in_overdue" and not a.over]
        assert overdue or (coming and min(coming) <= minutes(17))


STEPS: Final = 40
SEEDS: Final = range(20)


@cache
def walked(seed: int) -> frozenset[State]:
    """One walk, checked after every step; the states it saw."""
    pick, seen = Pick(seed), set()
    story = Story()
    if seed % 4:
        story.arrive()
    if seed % 4 > 1:
        story.do(ANA, c.Release())
    if seed % 4 > 2:
        story.do(SAM, c.Taken(units=(1, 2)))
    for _ in range(STEPS):
        before, count = story.session, len(story.entries)
        step(story, pick)
        hold_true(story, before, [entry.fact for entry in story.entries[count:]])
        seen.add(story.session.state)
    return frozenset(seen)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_walk_keeps_what_must_be_true(seed: int) -> None:
    assert walked(seed)


def test_the_walks_reach_every_live_state() -> None:
    seen = frozenset[State]().union(*(walked(seed) for seed in SEEDS))

    assert {State.ARRIVING, State.RELEASED, State.DOSED, State.DISCHARGED, State.TRANSFERRED} <= seen
