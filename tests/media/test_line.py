"""The line between web and a worker: state, events, calls, and either side dying."""

import asyncio
import json
import signal
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.asyncio.server import unix_serve
from websockets.exceptions import ConnectionClosed

from telekap.care.errors import Malformed, NotFound, Refused
from telekap.media import line
from telekap.media.__main__ import main
from telekap.media.addresses import decide, everything, primary_address, primary_ipv6
from tests.media import probe
from tests.media.house import Web, Worker, bar, until


async def opened(worker: Worker) -> ClientConnection:
    """A bare connection as web makes it."""
    return await unix_connect(str(worker.socket), "ws://media/", compression=None, proxy=None)


async def told(connection: ClientConnection, key: str) -> dict[str, Any]:
    """The next message that has ``key``."""
    while True:
        message: dict[str, Any] = json.loads(await asyncio.wait_for(connection.recv(), 5))
        if key in message:
            return message


async def test_the_first_word_is_the_whole_state_then_events_are_numbered(worker: Worker) -> None:
    connection = await opened(worker)
    first = json.loads(await connection.recv())
    assert first["n"] == 0 and first["state"]["rooms"] == {} and first["state"]["pid"] == worker.pid
    for seat in ("client", "therapist"):
        await connection.send(json.dumps({"id": 1, "call": "join", "room": "r", "seat": seat, "offer": probe.offer()}))
    events, bound = [], []
    # The client's, and both when the therapist is there; what is told each second may come between.
    while len(bound) < 3:
        events.append(await told(connection, "event"))
        bound = [one["seat"] for one in events if one["event"] == "bound"]
    assert [event["n"] for event in events] == list(range(1, len(events) + 1))
    assert set(bound) == {"client", "therapist"}
    await connection.close()

    again = await opened(worker)
    state = (await told(again, "state"))["state"]
    assert state["worker"] == first["state"]["worker"]
    assert state["rooms"]["r"]["therapist"]["slots"] == [{"mid_audio": "0", "mid_video": "1", "from": "client"}]
    assert state["rooms"]["r"]["client"]["connected"] is False
    for seat in ("client", "therapist"):
        await again.send(json.dumps({"id": 2, "call": "leave", "room": "r", "seat": seat}))
        assert (await told(again, "ok"))["ok"] == {}
    await again.close()


async def test_a_new_web_replaces_the_old_one(worker: Worker) -> None:
    old, new = await opened(worker), await opened(worker)
    await told(new, "state")
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            await asyncio.wait_for(old.recv(), 5)
    assert closed.value.rcvd is not None and closed.value.rcvd.code == line.REPLACED
    await new.send(json.dumps({"id": 1, "call": "stats"}))
    assert (await told(new, "id"))["ok"]["seats"] == 0
    await new.close()


BAD_CALLS = [
    ("no JSON", "bad_call"),
    ("[1, 2]", "bad_call"),
    ("[" * 100_000, "bad_call"),
    ('{"call": "stats"}', "bad_call"),
    ('{"id": 1, "call": "record"}', "bad_call"),
    ('{"id": 1, "call": "join", "room": "r", "seat": "client"}', "bad_call"),
    ('{"id": 1, "call": "join", "room": "../r", "seat": "client", "offer": ""}', "bad_call"),
    ('{"id": 1, "call": "join", "room": "r", "seat": 7, "offer": ""}', "bad_call"),
    ('{"id": 1, "call": "join", "room": "r", "seat": "client", "offer": "v=0"}', "bad_offer"),
    ('{"id": 1, "call": "leave", "room": "r", "seat": "client"}', "not_seated"),
    ('{"id": 1, "call": "unbind", "room": "r", "seat": "client"}', "not_seated"),
]


async def test_a_bad_call_is_answered_with_a_reason_and_changes_nothing(worker: Worker) -> None:
    connection = await opened(worker)
    await told(connection, "state")
    for call, reason in BAD_CALLS:
        await connection.send(call)
        error = (await told(connection, "error"))["error"]
        assert (call, error["reason"]) == (call, reason) and error["sentence"]
    await connection.send(json.dumps({"id": 2, "call": "stats"}))
    assert (await told(connection, "ok"))["ok"]["rooms"] == 0
    await connection.close()


async def test_errors_reach_web_in_its_own_words(web: Web) -> None:
    with pytest.raises(Malformed) as malformed:
        await web.link.join("r", "client", "v=0")
    assert malformed.value.field == "offer"
    with pytest.raises(NotFound):
        await web.link.unbind("r", "client")
    await web.link.leave("r", "client")  # an empty seat is no error
    assert (await web.link.stats())["rooms"] == 0


async def test_a_silent_web_is_hung_up_on_and_a_silent_worker_too(worker: Worker, tmp_path: Path) -> None:
    connection = await opened(worker)
    loop = asyncio.get_running_loop()
    start = loop.time()

    async def heard_until_closed() -> None:
        with pytest.raises(ConnectionClosed):
            while True:
                await connection.recv()

    async def mute(server: Any) -> None:
        await server.send(json.dumps({"n": 0, "state": {"worker": "w", "rooms": {}}}))
        await server.wait_closed()

    async with unix_serve(mute, str(tmp_path / "mute.sock")):
        web = Web(tmp_path / "mute.sock")
        await web.start()
        await asyncio.gather(heard_until_closed(), until(lambda: "lost" in web.history, 5, "web notices"))
        assert 2.5 < loop.time() - start < bar(5)
        await web.end()


async def test_a_gap_in_the_events_ends_the_line_and_all_is_told_anew(tmp_path: Path) -> None:
    lines = 0

    async def careless(server: Any) -> None:
        nonlocal lines
        lines += 1
        await server.send(json.dumps({"n": 0, "state": {"worker": "w", "rooms": {"r": {}}}}))
        bound = {"event": "bound", "room": "r", "seat": "client", "slots": []}
        await server.send(json.dumps({"n": 1, **bound}))
        await server.send(json.dumps({"n": 3, **bound}))
        if lines > 1:
            await server.wait_closed()

    async with unix_serve(careless, str(tmp_path / "gap.sock")):
        web = Web(tmp_path / "gap.sock")
        web.connect()  # each line lives for a moment only: there is nothing to wait for but what was told
        await until(lambda: web.history.count("same") >= 2, 10, "told anew")
        assert web.history[:3] == ["same", "lost", "same"]
        await web.end()


async def test_web_waits_for_a_worker_and_calls_meanwhile_are_refused(tmp_path: Path) -> None:
    web = Web(tmp_path / "media.sock")
    task = asyncio.create_task(web.link.run())
    with pytest.raises(Refused, match="media_away"):
        await web.link.join("r", "client", probe.offer())
    worker = Worker(tmp_path)
    await worker.start()
    await until(lambda: web.link.connected, 10, "connected")
    await until(lambda: web.history == ["other"], 10, "told so")

    await worker.end(signal.SIGKILL)
    took = await until(lambda: not web.link.connected, 10, "web notices")
    assert took < bar(1)  # by the socket, not by silence
    await worker.start()
    await until(lambda: web.link.connected, 10, "connected again")
    await until(lambda: web.history == ["other", "lost", "other"], 10, "told so")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await worker.end() == 0


async def test_a_receiver_that_fails_or_is_slow_keeps_nobody_waiting(worker: Worker) -> None:
    web = Web(worker.socket)
    told_of: list[str] = []

    async def slow(event: dict[str, Any]) -> None:
        told_of.append(event["seat"])
        await asyncio.sleep(0.05)
        raise RuntimeError("the page was gone")

    web.link._on_event["bound"] = slow
    await web.start()
    for seat in ("client", "therapist"):
        await web.link.join("r", seat, probe.offer())
    assert list(web.link.state["rooms"]["r"]) == ["client", "therapist"]
    await until(lambda: len(told_of) == 3, 10, "all told, in order")
    assert web.link.connected
    await web.end()


async def test_a_worker_without_web_ends_itself(tmp_path: Path) -> None:
    worker = Worker(tmp_path, "--orphan-after", "0.5")
    await worker.start()
    web = Web(worker.socket)
    await web.start()
    await asyncio.sleep(1.0)
    assert web.link.connected
    await web.end()
    assert await worker.wait(3) == 0
    assert not worker.socket.exists() and "media_orphaned" in worker.log()


async def test_the_line_is_for_this_user_alone_and_logs_hold_no_offer(worker: Worker, web: Web) -> None:
    assert worker.socket.stat().st_mode & 0o077 == 0
    with pytest.raises(Malformed):
        await web.link.join("r", "client", probe.offer().replace("BUNDLE", "BANDLE"))
    assert "bad_offer" in worker.log() and "fingerprint" not in worker.log()


def test_a_worker_that_cannot_start_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for udp in ("nowhere", "256.1.1.1:0", "127.0.0.1:99999"):
        assert main(["--socket", str(tmp_path / "m.sock"), "--udp", udp]) == 2
        assert udp in capsys.readouterr().err


def test_addresses_are_decided_from_one_setting() -> None:
    auto = decide("auto", 5000)
    assert (auto.host, auto.port) == (everything(), 5000)
    assert auto.candidates(5000) == [(one, 5000) for one in (primary_address(), primary_ipv6()) if one]
    ours = decide("127.0.0.1")
    assert (ours.host, ours.candidates(4321)) == ("127.0.0.1", [("127.0.0.1", 4321)])
    both = decide("198.51.100.7, 2001:db8::7", 5000)
    assert both.host == everything() and both.candidates(5000) == [("198.51.100.7", 5000), ("2001:db8::7", 5000)]
    routed = decide("198.51.100.7", 5000)
    assert (routed.host, routed.candidates(5000)) == ("0.0.0.0", [("198.51.100.7", 5000)])
    with pytest.raises(ValueError, match="clinic"):
        decide("clinic.example")
