"""A release ends on every connected page within two seconds, whatever ended it (L7)."""

import asyncio
from contextlib import AsyncExitStack
from functools import partial

import pytest

from telekap.care.people import Role
from tests.live.conftest import Live, Page, eventually
from tests.web.lobby import pictures, release, well
from tests.web.serving import Serving, new_key

WITHIN = 2.0
"""Seconds: L7."""


async def recall(clinic: Serving) -> None:
    await well(clinic, Role.SUPPORT, "recall", {"reason": "wait"})


async def revoke(clinic: Serving) -> None:
    session, _ = await clinic.house.handler.session(clinic.session)
    where = f"{await clinic.api(Role.PRESCRIBER)}/courses/{session.course}/revocation"
    reply = await clinic.browser.post(where, json={"reason": "new medicine"}, headers={"Idempotency-Key": new_key()})
    assert reply.status_code == 200, reply.text


async def answer_shuts(clinic: Serving) -> None:
    values = {"device": "seen", "spo2": 85}
    await well(clinic, Role.THERAPIST, "gate-answers", {"gate": "oxygen", "values": values, "how": "video"})


async def stopped(clinic: Serving) -> bool:
    """No stream flows, as the record says."""
    session, _ = await clinic.house.handler.session(clinic.session)
    return "flowing" not in {sight.state for sight in session.sight.values()}


async def ended(page: Page) -> None:
    """Until this page was told that the release is over."""
    while True:
        view = (await page.next("change"))["view"]
        if view["release"]["given"] is None:
            return


@pytest.mark.parametrize("end", [recall, revoke, answer_shuts], ids=["recalled", "revoked", "a gate shuts"])
async def test_l7_every_page_hears_within_two_seconds_that_the_release_is_over(live: Live, end) -> None:  # type: ignore[no-untyped-def]
    async with AsyncExitStack() as stack:
        await release(live.clinic)
        pages = [await stack.enter_async_context(live.page_of(role)) for role in Role]
        for page in pages:
            assert (await page.next("snapshot"))["view"]["release"]["given"] is not None

        told = asyncio.gather(*(ended(page) for page in pages))
        await end(live.clinic)
        await asyncio.wait_for(told, WITHIN)

    view = await live.clinic.view(Role.CLIENT)
    assert view["question"] is not None
    assert "Do not take it." in view["sentence"] + view["question"]["sentence"]


async def test_a_lost_picture_ends_the_release_after_ten_seconds_of_clinic_time(live: Live) -> None:
    await release(live.clinic)
    async with live.page_of(Role.CLIENT) as page:
        await page.next("snapshot")
        pictures(live.clinic, "stopped")
        await eventually(partial(stopped, live.clinic), WITHIN, "the record has the lost picture")
        assert (await live.clinic.view(Role.CLIENT))["release"]["given"] is not None
        await live.clinic.house.handler.jump(10_000)
        live.clinic.house.watch.poke()

        await asyncio.wait_for(ended(page), WITHIN)
