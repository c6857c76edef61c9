"""Static files: asked for again each time, and small on the wire. A phone at one bar waits for every kilobyte."""

import asyncio
import gzip
import re
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

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


def packed(path: Path) -> bytes:
    """What is sent of a file: gzip, and of our own modules only what a browser reads (others' keep their licence)."""
    whole = path.read_bytes()
    if path.suffix == ".js" and "vendor" not in path.parts:
        whole = without_comments(whole.decode()).encode()
    return gzip.compress(whole, 9, mtime=0)


class Files(StaticFiles):
    """Static files, asked for again each time (304 when nothing changed) and packed for whoever can unpack them."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory, check_dir=False)
        self.packed: dict[str, tuple[str, bytes]] = {}
        """Path → (ETag of what was packed, packed bytes). One entry a file: it cannot grow."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """See ``StaticFiles``."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = NO_CACHE
        if isinstance(response, FileResponse) and Path(response.path).suffix in TEXT:
            response.headers["Vary"] = "Accept-Encoding"
            if scope["method"] == "GET" and _unpacks(Headers(scope=scope)):
                return await self._small(response)
        return response

    async def _small(self, response: FileResponse) -> Response:
        """The same file as gzip. Its ETag is weak: the bytes differ, what they say does not."""
        path, etag = str(response.path), response.headers["etag"]
        known = self.packed.get(path)
        if known is None or known[0] != etag:
            # In a thread, and once: packing lit-html takes longer than the loop may stand still.
            known = (etag, await asyncio.to_thread(packed, Path(path)))
            self.packed[path] = known
        headers = {name: response.headers[name] for name in ("content-type", "cache-control", "vary")}
        return Response(known[1], headers=headers | {"etag": f"W/{etag}", "content-encoding": "gzip"})


def _unpacks(headers: Headers) -> bool:
    """The browser says that it takes gzip, and not with a weight of nothing."""
    for offer in headers.get("accept-encoding", "").split(","):
        name, _, weight = offer.strip().partition(";")
        if name.strip().lower() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
