"""Fixtures of the media tests: a worker, and web's line to it."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import settings

from tests.media import probe
from tests.media.house import Web, Worker

# How long one example takes says nothing on a machine that runs browsers beside it.
settings.register_profile("media", deadline=None)
settings.load_profile("media")


@pytest.fixture(autouse=True)
async def no_probe_is_left() -> AsyncIterator[None]:
    """Close what a test, failed or not, has opened."""
    yield
    while probe.OPEN:
        await probe.OPEN.pop().close()


@pytest.fixture(scope="module")
async def worker(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Worker]:
    """One worker for all tests of a file, on a free loopback port: starting one takes a second."""
    one = Worker(tmp_path_factory.mktemp("worker"))
    await one.start()
    yield one
    assert await one.end() == 0
    assert "media_fault" not in one.log()


@pytest.fixture
async def web(worker: Worker) -> AsyncIterator[Web]:
    """Web's line to that worker, up. Every seat is emptied afterwards."""
    one = Web(worker.socket)
    await one.start()
    yield one
    if not one.link.connected:  # the test has ended this line itself
        await one.end()
        one = Web(worker.socket)
        await one.start()
    await one.empty()
    await one.end()
