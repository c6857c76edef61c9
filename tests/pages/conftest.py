"""One Chromium for all page tests: starting it costs more than most tests."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from tests.pages.browser import chromium


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A real browser; every test opens a cookie jar of its own in it (``visit``)."""
    async with chromium() as one:
        yield one
