"""Kim's desk: what a coordinator asks of the house, and a client, a course and a day that others go on from."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
from pydantic import BaseModel

from telekap.care.people import Role
from telekap.web.looks.board import Board, BoardRow
from telekap.web.looks.desk import (
    BookingLook,
    ClientLook,
    Clients,
    Given,
    RosterChange,
    RosterLook,
    StaffNames,
    Today,
)
from tests.web.serving import Serving, new_key

PACIFIC = "America/Los_Angeles"
OMAR = {"name": "Omar Sayed", "phone": "+15550141", "zone": "America/Denver", "birth": "1984-02-29"}
LEILA = {"name": "Leila Sayed", "phone": "+15550142", "zone": "America/Denver", "part": "support"}
LOU = {"name": "Lou Sayed", "phone": "+15550143", "zone": "America/Denver", "part": "contact"}


READ: Mapping[str, type[BaseModel]] = {
    "board": Board,
    "today": Today,
    "staff": StaffNames,
    "roster": RosterLook,
    "clients": Clients,
    "clients/[^/]+": ClientLook,
    "board[?]week=.+": Board,
    "sessions/[^/]+": BoardRow,
    "sessions/[^/]+/links": Given,
}
"""Address below the clinic's → what it answers: whatever a test here reads has that very shape."""
ANSWERED = {"booking-check": BookingLook, "roster": RosterChange, "roster-removals": RosterChange}


class Desk:
    """Kim's desk."""

    def __init__(self, clinic: Serving) -> None:
        self.clinic = clinic

    async def get(self, path: str) -> dict[str, Any]:
        reply = await self.clinic.browser.get(f"{await self.clinic.api(Role.DISPATCHER)}/clinic/{path}")
        assert reply.status_code == 200, reply.text
        shape = next(shape for pattern, shape in READ.items() if re.fullmatch(pattern, path))
        shape.model_validate_json(reply.text, strict=True)
        body: dict[str, Any] = reply.json()
        return body

    async def post(self, path: str, body: dict[str, Any], key: str = "") -> httpx2.Response:
        where = f"{await self.clinic.api(Role.DISPATCHER)}/clinic/{path}"
        return await self.clinic.browser.post(where, json=body, headers={"Idempotency-Key": key or new_key()})

    async def done(self, path: str, body: dict[str, Any], key: str = "") -> dict[str, Any]:
        reply = await self.post(path, body, key)
        assert reply.status_code == 200, reply.text
        if path in ANSWERED:
            ANSWERED[path].model_validate_json(reply.text, strict=True)
        answer: dict[str, Any] = reply.json()
        return answer

    async def must_refuse(self, path: str, body: dict[str, Any]) -> set[str]:
        reply = await self.post(path, body)
        assert reply.status_code == 409, reply.text
        return {reason["code"] for reason in reply.json()["reasons"]}

    async def staff(self) -> dict[Role, str]:
        session, _ = await self.clinic.house.handler.session(self.clinic.session)
        return {role: who for role, who in session.roles.items() if role not in (Role.CLIENT, Role.SUPPORT)}

    def local(self, days: int, hour: int = 14, zone: str = "America/Denver") -> str:
        now = datetime.fromtimestamp(self.clinic.house.clock.now().utc / 1000, UTC).astimezone(ZoneInfo(zone))
        return f"{(now + timedelta(days=days)).date().isoformat()}T{hour:02d}:00"

    async def omar(self) -> tuple[str, str, str]:
        """A new client with a support person, a contact and a course: (client, support, course)."""
        client = (await self.done("clients", OMAR))["person"]
        support = (await self.done(f"clients/{client}/circle", LEILA))["person"]
        await self.done(f"clients/{client}/circle", LOU)
        staff = await self.staff()
        body = {"therapist": staff[Role.THERAPIST], "prescriber": staff[Role.PRESCRIBER]}
        return client, support, (await self.done(f"clients/{client}/courses", body))["course"]

    async def plan(self, days: int = 3) -> dict[str, Any]:
        client, support, course = await self.omar()
        roles = {"client": client, "support": support, **await self.staff()}
        return {"kind": "dosing", "course": course, "roles": roles, "local": self.local(days), "zone": "America/Denver"}

    async def booked(self, days: int = 3) -> tuple[str, dict[str, Any]]:
        """Omar's session: (its id, what was booked)."""
        plan = await self.plan(days)
        appointed = (await self.done("booking-check", plan))["appointed"]
        body = {name: plan[name] for name in ("kind", "course", "roles", "zone")} | {"appointed": appointed}
        return (await self.done("sessions", body))["session"], body
