"""One seat, one page: a second device takes it, the first stops; who is shut out gets nothing within 2 s."""

import asyncio
import dataclasses
from typing import Any

from pydantic import SecretStr

from telekap.care.facts import SeatChanged
from telekap.care.people import Role
from telekap.record import logins
from tests.live.conftest import eventually
from tests.live.test_seats import Staged, end, sending, staged, start_worker, until
from tests.media.house import bar
from tests.media.probe import Probe, offer

__all__ = ["staged"]


async def ask(staged: Staged, page: str, *, take: bool) -> tuple[int, set[str]]:
    """One page of the client asks for the seat: status and the codes of a refusal."""
    reply = await staged.clinic.act(Role.CLIENT, "seat", {"offer": offer(), "page": page, "take": take})
    return reply.status_code, {reason["code"] for reason in reply.json().get("reasons", [])}


async def in_room(staged: Staged) -> dict[Role, str]:
    """Who is in the room, as the record says."""
    session, _ = await staged.clinic.house.handler.session(staged.clinic.session)
    return dict(session.seated)


async def test_a_page_that_comes_back_by_itself_never_takes_the_seat_from_another(staged: Staged) -> None:
    assert await ask(staged, "tablet", take=True) == (200, set())
    assert await ask(staged, "phone", take=True) == (200, set())
    for _ in range(3):
        assert await ask(staged, "tablet", take=False) == (409, {"seat_elsewhere"})
        assert await ask(staged, "phone", take=False) == (200, set())
    assert await ask(staged, "tablet", take=True) == (200, set())
    assert await ask(staged, "phone", take=False) == (409, {"seat_elsewhere"})
    assert (await staged.link.stats())["seats"] == 1


async def test_every_page_of_that_person_is_told_which_one_has_the_seat_and_nobody_else_is(staged: Staged) -> None:
    async with staged.live.page_of(Role.CLIENT) as mine, staged.live.page_of(Role.THERAPIST) as other:
        await asyncio.gather(mine.next("snapshot"), other.next("snapshot"))
        await ask(staged, "tablet", take=True)
        media: dict[str, Any] = await mine.next("media")
        while media["event"] != "seated":
            media = await mine.next("media")
        assert media["page"] == "tablet"
        await other.next("beat")
    assert [m for m in other.heard if m.get("event") == "seated"] == []


async def test_the_worker_remembers_the_page_for_a_web_that_comes_back(staged: Staged) -> None:
    await ask(staged, "tablet", take=True)
    seats = staged.clinic.house.seats
    state = dict(staged.link.state["rooms"][staged.clinic.session]["client"], page="tablet")
    seats._holders.clear()  # as after a restart of web
    seats.on_back(0, {"rooms": {staged.clinic.session: {"client": state}}}, True)

    async def refused() -> bool:
        return await ask(staged, "phone", take=False) == (409, {"seat_elsewhere"})

    await eventually(refused, 3, "the page that had the seat is known again")


async def test_who_comes_into_the_room_and_leaves_it_is_in_the_record_once(staged: Staged) -> None:
    ana = await staged.clinic.person(Role.THERAPIST)
    await staged.sit(Role.THERAPIST, 1000)
    await staged.sit(Role.THERAPIST, 2000)  # a reload

    async def came() -> bool:
        return await in_room(staged) == {Role.THERAPIST: ana}

    await eventually(came, 3, "the record knows she is there")
    view = await staged.clinic.view(Role.CLIENT)
    assert [one["role"] for one in view["people"] if one["in_room"]] == ["therapist"]

    await end(staged.worker)
    staged.worker = await start_worker(staged.clinic.house.settings)

    async def left() -> bool:
        return await in_room(staged) == {}

    await eventually(left, 5, "a room that died has nobody in it")
    entries = await staged.clinic.house.handler.entries(staged.clinic.session, 0)
    assert [entry.fact for entry in entries if isinstance(entry.fact, SeatChanged)] == [
        SeatChanged(role=Role.THERAPIST, person=ana),
        SeatChanged(role=Role.THERAPIST),
    ]


async def nothing_comes(*peers: Probe) -> None:
    """Half a second without one packet to any of them."""
    had = [len(peer.rtp) for peer in peers]
    await asyncio.sleep(0.5)
    assert [len(peer.rtp) for peer in peers] == had


async def test_whose_login_is_ended_gets_and_sends_not_one_packet_more_within_two_seconds(staged: Staged) -> None:
    client, ana = await staged.sit(Role.CLIENT, 1000), await staged.sit(Role.THERAPIST, 2000)
    async with sending(client), sending(ana):
        await until(lambda: client.rtp and ana.rtp, 5, "they see each other")
        person = await staged.clinic.person(Role.CLIENT)
        await staged.clinic.house.store.write(lambda conn: logins.revoke_all(conn, person))
        start = asyncio.get_running_loop().time()
        await eventually(lambda: staged.seats_are(1), bar(2), "the seat is taken back")
        assert asyncio.get_running_loop().time() - start < bar(2)
        await nothing_comes(client, ana)

    async def gone() -> bool:
        return Role.CLIENT not in await in_room(staged)

    await eventually(gone, 3, "the record says so")


async def test_a_seat_taken_back_while_the_line_to_the_worker_was_down_is_taken_back_when_it_is_up(
    staged: Staged,
) -> None:
    client, ana = await staged.sit(Role.CLIENT, 1000), await staged.sit(Role.THERAPIST, 2000)
    async with sending(client), sending(ana):
        await until(lambda: client.rtp and ana.rtp, 5, "they see each other")
        link, line = staged.link, staged.link._connection
        assert line is not None
        link.connected = False  # the line is down, the pictures go on
        person = await staged.clinic.person(Role.CLIENT)
        await staged.clinic.house.store.write(lambda conn: logins.revoke_all(conn, person))
        await until(lambda: staged.clinic.house.seats._owed, 5, "owed")
        await line.close()
        await until(lambda: link.connected, 5, "the line is up again")
        await eventually(lambda: staged.seats_are(1), 5, "settled as soon as the line is up again")
        await nothing_comes(client, ana)


async def test_a_page_gets_relays_that_hold_for_hours_and_a_stranger_gets_none(staged: Staged) -> None:
    settings = staged.clinic.house.settings
    given = settings.model_copy(update={"turn_urls": "turn:a:1, turns:b:2", "turn_secret": SecretStr("s")})
    address = f"{await staged.clinic.api(Role.CLIENT)}/sessions/{staged.clinic.session}/seat"
    assert (await staged.clinic.browser.get(address)).json() == {"ice_servers": []}

    desk = staged.clinic.app.state.desk
    staged.clinic.app.state.desk = dataclasses.replace(desk, settings=given)
    (server,) = (await staged.clinic.browser.get(address)).json()["ice_servers"]
    assert server["urls"] == ["turn:a:1", "turns:b:2"] and server["username"] and server["credential"]
    async with staged.clinic.another_browser() as stranger:
        assert (await stranger.get(address)).status_code == 401
