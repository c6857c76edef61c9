"""Static files: asked for again each time, and small on the wire. A phone at one bar waits for every kilobyte."""

import asyncio
import contextlib
import gzip
import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

from telekap.web import folding

NO_CACHE: Final = "no-cache"
"""Kept, but never used unasked: an old page on a new server is how people press buttons that are gone."""
TEXT: Final = frozenset({".css", ".html", ".js", ".svg"})
"""Suffixes of what shrinks. No answer about a person is packed: its length could be read from outside."""

COMMENT: Final = re.compile(r"^[ \t]*(?:/\*(?:[^*]|\*(?!/))*\*/[ \t]*|//.*)$", re.MULTILINE)
"""A comment that has its lines to itself."""


def without_comments(source: str) -> str:
    """A module without the comments on lines of their own; every other line keeps its number.

    What is said to the next engineer is a third of a module, and no phone needs it. Only whole lines go, so that no
    string has to be understood; a test holds the words of each of our modules against what is left of it.
    """
    return COMMENT.sub(lambda found: "\n" * found[0].count("\n"), source)


def sent(path: Path) -> str:
    """What is sent of a text: of our own modules only what a browser reads (others' keep their licence)."""
    whole = path.read_text()
    return without_comments(whole) if path.suffix == ".js" and "vendor" not in path.parts else whole


def small(path: Path) -> str:
    """The same for a browser that unpacks: a page then names one script and one style sheet (``web.folding``)."""
    text = sent(path)
    if path.suffix == ".html" and folding.worth(text):
        with contextlib.suppress(folding.CannotFold):
            for suffix in ("js", "css"):  # those that begin first are among the others
                folding.made_of(path.parent, f"{path.stem}.{suffix}", sent)
            return folding.folded_page(text, path.stem)
    return text


Marks = dict[str, tuple[int, int]]
"""Path → time (ns) and size of a file."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Something as it is sent. ``marks``: of every file it was made of, as they were then."""

    marks: Marks
    headers: dict[str, str]
    body: bytes


class Files(StaticFiles):
    """Static files, asked for again each time (304 when nothing changed) and packed for whoever can unpack them."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory, check_dir=False)
        self.folder = directory.resolve()
        self.packed: dict[str, Packed] = {}
        """Asked path → what is sent. Only of files that exist, one entry a file: it cannot grow."""
        self.pages: dict[tuple[str, bool], tuple[Marks, str]] = {}
        """Page, and whether its browser unpacks → the same for those that are sent with more in them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """See ``StaticFiles``, which looks for a file in a thread. What was packed before is looked at here: that takes
        microseconds, and the threads are wanted by the record.
        """
        headers = Headers(scope=scope)
        wants = scope["method"] == "GET" and _unpacks(headers)
        if wants and (known := self.packed.get(path)) and known.marks == _marks(known.marks):
            if self.is_not_modified(Headers({"etag": known.headers["etag"].removeprefix("W/")}), headers):
                return NotModifiedResponse(Headers(known.headers))
            return Response(known.body, headers=known.headers)
        if path.startswith(folding.PLACE):
            return await self._folded(path, wants)
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = NO_CACHE
        if isinstance(response, FileResponse) and Path(response.path).suffix in TEXT:
            response.headers["Vary"] = "Accept-Encoding"
            if wants:
                return await self._small(path, response)
        return response

    async def page(self, name: str, headers: Headers) -> str:
        """One of our pages as text, for an answer that holds more than the file. ``headers``: of whoever asks."""
        path, unpacks = self.folder / name, _unpacks(headers)
        known = self.pages.get((name, unpacks))
        if known is None or known[0] != _marks(known[0]):
            read = small if unpacks else sent
            known = await asyncio.to_thread(lambda: (_marks([str(path)]), read(path)))
            self.pages[name, unpacks] = known
        return known[1]

    async def _small(self, path: str, response: FileResponse) -> Response:
        """The same file as gzip. Its ETag is weak: the bytes differ, what they say does not."""
        name = str(response.path)
        headers = {key: response.headers[key] for key in ("content-type", "cache-control", "vary", "etag")}
        # In a thread, and once: packing lit-html takes longer than the loop may stand still.
        marks, text = await asyncio.to_thread(lambda: (_marks([name]), small(Path(name))))
        return self._keep(path, marks, headers, text)

    async def _folded(self, path: str, wants: bool) -> Response:
        """Several files as one; see ``web.folding``."""
        name = path.removeprefix(folding.PLACE)
        try:
            text, files = await asyncio.to_thread(folding.made_of, self.folder, name, sent)
        except (folding.CannotFold, OSError, ValueError):
            raise HTTPException(404) from None
        kind = "text/css" if name.endswith(".css") else "text/javascript"
        headers = {"content-type": f"{kind}; charset=utf-8", "cache-control": NO_CACHE, "vary": "Accept-Encoding"}
        headers["etag"] = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
        return self._keep(path, _marks(map(str, files)), headers, text) if wants else Response(text, headers=headers)

    def _keep(self, path: str, marks: Marks, headers: dict[str, str], text: str) -> Response:
        headers |= {"etag": f"W/{headers['etag']}", "content-encoding": "gzip"}
        self.packed[path] = Packed(marks, headers, gzip.compress(text.encode(), 9, mtime=0))
        return Response(self.packed[path].body, headers=headers)


def _marks(paths: Iterable[str]) -> Marks:
    """Time and size of those that are there."""
    found: Marks = {}
    for path in paths:
        with contextlib.suppress(OSError):
            seen = os.stat(path)
            found[path] = (seen.st_mtime_ns, seen.st_size)
    return found


def _unpacks(headers: Headers) -> bool:
    """The browser says that it takes gzip, and not with a weight of nothing."""
    for offer in headers.get("accept-encoding", "").split(","):
        name, _, weight = offer.strip().partition(";")
        if name.strip().lower() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
