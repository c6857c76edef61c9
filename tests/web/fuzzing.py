"""Schemathesis against a served house, signed in as each role: no 5xx, no status and no shape that is not described.

``make api-fuzz`` runs it long; the test runs it short. Every request of the run is recorded at the application's own
door (also those of the story that brings the session on), matched to its operation, and held against the description.
"""

import asyncio
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import hypothesis
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase
from schemathesis.checks import CheckFunction
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from telekap.app import build, options
from telekap.care.people import Role
from telekap.web.openapi import Operation, describe, operations
from telekap.web.routes import routes
from tests.web.serving import Serving, browser_for, settings_for

Operations = list[Operation]

CHECKS: Final[list[CheckFunction]] = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
LEAST: Final = 0.8
"""Part of the operations that must have been reached with a yes."""


async def nothing(_socket: object) -> None:
    """In place of the live socket."""


def described() -> tuple[dict[str, Any], Operations]:
    """The document, and its operations."""
    all_ = routes(nothing, with_demo=False)
    return describe(all_), list(operations(all_))


@dataclass
class Recorder:
    """Every (method, path, status) that went through, whoever asked."""

    app: ASGIApp
    heard: Counter[tuple[str, str, int]] = field(default_factory=Counter)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.heard[scope["method"], scope["path"], message["status"]] += 1
            await send(message)

        await self.app(scope, receive, told if scope["type"] == "http" else send)


@dataclass
class Tally:
    """What the run reached. ``statuses``: operation → statuses."""

    operations: Operations
    document: dict[str, Any]
    statuses: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    problems: list[str] = field(default_factory=list)

    def take(self, heard: Counter[tuple[str, str, int]]) -> None:
        """Match what was heard to its operations."""
        doors = [(one, re.compile(re.sub(r"{\w+}", "[^/]+", one.path) + "$")) for one in self.operations]
        doors.sort(key=lambda door: door[0].path.count("{"))
        for (method, path, status), count in heard.items():
            found = next((one for one, door in doors if one.method == method and door.match(path)), None)
            if found is not None:
                self.statuses[found.name][status] += count

    @property
    def reached(self) -> list[str]:
        """Operations that said yes at least once."""
        return sorted(name for name, seen in self.statuses.items() if any(200 <= one < 400 for one in seen))

    @property
    def undocumented(self) -> list[str]:
        """Operation and status that the description does not know; 500 is in none."""
        known = {
            one.name: set(self.document["paths"][one.path][one.method.lower()]["responses"]) for one in self.operations
        }
        return sorted(
            f"{name}: {status} × {count}"
            for name, seen in self.statuses.items()
            for status, count in seen.items()
            if str(status) not in known[name]
        )

    def told(self) -> str:
        """For people."""
        missing = sorted({one.name for one in self.operations} - set(self.reached))
        total = sum(sum(seen.values()) for seen in self.statuses.values())
        part = len(self.reached) / len(self.operations)
        return (
            f"{total} requests; a yes from {len(self.reached)} of {len(self.operations)} operations ({part:.0%}); "
            f"{len(self.undocumented)} undocumented statuses; {len(self.problems)} broken answers\n"
            f"never a yes: {', '.join(missing)}"
        )


@dataclass
class Fuzz:
    """One served house. ``ids``: what stands in addresses, by parameter."""

    clinic: Serving
    recorder: Recorder
    url: str
    ids: dict[str, str] = field(default_factory=dict)

    def cookies(self) -> dict[str, str]:
        """Of every login there is: the address says whose is used."""
        return {name: value or "" for name, value in self.clinic.browser.cookies.items()}


@asynccontextmanager
async def served(data: Path) -> AsyncIterator[Fuzz]:
    """A demo house behind a real server on a loopback port, everybody signed in."""
    settings = settings_for(data, port=0, log_level="error")
    house, app = build(settings)
    recorder = Recorder(app)
    server = uvicorn.Server(uvicorn.Config(recorder, **options(settings) | {"loop": "none"}))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        assert not serving.done(), serving.exception()
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with browser_for(recorder) as browser:  # type: ignore[arg-type] - any ASGI application will do
        clinic = Serving(house, app, browser)
        for role in Role:
            await clinic.enter(role)
        yield Fuzz(clinic, recorder, f"http://127.0.0.1:{port}")
    server.should_exit = True
    await serving


def cases(fuzz: Fuzz, document: dict[str, Any], examples: int, roles: tuple[Role, ...]) -> Iterator[str]:
    """Generate and ask; yields each broken answer. Runs in a thread: the house is on the loop."""
    schema = schemathesis.openapi.from_dict(document, config=SchemathesisConfig())
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path.endswith("/sign-out"):
            continue  # the story asks it once, at the end
        for role in roles if "{login}" in operation.path else roles[:1]:
            place = fuzz.ids | {"login": fuzz.clinic.logins[role]}
            yield from broken_by(fuzz, operation, role, place, examples)[:2]


def broken_by(fuzz: Fuzz, operation: Any, role: Role, place: dict[str, str], examples: int) -> list[str]:
    """Ask one operation as one role; what was broken."""
    broken: list[str] = []

    @hypothesis.seed(7)
    @hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy())
    def ask(case: schemathesis.Case) -> None:
        for name, value in place.items():
            if name in (case.path_parameters or {}):
                case.path_parameters[name] = value
        reply = case.call(base_url=fuzz.url, headers={"Origin": fuzz.url}, cookies=fuzz.cookies())
        try:
            case.validate_response(reply, checks=CHECKS)
        except Exception as wrong:
            broken.append(f"{role}: {case.method} {case.path}: {str(wrong)[:300]}")

    ask()
    return broken


async def run(data: Path, examples: int, stories: Any) -> Tally:
    """The whole run: each story brings a house somewhere, then everybody asks everything there."""
    document, all_ = described()
    tally = Tally(all_, document)
    for number, story in enumerate(stories):
        async with served(data / str(number)) as fuzz:
            await story.before(fuzz)
            tally.problems += await asyncio.to_thread(
                lambda fuzz=fuzz, story=story: list(cases(fuzz, document, examples, story.roles))  # type: ignore[misc]
            )
            await story.after(fuzz)
            tally.take(fuzz.recorder.heard)
    return tally


def main() -> int:
    """``python -m tests.web.fuzzing EXAMPLES``"""
    from tests.web.fuzz_stories import STORIES

    examples = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as folder:
        tally = asyncio.run(run(Path(folder), examples, STORIES))
    sys.stdout.write(tally.told() + "\n" + "\n".join(tally.undocumented + tally.problems[:40]) + "\n")
    return 1 if tally.undocumented or tally.problems or len(tally.reached) < LEAST * len(tally.operations) else 0


if __name__ == "__main__":
    raise SystemExit(main())
