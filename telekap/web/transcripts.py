"""The record of a session as a page, and as two files to take along. For staff who see the session; each look is noted.

Nothing in an address, a title or a name of a file says what it is about: a session's id is a random word.
"""

import asyncio
import csv
import io
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response

from telekap.care.errors import NotFound
from telekap.care.people import AT_HOME
from telekap.care.transcript import transcript
from telekap.live import wire
from telekap.live.screen import Scene, seen_as
from telekap.record import log, people, reads, taken
from telekap.record.people import STAFF
from telekap.web.described import described
from telekap.web.desk import desk_of
from telekap.web.shapes import Transcript
from telekap.web.viewer import Viewer, viewer_scene

NO_STORE: Final = {"Cache-Control": "no-store"}

COLUMNS: Final = ("line", "occurred_utc", "entered_utc", "late_seconds", "by", "part", "kind", "text")
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""With one of these in front a table program takes a cell for a formula, and runs it."""


async def reader(request: Request) -> tuple[Viewer, Scene]:
    """Staff who may read the record of this session. For everybody else it is not there (``NotFound``)."""
    who, scene, role = await viewer_scene(request)
    if who.known.kind != STAFF or seen_as(scene.session, who.person, role) in AT_HOME:
        raise NotFound(scene.session.id)
    return who, scene


async def read(request: Request, who: Viewer, scene: Scene, what: reads.What) -> dict[str, Any]:
    """The document as it stands, after it was written down who reads it. Raises ``RecordBroken`` if that cannot be."""
    desk, session_id = desk_of(request), scene.session.id
    stream = log.SESSION + session_id
    await desk.store.write(lambda conn: reads.note(conn, scene.now.utc, session_id, who.person, who.login.id, what))

    def of_one_moment(conn: sa.Connection) -> tuple[Callable[[], dict[str, Any]], dict[str, Any]]:
        # A session that runs grows while it is read: its lines and the end of its chain are of one snapshot.
        session, world = desk.handler.session_in(conn, session_id)
        end, anchor = log.head(conn, stream), log.anchor_of(conn, stream)
        names = {known.person.id: known.person.name for known in people.of_kind(conn, STAFF)}
        beside = {
            "me": who.known.person.name,
            "chain": {
                "stream": stream,
                "entries": end.version if end else 0,
                "hash": end.hash.hex() if end else "",
                "anchor": anchor and {"n": anchor[0], "at": anchor[1], "entries": anchor[2]},
            },
            "reads": [
                {"at": one.at, "by": names.get(one.by, "somebody"), "what": one.what}
                for one in reads.newest(conn, session_id)
            ],
        }
        return partial(transcript, session, world, log.entries(conn, stream), desk.clock.now()), beside

    told, beside = await desk.store.read(of_one_moment)
    return await asyncio.to_thread(told) | beside


@described("The record of a session, to be read and printed", answers={200: Transcript}, errors=(404,))
async def look(request: Request) -> Response:
    """``GET …/record``: for staff who see the session."""
    body = await read(request, *await reader(request), "page")
    return Response(wire.encode(body), media_type="application/json", headers=NO_STORE)


@described("The facts of a session as they stand in the chain", answers={200: "application/x-ndjson"}, errors=(404,))
async def facts(request: Request) -> Response:
    """``GET …/record/facts``: one JSON object a line; ``telekap verify --taken`` looks at the file."""
    who, scene = await reader(request)
    desk, session = desk_of(request), scene.session
    stream = log.SESSION + session.id
    await desk.store.write(lambda conn: reads.note(conn, scene.now.utc, session.id, who.person, who.login.id, "facts"))
    text = await desk.store.read(lambda conn: "".join(taken.lines(conn, stream)))
    return _file(text, "application/x-ndjson", f"{session.id}.jsonl")


@described("The timeline of a session as a table", answers={200: "text/csv"}, errors=(404,))
async def timeline(request: Request) -> Response:
    """``GET …/record/timeline``: every line with both times, UTC, as a table program reads them."""
    who, scene = await reader(request)
    told = await read(request, who, scene, "timeline")
    return _file(_table(told["lines"]), "text/csv; charset=utf-8", f"{scene.session.id}.csv")


def _table(lines: Iterable[dict[str, Any]]) -> str:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for line in lines:
        late = (line["at"] - line["occurred"]) // 1_000
        times = (_moment(line["occurred"]), _moment(line["at"]), late)
        table.writerow(
            (line["n"], *times, *map(harmless, (line["by"], line["role"] or "", line["kind"], line["text"])))
        )
    return "\ufeff" + out.getvalue()  # without the mark table programs take it for another alphabet


def harmless(cell: str) -> str:
    """What somebody typed, as text and never as a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell


def _moment(utc: int) -> str:
    return datetime.fromtimestamp(utc / 1_000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _file(text: str, media_type: str, name: str) -> Response:
    headers = NO_STORE | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type=media_type, headers=headers)
