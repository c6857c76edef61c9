"""The look as far as it can be measured: contrast, vendored bytes, no style and no script inside a page."""

import hashlib
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "static"
AA, AAA = 4.5, 7.0

BOTH = ("light", "dark")
PAIRS = [
    *[
        (theme, text, back, AA)
        for theme in BOTH
        for text in ("ink", "ink-2", "ink-3")
        for back in ("canvas", "surface")
    ],
    *[(theme, text, f"{text}-soft", AA) for theme in BOTH for text in ("ok", "ask", "stop", "tell")],
    *[(theme, "action-ink", "action", AA) for theme in BOTH],
    *[(theme, "line-strong", "surface", 3.0) for theme in BOTH],
    *[("light", f"alarm-{level}-ink", f"alarm-{level}", AA) for level in ("high", "medium", "low")],
    ("light", "candle", "night", AAA),
    ("light", "candle-2", "night", AAA),
    ("light", "candle", "dawn-2", AAA),
    ("light", "ember-ink", "ember", AAA),
    ("light", "code-dim", "night", AA),
]


def colours(theme: str) -> dict[str, str]:
    """Token → colour, as that theme has them."""
    found: dict[str, str] = {}
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", (STATIC / "css" / "tokens.css").read_text()):
        if ":root" in selector or f'data-theme="{theme}"' in selector:
            found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", body))
    return found


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("theme", "text", "back", "least"), PAIRS)
def test_words_can_be_read_on_their_own_background(theme: str, text: str, back: str, least: float) -> None:
    tokens = colours(theme)
    one, other = sorted((luminance(tokens[text]), luminance(tokens[back])), reverse=True)
    assert (one + 0.05) / (other + 0.05) >= least


def test_the_devices_own_choice_is_the_same_dark_and_all_staff_pages_take_it() -> None:
    assert colours("auto") == colours("dark") != colours("light")
    chosen = {"case", "queue", "prescriber", "coordinator", "clinic", "team", "account", "home", "record"}
    for name in chosen:  # one task leads through several: none of them may flash white between two dark ones
        assert '<html lang="en" data-theme="auto">' in (STATIC / f"{name}.html").read_text(), name


def test_vendored_code_is_byte_for_byte_what_the_manifest_says() -> None:
    vendor = STATIC / "vendor"
    rows = [line.split(maxsplit=1) for line in (vendor / "manifest.sha256").read_text().splitlines()]
    assert rows
    for digest, name in rows:
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == digest, name


@pytest.mark.parametrize("page", sorted(STATIC.glob("*.html")), ids=lambda page: str(page.name))
def test_pages_carry_no_style_and_no_script_of_their_own(page: Path) -> None:
    source = page.read_text()
    assert not re.search(r"\sstyle=|<style|\son\w+=", source)
    assert all(" src=" in tag for tag in re.findall(r"<script[^>]*>", source))


@pytest.mark.parametrize("module", sorted(STATIC.rglob("*.js")), ids=lambda module: str(module.relative_to(STATIC)))
def test_modules_write_no_inline_style_and_no_raw_markup(module: Path) -> None:
    if "vendor" in module.parts:
        return
    source = module.read_text()
    assert not re.search(
        r"\sstyle=[\"$]|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|unsafeHTML", source
    )


def imported(entry: Path) -> set[Path]:
    """Every module that loading ``entry`` loads, itself left out."""
    found: set[Path] = set()
    todo = [entry]
    while todo:
        module = todo.pop()
        for name in re.findall(r'^(?:import|export)\b[^;"]*?\bfrom "([^"]+)"', module.read_text(), re.M):
            target = (module.parent / name).resolve()
            if target not in found:
                found.add(target)
                todo.append(target)
    return found - {entry}


WAITED_FOR = ["client.html", "support.html", "join.html", "cockpit.html", "prescriber.html", "coordinator.html"]


@pytest.mark.parametrize("page", WAITED_FOR)
def test_a_page_that_somebody_waits_for_names_all_its_modules_at_once(page: str) -> None:
    """Found one inside the other they would come one after the other, each a round trip at one bar."""
    source = (STATIC / page).read_text()
    entries = {STATIC / name for name in re.findall(r'<script type="module"[^>]*? src="/static/([^"]+)"', source)}
    named = [STATIC / name for name in re.findall(r'rel="modulepreload" href="/static/([^"]+)"', source)]
    assert len(named) == len(set(named)) and not entries & set(named)
    assert set(named) | entries == set[Path]().union(entries, *(imported(entry) for entry in entries))


def test_lit_has_exactly_one_address() -> None:
    users = [module for module in STATIC.rglob("*.js") if "vendor/lit-html" in module.read_text()]
    assert [module.name for module in users] == ["dom.js"]
