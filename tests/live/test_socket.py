"""Live sockets against a real server: who gets one, what comes first, what is never missed, and who is cut off."""

import asyncio
import json
import socket as sockets
from contextlib import AsyncExitStack

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from telekap.care.people import Role
from telekap.live import hub as hubs
from telekap.live import wire
from telekap.live.watcher import LOGIN_ENDED, NOT_YOURS, TRY_LATER
from telekap.record import logins
from telekap.record.errors import RecordAway
from tests.live.conftest import HELLO, Live
from tests.load import bar


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "http://127.0.0.1:1"])
async def test_a_handshake_of_another_sites_page_is_refused(shared_live: Live, origin: str | None) -> None:
    login = await shared_live.clinic.enter(Role.THERAPIST)
    headers = {"Cookie": shared_live.cookie(login)}

    with pytest.raises(InvalidStatus) as refused:
        async with connect(shared_live.address(login), origin=origin, additional_headers=headers, proxy=None):  # type: ignore[arg-type]
            pass

    assert refused.value.response.status_code == 403
    assert "Content-Security-Policy" in refused.value.response.headers


async def test_a_login_without_its_own_cookie_gets_nothing(shared_live: Live) -> None:
    client, ana = await shared_live.clinic.enter(Role.CLIENT), await shared_live.clinic.enter(Role.THERAPIST)
    value = shared_live.cookie(client).partition("=")[2]

    for cookie in ("", f"tk-{ana}={value}", shared_live.cookie(client), f"tk-{ana}="):
        async with connect(
            shared_live.address(ana), origin=shared_live.origin, additional_headers={"Cookie": cookie}, proxy=None
        ) as page:
            with pytest.raises(ConnectionClosed):
                await page.recv()
            assert page.close_code == LOGIN_ENDED


async def test_a_database_that_is_away_ends_nobodys_login(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page would say that the link has ended, and stop hurrying, at the worst moment there is."""
    login = await live.clinic.enter(Role.SUPPORT)

    async def away(_fn: object) -> object:
        raise RecordAway("no answer")

    with monkeypatch.context() as patch:
        patch.setattr(live.clinic.house.store, "read", away)
        async with live.page(login) as page:
            assert await page.closed() == TRY_LATER
    async with live.page(login) as page:
        await page.next("snapshot")


async def test_a_stranger_gets_the_same_for_a_session_that_exists_as_for_one_that_does_not(shared_live: Live) -> None:
    max_ = await shared_live.clinic.stranger()
    codes = []

    for session in (shared_live.clinic.session, "there-is-none", "x" * 300):
        async with connect(
            shared_live.address(max_, session),
            origin=shared_live.origin,
            additional_headers={"Cookie": shared_live.cookie(max_)},
            proxy=None,
        ) as page:
            with pytest.raises(ConnectionClosed):
                await page.recv()
            codes.append(page.close_code)

    assert codes == [NOT_YOURS] * 3


async def test_the_first_message_is_a_snapshot_that_says_what_http_says(shared_live: Live) -> None:
    async with shared_live.page_of(Role.THERAPIST) as page:
        snapshot = await page.next("snapshot")
    where = f"{await shared_live.clinic.api(Role.THERAPIST)}/sessions/{shared_live.clinic.session}"
    looked = (await shared_live.clinic.browser.get(where)).json()

    assert page.heard == [snapshot]
    assert set(snapshot) == {"type", "version", "now", "rate", "view", "entries"}
    assert snapshot["view"]["me"] == looked["view"]["me"]
    assert snapshot["entries"] == looked["entries"][: len(snapshot["entries"])]


async def test_a_commit_is_told_at_once_with_its_lines(live: Live) -> None:
    async with live.page_of(Role.THERAPIST) as page:
        before = await page.next("snapshot")
        told = asyncio.get_running_loop().time()
        reply = await live.clinic.act(Role.CLIENT, "words", {"what": "note", "note": "thirsty"})
        change = await page.next("change")
        while change["version"] < reply.json()["version"]:
            change = await page.next("change")
        took = asyncio.get_running_loop().time() - told

    assert took < bar(1.0)
    assert change["entries"][-1]["n"] == change["version"] > before["version"]


async def test_resuming_gives_exactly_the_lines_that_are_missing(live: Live) -> None:
    async with live.page_of(Role.THERAPIST) as page:
        had = (await page.next("snapshot"))["entries"]
    for note in ("one", "two", "three"):
        await live.clinic.act(Role.CLIENT, "words", {"what": "note", "note": note})
    login = await live.clinic.enter(Role.THERAPIST)

    async with live.page(login, since=had[-1]["n"]) as page:
        resumed = await page.next("snapshot")
    async with live.page(login, since=0) as page:
        every = await page.next("snapshot")

    lines = [line["n"] for line in every["entries"]]
    assert lines == list(range(1, lines[-1] + 1))
    assert [line["n"] for line in had] + [line["n"] for line in resumed["entries"]] == lines[: resumed["version"]]


async def test_a_page_that_knows_more_than_the_record_starts_again(shared_live: Live) -> None:
    async with shared_live.page(await shared_live.clinic.enter(Role.THERAPIST), since=10_000) as page:
        snapshot = await page.next("snapshot")

    assert snapshot["entries"][0]["n"] == 1


@pytest.mark.parametrize("since", ["-1", "x", "1e3", "9" * 30, ""])
async def test_a_since_that_is_no_number_counts_as_none(shared_live: Live, since: str) -> None:
    login = await shared_live.clinic.enter(Role.THERAPIST)
    headers = {"Cookie": shared_live.cookie(login)}
    address = f"{shared_live.address(login)}?since={since}"

    async with connect(address, origin=shared_live.origin, additional_headers=headers, proxy=None) as page:
        snapshot = json.loads(await page.recv())

    assert snapshot["entries"][0]["n"] == 1


async def test_no_notice_comes_before_the_snapshot(shared_live: Live) -> None:
    login = await shared_live.clinic.enter(Role.THERAPIST)
    ana, hub = await shared_live.clinic.person(Role.THERAPIST), shared_live.clinic.house.hub
    taken = False

    async def ring() -> None:
        nonlocal taken
        while not taken:
            taken = hub.notify(ana, wire.notice("1", "canary", "c1", "Test sound."))
            await asyncio.sleep(0)

    ringing = asyncio.create_task(ring())
    headers = {"Cookie": shared_live.cookie(login)}
    address = shared_live.address(login)
    async with connect(address, origin=shared_live.origin, additional_headers=headers, proxy=None) as page:
        await page.send(HELLO)
        first = json.loads(await page.recv())
        await asyncio.wait_for(ringing, 5)

    assert first["type"] == "snapshot"
    assert taken


async def test_silence_is_broken_by_a_beat_that_was_looked_up(shared_live: Live) -> None:
    async with shared_live.page_of(Role.SUPPORT) as page:
        snapshot = await page.next("snapshot")
        beat = await page.next("beat", within=6)

    assert set(beat) == {"type", "now", "rate", "version"}
    assert beat["now"] > snapshot["now"]


async def test_i22_a_house_that_cannot_look_falls_silent_instead_of_saying_all_is_as_it_was(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "EVERY", 0.02)
    monkeypatch.setattr(hubs, "BEAT", 0.05)
    monkeypatch.setattr(hubs, "FRESH", 0.15)
    hub = live.clinic.house.hub

    async def cannot(_session: str) -> object:
        raise OSError("disk")

    async with live.page_of(Role.THERAPIST) as page:
        await page.next("beat")
        monkeypatch.setattr(hub, "_load", cannot)
        await asyncio.sleep(0.4)
        while True:  # what was on its way
            try:
                await asyncio.wait_for(page.socket.recv(), 0.2)
            except TimeoutError:
                break
        hub.tell_session(live.clinic.session, wire.ages({"client": 40}))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(page.socket.recv(), 0.3)


async def test_client_and_support_person_get_no_lines_of_the_record(shared_live: Live) -> None:
    for role in (Role.CLIENT, Role.SUPPORT):
        async with shared_live.page_of(role) as page:
            assert (await page.next("snapshot"))["entries"] == []


async def test_a_login_that_is_ended_loses_its_socket_within_two_seconds(live: Live) -> None:
    login = await live.clinic.enter(Role.THERAPIST)
    async with live.page(login) as page, live.page_of(Role.SUPPORT) as other:
        await page.next("snapshot")
        await other.next("snapshot")
        await live.clinic.house.store.write(lambda conn: logins.revoke(conn, login))

        assert await page.closed(within=2.0) == LOGIN_ENDED
        await other.next("beat", within=4)


async def test_notices_reach_every_page_of_that_person_and_nobody_else(shared_live: Live) -> None:
    kim = await shared_live.clinic.person(Role.DISPATCHER)
    text = wire.notice("7", "page", "duty", "Please look at telekap.")
    async with shared_live.page_of(Role.DISPATCHER) as page, shared_live.page_of(Role.STANDIN) as other:
        await page.next("snapshot")
        await other.next("snapshot")

        assert shared_live.clinic.house.hub.notify(kim, text)
        assert not shared_live.clinic.house.hub.notify("nobody", text)
        notice = await page.next("notice")
        await other.next("beat", within=4)

    assert notice == {"type": "notice", "id": "7", "kind": "page", "subject": "duty", "text": "Please look at telekap."}
    assert all(message["type"] != "notice" for message in other.heard)


async def test_a_reader_that_is_too_slow_is_cut_off_and_nobody_else_notices(live: Live) -> None:
    hub, session = live.clinic.house.hub, live.clinic.session
    login = await live.clinic.enter(Role.STANDIN)
    raw = sockets.socket()
    raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    raw.setblocking(False)
    await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", live.port))
    headers = {"Cookie": live.cookie(login)}

    async with (
        connect(
            live.address(login),
            origin=live.origin,
            additional_headers=headers,
            sock=raw,
            max_queue=1,
            compression=None,
            proxy=None,
        ) as slow,
        live.page_of(Role.THERAPIST) as page,
    ):
        await page.next("snapshot")
        watched = hub.watched
        for number in range(2_000):
            hub.tell_session(session, wire.notice(str(number), "page", "x", "y" * 20_000), only=Role.STANDIN)
            await asyncio.sleep(0)
            if hub.watched < watched:
                break
        assert hub.watched == watched - 1
        reply = await live.clinic.act(Role.CLIENT, "words", {"what": "note", "note": "still told"})
        change = await page.next("change", within=2)
        while change["version"] < reply.json()["version"]:
            change = await page.next("change", within=2)
        slow.transport.abort()


async def test_what_a_page_says_is_no_reason_to_cut_it_off(shared_live: Live) -> None:
    async with shared_live.page_of(Role.CLIENT) as page:
        await page.next("snapshot")
        for said in ('{"type": "hello"}', '{"type": "newer"}', "not json", "[]"):
            await page.socket.send(said)
        await page.socket.send(b"\x00\x01")

        await page.next("beat", within=4)


async def test_a_message_that_is_too_large_ends_the_socket(shared_live: Live) -> None:
    async with shared_live.page_of(Role.CLIENT) as page:
        await page.next("snapshot")
        await page.socket.send("x" * 70_000)

        assert await page.closed() == 1009


async def test_one_login_has_only_so_many_sockets(shared_live: Live) -> None:
    login = await shared_live.clinic.enter(Role.PRESCRIBER)
    async with AsyncExitStack() as stack:
        pages = [await stack.enter_async_context(shared_live.page(login)) for _ in range(9)]
        gone = [asyncio.create_task(page.closed()) for page in pages]
        done, waiting = await asyncio.wait(gone, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()

    assert [task.result() for task in done] == [TRY_LATER]


async def test_a_stopping_server_says_restart(live: Live) -> None:
    async with live.page_of(Role.CLIENT) as page:
        await page.next("snapshot")
        live.server.should_exit = True

        assert await page.closed() == 1012


async def test_a_defect_in_one_socket_ends_that_socket_and_is_logged_without_words(
    live: Live, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_watcher: object) -> None:
        raise RuntimeError("Sam Rivera said something private")

    login = await live.clinic.enter(Role.CLIENT)
    with monkeypatch.context() as patch:
        patch.setattr(live.clinic.house.hub, "watch", broken)
        async with live.page(login) as page:
            assert await page.closed() == 1011
    async with live.page(login) as page:
        await page.next("snapshot")

    logged = "".join(capsys.readouterr())
    assert "RuntimeError" in logged
    assert "private" not in logged
