"""Seats in a room: given to the role that asks, taken back when the role goes, and what media sees is in the record."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio

from telekap.care.commands import TakeOver
from telekap.care.people import Actor, Role
from telekap.care.session import State
from telekap.live.media_link import MediaLink
from telekap.serve import media_command
from telekap.settings import Settings
from tests.live.conftest import Live, eventually, live_house
from tests.media import probe
from tests.media.probe import Probe, offer
from tests.web.serving import Serving, fresh_copy

Process = asyncio.subprocess.Process


async def until(true: Callable[[], Any], seconds: float, what: str) -> None:
    """Wait until ``true()``; fails with ``what`` after ``seconds``."""
    end = asyncio.get_running_loop().time() + seconds
    while not true():
        assert asyncio.get_running_loop().time() < end, f"not within {seconds} s: {what}"
        await asyncio.sleep(0.02)


async def start_worker(settings: Settings, number: int = 0) -> Process:
    """A real media worker, as the supervisor starts it."""
    path = settings.media_socket(number)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    changed = settings.model_copy(update={"media_address": "127.0.0.1"})
    command = (sys.executable, "-m", *media_command(changed, number))
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    await until(path.exists, 10, "the worker listens")
    return process


@dataclass
class Staged:
    """A served house with a media worker."""

    live: Live
    worker: Process

    @property
    def clinic(self) -> Serving:
        return self.live.clinic

    @property
    def link(self) -> MediaLink:
        return self.clinic.house.seats.links[0]

    async def sit(self, role: Role, ssrc: int, pairs: int = 2) -> Probe:
        """A peer that joined over HTTP as ``role`` and is connected."""
        clinic = self.clinic

        class ByHttp:
            async def join(self, room: str, seat: str, offered: str) -> dict[str, Any]:
                reply = await clinic.act(role, "seat", {"offer": offered})
                assert reply.status_code == 200, reply.text
                return dict(reply.json())

        return await Probe.join(cast(MediaLink, ByHttp()), clinic.session, role, ssrc, pairs)

    async def sight(self, role: Role, kind: str, direction: str) -> str:
        """What the record last said of one stream."""
        session, _ = await self.clinic.house.handler.session(self.clinic.session)
        seen = session.sight.get((role, kind, direction))
        return seen.state if seen is not None else "never"

    async def seats_are(self, number: int) -> bool:
        """The worker has so many seats taken."""
        return bool((await self.link.stats())["seats"] == number)

    async def sees(self, role: Role, kind: str, direction: str, state: str, seconds: float) -> None:
        """Wait until the record says so."""
        end = asyncio.get_running_loop().time() + seconds
        while (found := await self.sight(role, kind, direction)) != state:
            assert asyncio.get_running_loop().time() < end, f"{role} {kind} {direction} is {found}, not {state}"
            await asyncio.sleep(0.05)


@asynccontextmanager
async def sending(peer: Probe) -> AsyncIterator[None]:
    """Fifty pictures a second from one peer."""

    async def send() -> None:
        number = 0
        while True:
            peer.video(number)
            number += 1
            await asyncio.sleep(0.02)

    task = asyncio.create_task(send())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def end(worker: Process) -> None:
    """Everybody's sockets closed, the worker gone, whatever the test did."""
    while probe.OPEN:
        await probe.OPEN.pop().close()
    if worker.returncode is None:
        worker.terminate()
    await worker.wait()


@pytest_asyncio.fixture
async def staged(live: Live) -> AsyncIterator[Staged]:
    """A house and its worker."""
    worker = await start_worker(live.clinic.house.settings)
    stage = Staged(live, worker)
    try:
        await until(lambda: stage.link.connected, 10, "web and worker are connected")
        yield stage
    finally:
        await end(stage.worker)


async def test_a_seat_is_the_role_of_who_asks_and_sight_comes_from_packets(staged: Staged) -> None:
    client, ana = await staged.sit(Role.CLIENT, 1000), await staged.sit(Role.THERAPIST, 2000)

    async with staged.live.page_of(Role.THERAPIST) as page, sending(client):
        await page.next("snapshot")
        await staged.sees(Role.CLIENT, "video", "in", "flowing", 5)
        await until(lambda: ana.rtp, 5, "the therapist gets the client's pictures")
        media = await page.next("media")
        # An age told before the first picture came is unknown, and rightly so.
        while media["event"] != "ages" or media["ages"].get("client") is None:
            media = await page.next("media")
    await staged.sees(Role.CLIENT, "video", "in", "stopped", 6)

    assert set(staged.link.state["rooms"][staged.clinic.session]) == {"client", "therapist"}
    assert media["ages"]["client"] < 2_000
    assert {slot["from"] for slot in ana.slots} == {"client", None}
    entries = await staged.clinic.house.handler.entries(staged.clinic.session, 0)
    assert {entry.by for entry in entries if type(entry.fact).__name__ == "SightChanged"} == {""}


async def test_a_dispatcher_has_no_seat_and_an_offer_must_be_one(staged: Staged) -> None:
    dispatcher = await staged.clinic.act(Role.DISPATCHER, "seat", {"offer": offer()})
    nonsense = await staged.clinic.act(Role.CLIENT, "seat", {"offer": "v=0"})
    empty = await staged.clinic.act(Role.CLIENT, "seat", {"offer": ""})
    other = await staged.clinic.act(Role.CLIENT, "seat", {"offer": offer(), "seat": "therapist"})

    assert dispatcher.status_code == 409
    assert [reply.status_code for reply in (nonsense, empty, other)] == [422] * 3


async def test_without_a_worker_the_page_is_told_to_ask_again(live: Live) -> None:
    reply = await live.clinic.act(Role.CLIENT, "seat", {"offer": offer()})

    assert reply.status_code == 409
    assert reply.json()["reasons"][0]["code"] == "media_away"


async def test_a_killed_worker_makes_sight_unknown_and_its_successor_asks_everyone_to_rejoin(staged: Staged) -> None:
    client = await staged.sit(Role.CLIENT, 1000)
    async with staged.live.page_of(Role.CLIENT) as page, sending(client):
        await staged.sees(Role.CLIENT, "video", "in", "flowing", 5)
        staged.worker.send_signal(signal.SIGKILL)
        await staged.worker.wait()
        await staged.sees(Role.CLIENT, "video", "in", "unknown", 4)
        staged.worker = await start_worker(staged.clinic.house.settings)

        media = await page.next("media")
        while media["event"] != "rejoin":
            media = await page.next("media")
        again = await staged.sit(Role.CLIENT, 3000)
        async with sending(again):
            await staged.sees(Role.CLIENT, "video", "in", "flowing", 5)


async def test_who_takes_over_gets_the_seat_and_who_is_relieved_sits_as_the_stand_in(staged: Staged) -> None:
    await staged.sit(Role.THERAPIST, 1000)
    await staged.sit(Role.STANDIN, 2000)
    assert (await staged.link.stats())["seats"] == 2

    async with staged.live.page_of(Role.STANDIN) as jo:
        await jo.next("snapshot")
        by = Actor(person=await staged.clinic.person(Role.STANDIN))
        await staged.clinic.house.handler.handle(staged.clinic.session, TakeOver(), by=by)
        media = await jo.next("media")
        while media["event"] != "rejoin":
            media = await jo.next("media")

    assert (await staged.link.stats())["seats"] == 0, "both have to sit down again, in the other place"
    seated = await staged.clinic.act(Role.THERAPIST, "seat", {"offer": offer()})
    assert seated.status_code == 200
    assert (staged.clinic.session, Role.STANDIN) in staged.clinic.house.seats._holders
    assert (staged.clinic.session, Role.THERAPIST) not in staged.clinic.house.seats._holders


async def test_standing_down_ends_no_call_because_the_units_are_counted_on_video(staged: Staged) -> None:
    await staged.sit(Role.THERAPIST, 1000)

    told = await staged.clinic.act(Role.CLIENT, "words", {"what": "no"})
    assert told.status_code == 200
    session, _ = await staged.clinic.house.handler.session(staged.clinic.session)
    assert session.state is State.STOOD_DOWN

    assert (await staged.link.stats())["seats"] == 1
    await staged.sit(Role.CLIENT, 2000)
    assert (await staged.link.stats())["seats"] == 2


async def test_pictures_outlive_web_and_nobody_rejoins_when_it_comes_back(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = await fresh_copy(tmp_path_factory, tmp_path / "data")
    async with AsyncExitStack() as outside:
        async with live_house(data) as first:
            worker = await start_worker(first.clinic.house.settings)
            outside.push_async_callback(end, worker)
            before = Staged(first, worker)
            await until(lambda: before.link.connected, 10, "web and worker are connected")
            client, ana = await before.sit(Role.CLIENT, 1000), await before.sit(Role.THERAPIST, 2000)
            await outside.enter_async_context(sending(client))
            await before.sees(Role.CLIENT, "video", "in", "flowing", 5)

        had = len(ana.rtp)
        await until(lambda: len(ana.rtp) > had + 20, 5, "pictures while web is away")

        async with live_house(data) as second:
            after = Staged(second, worker)
            assert await after.sight(Role.CLIENT, "video", "in") in ("unknown", "flowing")
            async with second.page_of(Role.THERAPIST) as page:
                await after.sees(Role.CLIENT, "video", "in", "flowing", 5)
                await page.next("beat")
            assert [message for message in page.heard if message.get("event") == "rejoin"] == []

            by = Actor(person=await second.clinic.person(Role.STANDIN))
            await second.clinic.house.handler.handle(second.clinic.session, TakeOver(), by=by)
            await eventually(partial(after.seats_are, 1), 3, "a seat given before the restart is taken back after it")
