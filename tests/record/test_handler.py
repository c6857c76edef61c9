"""The one path: all or nothing, and everything that hangs on a fact in the same commit."""

import asyncio
import time

import pytest

from telekap.care.commands import (
    AcknowledgeAlarm,
    AskHelp,
    Release,
    Say,
)
from telekap.care.errors import NotFound, Refused
from telekap.care.facts import AlarmRaised, HelpAsked
from telekap.care.instant import MINUTE
from telekap.care.people import Actor, Role
from telekap.care.session import State
from telekap.record import outbox
from telekap.record.verify import verify
from tests.engines import stored_bytes
from tests.record.clinic import Clinic, rows, stored_due, wanted_due

STRANGER = Actor(person="max", login="l-max")


async def test_a_whole_evening_keeps_rows_lists_and_chain_in_step(dosed: Clinic) -> None:
    for _ in range(5):
        assert await stored_due(dosed) == await wanted_due(dosed) != set()
        session, _world = await dosed.look()
        (row,) = await dosed.handler.sessions_of(dosed.booked.roles[Role.CLIENT])
        assert (row.version, row.state, row.t0) == (session.version, session.state, session.t0 and session.t0.utc)
        assert row.open_alarms == sum(not alarm.resolved for alarm in session.alarms.values())
        assert row.next_due == min(at for _kind, _subject, at in await wanted_due(dosed))
        assert row.roles == dict(session.roles)
        assert verify(dosed.where).ok
        await dosed.pass_time(4 * MINUTE)

    session, _world = await dosed.look()
    assert session.state is State.DOSED
    assert any(not alarm.resolved for alarm in session.alarms.values()), "the premise: silence raised an alarm"


async def test_after_every_single_command_the_due_rows_are_the_deadlines_of_the_rules(clinic: Clinic) -> None:
    clinic.strict = True
    await clinic.until_dosed()
    await clinic.act(Role.SUPPORT, Say(what="concern", note="pale"))
    await clinic.pass_time(20 * MINUTE)
    alarm = next(iter((await clinic.look())[0].alarms.values()))
    await clinic.act(Role.THERAPIST, AcknowledgeAlarm(alarm=alarm.id))  # each act compares (``Clinic.act``)

    assert await stored_due(clinic) == await wanted_due(clinic)


async def test_a_refusal_changes_no_row_of_any_table(clinic: Clinic) -> None:
    before = await rows(clinic)

    with pytest.raises(Refused):
        await clinic.act(Role.THERAPIST, Release(), key="key-release")

    assert await rows(clinic) == before
    assert verify(clinic.where).ok


async def test_a_stranger_and_an_unknown_session_are_told_the_same(clinic: Clinic) -> None:
    before = await rows(clinic)

    with pytest.raises(NotFound):
        await clinic.handler.handle(clinic.session, Say(what="note", note="I am Max"), STRANGER)
    with pytest.raises(NotFound):
        await clinic.handler.handle("no-such-session", Say(what="note"), clinic.by(Role.CLIENT))
    with pytest.raises(NotFound):
        await clinic.handler.session("no-such-session")
    assert await rows(clinic) == before


async def test_what_somebody_said_is_theirs_and_what_the_rules_made_of_it_the_systems(dosed: Clinic) -> None:
    before = (await dosed.look())[0].version
    await dosed.act(Role.CLIENT, AskHelp())

    entries = await dosed.handler.entries(dosed.session, before)
    said = {type(entry.fact): entry for entry in entries}
    assert (said[HelpAsked].by, said[HelpAsked].login) == (dosed.booked.roles[Role.CLIENT], "login-client")
    assert (said[AlarmRaised].by, said[AlarmRaised].login) == ("", "")


async def test_listeners_hear_of_a_commit_and_cannot_spoil_it(clinic: Clinic) -> None:
    def spoil(_kind: str, _name: str, _version: int) -> None:
        raise RuntimeError("a broken listener")

    clinic.handler.listeners.insert(0, spoil)
    clinic.heard.clear()
    done = await clinic.act(Role.THERAPIST, Say(what="note", note="listen"))

    assert clinic.heard == [("session", clinic.session, done.version)]


async def test_a_browser_that_hung_up_does_not_keep_the_others_from_hearing(clinic: Clinic) -> None:
    clinic.heard.clear()
    told = asyncio.Event()
    clinic.handler.listeners.append(lambda *_: told.set())
    asked = asyncio.ensure_future(clinic.act(Role.THERAPIST, Say(what="note", note="and gone")))
    await asyncio.sleep(0)
    asked.cancel()
    await asyncio.wait_for(told.wait(), 5)

    assert asked.cancelled()
    assert [kind for kind, _, _ in clinic.heard] == ["session"]


async def test_every_alarm_leaves_a_notice_in_the_same_commit(dosed: Clinic) -> None:
    await dosed.pass_time(20 * MINUTE)

    told = await dosed.store.read(lambda conn: outbox.states(conn, dosed.session))
    session, _world = await dosed.look()
    owners = {alarm.owner for alarm in session.alarms.values() if not alarm.resolved}
    assert owners
    assert owners <= {person for person, kind, _state in told if kind in ("alarm", "order")}


async def test_no_answer_and_no_name_stands_in_the_bytes_of_the_record(clinic: Clinic) -> None:
    await clinic.until_ready()
    clinic.close()

    stored = stored_bytes(clinic.place)
    for secret in (b"Castro", b"Rivera", b"+1555010", b"K-2291"):
        assert secret not in stored
    assert b"GateAnswered" in stored, "the premise"


async def test_a_note_is_decided_and_recorded_in_a_few_milliseconds_of_work(dosed: Clinic) -> None:
    begin = time.process_time()  # of this process: a busy machine proves nothing
    for n in range(40):
        await dosed.act(Role.THERAPIST, Say(what="note", note=f"{n}"))

    assert (time.process_time() - begin) / 40 < 0.025
