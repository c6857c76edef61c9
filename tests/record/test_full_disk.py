"""A disk that fills up while somebody is dosed: first the reserve, then memory; all are told; nothing is lost.

The disk is real: a file system of some MB of its own, which a filler fills (making one needs root).
"""

import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from telekap.care.commands import AcknowledgeAlarm, Release, Say, Taken
from telekap.care.errors import Refused
from telekap.care.facts import AlarmRaised, CheckInMissed, DoseTaken, Said
from telekap.care.instant import MINUTE, SECOND
from telekap.care.people import Role
from telekap.record import outbox, reserve
from telekap.record.errors import Held, RecordFull
from telekap.record.outbox import OutboxRow
from telekap.record.verify import verify
from tests.record.clinic import Clinic

MB = 1024 * 1024


@pytest.fixture(autouse=True)
def small_reserve(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk of a test is small, and so is what is set aside on it."""
    monkeypatch.setattr(reserve, "SIZE", MB)
    monkeypatch.setattr(reserve, "ROOM", 2 * MB)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m,mode=700", "telekap-test", str(place)], check=True)
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture
async def dosed(disk: Path) -> AsyncIterator[Clinic]:
    clinic = await Clinic.at("dosed", disk)
    clinic.watch.deliver = lambda row: bool(cries.append(row)) or True
    cries.clear()
    yield clinic
    clinic.close()


cries: list[OutboxRow] = []


def fill(disk: Path) -> None:
    """Not a byte is left."""
    with (disk / "filler").open("ab", buffering=0) as file:
        for size in (MB, 4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


def make_space(disk: Path) -> None:
    (disk / "filler").unlink()


def note(n: int) -> Say:
    return Say(what="note", note=f"note {n} " + "x" * 3_000)


async def notes(clinic: Clinic) -> list[str]:
    return [
        e.fact.note.split(" x")[0] for e in await clinic.handler.entries(clinic.session) if isinstance(e.fact, Said)
    ]


async def write_until_full(clinic: Clinic) -> int:
    """Notes that were acknowledged before the first that was not."""
    for n in range(2_000):
        try:
            await clinic.act(Role.THERAPIST, note(n), key=f"key-note-{n}")
        except Held:
            return n
    raise AssertionError("the premise: it becomes full")


async def test_the_reserve_keeps_recording_and_everybody_is_told(dosed: Clinic, disk: Path) -> None:
    assert dosed.store.space == "ok"
    fill(disk)
    for n in range(12):
        await dosed.act(Role.THERAPIST, note(n))
    assert dosed.store.space == "low", "recorded out of the reserve"
    assert len(await notes(dosed)) == 12

    cries.clear()
    await dosed.watch.cycle()
    told = {row.person for row in cries if row.subject.startswith("room-low")}
    assert dosed.booked.roles[Role.THERAPIST] in told and dosed.booked.roles[Role.DISPATCHER] in told
    assert (await dosed.look())[1].watch.record == "low"

    make_space(disk)
    await dosed.act(Role.THERAPIST, note(12))
    assert dosed.store.space == "ok", "and it is set aside again"


async def alarms(clinic: Clinic) -> dict[str, bool]:
    """Subject of each alarm about the disk → it is over."""
    found = (await clinic.look())[0].alarms.values()
    return {alarm.subject: alarm.over for alarm in found if alarm.kind == "record_low"}


async def test_a_disk_that_fills_up_is_an_alarm_of_the_session_with_an_owner(dosed: Clinic, disk: Path) -> None:
    fill(disk)
    for n in range(12):
        await dosed.act(Role.THERAPIST, note(n))
    await dosed.watch.cycle()

    assert await alarms(dosed) == {"low": False}
    raised = [e.fact for e in await dosed.handler.entries(dosed.session) if isinstance(e.fact, AlarmRaised)]
    (low,) = [fact for fact in raised if fact.kind == "record_low"]
    assert (low.owner, low.priority) == (dosed.booked.roles[Role.DISPATCHER], "high")
    await write_until_full(dosed)
    with pytest.raises(RecordFull):
        await dosed.watch.cycle()

    make_space(disk)
    dosed.prove_watch()
    await dosed.watch.cycle()
    await dosed.watch.cycle()
    found = await alarms(dosed)
    assert found == {"low": True, "full": True}, "that there was no space is in the record, and that there is again"


async def test_no_release_from_a_disk_that_is_nearly_full(disk: Path) -> None:
    ready = await Clinic.at("ready", disk)
    try:
        fill(disk)
        for n in range(12):
            await ready.act(Role.THERAPIST, note(n))
        assert ready.store.space == "low"

        with pytest.raises(Refused) as refused:
            await ready.act(Role.THERAPIST, Release())
        assert "disk is nearly full" in " ".join(reason.sentence for reason in refused.value.reasons)
    finally:
        ready.close()


async def test_what_is_seen_on_a_full_disk_is_held_said_to_be_held_and_recorded_when_there_is_space(
    dosed: Clinic, disk: Path
) -> None:
    await dosed.pass_time(20 * MINUTE)
    alarm = next(iter((await dosed.look())[0].alarms))
    fill(disk)
    acknowledged = await write_until_full(dosed)
    assert dosed.store.space == "full" and not dosed.store.broken
    said_at = dosed.clock.now().utc
    for n in range(acknowledged, acknowledged + 5):
        with pytest.raises(Held):  # again and again, as a page does that was told "not recorded"
            await dosed.act(Role.THERAPIST, note(n), key=f"key-note-{n}")
        with pytest.raises(Held):
            await dosed.act(Role.THERAPIST, note(n), key=f"key-note-{n}")
    with pytest.raises(Held):
        await dosed.act(Role.SUPPORT, Taken(units=(2,)), key="key-the-second-unit")
    with pytest.raises(RecordFull) as order:
        await dosed.act(Role.THERAPIST, AcknowledgeAlarm(alarm=alarm), key="key-acknowledge")
    assert not isinstance(order.value, Held), "an order is never held"
    assert len(dosed.handler.held) == 6
    assert len(await notes(dosed)) == acknowledged, "held is not recorded, and nothing claims that it is"

    cries.clear()
    dosed.machine.pass_time(5 * SECOND)
    with pytest.raises(RecordFull):
        await dosed.watch.cycle()
    told = {row.person for row in cries if row.subject.startswith("room-full")}
    assert {dosed.booked.roles[role] for role in (Role.THERAPIST, Role.SUPPORT, Role.DISPATCHER)} <= told
    assert (await dosed.look())[1].watch.record == "full"

    dosed.machine.pass_time(20 * MINUTE)
    make_space(disk)
    dosed.prove_watch()
    await dosed.watch.cycle()

    assert dosed.store.space == "ok" and len(dosed.handler.held) == 0
    assert await notes(dosed) == [f"note {n}" for n in range(acknowledged + 5)], "each once, in order"
    held = [e for e in await dosed.handler.entries(dosed.session) if isinstance(e.fact, Said)][-5:]
    assert {e.occurred for e in held} == {said_at}, "late is said to be late"
    assert {e.at.utc for e in held} == {dosed.clock.now().utc}
    doses = [e.fact for e in await dosed.handler.entries(dosed.session) if isinstance(e.fact, DoseTaken)]
    assert sorted(dose.unit for dose in doses) == [1, 2], "what was taken is in the record"
    missed = [e for e in await dosed.handler.entries(dosed.session) if isinstance(e.fact, CheckInMissed)]
    assert missed, "what fell due meanwhile is rung now"
    again = await dosed.act(Role.THERAPIST, note(acknowledged), key=f"key-note-{acknowledged}")
    assert len(again.facts) >= 1 and len(await notes(dosed)) == acknowledged + 5, "asked once more: the same answer"
    report = verify(dosed.where)
    assert report.ok, report.problems


async def test_reading_goes_on_while_nothing_can_be_written(dosed: Clinic, disk: Path) -> None:
    fill(disk)
    await write_until_full(dosed)

    session, _ = await dosed.look()
    assert session.state == "dosed"
    assert await dosed.store.read(lambda conn: outbox.states(conn, dosed.session)) is not None
    assert await dosed.store.read(lambda conn: conn.execute(sa.text("SELECT count(*) FROM facts")).scalar_one()) > 0
    make_space(disk)


async def test_a_clinic_starts_on_a_disk_that_filled_up_while_it_was_stopped(dosed: Clinic, disk: Path) -> None:
    dosed.close()
    fill(disk)

    again = await Clinic.open(disk, dosed.machine, home=None)
    again.booked = dosed.booked
    try:
        await again.act(Role.THERAPIST, note(1))
        assert again.store.space == "low", "out of the reserve, which outlives a stop"
    finally:
        again.close()
        make_space(disk)
