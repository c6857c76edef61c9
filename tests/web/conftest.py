"""One house for the tests that only look, a fresh copy of it for each test that changes the session."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.web.kims_desk import Desk
from tests.web.serving import Serving, fresh_copy, serving


@pytest_asyncio.fixture
async def clinic(tmp_path: Path, tmp_path_factory) -> AsyncIterator[Serving]:  # type: ignore[no-untyped-def]
    """A house of this test's own."""
    async with serving(await fresh_copy(tmp_path_factory, tmp_path / "data")) as house:
        yield house


@pytest_asyncio.fixture(scope="session")
async def shared(tmp_path_factory) -> AsyncIterator[Serving]:  # type: ignore[no-untyped-def]
    """One house for all tests that leave no trace that another could stumble over."""
    data = tmp_path_factory.mktemp("shared") / "data"
    async with serving(await fresh_copy(tmp_path_factory, data)) as house:
        yield house


@pytest.fixture
def desk(clinic: Serving) -> Desk:
    """Kim at the desk of a house of this test's own."""
    return Desk(clinic)
