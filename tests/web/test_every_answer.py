"""Every address there is, one by one: its headers, what may be kept of it, how much it takes, and from whose pages."""

from pathlib import Path

import pytest
from starlette.routing import Route

from telekap.care.people import Role
from telekap.web.guard import BODY_LIMIT, HEADERS
from telekap.web.routes import routes
from tests.web.serving import Serving, browser_for, new_key


async def nothing(_socket: object) -> None:
    """In place of the live socket."""


ALL = [
    (method, route.path)
    for route in routes(nothing, with_demo=True)
    if isinstance(route, Route)
    for method in sorted((route.methods or set()) - {"HEAD"})
]
KEEPABLE = {"/favicon.ico", "/api/openapi.json", "/api/docs", "/offline.js"}
"""What says nothing of anybody."""


async def place(clinic: Serving, path: str, role: Role) -> str:
    """The address with something real in it."""
    session, _ = await clinic.house.handler.session(clinic.session)
    return path.format(
        login=await clinic.enter(role),
        session=session.id,
        course=session.course,
        noun="help" if "{session}" in path else "suspension",
        token="nobody-made-this",
        purpose="j",
        person=session.roles[Role.CLIENT],
        about=session.roles[Role.SUPPORT],
    )


@pytest.mark.parametrize(("method", "path"), ALL)
async def test_an_answer_bears_the_headers_and_is_not_kept_if_it_is_about_somebody(
    shared: Serving, method: str, path: str
) -> None:
    where = await place(shared, path, Role.DISPATCHER)
    reply = await shared.browser.request(method, where, headers={"Idempotency-Key": new_key()})

    if path.endswith("/sign-out"):
        shared.logins.pop(Role.DISPATCHER)
    for header, value in HEADERS.items():
        own = {"no-referrer", "same-origin"} if header == "Referrer-Policy" else {value}
        assert reply.headers.get(header) in own, header
    assert "server" not in reply.headers
    assert "access-control-allow-origin" not in reply.headers
    kept = reply.headers.get("cache-control", "")
    if path in KEEPABLE:
        return
    wanted = {"no-store", "no-cache"} if reply.headers.get("content-type", "").startswith("text/html") else {"no-store"}
    if reply.content and method == "GET":
        assert kept in wanted, kept


@pytest.mark.parametrize(("method", "path"), [one for one in ALL if one[0] == "POST"])
async def test_too_large_is_413_and_a_foreign_page_403_before_anything_is_looked_at(
    shared: Serving, method: str, path: str
) -> None:
    where = await place(shared, path, Role.DISPATCHER)

    large = await shared.browser.post(where, content=b"x" * (BODY_LIMIT + 1))
    async with browser_for(shared.app, **{"Origin": "http://evil.example"}) as page:
        page.cookies.update(shared.browser.cookies)
        foreign = await page.post(where, json={})

    assert large.status_code == 413
    assert foreign.status_code == 403


@pytest.mark.parametrize(
    "page", sorted((Path(__file__).parents[2] / "static").glob("*.html")), ids=lambda page: page.name
)
def test_a_page_brings_no_script_and_no_style_of_its_own(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert "style=" not in text and "<style" not in text
    assert all('src="/static/' in tag.split(">")[0] for tag in text.split("<script")[1:])
    assert "http://" not in text and "https://" not in text
