"""A clinic of this test's own, as far on its way as the test needs it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.record.clinic import Clinic


@pytest.fixture
async def clinic(place: Path) -> AsyncIterator[Clinic]:
    opened = await Clinic.at("booked", place)
    yield opened
    opened.close()


@pytest.fixture
async def released(place: Path) -> AsyncIterator[Clinic]:
    opened = await Clinic.at("released", place)
    yield opened
    opened.close()


@pytest.fixture
async def dosed(place: Path) -> AsyncIterator[Clinic]:
    opened = await Clinic.at("dosed", place)
    yield opened
    opened.close()
