"""The line check in a real browser, through a real relay over UDP, TCP and TLS, to a real worker; and what it says."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, expect

from telekap.media.addresses import primary_address
from tests.conftest import RunningClinic, start_clinic
from tests.live.coturn import SECRET, Coturn, coturn
from tests.media.stage import FAKE_CAMERA, chromium

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coturn]:
    """On this machine's own address: the worker of a clinic answers from there, and browsers avoid loopback."""
    with coturn(tmp_path_factory.mktemp("relay"), primary_address()) as one:
        yield one


@pytest.fixture(scope="module")
def relayed(relay: Coturn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningClinic]:
    """A clinic with that relay, and with one that nobody answers at."""
    settings = {"TELEKAP_TURN_URLS": f"{relay.urls()},turn:{relay.host}:9", "TELEKAP_TURN_SECRET": SECRET}
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        running = start_clinic(tmp_path_factory.mktemp("relayed") / "data")
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
    yield running
    running.stop()


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[BrowserContext]:
    """One that takes the relay's own certificate."""
    async with chromium(*FAKE_CAMERA, "--ignore-certificate-errors") as context:
        yield context


async def entered(browser: BrowserContext, clinic: RunningClinic, role: str) -> Page:
    page = await browser.new_page()
    await page.goto(clinic.links[role])
    await page.locator("form button").first.click()
    await page.wait_for_url("**/as/**/s/**")
    return page


async def all_legs(page: Page) -> list[str]:
    """Every leg with how it ended, once all were tried."""
    await expect(page.get_by_role("button", name="Test again")).to_be_enabled(timeout=60_000)
    return [" ".join(text.split()) for text in await page.locator(".legs > li").all_inner_texts()]


async def test_every_leg_is_tried_and_named_and_the_way_through_each_relay_carries(
    browser: BrowserContext, relayed: RunningClinic, tmp_path: Path
) -> None:
    page = await entered(browser, relayed, "client")
    await page.goto(page.url.split("/s/")[0] + "/line")
    camera, straight, *through, nobody = await all_legs(page)
    assert camera.startswith("Camera and microphone works")
    assert straight.startswith("Straight to the clinic UDP works")
    for kind, leg in zip(("UDP", "TCP", "TLS"), through, strict=True):
        assert leg.startswith(f"Through the relay {kind} works"), leg
    assert nobody == "Through the relay UDP fails The relay cannot be reached from this network."
    await expect(page.get_by_role("heading", name="Your line works.")).to_be_visible()
    await page.get_by_role("link", name="Back").click()
    await page.wait_for_url("**/as/**/s/**")
    await page.close()


async def test_what_does_not_carry_is_said_with_what_to_do(browser: BrowserContext, relayed: RunningClinic) -> None:
    page = await entered(browser, relayed, "support")
    # A network that lets no UDP through: candidates of the worker itself never answer.
    await page.add_init_script(
        """const set = RTCPeerConnection.prototype.setRemoteDescription;
        RTCPeerConnection.prototype.setRemoteDescription = function (answer) {
          const to = this.getConfiguration().iceServers.length ? / 9 typ host/g : /(udp \\d+ \\S+) \\d+ typ host/g;
          return set.call(this, { type: answer.type, sdp: answer.sdp.replace(to, "$1 9 typ host") });
        };
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));"""
    )
    await page.goto(page.url.split("/s/")[0] + "/line")
    camera, straight, *through, _ = await all_legs(page)
    assert camera.endswith("They are not allowed for this page. Allow them beside the address.")
    assert straight.endswith("This network lets no video straight through.")
    assert all("works" in leg for leg in through) and len(through) == 3
    await expect(page.get_by_role("heading", name="Nobody could see or hear you.")).to_be_visible()
    await page.close()
