"""Every address is in the prose, and every address of a person's own asks who it is."""

from pathlib import Path

import pytest
from starlette.routing import Route, WebSocketRoute

from telekap.care.people import Role
from telekap.web.routes import routes
from tests.web.serving import Serving, new_key

PROSE = (Path(__file__).parents[2] / "docs" / "wire.md").read_text(encoding="utf-8")
UNSAID = {"/", "/favicon.ico"}
"""Addresses that need no words."""


async def nothing(_socket: object) -> None:
    """In place of the live socket."""


ALL = [route for route in routes(nothing, with_demo=True) if isinstance(route, Route | WebSocketRoute)]


@pytest.mark.parametrize("path", sorted({route.path for route in ALL} - UNSAID))
def test_every_address_is_in_the_prose(path: str) -> None:
    if path == "/{purpose}/{token}":
        assert all(f"/{letter}/{{token}}" in PROSE for letter in "jwt")
    else:
        assert path in PROSE


@pytest.mark.parametrize(
    ("path", "method"),
    [
        (route.path, method)
        for route in ALL
        if isinstance(route, Route) and "{login}" in route.path
        for method in sorted((route.methods or set()) - {"HEAD"})
    ],
)
async def test_every_address_of_a_login_is_shut_to_a_browser_without_its_cookie(
    shared: Serving, path: str, method: str
) -> None:
    session, _ = await shared.house.handler.session(shared.session)
    client = session.roles[Role.CLIENT]
    where = path.format(
        login="somebody", session=session.id, course=session.course, noun="help", person=client, about=client
    )
    async with shared.another_browser() as nobody:
        reply = await nobody.request(method, where, json={}, headers={"Idempotency-Key": new_key()})

    assert reply.status_code == 401
