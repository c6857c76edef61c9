"""When everybody comes back at once, the sessions in which somebody may be at risk are looked up first."""

import asyncio
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from telekap.care.people import Role
from telekap.care.session import State
from telekap.live import hub as hubs
from telekap.live.bus import LocalBus
from telekap.live.turns import AT_ONCE, Turns
from telekap.live.watcher import LOGIN_ENDED, Watcher
from telekap.web.errors import LoginEnded


async def test_whoever_is_at_risk_is_looked_up_before_all_who_came_earlier() -> None:
    turns, seen = Turns(), []

    async def look(name: str, urgent: bool) -> None:
        async with turns.of(urgent):
            seen.append(name)
            await asyncio.sleep(0.001)

    quiet = [asyncio.create_task(look(f"next week {n}", False)) for n in range(400)]
    await asyncio.sleep(0)
    await asyncio.gather(*(look(f"dosed {n}", True) for n in range(4)), *quiet)

    assert len(seen) == 404
    assert {name for name in seen if name.startswith("dosed")} <= set(seen[: AT_ONCE + 4])
    assert [name for name in seen if "week" in name] == [f"next week {n}" for n in range(400)], "the others in order"


async def test_never_more_than_a_few_at_once_and_nobody_waits_for_ever() -> None:
    turns, running, most = Turns(2), 0, 0

    async def look(fails: bool) -> None:
        nonlocal running, most
        async with turns.of(False):
            running += 1
            most = max(most, running)
            await asyncio.sleep(0)
            running -= 1
            if fails:
                raise OSError

    done = await asyncio.gather(*(look(n % 3 == 0) for n in range(50)), return_exceptions=True)
    assert most == 2
    assert sum(isinstance(one, OSError) for one in done) == 17


async def test_whoever_gives_up_waiting_passes_the_turn_on() -> None:
    turns = Turns(1)
    first, served = asyncio.Event(), []

    async def hold() -> None:
        async with turns.of(False):
            await first.wait()

    async def wait(name: str) -> None:
        async with turns.of(False):
            served.append(name)

    holding = asyncio.create_task(hold())
    await asyncio.sleep(0)
    given_up, patient = asyncio.create_task(wait("gone")), asyncio.create_task(wait("patient"))
    await asyncio.sleep(0)
    first.set()
    await asyncio.sleep(0)
    given_up.cancel()  # perhaps in the very moment in which it was given the turn
    await asyncio.gather(holding, given_up, patient, return_exceptions=True)

    assert "patient" in served
    async with asyncio.timeout(1), turns.of(False):
        pass


@pytest.mark.parametrize("urgent", [True, False])
async def test_a_turn_is_given_back_by_whoever_is_cancelled_in_it(urgent: bool) -> None:
    turns = Turns(1)

    async def never() -> None:
        async with turns.of(urgent):
            await asyncio.Event().wait()

    stuck = asyncio.create_task(never())
    await asyncio.sleep(0)
    stuck.cancel()
    await asyncio.gather(stuck, return_exceptions=True)
    async with asyncio.timeout(1), turns.of(False):
        assert not turns._waiting


async def test_the_more_is_watched_the_seldomer_it_is_looked_at_unasked_but_never_where_somebody_is_dosed() -> None:
    """A hundred sessions cost a whole interpreter each second: presses waited seconds behind the looks."""

    async def never(*_asked: Any) -> Any:
        raise AssertionError("nobody comes")

    hub = hubs.Hub(LocalBus(), never, never, never)
    rooms = [hubs._Room(f"s{n}") for n in range(100)]
    hub._rooms = {room.session: room for room in rooms}
    assert hub._pause(rooms[0]) == hubs.EVERY, "nothing is known of what a look costs"

    hub._took = 0.01
    assert hub._pause(rooms[0]) == pytest.approx(100 * 0.01 / hubs.SHARE)
    rooms[0].urgent = True
    assert hub._pause(rooms[0]) == hubs.EVERY

    hub._took = 1.0
    assert hub._pause(rooms[1]) == hubs.SELDOM < hubs.FRESH, "a page that was told nothing for longer hears nothing"


async def test_the_sockets_of_a_login_that_ended_close_within_two_seconds_however_seldom_we_look() -> None:
    class Ana:
        person = "ana"

        def place(self, session: Any) -> Role | None:
            return Role.THERAPIST

    looks = 0

    async def load(_session: str) -> Any:
        nonlocal looks
        looks += 1
        session = SimpleNamespace(state=State.ARRIVING, version=0, course="")
        return SimpleNamespace(session=session, views=lambda _who: {})

    async def nothing(*_asked: Any) -> list[Any]:
        return []

    over: dict[Any, type[LoginEnded]] = {}

    async def ended(_session: str, _viewers: Any) -> Mapping[Any, type[LoginEnded]]:
        return over

    hub = hubs.Hub(LocalBus(), load, nothing, ended)
    hub._took = 100.0
    ana = Watcher("s", Ana(), 0)
    hub.watch(ana)
    await asyncio.sleep(0.2)
    assert looks == 1 and not ana.closing.is_set()

    over[ana.viewer] = LoginEnded
    async with asyncio.timeout(2):
        await ana.closing.wait()

    assert ana.code == LOGIN_ENDED
    assert looks == 1, "the session itself was not looked up for it"
    await hub.close()
