"""Readers that never read, streams that are cut anywhere, people who hang up half-way: nobody else notices."""

import asyncio
import base64
import json
import os
import random
import socket as sockets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
import uvicorn
from websockets.exceptions import ConnectionClosed

from telekap.app import build, options
from telekap.care.facts import Said
from telekap.care.people import Role
from telekap.live.socket import SOCKETS
from telekap.record import logins
from telekap.web.viewer import COOKIE
from tests.live.conftest import Live, eventually
from tests.load import bar
from tests.web.serving import Serving, browser_for, fresh_copy, new_key, settings_for

CUTS = int(os.environ.get("TELEKAP_CUTS", "120"))
"""How often the stream is cut, and how many requests are hung up on; ``make chaos`` asks for 1,000 each."""
STALLED = 500
SEED = 20_261_125


@asynccontextmanager
async def impatient_house(data: Path) -> AsyncIterator[Live]:
    """As ``live``, but it asks its pages four times as often whether they are there."""
    settings = settings_for(data, port=0)
    house, app = build(settings)
    asked = options(settings)
    quicker = {name: asked[name] / 4 for name in ("ws_ping_interval", "ws_ping_timeout")}
    server = uvicorn.Server(uvicorn.Config(app, **asked | quicker | {"loop": "none"}))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        assert not serving.done(), serving.exception()
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with browser_for(app) as browser:
        yield Live(Serving(house, app, browser), server, port)
    server.should_exit = True
    await serving


def never_reads(live: Live, login: str, secret: str) -> sockets.socket:
    """A page that shakes hands and then reads nothing any more, not even a ping."""
    raw = sockets.socket()
    raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    raw.connect(("127.0.0.1", live.port))
    key = base64.b64encode(os.urandom(16)).decode()
    raw.sendall(
        f"GET /live/as/{login}/s/{live.clinic.session} HTTP/1.1\r\nHost: 127.0.0.1:{live.port}\r\n"
        f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        f"Origin: {live.origin}\r\nCookie: {COOKIE}{login}={secret}\r\n\r\n".encode()
    )
    return raw


async def test_five_hundred_pages_that_never_read_cost_nobody_else_anything(tmp_path: Path, tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    async with impatient_house(await fresh_copy(tmp_path_factory, tmp_path / "data")) as live:
        house, raws = live.clinic.house, []
        who = await live.clinic.person(Role.STANDIN)
        now = house.clock.wall()
        async with live.page_of(Role.THERAPIST) as page:
            await page.next("snapshot", within=20)
            before, opened = psutil.Process().memory_info().rss, 0
            watch = house.hub.watch

            def counted(watcher: Any) -> None:
                nonlocal opened
                opened += 1
                watch(watcher)

            house.hub.watch = counted  # type: ignore[method-assign]
            for _ in range(-(-STALLED // SOCKETS)):
                login, secret = await house.store.write(lambda conn: logins.issue(conn, who, None, "link", now))
                raws += [await asyncio.to_thread(never_reads, live, login, secret) for _ in range(SOCKETS)]

            async def all_there() -> bool:
                return opened >= STALLED

            await eventually(all_there, 60, "all of them are watched")
            delays = []
            for number in range(25):
                began = time.monotonic()
                done = await live.clinic.act(Role.CLIENT, "words", {"what": "note", "note": f"note {number}"})
                change = await page.next("change", within=20)
                while change["version"] < done.json()["version"]:
                    change = await page.next("change", within=20)
                delays.append(time.monotonic() - began)
            grown = psutil.Process().memory_info().rss - before

            async def dropped() -> bool:
                return house.hub.watched == 1

            # 20 s in a real house: here a quarter of that, and what the machine takes to do it five hundred times.
            await eventually(dropped, 30, "nobody stalls for longer than two pings")
            assert options(house.settings)["ws_ping_interval"] + options(house.settings)["ws_ping_timeout"] <= 30
        for raw in raws:
            raw.close()
    delays.sort()
    assert delays[-1] < bar(0.5), delays
    assert grown < 150_000_000


async def test_a_stop_with_open_and_stalled_pages_says_restart_and_ends_in_time(
    tmp_path: Path, tmp_path_factory
) -> None:  # type: ignore[no-untyped-def]
    async with impatient_house(await fresh_copy(tmp_path_factory, tmp_path / "data")) as live:
        house = live.clinic.house
        who, now = await live.clinic.person(Role.STANDIN), house.clock.wall()
        login, secret = await house.store.write(lambda conn: logins.issue(conn, who, None, "link", now))
        async with live.page_of(Role.THERAPIST) as page:
            await page.next("snapshot", within=20)
            raws = [await asyncio.to_thread(never_reads, live, login, secret) for _ in range(SOCKETS)]
            await eventually(lambda: _is(house.hub.watched, 1 + SOCKETS), 20, "they are watched")
            began = time.monotonic()
            live.server.should_exit = True
            assert await page.closed(within=10) == 1012
        await eventually(lambda: _is(house.store.broken or _closed(house.store), True), 10, "the record is closed")
        assert time.monotonic() - began <= 10
        for raw in raws:
            raw.close()


async def _is(value: object, wanted: object) -> bool:
    return value == wanted


def _closed(store: Any) -> bool:
    return bool(store._closed)


async def test_a_stream_that_is_cut_anywhere_has_no_gap_and_no_double(live: Live) -> None:
    """The page keeps lines as ``static/lib/live.js`` does: whatever is newer than its last one."""
    dice = random.Random(SEED)
    login = await live.clinic.enter(Role.THERAPIST)
    lines: list[dict[str, Any]] = []
    writing = True

    async def write() -> None:
        number = 0
        while writing:
            number += 1
            await live.clinic.act(Role.CLIENT, "words", {"what": "note", "note": f"note {number}"})
            await asyncio.sleep(dice.uniform(0, 0.05))

    def take(message: dict[str, Any]) -> None:
        last = lines[-1]["n"] if lines else 0
        lines.extend(line for line in message.get("entries", ()) if line["n"] > last)

    async def listen(seconds: float) -> None:
        """Until cut: the line is dropped without a word, wherever in a message that is."""
        async with live.page(login, since=lines[-1]["n"] if lines else 0) as page:
            end = asyncio.get_running_loop().call_later(seconds, page.socket.transport.abort)
            try:
                while True:
                    take(json.loads(await page.socket.recv()))
            except ConnectionClosed:
                end.cancel()

    writer = asyncio.create_task(write())
    for _ in range(CUTS):
        await listen(dice.uniform(0, 0.08))
    writing = False
    await writer
    async with live.page(login, since=lines[-1]["n"] if lines else 0) as page:
        take(await page.next("snapshot", within=20))
    async with live.page(login) as page:
        whole = (await page.next("snapshot", within=20))["entries"]

    assert [line["n"] for line in lines] == list(range(1, len(whole) + 1))
    assert lines == whole


async def test_whoever_hangs_up_at_any_moment_has_the_whole_effect_or_none(live: Live) -> None:
    """The request is dropped at a random step of the loop: while it waits for the login, the session, the commit."""
    dice, clinic = random.Random(SEED), live.clinic
    where = f"{await clinic.api(Role.CLIENT)}/sessions/{clinic.session}/words"
    keys = {f"note {number}": new_key() for number in range(CUTS)}

    async def post(note: str) -> Any:
        return await clinic.browser.post(
            where, json={"what": "note", "note": note}, headers={"Idempotency-Key": keys[note]}
        )

    cut = 0
    for note in keys:
        request = asyncio.ensure_future(post(note))
        await asyncio.sleep(dice.uniform(0, 0.012))
        cut += request.cancel()
        await asyncio.gather(request, return_exceptions=True)
    assert cut > CUTS / 4, "the premise: most were cut before their answer"

    entries = await clinic.house.handler.entries(clinic.session)
    half = [entry.fact.note for entry in entries if isinstance(entry.fact, Said)]
    assert len(half) == len(set(half))
    for note in keys:
        assert (await post(note)).status_code == 200
    entries = await clinic.house.handler.entries(clinic.session)
    said = [entry.fact.note for entry in entries if isinstance(entry.fact, Said) and entry.fact.note in keys]
    assert sorted(said) == sorted(keys), "each exactly once, whether it had been cut or not"
    assert [note for note in said if note in half] == half, "and nothing that was whole was done again"


@pytest.mark.parametrize("seconds", [0.0, 0.002, 0.01])
async def test_a_line_that_is_reset_during_a_write_leaves_no_half_effect(live: Live, seconds: float) -> None:
    """Over a real connection: reset (not closed) that long after the request went out."""
    clinic = live.clinic
    login = await clinic.enter(Role.CLIENT)
    key, body = new_key(), json.dumps({"what": "note", "note": f"reset {seconds}"}).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", live.port)
    writer.write(
        f"POST /api/v1/as/{login}/sessions/{clinic.session}/words HTTP/1.1\r\nHost: 127.0.0.1:{live.port}\r\n"
        f"Origin: {live.origin}\r\nCookie: {live.cookie(login)}\r\nIdempotency-Key: {key}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    await writer.drain()
    await asyncio.sleep(seconds)
    writer.transport.abort()
    del reader

    reply = await clinic.act(Role.CLIENT, "words", {"what": "note", "note": f"reset {seconds}"}, key)
    assert reply.status_code == 200
    entries = await clinic.house.handler.entries(clinic.session)
    notes = [entry.fact.note for entry in entries if isinstance(entry.fact, Said)]
    assert notes.count(f"reset {seconds}") == 1
