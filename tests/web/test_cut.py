"""Whoever is shut out hears it at once: live sockets end within two seconds, however the login ended."""

import time
from collections.abc import Awaitable, Callable

import pytest
import sqlalchemy as sa

from telekap.care.instant import MINUTE
from telekap.care.people import Person, Role
from telekap.record import logins, people
from tests.live.conftest import Live, live, live_house  # noqa: F401 - a fixture of another folder
from tests.web.kims_desk import Desk
from tests.web.staff_life import administer

CUT: float = 2.0
"""Seconds; reliability.md, S-05."""


async def sign_out(house: Live, login: str) -> None:
    await house.clinic.browser.post(f"/api/v1/as/{login}/sign-out")


async def end_from_elsewhere(house: Live, login: str) -> None:
    """Jo ends her other login from a second browser."""
    here = house.clinic.logins.pop(Role.STANDIN)
    other = await house.clinic.enter(Role.STANDIN)
    assert other != here
    await house.clinic.browser.post(f"/api/v1/as/{other}/account/login-ends", json={"login": login})


async def disable(house: Live, login: str) -> None:
    await house.clinic.confirm(Role.DISPATCHER)
    jo = await house.clinic.person(Role.STANDIN)
    reply = await administer(house.clinic, "disabling", {"person": jo, "even_live": True})
    assert reply.status_code == 204


@pytest.mark.parametrize("how", [sign_out, end_from_elsewhere, disable], ids=lambda how: how.__name__)
async def test_a_live_socket_ends_with_its_login(live: Live, how: Callable[[Live, str], Awaitable[None]]) -> None:  # noqa: F811
    login = await live.clinic.enter(Role.STANDIN)
    async with live.page(login) as page:
        await page.next("snapshot")
        await how(live, login)
        ended = time.monotonic()
        code = await page.closed(within=10)
        took = time.monotonic() - ended

    assert code == 4401
    assert took <= CUT, f"{took:.2f} s"
    print(f"cut after {took:.2f} s")  # noqa: T201 - the figure is what a reader wants


async def test_the_others_of_the_session_notice_nothing(live: Live) -> None:  # noqa: F811
    login = await live.clinic.enter(Role.STANDIN)
    async with live.page(login) as gone, live.page_of(Role.THERAPIST) as stays:
        await gone.next("snapshot")
        await stays.next("snapshot")
        await sign_out(live, login)
        await gone.closed()

        assert (await stays.next("beat", within=10))["type"] == "beat"


async def test_an_idle_look_at_a_session_to_come_is_covered_and_one_that_goes_on_is_not(live: Live) -> None:  # noqa: F811
    clinic = live.clinic
    to_come, _ = await Desk(clinic).booked()
    now = clinic.house.clock.wall()

    def hire(conn: sa.Connection) -> tuple[str, str]:
        people.add(conn, Person("p-lou", "Lou", "+15550177", "UTC"), people.STAFF, (Role.DISPATCHER,))
        return logins.issue(conn, "p-lou", None, "password", now)

    login, secret = await clinic.house.store.write(hire)
    clinic.browser.cookies.set(f"tk-{login}", secret, domain="clinic.test", path="/")
    async with live.page(login, session=to_come) as coming, live.page(login) as going_on:
        await coming.next("snapshot")
        await going_on.next("snapshot")
        await clinic.house.store.write(lambda conn: logins.touch(conn, login, now - 10 * MINUTE))

        assert await coming.closed(within=10) == 4423
        async with live.page(login, session=to_come) as again:
            assert await again.closed() == 4423
        async with live.page(login) as anew:
            await anew.next("snapshot")


async def test_an_idle_login_of_somebody_in_a_live_session_goes_on_hearing_everywhere(live: Live) -> None:  # noqa: F811
    clinic = live.clinic
    session, _ = await clinic.house.handler.session(clinic.session)
    if session.state == "scheduled":
        await clinic.act(Role.THERAPIST, "lobby")
    login = await clinic.enter(Role.THERAPIST)
    async with live.page(login) as page:
        await page.next("snapshot")
        then = clinic.house.clock.wall() - 500 * MINUTE
        await clinic.house.store.write(lambda conn: logins.touch(conn, login, then))

        assert (await page.next("beat", within=10))["type"] == "beat"
        assert (await page.next("beat", within=10))["type"] == "beat"
