"""Fixtures of the media tests: a worker, and web's line to it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.media.house import Web, Worker


@pytest.fixture
async def worker(tmp_path: Path) -> AsyncIterator[Worker]:
    """A worker of this test's own on a free loopback port."""
    one = Worker(tmp_path)
    await one.start()
    yield one
    await one.end()


@pytest.fixture
async def web(worker: Worker) -> AsyncIterator[Web]:
    """Web's line to that worker, up."""
    one = Web(worker.socket)
    await one.start()
    yield one
    await one.end()
