"""A line may be open before its page is there: until the page says hello, no alarm counts as told to it."""

import asyncio

import pytest

from telekap.care.people import Role
from telekap.live import wire
from telekap.live.bus import LocalBus
from telekap.live.hub import Hub
from telekap.live.watcher import Watcher
from telekap.record import outbox
from tests.live.conftest import Live, eventually

NOTICE = wire.notice("7", "page", "duty", "Please look at telekap.")


async def test_a_page_that_is_still_loading_takes_no_notice_and_the_outbox_keeps_it(live: Live) -> None:
    clinic = live.clinic
    ana, hub = await clinic.person(Role.THERAPIST), clinic.house.hub

    async def waiting() -> bool:
        told = await clinic.house.store.read(lambda conn: outbox.states(conn, clinic.session))
        return {state for person, kind, state in told if person == ana and kind == "order"} == {"waiting"}

    async with live.page_of(Role.THERAPIST, drawn=False) as page:
        await page.next("snapshot")
        assert not hub.notify(ana, NOTICE)
        assert (clinic.session, Role.THERAPIST) not in hub.here(), "nobody is there before the page is"
        for said in ('{"type": "newer"}', "hello", "[]", "null", '{"type": "hello"' + " " * 7_000 + "}"):
            await page.socket.send(said)
        await page.socket.send(b'{"type":"hello"}')
        reply = await clinic.act(Role.CLIENT, "help", {"strength": "hold"})
        assert reply.status_code == 200, reply.text
        while (await page.next("change"))["version"] < reply.json()["version"]:
            pass
        await eventually(waiting, 5, "the alarm waits for a page that can sound it")
        assert all(message["type"] != "notice" for message in page.heard)

        # Far from the next try: only the hello can be why it comes.
        await clinic.house.store.write(lambda conn: conn.execute(outbox.outbox.update().values(next_real=2**52)))
        await page.hello()
        notice = await page.next("notice")

    assert notice["kind"] == "order", "the most urgent first"


async def test_a_page_that_comes_back_rings_at_once_for_what_it_missed(live: Live) -> None:
    """Each try in vain puts the next one off. A page that came just after one was told up to two seconds late."""
    clinic = live.clinic
    await clinic.act(Role.CLIENT, "help", {"strength": "hold"})

    async def tried() -> bool:
        rows = await clinic.house.store.read(lambda conn: outbox.waiting(conn, 2**52))
        return bool(rows) and all(row.attempts for row in rows)

    await eventually(tried, 5, "nobody could take it")
    await clinic.house.store.write(lambda conn: conn.execute(outbox.outbox.update().values(next_real=2**52)))

    async with live.page_of(Role.THERAPIST) as page:
        await page.next("snapshot")
        notice = await page.next("notice")

    assert notice["kind"] == "order"


@pytest.mark.parametrize("first", ["snapshot", "hello"])
async def test_whichever_comes_last_snapshot_or_hello_says_that_somebody_is_there(first: str) -> None:
    hub = Hub(LocalBus(), _nothing, _nothing, _nothing)
    reached: list[str] = []
    hub.reached = reached.append
    ana = Watcher("s", _Ana(), 0)
    if first == "snapshot":
        ana.seen = {}
        hub._reached(ana)
        assert reached == []
        hub.hello(ana)
        assert reached == ["ana"]
    else:
        hub.hello(ana)
        assert reached == []
        ana.seen = {}
        hub._reached(ana)
        assert reached == ["ana"]


async def test_a_person_is_told_on_each_page_they_have_and_on_none_they_left() -> None:
    hub = Hub(LocalBus(), _nothing, _nothing, _nothing)
    pages = [Watcher(session, _Ana(), 0, seen={}, drawn=True) for session in ("s1", "s1", "s2")]
    for page in pages:
        hub.watch(page)

    hub.leave(pages[0])
    hub.leave(pages[0])
    assert hub.notify("ana", NOTICE)
    assert [page.queue.qsize() for page in pages] == [0, 1, 1]
    assert hub.viewer_of("s2", "ana") is pages[2].viewer and hub.viewer_of("s3", "ana") is None

    for page in pages:
        hub.leave(page)
    assert not hub.notify("ana", NOTICE)
    assert not hub._of, "nobody who left is remembered"
    await hub.close()


class _Ana:
    person = "ana"

    def place(self, _session: object) -> Role:
        return Role.THERAPIST


async def _nothing(*_asked: object) -> dict[object, object]:
    await asyncio.Event().wait()
    return {}
