"""A seat that changes hands: the media worker is told in the order in which it was meant, and until it has heard."""

import asyncio
from typing import Any, cast

import pytest

from telekap.care.commands import TakeOver
from telekap.care.errors import NotFound, Refused
from telekap.care.people import Actor, Role
from telekap.care.session import Session
from telekap.live.media_link import AWAY, MediaLink
from telekap.live.seats import Holder, Seats
from tests.live.conftest import Live
from tests.live.test_seats import until


class Worker:
    """A line to a media worker that only notes what it is asked. ``slow``: joins are answered once it is set."""

    connected, draining = True, False

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.slow = asyncio.Event()
        self.slow.set()
        self.deaf = 0
        """Leaves that are not answered."""
        self.state: dict[str, Any] = {"rooms": {}}

    async def join(self, room: str, seat: str, offer: str, page: str) -> dict[str, Any]:
        self.asked.append(("join", page))
        await self.slow.wait()
        return {"answer": "", "slots": []}

    async def leave(self, room: str, seat: str) -> None:
        self.asked.append(("leave", seat))
        if self.deaf:
            self.deaf -= 1
            raise Refused(AWAY)


class Who:
    """Somebody whose login holds."""

    def __init__(self, person: str) -> None:
        self.person = person

    def place(self, session: Session) -> Role | None:
        return session.role_of(self.person)


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
async def seats(live: Live, worker: Worker) -> Seats:
    """Those of a real house, over that line."""

    async def nobody(_viewers: object) -> set[object]:
        return set()

    found = live.clinic.house.seats
    found._homes.links = (cast(MediaLink, worker),)
    found._ended = nobody
    return found


async def test_no_word_of_a_worker_tells_somebody_with_a_seat_that_the_session_is_not_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """404 is final for a page; "video is away for a moment" is tried again."""
    link = MediaLink("/nowhere", *(lambda *_told: None,) * 5)

    async def answered(_call: str, **_fields: str) -> dict[str, Any]:
        raise NotFound("nobody has that seat")

    monkeypatch.setattr(link, "_call", answered)
    with pytest.raises(Refused) as refused:
        await link.join("s", "client", "offer")
    assert refused.value.reasons == (AWAY,)
    await link.leave("s", "client")  # to be gone already is what was asked for


async def test_the_leave_of_who_lost_the_seat_never_follows_the_join_of_who_has_it_now(
    live: Live, seats: Seats, worker: Worker
) -> None:
    """Else the worker empties the seat of the one who just sat down, and everybody is told that they are there."""
    clinic = live.clinic
    ana, jo = [await clinic.person(role) for role in (Role.THERAPIST, Role.STANDIN)]
    await seats.join(clinic.session, Role.THERAPIST, Who(ana), "offer", "ana")
    worker.slow.clear()
    await clinic.house.handler.handle(clinic.session, TakeOver(), by=Actor(person=jo))
    joining = asyncio.create_task(seats.join(clinic.session, Role.THERAPIST, Who(jo), "offer", "jo"))
    await until(lambda: ("join", "jo") in worker.asked, 5, "the worker is asked")
    rechecks = [asyncio.create_task(seats._recheck(clinic.session)) for _ in range(3)]
    await asyncio.sleep(0.1)
    worker.slow.set()
    await asyncio.gather(joining, *rechecks)

    held = seats._holders[clinic.session, Role.THERAPIST]
    assert (held.person, held.page) == (jo, "jo")
    assert ("leave", Role.THERAPIST) not in worker.asked[worker.asked.index(("join", "jo")) :]


async def test_a_seat_that_was_taken_back_is_told_again_until_the_worker_heard_it(
    live: Live, seats: Seats, worker: Worker
) -> None:
    clinic = live.clinic
    ana = await clinic.person(Role.THERAPIST)
    await seats.join(clinic.session, Role.THERAPIST, Who(ana), "offer", "ana")
    held = seats._holders[clinic.session, Role.THERAPIST]
    worker.deaf = 2

    with pytest.raises(Refused):
        await seats._let_go((clinic.session, Role.THERAPIST), held)
    await seats._look()
    assert (clinic.session, Role.THERAPIST) in seats._owed
    await seats._look()

    assert not seats._owed
    assert worker.asked.count(("leave", Role.THERAPIST)) == 3
    await seats._look()
    assert worker.asked.count(("leave", Role.THERAPIST)) == 3, "heard is heard"


async def test_a_worker_that_is_away_for_one_seat_keeps_no_other_from_being_taken_back(
    live: Live, seats: Seats, worker: Worker
) -> None:
    clinic = live.clinic
    people = {role: await clinic.person(role) for role in (Role.THERAPIST, Role.SUPPORT)}
    for role, person in people.items():
        await seats.join(clinic.session, role, Who(person), "offer", role)
        seats._holders[clinic.session, role] = Holder("somebody else", role, None)
    worker.deaf = 1

    await seats._recheck(clinic.session)

    assert {seat for what, seat in worker.asked if what == "leave"} == {Role.THERAPIST, Role.SUPPORT}
    assert not any(session == clinic.session for session, _ in seats._holders)
