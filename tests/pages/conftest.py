"""One Chromium for all page tests: starting it costs more than most tests."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from tests.pages.browser import chromium

expect.set_options(timeout=15_000)  # a busy machine is slow, not wrong


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A real browser; every test opens a cookie jar of its own in it (``visit``)."""
    async with chromium() as one:
        yield one
