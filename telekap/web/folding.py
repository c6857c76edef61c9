"""One module out of many. A page is made of forty small files; a phone at one bar waits for every one of them.

The files stay as they are written and can be served one by one. What a browser gets that unpacks (``web.files``) names
one script and one style sheet, put together here when they are first asked for: no tool, no second copy on the disk.

Each module becomes a function that runs once, behind those it imports from, and gives back what it exports. So every
name stays in its own module, as before. What cannot be said that way (a circle of imports, ``export let``, a form of
import not used here) raises ``CannotFold``, and the page is served as it was written.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

PLACE: Final = "folded/"
"""Under this name below ``/static/`` stands what was put together: ``folded/client.js`` of ``client.html``."""

SCRIPT: Final = re.compile(r'<script type="module" src="/static/([^"]+)"></script>\n')
FIRST: Final = re.compile(r'<script type="module" async src="/static/([^"]+)"></script>\n')
"""What begins before the rest of the page is there; a script of its own, of which the other takes its modules."""
BEFORE: Final = ".first.js"
SHEET: Final = re.compile(r'<link rel="stylesheet" href="/static/([^"]+)">\n')
AHEAD: Final = re.compile(r'<link rel="modulepreload" href="/static/[^"]+">\n')
"""Only a page that names its modules ahead is folded: it is one that somebody waits for."""

EMPTY: Final = '<div id="page"></div>'
"""A page that shows nothing until its script draws."""

IMPORT: Final = re.compile(r'^import \{([^}]*)\} from "([^"]+)";$', re.MULTILINE)
AGAIN: Final = re.compile(r'^export \{([^}]*)\} from "([^"]+)";$', re.MULTILINE)
"""Exported again from another module."""
NAMED: Final = re.compile(r"^export ((?:async )?(?:class|const|function)\*? )([\w$]+)", re.MULTILINE)
LIST: Final = re.compile(r"(?:^|(?<=;))export ?\{([^}]*)\};?$", re.MULTILINE)
LEFT: Final = re.compile(r"^(?:import|export)\b[^(].*$", re.MULTILINE)
MAP: Final = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)


class CannotFold(Exception):
    """These files have to be loaded one by one."""


def worth(page: str) -> bool:
    """True for a page that names its modules ahead."""
    return AHEAD.search(page) is not None


def folded_page(page: str, name: str) -> str:
    """The page ``name`` with one style sheet and one script, or two, in place of all of its own."""
    ours = f'<link rel="stylesheet" href="/static/{PLACE}{name}.css">\n'
    if FIRST.search(page):
        ours += f'<script type="module" async src="/static/{PLACE}{name}{BEFORE}"></script>\n'
    # A page with nothing on it waits for its script to be drawn: a frame costs a slow phone a tenth of a second.
    first = ' blocking="render"' if EMPTY in page else ""
    ours += f'<script type="module"{first} src="/static/{PLACE}{name}.js"></script>\n'
    page = AHEAD.sub("", SHEET.sub("", page))
    return SCRIPT.sub("", FIRST.sub("", page)).replace("</head>\n", f"{ours}</head>\n", 1)


def names(listed: str) -> list[tuple[str, str]]:
    """``a, b as c`` → ``[(a, a), (b, c)]``."""
    pairs = [one.split(" as ") for one in listed.split(",") if one.strip()]
    return [(one[0].strip(), one[-1].strip()) for one in pairs]


def imports(module: Path, source: str) -> list[Path]:
    """Modules that this one imports from, in its own order."""
    return [(module.parent / found[1]).resolve() for found in (*IMPORT.findall(source), *AGAIN.findall(source))]


def made_of(folder: Path, name: str, read: Callable[[Path], str]) -> tuple[str, list[Path]]:
    """``client.js`` or ``client.css`` as one file, and every file it was made of, its page first.

    ``read``: a file as it is sent alone. Raises ``CannotFold``, also for a page that is not there or not folded.
    """
    page = folder / f"{name.partition('.')[0]}.html"
    if page.parent != folder or not page.is_file() or not worth(source := page.read_text()):
        raise CannotFold(name)
    if name == f"{page.stem}.css":
        parts = [folder / one for one in SHEET.findall(source)]
        return "".join(map(read, parts)), [page, *parts]
    if name not in (f"{page.stem}.js", f"{page.stem}{BEFORE}"):
        raise CannotFold(name)
    first = [folder / one for one in FIRST.findall(source)]
    rest = [] if name.endswith(BEFORE) else [folder / one for one in SCRIPT.findall(source)]
    if not first and not rest:
        raise CannotFold(name)
    known: dict[Path, str] = {}
    todo = [*first, *rest]
    while todo:
        if (module := todo.pop()) not in known:
            known[module] = read(module)
            todo += imports(module, known[module])
    return fold(first, rest, known, f"./{page.stem}{BEFORE}"), [page, *known]


def in_order(entries: Iterable[Path], read: dict[Path, str]) -> list[Path]:
    """The modules of ``entries``, each behind those it imports from. Raises ``CannotFold`` for a circle."""
    done: list[Path] = []
    begun: set[Path] = set()

    def visit(module: Path) -> None:
        if module in done:
            return
        if module in begun:
            raise CannotFold(f"a circle of imports through {module.name}")
        begun.add(module)
        for one in imports(module, read[module]):
            visit(one)
        done.append(module)

    for entry in entries:
        visit(entry)
    return done


def fold(first: list[Path], rest: list[Path], read: dict[Path, str], address: str) -> str:
    """One module that does what ``rest`` does, and takes from ``address`` what ``first`` is made of; without ``rest``,
    that module itself. ``read``: the source of each of their modules, by its path.
    """
    order = in_order([*first, *rest], read)
    before = in_order(first, read)
    place = {module: f"m{n}" for n, module in enumerate(order)}
    shared = ", ".join(place[module] for module in before)
    if not rest:
        return "".join(_one(module, read[module], place) for module in before) + f"export {{ {shared} }};\n"
    taken = f'import {{ {shared} }} from "{address}";\n' if shared else ""
    return taken + "".join(_one(module, read[module], place) for module in order if module not in before)


def _one(module: Path, source: str, place: dict[Path, str]) -> str:
    """A module as a function that runs once and gives back what is exported."""
    given: dict[str, str] = {}

    def taken(found: re.Match[str]) -> str:
        listed = ", ".join(f"{theirs}: {ours}" if ours != theirs else ours for theirs, ours in names(found[1]))
        return f"const {{ {listed} }} = {place[(module.parent / found[2]).resolve()]};"

    def again(found: re.Match[str]) -> str:
        of = place[(module.parent / found[2]).resolve()]
        given.update({theirs: f"{of}.{ours}" for ours, theirs in names(found[1])})
        return ""

    def listed(found: re.Match[str]) -> str:
        given.update({theirs: ours for ours, theirs in names(found[1])})
        return ""

    def named(found: re.Match[str]) -> str:
        given[found[2]] = found[2]
        return f"{found[1]}{found[2]}"

    body = MAP.sub("", source)
    for form, instead in ((IMPORT, taken), (AGAIN, again), (LIST, listed), (NAMED, named)):
        body = form.sub(instead, body)
    if left := LEFT.search(body):
        raise CannotFold(f"{module.name}: {left[0]}")
    back = ", ".join(f"{name}: {value}" if name != value else name for name, value in given.items())
    return f"const {place[module]} = (() => {{\n{body}\nreturn {{ {back} }};\n}})();\n"
