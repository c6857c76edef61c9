"""A worker that is to be replaced: its rooms go to another one by one, nobody loses a seat, and it ends."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator

import pytest_asyncio

from telekap.care.facts import SeatChanged
from telekap.care.people import Role
from telekap.live.media_link import MediaLink
from tests.live.test_seats import Process, Staged, end, sending, staged, start_worker, until

__all__ = ["staged"]


@pytest_asyncio.fixture
async def workers(staged: Staged) -> AsyncIterator[list[Process]]:
    """Two workers, each with web's line to it."""
    settings = staged.clinic.house.settings
    second = await start_worker(settings, 1)
    link = staged.clinic.house.seats.link(str(settings.media_socket(1)))
    running = asyncio.create_task(link.run())
    await until(lambda: link.connected, 10, "web and the second worker are connected")
    yield [staged.worker, second]
    await end(second)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def who_has(staged: Staged) -> list[set[str]]:
    """The seats of the session, by worker."""
    links = staged.clinic.house.seats.links
    rooms = [link.state.get("rooms", {}) if link.connected else {} for link in links]
    return [set(one.get(staged.clinic.session, {})) for one in rooms]


async def test_a_room_moves_to_the_other_worker_and_the_first_one_ends(staged: Staged, workers: list[Process]) -> None:
    seats = staged.clinic.house.seats
    async with staged.live.page_of(Role.CLIENT) as client, staged.live.page_of(Role.THERAPIST) as therapist:
        await staged.sit(Role.CLIENT, 1000), await staged.sit(Role.THERAPIST, 2000)
        await until(lambda: {"client", "therapist"} in who_has(staged), 5, "both sit")
        home = who_has(staged).index({"client", "therapist"})
        workers[home].send_signal(signal.SIGUSR1)
        for page in (client, therapist):
            while (await page.next("media")).get("event") != "rejoin":
                pass
        sitting = await staged.sit(Role.CLIENT, 3000), await staged.sit(Role.THERAPIST, 4000)
    assert await asyncio.wait_for(workers[home].wait(), 20) == 0, "it ends by itself"
    assert who_has(staged)[1 - home] == {"client", "therapist"}
    async with sending(sitting[0]), sending(sitting[1]):
        await staged.sees(Role.CLIENT, "video", "in", "flowing", 10)
        await until(lambda: sitting[0].rtp and sitting[1].rtp, 5, "they see each other there")
    entries = await staged.clinic.house.handler.entries(staged.clinic.session, 0)
    assert len([entry for entry in entries if isinstance(entry.fact, SeatChanged)]) == 2, "nobody has left"

    replaced = await start_worker(staged.clinic.house.settings, home)
    await until(lambda: seats.links[home].connected, 10, "its successor is there")
    assert who_has(staged)[1 - home] == {"client", "therapist"}, "and takes nothing back"
    await end(replaced)


async def test_who_does_not_come_along_leaves_the_room_and_is_not_seen_there(
    staged: Staged, workers: list[Process]
) -> None:
    await staged.sit(Role.CLIENT, 1000)
    await until(lambda: {"client"} in who_has(staged), 5, "the client sits")
    home = who_has(staged).index({"client"})
    workers[home].send_signal(signal.SIGUSR1)
    assert await asyncio.wait_for(workers[home].wait(), 20) == 0
    await until(lambda: not any(who_has(staged)), 5, "nobody sits")
    session, _ = await staged.clinic.house.handler.session(staged.clinic.session)
    assert dict(session.seated) == {}


async def test_alone_a_worker_keeps_its_rooms_for_as_long_as_it_may(staged: Staged) -> None:
    await staged.sit(Role.CLIENT, 1000)
    staged.worker.send_signal(signal.SIGUSR1)
    await until(lambda: staged.link.draining, 5, "web knows")
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(staged.worker.wait(), 2)
    assert staged.worker.returncode is None and await staged.seats_are(1)
    assert isinstance(staged.link, MediaLink)
