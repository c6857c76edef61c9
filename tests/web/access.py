"""Reads docs/access.md, and asks the running house as everybody in its columns."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2
import sqlalchemy as sa

from telekap.care import commands as c
from telekap.care.errors import Reason, Refused
from telekap.care.instant import DAY
from telekap.care.people import Actor, Person, Role
from telekap.record import logins, people, turn
from tests.web.serving import Serving, new_key

TABLE: Final = Path(__file__).parents[2] / "docs" / "access.md"
CELLS: Final = {"yes", "no", "–", "out"}
ROLES: Final = {
    "client": Role.CLIENT,
    "support": Role.SUPPORT,
    "therapist": Role.THERAPIST,
    "stand-in": Role.STANDIN,
    "prescriber": Role.PRESCRIBER,
    "dispatcher": Role.DISPATCHER,
}
OTHERS: Final = ("coordinator", "administrator", "other staff", "other client", "ended", "nobody")
NOT_THEIRS: Final = frozenset(
    {
        "role", "not_yours", "prescriber_only", "client_only", "staff", "administrator", "no_seat", "same_prescriber",
        "therapist_only", "support_only", "duty", "witness_only",
    }
)  # fmt: skip
"""Codes of reasons that say: this act belongs to somebody else."""


@dataclass(frozen=True)
class Row:
    """One line of a table. ``what``: an address with its method, or a noun. ``cells``: column → cell."""

    chapter: str
    what: str
    stage: str
    cells: dict[str, str]

    @property
    def id(self) -> str:
        """For pytest."""
        return self.what.replace("/api/v1/as/{login}", "…")


def rows() -> Iterator[Row]:
    """Every row of every table."""
    chapter, columns = "", []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            chapter = line[3:]
        if not line.startswith("| "):
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] in ("address", "noun of a session", "noun of a course", "message"):
            columns = cells[2:]
        elif cells[0].startswith("`"):
            yield Row(chapter, cells[0].strip("`"), cells[1], dict(zip(columns, cells[2:], strict=True)))


@dataclass
class Asker:
    """Everybody of the columns, each with a login of their own. ``jars``: column → (login, browser)."""

    clinic: Serving
    logins: dict[str, tuple[str, httpx2.AsyncClient]] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    course: str = ""
    scheduled: str = ""

    async def prepare(self) -> None:
        """Somebody for each column; staff prove their second factor as they enter."""
        session, _ = await self.clinic.house.handler.session(self.clinic.session)
        self.course = session.course
        who = {column: session.roles[role] for column, role in ROLES.items()}
        new = {
            "coordinator": (people.STAFF, (Role.DISPATCHER,), False),
            "administrator": (people.STAFF, (Role.THERAPIST,), True),
            "other staff": (people.STAFF, (Role.THERAPIST,), False),
            "other client": (people.CLIENT, (), False),
        }

        def hire(conn: sa.Connection) -> dict[str, str]:
            made = {}
            for column, (kind, roles, administers) in new.items():
                person = Person(f"access-{column.replace(' ', '-')}", column.title(), "+15550177", "UTC")
                people.add(conn, person, kind, roles, column.replace(" ", "-"), "$argon2", administers=administers)
                made[column] = person.id
            kim = people.get(conn, who["dispatcher"])
            assert kim is not None
            people.set_rights(conn, kim.person.id, tuple(kim.staff_of), (), False)  # the columns are one thing each
            return made

        who |= await self.clinic.house.store.write(hire)
        who["ended"] = who["therapist"]
        now = self.clinic.house.clock.now()
        self.people = who
        self.scheduled = await self.clinic.house.handler.book(
            c.BookSession(
                kind="dosing",
                course=self.course,
                roles=session.roles,
                appointed=now.utc + 20 * DAY,
                zone=session.zone,
                despite=("days_between", "integration", "clash"),
            ),
            Actor(who["dispatcher"], coordinates=True),
        )

    async def enter(self, session: str) -> None:
        """New logins for every column: what was asked before may have ended one. At home they see ``session`` alone."""
        await self.close()
        wall, now = self.clinic.house.clock.wall(), self.clinic.house.clock.now()
        only = {"client": session, "support": session, "other client": "another-session"}

        def issue(conn: sa.Connection) -> dict[str, tuple[str, str]]:
            made = {
                column: logins.issue(conn, person, only.get(column), "link", wall, second_factor=now)
                for column, person in self.people.items()
            }
            logins.revoke(conn, made["ended"][0])
            return made

        for column, (public, secret) in (await self.clinic.house.store.write(issue)).items():
            browser = self.clinic.another_browser()
            browser.cookies.set(f"tk-{public}", secret, domain="clinic.test", path="/")
            self.logins[column] = (public, browser)
        self.logins["nobody"] = (self.logins["therapist"][0], self.clinic.another_browser())

    async def socket(self, column: str) -> str:
        """What this column gets of the live socket: a browser's handshake, straight at the application."""
        login, browser = self.logins[column]
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        scope = {
            "type": "websocket",
            "path": f"/live/as/{login}/s/{self.clinic.session}",
            "query_string": b"",
            "headers": [(b"host", b"clinic.test"), (b"origin", b"http://clinic.test"), (b"cookie", cookies.encode())],
            "scheme": "ws",
            "subprotocols": [],
        }
        said: list[Any] = []
        told = asyncio.Event()

        async def receive() -> Any:
            if not said:
                return {"type": "websocket.connect"}
            await told.wait()
            return {"type": "websocket.disconnect", "code": 1000}

        async def send(message: Any) -> None:
            said.append(message)
            if message["type"] in ("websocket.send", "websocket.close"):
                told.set()

        await asyncio.wait_for(self.clinic.app(scope, receive, send), 10)
        code = next((one.get("code") for one in said if one["type"] == "websocket.close"), None)
        return {4401: "out", 4404: "–", None: "yes"}[code]

    async def close(self) -> None:
        """Let go of every browser."""
        for _, browser in self.logins.values():
            await browser.aclose()
        self.logins.clear()

    async def cell(self, column: str, method: str, path: str, body: Any) -> str:
        """What this column gets: yes, no, – or out."""
        login, browser = self.logins[column]
        where = path.replace("{login}", login)
        headers = {"Idempotency-Key": new_key()}
        reply = await browser.request(method, where, headers=headers, **({"json": body} if method == "POST" else {}))
        return judged(reply)


def judged(reply: httpx2.Response) -> str:
    """The cell that an answer stands for."""
    if reply.status_code == 404:
        return "–"
    told = reply.json() if reply.headers.get("content-type", "").startswith("application/json") else {}
    if reply.status_code == 401 and told.get("error", "login_ended") == "login_ended":
        return "out"
    if reply.status_code == 409 and {reason["code"] for reason in told["reasons"]} & NOT_THEIRS:
        return "no"
    assert reply.status_code < 500, (reply.request.url.path, reply.status_code, json.dumps(told))
    return "yes"


class DryPen:
    """Rules decide as ever, and what they decided is not written: every cell is asked of the same session."""

    def __enter__(self) -> "DryPen":
        def dry(*_: Any, **__: Any) -> None:
            raise Refused(Reason("dry", "Decided, and not written."))

        self._kept = turn.Turn.write_session, turn.Turn.write_course
        turn.Turn.write_session = dry  # type: ignore[method-assign]
        turn.Turn.write_course = dry  # type: ignore[method-assign]
        return self

    def __exit__(self, *_: object) -> None:
        turn.Turn.write_session, turn.Turn.write_course = self._kept  # type: ignore[method-assign]
