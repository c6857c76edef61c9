"""Every address there is, in one list. What is not here is 404."""

from collections.abc import Awaitable, Callable

from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket

from telekap.web import courses, demo, health, home, links, login, pages, seats, second_factor, sessions

MINE = "/api/v1/as/{login}"


def routes(live: Callable[[WebSocket], Awaitable[None]], with_demo: bool) -> list[BaseRoute]:
    """``live``: the socket's endpoint. ``with_demo``: the demo's own addresses exist (else they are 404)."""
    for_demo: list[BaseRoute] = [
        Route("/api/v1/demo", demo.look, methods=["GET"]),
        Route("/api/v1/demo/jump", demo.jump, methods=["POST"]),
        Route("/api/v1/demo/answer", demo.answer, methods=["POST"]),
        Route("/api/v1/demo/pages", demo.told, methods=["POST"]),
    ]
    return [
        Route("/healthz", health.healthz, methods=["GET"]),
        Route("/readyz", health.readyz, methods=["GET"]),
        Route("/", pages.sign_in, methods=["GET"]),
        Route("/favicon.ico", pages.no_icon, methods=["GET"]),
        Route("/sign-in", pages.sign_in, methods=["GET"]),
        Route("/as/{login}/", pages.home, methods=["GET"]),
        Route("/as/{login}/s/{session}", pages.of_session, methods=["GET"]),
        Route("/api/v1/sign-in", login.sign_in, methods=["POST"]),
        Route("/api/v1/links/{purpose}/{token}", links.about, methods=["GET"]),
        Route(f"{MINE}/home", home.look, methods=["GET"]),
        Route(f"{MINE}/second-factor", second_factor.confirm, methods=["POST"]),
        Route(f"{MINE}/sign-out", login.sign_out, methods=["POST"]),
        Route(f"{MINE}/sessions/{{session}}", sessions.look, methods=["GET"]),
        Route(f"{MINE}/sessions/{{session}}/seat", seats.join, methods=["POST"]),
        Route(f"{MINE}/sessions/{{session}}/{{noun}}", sessions.act, methods=["POST"]),
        Route(f"{MINE}/courses/{{course}}", courses.look, methods=["GET"]),
        Route(f"{MINE}/courses/{{course}}/{{noun}}", courses.act, methods=["POST"]),
        WebSocketRoute("/live/as/{login}/s/{session}", live),
        *(for_demo if with_demo else ()),
        Mount("/static", pages.FILES),
        Route("/{purpose}/{token}", links.show, methods=["GET"]),
        Route("/{purpose}/{token}", links.enter, methods=["POST"]),
    ]
