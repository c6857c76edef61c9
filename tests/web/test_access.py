"""Who may do what: docs/access.md, written by hand, held against the router and the running house, cell by cell."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from starlette.routing import Route, WebSocketRoute

from telekap.care.instant import MINUTE
from telekap.care.people import Role
from telekap.live import wire
from telekap.web.routes import routes
from tests.web.access import CELLS, OTHERS, ROLES, Asker, DryPen, Row, rows
from tests.web.course_bodies import COURSE_BODIES
from tests.web.lobby import release, well
from tests.web.serving import fresh_copy, serving
from tests.web.test_sessions import BODIES

ROWS = list(rows())
PLAIN = [row for row in ROWS if " /" in row.what]
SOCKET = "What the live socket says"
NOUNS = [row for row in ROWS if row not in PLAIN and row.chapter not in ("The course", SOCKET)]
COURSE_NOUNS = [row for row in ROWS if row not in PLAIN and row.chapter == "The course"]

IN_PLACE = {
    "{token}": "nobody-made-this",
    "{person}": "nobody",
    "{about}": "nobody",
    "{purpose}": "j",
    "{noun}": "clearance",
}
"""In place of what only the holder of a link, or a coordinator, knows: behind the door that is asked about."""


NEEDED: dict[str, dict[str, Any]] = {
    "/links": {"role": "client"},
    "/link-withdrawals": {"role": "client"},
    "/seat": {"offer": "v=0"},
    "/line-check": {"offer": "v=0"},
    "/previews/clearance": COURSE_BODIES["clearance"],
}
"""Bodies without which an address does not come as far as asking whose it is."""


async def nothing(_socket: object) -> None:
    """In place of the live socket."""


def served() -> set[str]:
    """Every address there is, with its method."""
    found = set()
    for route in routes(nothing, with_demo=False):
        if isinstance(route, WebSocketRoute):
            found.add(f"WS {route.path}")
        elif isinstance(route, Route) and not route.path.endswith(("/{session}/{noun}", "/{course}/{noun}")):
            found |= {f"{method} {route.path}" for method in (route.methods or set()) - {"HEAD"}}
    return found


def test_every_address_has_a_row() -> None:
    missing = served() - {row.what for row in ROWS}

    assert missing == set(), (
        f"add a row for each to docs/access.md: | `{sorted(missing)[0]}` | - | … | (a cell for each column)"
    )


def test_every_row_of_an_address_is_served() -> None:
    assert {row.what for row in PLAIN} - served() == set()


def test_every_noun_has_a_row() -> None:
    assert {noun for noun in wire.NOUNS} - {row.what for row in NOUNS} == set(), (
        "add a row to a table “noun of a session” of docs/access.md"
    )
    assert {noun for noun in wire.COURSE_NOUNS} - {row.what for row in COURSE_NOUNS} == set(), (
        "add a row to the table “noun of a course” of docs/access.md"
    )
    assert {row.what for row in NOUNS + COURSE_NOUNS} <= {*wire.NOUNS, *wire.COURSE_NOUNS}


def test_every_noun_of_a_course_has_an_example_of_its_body() -> None:
    assert set(COURSE_BODIES) == set(wire.COURSE_NOUNS), "add one to tests/web/course_bodies.py"


def test_every_row_has_a_cell_for_everybody() -> None:
    for row in ROWS:
        assert set(row.cells) == {*ROLES, *OTHERS}, row.what
        assert set(row.cells.values()) <= CELLS, row.what


def test_nothing_is_open_to_an_ended_login_that_is_not_open_to_everybody() -> None:
    for row in ROWS:
        assert row.cells["ended"] == row.cells["nobody"], row.what
        assert row.cells["ended"] == ("out" if "{login}" in row.what or " /" not in row.what else "yes"), row.what


async def mismatches(asker: Asker, row: Row, method: str, path: str, body: Any) -> dict[str, tuple[str, str]]:
    """Column → (what the table says, what the house does), where they differ."""
    found = {}
    await asker.enter(asker.scheduled if row.stage == "scheduled" else asker.clinic.session)
    for column, said in row.cells.items():
        did = await asker.cell(column, method, path, body)
        if did != said:
            found[column] = (said, did)
    return found


@pytest_asyncio.fixture(scope="module")
async def arriving(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Asker]:
    """The lobby is open; a second session of the same people is booked."""
    async with serving(await fresh_copy(tmp_path_factory, tmp_path_factory.mktemp("access") / "data")) as clinic:
        session, _ = await clinic.house.handler.session(clinic.session)
        if session.state == "scheduled":
            await well(clinic, Role.THERAPIST, "lobby")
        asker = Asker(clinic)
        await asker.prepare()
        yield asker
        await asker.close()


@pytest_asyncio.fixture(scope="module")
async def dosed(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Asker]:
    """The first dose is taken, and an alarm is open."""
    async with serving(await fresh_copy(tmp_path_factory, tmp_path_factory.mktemp("access") / "data")) as clinic:
        await release(clinic)
        await well(clinic, Role.CLIENT, "doses", {"units": [1, 2]})
        await well(clinic, Role.CLIENT, "help", {"strength": "hold"})
        await well(clinic, Role.THERAPIST, "decisions", BODIES["decisions"][1])  # by voice: owed a countersignature
        await clinic.house.handler.jump(25 * MINUTE)  # nobody looks in at t15: missed
        await clinic.house.handler.tick(clinic.session)
        asker = Asker(clinic)
        await asker.prepare()
        yield asker
        await asker.close()


@pytest_asyncio.fixture(scope="module")
async def transferred(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Asker]:
    """A crew has the client."""
    async with serving(await fresh_copy(tmp_path_factory, tmp_path_factory.mktemp("access") / "data")) as clinic:
        await release(clinic)
        await well(clinic, Role.CLIENT, "doses", {"units": [1, 2]})
        await well(clinic, Role.THERAPIST, "hand-over", {"to": "crew 7", "reference": "A1", "seen": "seen"})
        await well(clinic, Role.PRESCRIBER, "hand-over-confirmation")
        asker = Asker(clinic)
        await asker.prepare()
        yield asker
        await asker.close()


@pytest.mark.parametrize("row", [row for row in PLAIN if not row.what.startswith("WS ")], ids=lambda row: row.id)
async def test_an_address_opens_to_whom_the_table_says(arriving: Asker, row: Row) -> None:
    method, path = row.what.split(" ")
    session = arriving.scheduled if row.stage == "scheduled" else arriving.clinic.session
    path = path.replace("{session}", session).replace("{course}", arriving.course)
    for name, value in IN_PLACE.items():
        path = path.replace(name, value)
    if "{login}" not in path:  # whatever is asked for there, no login is
        await arriving.enter(arriving.clinic.session)
        reply = await arriving.logins["nobody"][1].request(method, path, json={})
        assert reply.status_code not in (401, 403)
        return
    body = next((body for end, body in NEEDED.items() if path.endswith(end)), {})
    unknown = {"–"} if any(name in row.what for name in ("{person}", "{about}")) else set()
    with DryPen():
        found = await mismatches(arriving, row, method, path, body)

    # Behind a coordinator's door there is nobody of that name: the same 404, told apart by nothing.
    assert {column: pair for column, pair in found.items() if pair != ("yes", "–") or not unknown} == {}


def of_stage(*stages: str) -> list[Row]:
    """The nouns that are tested in these states."""
    return [row for row in NOUNS if row.stage in stages]


async def differing(asker: Asker, row: Row) -> dict[str, tuple[str, str]]:
    """The cells of one noun of a session that do not hold."""
    session = asker.scheduled if row.stage == "scheduled" else asker.clinic.session
    body = BODIES[row.what][1]
    if row.what in ("acknowledgements", "resolutions", "orders"):
        now, _ = await asker.clinic.house.handler.session(session)
        body = body | {"alarm": next((one.id for one in now.alarms.values() if one.kind == "help_asked"), "none")}
    elif row.what == "countersignatures":
        now, _ = await asker.clinic.house.handler.session(session)
        body = {"decision": now.cared[0].n}
    with DryPen():
        return await mismatches(asker, row, "POST", f"/api/v1/as/{{login}}/sessions/{session}/{row.what}", body)


def test_every_noun_has_a_stage_it_is_tested_in() -> None:
    assert of_stage("scheduled", "arriving", "dosed", "transferred") == NOUNS


@pytest.mark.parametrize("row", of_stage("scheduled", "arriving"), ids=lambda row: row.id)
async def test_before_the_dose_an_act_belongs_to_whom_the_table_says(arriving: Asker, row: Row) -> None:
    assert await differing(arriving, row) == {}


@pytest.mark.parametrize("row", of_stage("dosed"), ids=lambda row: row.id)
async def test_after_the_dose_an_act_belongs_to_whom_the_table_says(dosed: Asker, row: Row) -> None:
    assert await differing(dosed, row) == {}


@pytest.mark.parametrize("row", of_stage("transferred"), ids=lambda row: row.id)
async def test_after_a_hand_over_an_act_belongs_to_whom_the_table_says(transferred: Asker, row: Row) -> None:
    assert await differing(transferred, row) == {}


async def test_a_live_socket_opens_to_whom_the_table_says(arriving: Asker) -> None:
    row = next(row for row in ROWS if row.what.startswith("WS "))
    await arriving.enter(arriving.clinic.session)

    did = {column: await arriving.socket(column) for column in row.cells}

    assert did == row.cells


def test_every_message_of_the_socket_has_a_row_that_says_what_the_socket_itself_says() -> None:
    told = {row.what: row.cells for row in ROWS if row.chapter == SOCKET}
    socket = next(row.cells for row in ROWS if row.what.startswith("WS "))

    assert set(told) == {*wire.Message, "lines of the record"}, f"add a row to “{SOCKET}” of docs/access.md"
    assert all(told[message] == socket for message in wire.Message)


async def test_lines_of_the_record_are_told_to_whom_the_table_says(arriving: Asker) -> None:
    row = next(row for row in ROWS if row.what == "lines of the record")
    await arriving.enter(arriving.clinic.session)

    did = {}
    for column in row.cells:
        login, browser = arriving.logins[column]
        reply = await browser.get(f"/api/v1/as/{login}/sessions/{arriving.clinic.session}")
        entries = reply.json().get("entries") if reply.status_code == 200 else None
        did[column] = "yes" if entries else "–" if entries == [] or reply.status_code == 404 else "out"

    assert did == row.cells


@pytest.mark.parametrize("row", COURSE_NOUNS, ids=lambda row: row.id)
async def test_an_act_on_a_course_belongs_to_whom_the_table_says(arriving: Asker, row: Row) -> None:
    body = COURSE_BODIES[row.what]
    with DryPen():
        found = await mismatches(
            arriving, row, "POST", f"/api/v1/as/{{login}}/courses/{arriving.course}/{row.what}", body
        )

    assert found == {}
