"""Whoever is shut out hears it at once: live sockets end within two seconds, however the login ended."""

import time
from collections.abc import Awaitable, Callable

import pytest

from telekap.care.people import Role
from tests.live.conftest import Live, live, live_house  # noqa: F401 - a fixture of another folder
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
