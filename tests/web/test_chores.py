"""What two administrators do together in a running clinic: erase somebody's key, check a record that was put back."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from telekap.by_two import Proof, do, in_running, runs
from telekap.care.people import Role
from telekap.demo.cast import PASSWORD
from telekap.record import door_diary, people
from telekap.record.crypto import Keys, vault_of
from telekap.record.errors import CannotOpen, Unreadable
from telekap.record.tables import sessions
from telekap.record.verify import verify
from telekap.refusals import CannotStart
from tests.engines import ENGINES, free_place, make_place, where
from tests.live.conftest import Live, live_house
from tests.web.serving import Serving, fresh_copy, serving, unused_code
from tests.web.staff_life import ADMINISTRATOR, administer, sign_in_as


async def two_administrators(clinic: Serving, ana: httpx2.AsyncClient) -> str:
    """Kim makes Ana an administrator too; Ana's address."""
    await clinic.confirm(ADMINISTRATOR)
    rights = {"person": await clinic.person(Role.THERAPIST), "roles": ["therapist"], "licensed": ["CA:2029-12-31"]}
    reply = await administer(clinic, "rights", rights | {"administers": True})
    assert reply.status_code == 204, reply.text
    return await sign_in_as(clinic, ana, Role.THERAPIST)


async def over(clinic: Serving) -> str:
    """All sessions are closed; the client."""
    client = await clinic.person(Role.CLIENT)
    await clinic.house.store.write(lambda conn: conn.execute(sessions.update().values(state="closed")).rowcount)
    return client


@pytest.fixture(params=ENGINES)
async def either(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> AsyncIterator[Serving]:
    """A clinic on either engine; there is one story of erasing and checking, wherever the record is."""
    data = tmp_path / "data"
    if request.param == "postgresql":
        async with serving(data, database=where(make_place(tmp_path, "postgresql"))) as clinic:
            yield clinic
        free_place(tmp_path)
        return
    async with serving(await fresh_copy(tmp_path_factory, data)) as clinic:
        yield clinic


async def test_an_erased_key_leaves_the_running_clinic_at_once_and_the_chain_verifies(either: Serving) -> None:
    clinic, house = either, either.house
    client = await clinic.person(Role.CLIENT)
    async with clinic.another_browser() as ana:
        api = await two_administrators(clinic, ana)
        erase = {"kind": "erase", "subject": client}
        refused = await administer(clinic, "chores", erase)
        assert refused.status_code == 409 and "not over" in refused.text, "nobody is erased out of a session"
        await over(clinic)
        assert (await house.handler.session(clinic.session))[0].roles[Role.CLIENT] == client
        assert await house.store.read(lambda conn: client in vault_of(conn)._data), "the premise: it has the key"

        assert (await administer(clinic, "chores", erase)).status_code == 204
        assert (await house.handler.session(clinic.session))[0], "asked for is not done"
        (line,) = (await ana.get(f"{api}/team/chores")).json()["chores"]
        asked = {"chore": line["chore"]}
        assert (await administer(clinic, "chore-confirmations", asked)).status_code == 409, "not by who asked"
        assert (await ana.post(f"{api}/team/chore-confirmations", json=asked)).status_code == 204
        assert (await ana.post(f"{api}/team/chore-confirmations", json=asked)).status_code == 404, "once"

        assert await house.store.read(lambda conn: client not in vault_of(conn)._data)
        with pytest.raises(Unreadable):
            await house.handler.session(clinic.session)
        with pytest.raises(Unreadable):
            await house.handler.entries(clinic.session)
        with pytest.raises(Unreadable):
            await house.store.read(lambda conn: people.get(conn, client))
        assert client in Keys.load(house.settings.master_key).erased, "and no backup brings it back"
        await house.watch.cycle()
        assert house.handler.health.stuck == 0, "nothing of it falls due any more"
        for path in ("home", "team", "queue"):
            assert (await ana.get(f"{api}/{path}")).status_code in (200, 404), path
        report = await asyncio.to_thread(verify, house.settings.record)
        assert [problem for problem in report.problems if problem.n] == [], report.problems
        diary = [(one.what, one.about) for one in await house.store.read(door_diary.newest)]
        assert diary[:2] == [("erase confirmed", client), ("erase asked", client)]


async def test_a_watch_of_another_node_lets_go_of_a_key_that_was_erased_elsewhere(clinic: Serving) -> None:
    """As if another process had done it: only the rows changed, and this one finds out by itself."""
    from telekap.record import key_chores

    house, client = clinic.house, await over(clinic)
    await house.handler.session(clinic.session)
    await house.handler.chores.follow()
    await house.store.write(lambda conn: key_chores.erase(conn, client, ("a", "b"), 1))
    house.handler._around.sessions._kept.clear()
    house.handler.chores._looked = 0

    await house.watch.cycle()

    with pytest.raises(Unreadable):
        await house.handler.session(clinic.session)


async def test_a_record_that_was_put_back_is_checked_by_two_while_the_clinic_runs(either: Serving) -> None:
    clinic, house = either, either.house
    async with clinic.another_browser() as ana:
        api = await two_administrators(clinic, ana)
        assert (await administer(clinic, "chores", {"kind": "recheck"})).status_code == 409, "nothing to check"
        await house.handler.mark_put_back("restored")
        assert (await house.handler.session(clinic.session))[1].watch.record == "restored"

        assert (await administer(clinic, "chores", {"kind": "recheck"})).status_code == 204
        told = (await ana.get(f"{api}/team/chores")).json()
        assert told["put_back"] is True
        asked = {"chore": told["chores"][0]["chore"]}
        assert (await ana.post(f"{api}/team/chore-confirmations", json=asked)).status_code == 204

        assert (await house.handler.session(clinic.session))[1].watch.record == "ok", "without a restart"


async def test_whoever_does_not_administer_may_neither_ask_nor_confirm(clinic: Serving) -> None:
    async with clinic.another_browser() as ana:
        api = await sign_in_as(clinic, ana, Role.THERAPIST)
        for noun, body in (("chores", {"kind": "recheck"}), ("chore-confirmations", {"chore": "x"})):
            assert (await ana.post(f"{api}/team/{noun}", json=body)).status_code == 404


async def test_the_command_line_does_it_in_the_running_clinic_with_both_signed_in(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async with live_house(await fresh_copy(tmp_path_factory, tmp_path / "data")) as live:
        await check_the_command_line(live)


async def check_the_command_line(live: Live) -> None:
    clinic = live.clinic
    house, ana = clinic.house, await clinic.person(Role.THERAPIST)
    settings = house.settings.model_copy(update={"port": live.port})
    two = ("ana", "kim")

    async def by_two() -> None:
        codes = {
            "ana": await unused_code(house, ana),
            "kim": await unused_code(house, await clinic.person(ADMINISTRATOR)),
        }
        await asyncio.to_thread(do, settings, "recheck", "", two, lambda name: Proof(name, PASSWORD, codes[name]))

    await house.handler.mark_put_back("restored")
    assert await asyncio.to_thread(runs, settings)
    with pytest.raises(CannotStart, match="administrators"):
        await by_two()
    assert house.handler.health.put_back

    await house.store.write(lambda conn: people.set_rights(conn, ana, (Role.THERAPIST,), ("CA:2029-12-31",), True))
    await by_two()
    assert not house.handler.health.put_back

    nobody = settings.model_copy(update={"port": 1})
    assert await asyncio.to_thread(in_running, nobody, "recheck", "", two) == (), "none runs"
    with pytest.raises(CannotOpen, match="Two different people"):
        in_running(nobody, "recheck", "", ("ana", "Ana "))
