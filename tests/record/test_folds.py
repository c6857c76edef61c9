"""Two writers at once, and the folds that are kept: what is decided is decided on what the record says now."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from telekap.care.commands import (
    Say,
)
from telekap.care.decide import Outcome
from telekap.care.facts import Said
from telekap.care.instant import MINUTE
from telekap.care.people import SYSTEM, Role
from telekap.record import log
from telekap.record.errors import VersionLost
from telekap.record.turn import Turn
from tests.record.clinic import Clinic, rows


async def test_a_lost_race_is_decided_once_more_on_what_is_there_now(clinic: Clinic) -> None:
    versions = []

    def run(turn: Turn) -> int:
        session = turn.session(clinic.session)
        versions.append(session.version)
        if len(versions) == 1:
            raise VersionLost("another writer was faster")
        said = Outcome((Said(role=Role.THERAPIST, what="note"),), ())
        turn.write_session(session, turn.world(session), said, turn.now.utc)
        return turn.grown["session", session.id]

    before = (await clinic.look())[0].version
    assert await clinic.handler._transact(SYSTEM, run) == before + 1
    assert versions == [before, before]


async def test_an_append_after_a_version_that_has_moved_on_is_refused_whole(clinic: Clinic) -> None:
    session, _world = await clinic.look()
    await clinic.act(Role.THERAPIST, Say(what="note", note="faster"))
    before = await rows(clinic)
    stream, now = log.SESSION + clinic.session, clinic.clock.now()

    with pytest.raises(VersionLost):
        await clinic.store.write(
            lambda conn: log.append(
                conn, stream, session.version, now, SYSTEM, [(now.utc, Said(role=Role.CLIENT, what="note"))]
            )
        )
    assert await rows(clinic) == before


async def test_a_fold_made_in_a_transaction_that_was_undone_is_never_used(clinic: Clinic) -> None:
    def undone(conn: sa.Connection) -> None:
        turn = Turn(conn, clinic.handler._around, clinic.clock.now(), SYSTEM)
        session = turn.session(clinic.session)
        said = Outcome((Said(role=Role.THERAPIST, what="stop", note="never happened"),), ())
        turn.write_session(session, turn.world(session), said, turn.now.utc)
        raise KeyError("undo")

    with pytest.raises(KeyError):
        await clinic.store.write(undone)
    # The next fact gets the number that the undone one had.
    await clinic.act(Role.THERAPIST, Say(what="note", note="happened"))

    kept, _world = await clinic.look()
    fresh = Clinic(clinic.place, clinic.store, clinic.machine, clinic.clock, clinic.handler, clinic.watch)
    entries = await fresh.handler.entries(clinic.session)
    assert kept.version == len(entries)
    assert [entry.fact for entry in entries if isinstance(entry.fact, Said)] == [
        Said(role=Role.THERAPIST, what="note", note="happened")
    ]
    assert kept.calls == ()


async def test_a_kept_fold_equals_one_made_anew_from_the_record(dosed: Clinic, place: Path) -> None:
    await dosed.pass_time(20 * MINUTE)
    kept = await dosed.look()
    dosed.close()

    again = await Clinic.open(place, dosed.machine, home=None)
    try:
        session, world = await again.handler.session(dosed.session)
        # Resuming forgets what only a live server saw; nothing else may differ.
        assert {sight.state for sight in session.sight.values()} == {"unknown"}
        assert (session.doses, session.t0, session.parts, session.missed) == (
            kept[0].doses,
            kept[0].t0,
            kept[0].parts,
            kept[0].missed,
        )
        assert world.course == kept[1].course
        assert world.people == kept[1].people
        assert world.code_key == kept[1].code_key
    finally:
        again.close()
