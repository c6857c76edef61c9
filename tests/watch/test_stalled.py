"""A watch that finishes no cycle, for whatever reason: who is in a running session hears it without the record."""

import asyncio
from pathlib import Path

import psycopg
import pytest

from telekap.care.instant import SECOND
from telekap.care.people import Role
from telekap.record.errors import RecordAway
from telekap.record.outbox import OutboxRow
from telekap.watch.stalled import AFTER, CRY_EVERY, LOOK_EVERY, WORDS
from tests.engines import drop, make_place, name_of, server, where
from tests.live.conftest import eventually
from tests.record.clinic import Clinic

AT_HOME_AND_STAFF = (Role.SUPPORT, Role.THERAPIST, Role.STANDIN, Role.PRESCRIBER, Role.DISPATCHER)


def listen(clinic: Clinic) -> list[OutboxRow]:
    """What pages get from now on."""
    cries: list[OutboxRow] = []
    clinic.watch.deliver = lambda row: bool(cries.append(row)) or True
    return cries


async def remember(clinic: Clinic) -> None:
    """A look while all is well."""
    clinic.watch._stalled.look()
    assert clinic.watch._stalled._asking is not None
    await clinic.watch._stalled._asking


async def is_(value: bool) -> bool:
    return value


def look(clinic: Clinic, ms: int) -> None:
    """Looks of ``ms`` without a cycle."""
    for _ in range(0, ms, LOOK_EVERY):
        clinic.machine.pass_time(LOOK_EVERY)
        clinic.watch._stalled.look()


async def test_a_database_that_is_away_is_cried_out_to_everybody_but_the_client(tmp_path: Path) -> None:
    clinic = await Clinic.at("dosed", make_place(tmp_path, "postgresql"))
    name = name_of(str(where(tmp_path)))
    cries = listen(clinic)
    try:
        await remember(clinic)
        with psycopg.connect(server(), autocommit=True) as admin:
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
            cries.clear()
            with pytest.raises(RecordAway):
                await clinic.watch.cycle()
            # Its clock is the server's, which nobody can ask now: the ages the cry goes by run on.
            look(clinic, AFTER + 2 * SECOND)
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

        assert {row.person for row in cries} == {clinic.booked.roles[role] for role in AT_HOME_AND_STAFF}
        assert {(row.kind, row.text) for row in cries} == {("alarm", WORDS)}
        assert len(cries) == len(AT_HOME_AND_STAFF), "once, until it is time again"
        look(clinic, CRY_EVERY)
        assert len(cries) == 2 * len(AT_HOME_AND_STAFF), "and again, with a name of its own"
        assert len({row.subject for row in cries}) == 2
    finally:
        clinic.close()
        drop(str(where(tmp_path)))


async def test_a_cycle_that_hangs_is_cried_out_by_the_running_watch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not an error, which somebody could catch: a disk or a server that takes a question and never answers."""
    monkeypatch.setattr("telekap.watch.stalled.LOOK_EVERY", 20)
    clinic = await Clinic.at("dosed", tmp_path)
    cries = listen(clinic)

    async def hangs() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(clinic.watch, "_guarded_cycle", hangs)
    running = asyncio.create_task(clinic.watch.run())
    try:
        await eventually(lambda: is_(clinic.watch._stalled._known != []), 20, "it knows whom to tell")
        clinic.machine.pass_time(AFTER + SECOND)
        everybody = len(AT_HOME_AND_STAFF)
        await eventually(lambda: is_(len({row.person for row in cries}) == everybody), 20, "everybody is told")
        assert {row.text for row in cries} == {WORDS}
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        clinic.close()


async def test_a_cycle_that_is_only_late_scares_nobody(tmp_path: Path) -> None:
    """After a blocked loop both wake in the same moment, the look perhaps before the cycle."""
    clinic = await Clinic.at("dosed", tmp_path)
    cries = listen(clinic)
    await remember(clinic)
    clinic.machine.pass_time(AFTER + SECOND)
    clinic.watch._stalled.look()
    await clinic.watch.cycle()
    cries.clear()
    look(clinic, 4 * SECOND)
    assert cries == []
    clinic.close()
