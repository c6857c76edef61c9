"""``make screens``: a picture of every screen, on a phone and a desk, light and dark, and with text twice as large.

They are for eyes: open ``screens/index.html`` and ask of each whether you would trust it at 2 a.m.
"""

import asyncio
import html
import sys
from pathlib import Path

from playwright.async_api import Browser

from tests.pages.browser import ask, chromium, visit
from tests.pages.screens.screen import Screen, dress, opened
from tests.pages.screens.table import SCREENS

AT_ONCE = 2
LONGER = "document.documentElement.scrollHeight > innerHeight + 1"
"""Twice as large a page is two pictures: as it stands when it is opened, and all of it."""


async def paint(browser: Browser, screen: Screen, folder: Path) -> list[str]:
    """All pictures of one screen; their names."""
    names = []
    async with visit(browser, strict=False) as one:
        for size in screen.sizes:
            async with opened(one, screen, size) as (page, _):
                await page.emulate_media(reduced_motion="reduce")  # no button half way between two themes
                for theme in screen.themes:
                    for percent in (100, 200):
                        await dress(page, theme, percent)
                        await asyncio.sleep(0.2)  # colours take a moment to change
                        large = ".200" if percent == 200 else ""
                        name = f"{screen.id}.{size[0]}x{size[1]}.{theme}{large}.png"
                        await page.screenshot(path=folder / name)
                        names.append(name)
                        if percent == 200 and await ask(page, LONGER):
                            names.append(name.replace(".png", ".whole.png"))
                            await page.screenshot(path=folder / names[-1], full_page=True)
    return names


def index(names: list[str]) -> str:
    """One page with all pictures."""
    cells = "".join(
        f'<figure><a href="{html.escape(name)}"><img src="{html.escape(name)}" loading="lazy" alt=""></a>'
        f"<figcaption>{html.escape(name)}</figcaption></figure>"
        for name in names
    )
    style = (
        "body{display:flex;flex-wrap:wrap;gap:12px;background:#777;font:12px sans-serif}"
        "figure{margin:0}img{max-width:390px;max-height:480px;border:1px solid #000}"
    )
    return f"<!doctype html><meta charset=utf-8><title>Screens</title><style>{style}</style>{cells}"


async def main(folder: Path, wanted: tuple[str, ...]) -> list[str]:
    """Paint what is wanted (beginnings of names; none: all) into ``folder``; the names."""
    chosen = [one for one in SCREENS if not wanted or one.id.startswith(wanted)]
    done: dict[str, list[str]] = {}
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(browser: Browser, screen: Screen) -> None:
        async with turn:
            done[screen.id] = await paint(browser, screen, folder)

    # A phone draws its scrollbar over the page: one beside it would be cut off with a part of the page.
    async with chromium("--hide-scrollbars") as browser, asyncio.TaskGroup() as together:
        for screen in chosen:
            together.create_task(one(browser, screen))
    names = [name for screen in chosen for name in done[screen.id]]
    return names


if __name__ == "__main__":
    into = Path(sys.argv[1])
    into.mkdir(parents=True, exist_ok=True)
    painted = asyncio.run(main(into, tuple(sys.argv[2:])))
    (into / "index.html").write_text(index(painted))
    sys.stdout.write(f"{len(painted)} pictures: {into / 'index.html'}\n")
