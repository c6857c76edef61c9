"""Clinic time in the record: kept over a restart, never running back, anchored each minute."""

from pathlib import Path

from telekap.care.commands import (
    Say,
)
from telekap.care.instant import HOUR, MINUTE, SECOND
from telekap.care.people import Role
from telekap.record.verify import verify
from tests.record.clinic import Clinic, rows
from tests.record.hand import HandMachine


async def test_a_jump_of_clinic_time_is_kept_over_a_restart(place: Path) -> None:
    machine = HandMachine()
    clinic = await Clinic.open(place, machine)
    await clinic.handler.jump(3 * HOUR)
    before = clinic.clock.now()
    clinic.close()

    machine.pass_time(SECOND)
    again = await Clinic.open(place, machine, home=None)
    assert again.clock.now() == before.plus(SECOND)
    again.close()


async def test_facts_never_run_back_in_time_even_after_the_wall_was_set_back(place: Path) -> None:
    machine = HandMachine()
    clinic = await Clinic.open(place, machine)
    await clinic.act(Role.THERAPIST, Say(what="note", note="before"))
    machine.step_wall(-2 * HOUR)
    await clinic.act(Role.THERAPIST, Say(what="note", note="after"))
    clinic.close()
    rebooted = HandMachine(wall=machine.wall(), elapsed=10, boot="boot-2")
    again = await Clinic.open(place, rebooted, home=None)
    await again.handler.handle(clinic.session, Say(what="note", note="rebooted"), clinic.by(Role.THERAPIST))

    times = [entry.at.utc for entry in await again.handler.entries(clinic.session)]
    assert times == sorted(times)
    again.close()


async def test_heads_are_anchored_each_minute_of_activity(clinic: Clinic) -> None:
    async def anchored() -> int:
        return (await rows(clinic))["anchors"]

    await clinic.handler.anchor()
    before = await anchored()
    await clinic.handler.anchor()
    assert await anchored() == before, "nothing new, or not yet a minute"

    clinic.machine.pass_time(MINUTE)
    await clinic.act(Role.THERAPIST, Say(what="note", note="new"))
    await clinic.handler.anchor()
    assert await anchored() == before + 1
    assert verify(clinic.where).ok
