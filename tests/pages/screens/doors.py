"""The doors: sign-in and what lets somebody in."""

from typing import Final

from tests.pages.browser import DESK
from tests.pages.screens.screen import Screen

SCREENS: Final[tuple[Screen, ...]] = (Screen("sign-in", "sign-in.html", path="/sign-in", size=DESK),)
