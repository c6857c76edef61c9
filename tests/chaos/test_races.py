"""Two presses in the same moment that must never both stand, on both engines.

A refusal and an acceptance may come in either order; what may not be is stated at the end of each. ``make races`` runs
500 pairs of each on each engine (``TELEKAP_PAIRS``), ``make test`` some of them.
"""

from collections import Counter

import pytest

from telekap.care.commands import NameRole, Release, RevokeClearance, Taken
from telekap.care.errors import Refused
from telekap.care.facts import DoseTaken, Released
from telekap.care.people import Role
from telekap.care.session import OPEN, State
from tests.chaos.races import LATER, PAIRS, Outcome, act, act_on_course, ask, heats, look, played, race
from tests.engines import ENGINES

pytestmark = pytest.mark.parametrize("engine", ENGINES)


def told(*outcomes: Outcome) -> tuple[str, ...]:
    return tuple("no" if isinstance(one, Refused) else "yes" for one in outcomes)


def test_a_release_never_stands_beside_a_revoked_clearance(engine: str) -> None:
    seen: Counter[tuple[str, ...]] = Counter()
    for first, second, pair in heats(engine):
        release = act(pair.ready, Role.THERAPIST, Release())
        revoke = act_on_course(pair.ready, Role.PRESCRIBER, RevokeClearance(reason="a race"))
        if sum(seen.values()) % 2:
            seen[told(*race(first, release, second, revoke))] += 1
        else:
            seen[told(*reversed(race(first, revoke, second, release)))] += 1

        session, world = ask(first.handler.session(pair.ready.session))
        assert world.course.clearance is not None and world.course.clearance.status == "revoked"
        standing = session.state is State.RELEASED and session.question is None
        assert not standing, "in the very transaction of the revocation, not a second later"
    assert sum(seen.values()) == PAIRS
    assert all(revoked == "yes" for _, revoked in seen), "a revocation is never refused"


def test_of_two_sessions_of_one_therapist_that_are_due_to_open_one_opens(engine: str) -> None:
    """Two releases of one therapist cannot even be tried: each needs its lobby open, so the race is at the door."""
    for first, second, pair in heats(engine):
        if first.clock.now().utc < played(engine).wall + LATER:
            first.machine.pass_time(LATER)
        race(first, look(pair.one), second, look(pair.other))

        states = [ask(first.handler.session(one.session))[0].state for one in (pair.one, pair.other)]
        assert sorted(state in OPEN for state in states) == [False, True]


def test_no_release_stands_beside_a_dose_of_the_same_day_in_other_hands(engine: str) -> None:
    """The 24 h ceiling and the interval read another session's facts."""
    seen: Counter[tuple[str, ...]] = Counter()
    for first, second, pair in heats(engine):
        release = act(pair.ready, Role.THERAPIST, Release())
        taken = act(pair.elsewhere, Role.THERAPIST, Taken(units=(1,)))
        outcome = told(*race(first, release, second, taken))
        seen[outcome] += 1
        # The other course is another stream: what stands there is seen at the watch's next look, a second away (L7).
        ask(first.handler.tick(pair.ready.session))

        session, _ = ask(first.handler.session(pair.ready.session))
        assert not (session.state is State.RELEASED and session.question is None)
        elsewhere, _ = ask(first.handler.session(pair.elsewhere.session))
        assert elsewhere.state is State.DOSED
    assert all(taken == "yes" for _, taken in seen), "a dose is never refused"
    assert sum(seen.values()) == PAIRS


def test_no_release_stands_on_a_prescriber_who_has_just_gone_off_duty(engine: str) -> None:
    seen: Counter[tuple[str, ...]] = Counter()
    for number, (first, second, pair) in enumerate(heats(engine)):
        new = pair.elsewhere.roles[Role.PRESCRIBER]
        release = act(pair.ready, Role.THERAPIST, Release())
        leave = act(pair.ready, Role.DISPATCHER, NameRole(role=Role.PRESCRIBER, person=new))
        outcome = race(first, leave, second, release)[::-1] if number % 2 else race(first, release, second, leave)
        seen[told(*outcome)] += 1

        session, _ = ask(first.handler.session(pair.ready.session))
        if session.roles[Role.PRESCRIBER] == new:
            assert not (session.state is State.RELEASED and session.question is None), "nobody on duty acknowledged it"
        else:
            assert session.state is State.RELEASED
    assert sum(seen.values()) == PAIRS
    assert any(left == "yes" for _, left in seen), "the premise: somebody could leave"
    assert any(released == "yes" for released, _ in seen), "the premise: somebody was released"


def test_the_same_unit_said_in_two_tabs_is_one_dose(engine: str) -> None:
    for first, second, pair in heats(engine):
        ask(act(pair.ready, Role.THERAPIST, Release())(first))
        outcome = race(
            first,
            act(pair.ready, Role.CLIENT, Taken(units=(1,))),
            second,
            act(pair.ready, Role.SUPPORT, Taken(units=(1,))),
        )
        assert told(*outcome) == ("yes", "yes")
        entries = ask(first.handler.entries(pair.ready.session))
        assert [entry.fact.unit for entry in entries if isinstance(entry.fact, DoseTaken)] == [1]
        assert sum(isinstance(entry.fact, Released) for entry in entries) == 1


def test_the_races_are_run_on_as_many_pairs_as_was_asked_for(engine: str) -> None:
    assert sum(1 for _ in heats(engine)) == PAIRS
