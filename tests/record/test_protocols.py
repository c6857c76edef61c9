"""A newer protocol file changes nothing for who is dosed already, and asks every gate again of who is not (I19)."""

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from telekap.care.protocol import Protocol
from telekap.clock import Clock
from telekap.handler import Handler
from telekap.record.protocols import read_back
from telekap.record.store import open_record
from telekap.record.tables import protocols
from tests.engines import where
from tests.record.clinic import Clinic, shipped
from tests.record.hand import keys_of


def stricter() -> Protocol:
    """The clinic signed a new file: another floor, another cover."""
    old = shipped()
    numbers = {**old.numbers, "floor.usual": old.numbers["floor.usual"] + 45}
    return replace(old, numbers=MappingProxyType(numbers))


async def restarted(clinic: Clinic, protocol: Protocol) -> Handler:
    clinic.close()
    keys = keys_of(clinic.place)
    store = open_record(where(clinic.place), keys)
    handler = Handler(store, Clock(clinic.machine), protocol, keys)
    await handler.resume()
    return handler


async def test_from_t0_a_session_keeps_the_protocol_it_was_dosed_under(place: Path) -> None:
    clinic = await Clinic.at("dosed", place)
    handler = await restarted(clinic, stricter())
    try:
        session, world = await handler.session(clinic.session)
        assert session.protocol == shipped().digest == world.protocol.digest
        assert world.protocol == shipped()
        await handler.tick(clinic.session)
        assert (await handler.session(clinic.session))[1].protocol == shipped()
    finally:
        handler.store.close()


async def test_before_t0_the_newest_file_holds(place: Path) -> None:
    clinic = await Clinic.at("ready", place)
    handler = await restarted(clinic, stricter())
    try:
        _, world = await handler.session(clinic.session)
        assert world.protocol.digest == stricter().digest
    finally:
        handler.store.close()


async def test_what_a_kept_protocol_does_not_say_is_the_strictest(place: Path) -> None:
    clinic = await Clinic.at("dosed", place)
    rows = await clinic.store.read(lambda conn: conn.execute(protocols.select()).all())
    clinic.close()
    (row,) = rows
    whole = read_back(row.content)

    assert whole == shipped() and whole.digest == row.digest
    cut = read_back(row.content.replace('"floor.usual"', '"a.limit.of.the.past"'))
    assert cut.numbers["floor.usual"] >= shipped().numbers["floor.usual"]
