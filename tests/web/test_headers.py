"""Every answer bears the same headers, and nobody else's page gets anything done."""

import pytest

from telekap.care.people import Role
from telekap.web.guard import HEADERS, SUBRESOURCE
from tests.web.serving import Serving, browser_for, new_key


async def test_every_kind_of_answer_bears_the_headers(shared: Serving) -> None:
    login = await shared.enter(Role.CLIENT)
    static = await shared.browser.get("/static/css/base.css")
    replies = {
        "page": await shared.browser.get(f"/as/{login}/s/{shared.session}"),
        "link": await shared.browser.get(shared.link(Role.SUPPORT)),
        "api": await shared.browser.get(f"/api/v1/as/{login}/sessions/{shared.session}"),
        "static": static,
        "unchanged": await shared.browser.get(
            "/static/css/base.css", headers={"If-None-Match": static.headers["etag"]}
        ),
        "health": await shared.browser.get("/healthz"),
        "refused": await shared.act(Role.THERAPIST, "discharge"),
        "malformed": await shared.act(Role.THERAPIST, "doses"),
        "not found": await shared.browser.get("/no/such/place/at/all"),
        "wrong method": await shared.browser.delete(f"/api/v1/as/{login}/home"),
        "too large": await shared.act(Role.CLIENT, "words", {"what": "note", "note": "n" * 70_000}),
        "foreign": await shared.browser.post(shared.link(Role.CLIENT), headers={"Origin": "http://evil.example"}),
        "ended": await shared.browser.get("/api/v1/as/nobody/home"),
    }

    statuses = {name: reply.status_code for name, reply in replies.items()}
    assert statuses == {
        "page": 200, "link": 200, "api": 200, "static": 200, "unchanged": 304, "health": 200, "refused": 409,
        "malformed": 422, "not found": 404, "wrong method": 404, "too large": 413, "foreign": 403, "ended": 401,
    }  # fmt: skip
    for name, reply in replies.items():
        for header, value in HEADERS.items():
            own = "same-origin" if (name, header) == ("link", "Referrer-Policy") else value
            assert reply.headers.get(header) == own, (name, header)
        assert "server" not in reply.headers


@pytest.mark.parametrize(
    ("path", "dest", "whole"),
    [
        ("/static/css/base.css", "style", False),
        ("/static/client.js", "script", False),
        ("/static/client.js", "document", True),
        ("/static/lib/liveness-worker.js", "worker", True),
        ("/offline.js?page=client", "serviceworker", True),
        ("/static/icon.svg", "image", True),
        ("/static/no-such.js", "script", True),
    ],
)
async def test_a_module_or_style_of_a_page_bears_only_what_means_something_there(
    shared: Serving, path: str, dest: str, whole: bool
) -> None:
    reply = await shared.browser.get(path, headers={"Sec-Fetch-Dest": dest})

    assert {name for name in HEADERS if name in reply.headers} == set(HEADERS if whole else SUBRESOURCE)


async def test_a_defect_is_500_with_headers_and_tells_nothing(
    shared: Serving, capsys: pytest.CaptureFixture[str]
) -> None:
    login = await shared.enter(Role.CLIENT)
    desk = shared.app.state.desk

    class Broken:
        def __getattr__(self, name: str) -> object:
            raise RuntimeError("Sam Rivera said something private")

    from dataclasses import replace

    shared.app.state.desk = replace(desk, handler=Broken())
    try:
        reply = await shared.browser.get(f"/api/v1/as/{login}/sessions/{shared.session}")
    finally:
        shared.app.state.desk = desk

    assert reply.status_code == 500
    assert reply.json() == {"error": "unknown"}
    assert all(reply.headers.get(header) == value for header, value in HEADERS.items())
    logged = "".join(capsys.readouterr())
    assert "defect" in logged and "RuntimeError" in logged
    assert "private" not in logged


async def test_pages_and_files_are_asked_for_again_each_time(shared: Serving) -> None:
    login = await shared.enter(Role.THERAPIST)
    page = await shared.browser.get(f"/as/{login}/")
    again = await shared.browser.get(f"/as/{login}/", headers={"If-None-Match": page.headers["etag"]})

    assert page.headers["cache-control"] == "no-cache"
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["/static/../telekap/app.py", "/static/%2e%2e/pyproject.toml", "/static//etc/passwd"])
async def test_no_file_beside_the_static_ones_is_served(shared: Serving, path: str) -> None:
    assert (await shared.browser.get(path)).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "http://clinic.test:8000"},
        {"Origin": "null"},
        {"Origin": "http://clinic.test", "Sec-Fetch-Site": "cross-site"},
        {},
    ],
    ids=["foreign", "other port", "null", "cross-site", "none but a cookie"],
)
async def test_another_sites_page_gets_nothing_done(shared: Serving, headers: dict[str, str]) -> None:
    before = await shared.version()
    login = await shared.enter(Role.CLIENT)
    async with browser_for(shared.app) as page:
        del page.headers["origin"]
        page.cookies.update(shared.browser.cookies)
        reply = await page.post(
            f"/api/v1/as/{login}/sessions/{shared.session}/help",
            json={"strength": "hold"},
            headers=headers | {"Idempotency-Key": new_key()},
        )

    assert reply.status_code == 403
    assert reply.json() == {"error": "foreign_origin"}
    assert await shared.version() == before


async def test_a_form_of_our_own_page_without_an_origin_is_taken(clinic: Serving) -> None:
    headers = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}

    assert (await clinic.browser.post(clinic.link(Role.CLIENT), headers=headers)).status_code == 303
