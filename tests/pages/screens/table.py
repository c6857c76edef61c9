"""The table: every screen of every page. A page that is not here is found by a test."""

from typing import Final

from tests.pages.screens import doors, home, staff
from tests.pages.screens.screen import Screen

SCREENS: Final[tuple[Screen, ...]] = (*home.SCREENS, *staff.SCREENS, *doors.SCREENS)
