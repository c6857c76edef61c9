"""Every address there is, in one list. What is not here is 404."""

from collections.abc import Awaitable, Callable

from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket

from telekap.web import (
    account,
    bookings,
    chores,
    clients,
    clinic,
    courses,
    demo,
    enrol,
    health,
    home,
    line_check,
    links,
    login,
    lost,
    openapi,
    pages,
    queue,
    resets,
    rostering,
    seats,
    second_factor,
    sessions,
    team,
    transcripts,
)

MINE = "/api/v1/as/{login}"


CLINIC = f"{MINE}/clinic"


def of_the_clinic() -> list[BaseRoute]:
    """What only coordinators may: people, the calendar, the roster, links, and the whole clinic at a glance."""
    client, session = f"{CLINIC}/clients/{{person}}", f"{CLINIC}/sessions/{{session}}"
    return [
        Route("/as/{login}/clinic", pages.clinic, methods=["GET"]),
        Route(f"{CLINIC}/board", clinic.board, methods=["GET"]),
        Route(f"{CLINIC}/today", clinic.today, methods=["GET"]),
        Route(f"{CLINIC}/staff", clinic.staff, methods=["GET"]),
        Route(f"{CLINIC}/clients", clients.look, methods=["GET"]),
        Route(f"{CLINIC}/clients", clients.register, methods=["POST"]),
        Route(client, clients.one, methods=["GET"]),
        Route(f"{client}/people/{{about}}", clients.change, methods=["POST"]),
        Route(f"{client}/circle", clients.add, methods=["POST"]),
        Route(f"{client}/circle-removals", clients.remove, methods=["POST"]),
        Route(f"{client}/courses", clients.open_course, methods=["POST"]),
        Route(f"{CLINIC}/booking-check", bookings.check, methods=["POST"]),
        Route(f"{CLINIC}/sessions", bookings.book, methods=["POST"]),
        Route(session, clinic.booked, methods=["GET"]),
        Route(f"{session}/links", bookings.around, methods=["GET"]),
        Route(f"{session}/links", bookings.make_link, methods=["POST"]),
        Route(f"{session}/link-withdrawals", bookings.withdraw_link, methods=["POST"]),
        Route(f"{CLINIC}/roster", rostering.look, methods=["GET"]),
        Route(f"{CLINIC}/roster", rostering.add, methods=["POST"]),
        Route(f"{CLINIC}/roster-removals", rostering.remove, methods=["POST"]),
    ]


def routes(live: Callable[[WebSocket], Awaitable[None]], with_demo: bool) -> list[BaseRoute]:
    """``live``: the socket's endpoint. ``with_demo``: the demo's own addresses exist (else they are 404)."""
    for_demo: list[BaseRoute] = [
        Route("/api/v1/demo", demo.look, methods=["GET"]),
        Route("/api/v1/demo/jump", demo.jump, methods=["POST"]),
        Route("/api/v1/demo/answer", demo.answer, methods=["POST"]),
        Route("/api/v1/demo/anew", demo.anew, methods=["POST"]),
        Route("/api/v1/demo/pages", demo.told, methods=["POST"]),
    ]
    return [
        Route("/healthz", health.healthz, methods=["GET"]),
        Route("/readyz", health.readyz, methods=["GET"]),
        Route("/", pages.sign_in, methods=["GET"]),
        Route("/favicon.ico", pages.no_icon, methods=["GET"]),
        Route("/offline.js", pages.offline, methods=["GET"]),
        Route("/sign-in", pages.sign_in, methods=["GET"]),
        Route("/lost", lost.show, methods=["GET"]),
        Route("/as/{login}/", pages.home, methods=["GET"]),
        Route("/as/{login}/account", pages.account, methods=["GET"]),
        Route("/as/{login}/line", pages.line, methods=["GET"]),
        Route("/as/{login}/team", pages.team, methods=["GET"]),
        Route("/as/{login}/s/{session}", pages.of_session, methods=["GET"]),
        Route("/as/{login}/s/{session}/record", pages.record, methods=["GET"]),
        Route("/api/openapi.json", openapi.look, methods=["GET"]),
        Route("/api/docs", openapi.read, methods=["GET"]),
        Route("/api/v1/sign-in", login.sign_in, methods=["POST"]),
        Route("/api/v1/sign-in/passkey-options", login.passkey_options, methods=["POST"]),
        Route("/api/v1/sign-in/passkey", login.sign_in_passkey, methods=["POST"]),
        Route("/api/v1/clinic-contact", lost.contact, methods=["GET"]),
        Route("/api/v1/lost-link", lost.ask, methods=["POST"]),
        Route("/api/v1/enrolments/{token}", enrol.about, methods=["GET"]),
        Route("/api/v1/enrolments/{token}", enrol.enrol, methods=["POST"]),
        Route("/api/v1/enrolments/{token}/passkey-options", enrol.options, methods=["POST"]),
        Route("/api/v1/links/{purpose}/{token}", links.about, methods=["GET"]),
        Route(f"{MINE}/home", home.look, methods=["GET"]),
        Route(f"{MINE}/second-factor", second_factor.confirm, methods=["POST"]),
        Route(f"{MINE}/passkey-options", second_factor.options, methods=["POST"]),
        Route(f"{MINE}/sign-out", login.sign_out, methods=["POST"]),
        Route(f"{MINE}/line-check", line_check.relays, methods=["GET"]),
        Route(f"{MINE}/line-check", line_check.join, methods=["POST"]),
        Route(f"{MINE}/awake", account.awake, methods=["POST"]),
        Route(f"{MINE}/account", account.look, methods=["GET"]),
        Route(f"{MINE}/account/passkey-registration", account.passkey_registration, methods=["POST"]),
        Route(f"{MINE}/account/passkeys", account.add_passkey, methods=["POST"]),
        Route(f"{MINE}/account/passkey-removals", account.remove_passkey, methods=["POST"]),
        Route(f"{MINE}/account/recovery-codes", account.new_codes, methods=["POST"]),
        Route(f"{MINE}/account/password", account.change_password, methods=["POST"]),
        Route(f"{MINE}/account/login-ends", account.end_login, methods=["POST"]),
        Route(f"{MINE}/team", team.look, methods=["GET"]),
        Route(f"{MINE}/team/invitations", team.invite, methods=["POST"]),
        Route(f"{MINE}/team/renewals", team.renew, methods=["POST"]),
        Route(f"{MINE}/team/rights", team.change_rights, methods=["POST"]),
        Route(f"{MINE}/team/disabling", team.disable, methods=["POST"]),
        Route(f"{MINE}/team/enabling", team.enable, methods=["POST"]),
        Route(f"{MINE}/team/resets", resets.ask_reset, methods=["POST"]),
        Route(f"{MINE}/team/reset-confirmations", resets.confirm_reset, methods=["POST"]),
        Route(f"{MINE}/team/chores", chores.look, methods=["GET"]),
        Route(f"{MINE}/team/chores", chores.ask, methods=["POST"]),
        Route(f"{MINE}/team/chore-confirmations", chores.confirm, methods=["POST"]),
        Route(f"{MINE}/sessions/{{session}}", sessions.look, methods=["GET"]),
        Route(f"{MINE}/sessions/{{session}}/seat", seats.join, methods=["POST"]),
        Route(f"{MINE}/sessions/{{session}}/seat", seats.relays, methods=["GET"]),
        Route(f"{MINE}/sessions/{{session}}/record", transcripts.look, methods=["GET"]),
        Route(f"{MINE}/sessions/{{session}}/record/facts", transcripts.facts, methods=["GET"]),
        Route(f"{MINE}/sessions/{{session}}/record/timeline", transcripts.timeline, methods=["GET"]),
        Route(f"{MINE}/sessions/{{session}}/{{noun}}", sessions.act, methods=["POST"]),
        Route(f"{MINE}/courses/{{course}}", courses.look, methods=["GET"]),
        Route("/as/{login}/queue", pages.queue, methods=["GET"]),
        Route("/as/{login}/c/{course}", pages.course, methods=["GET"]),
        Route(f"{MINE}/queue", queue.look, methods=["GET"]),
        Route(f"{MINE}/courses/{{course}}/previews/{{noun}}", queue.preview, methods=["POST"]),
        Route(f"{MINE}/courses/{{course}}/{{noun}}", courses.act, methods=["POST"]),
        *of_the_clinic(),
        WebSocketRoute("/live/as/{login}/s/{session}", live),
        *(for_demo if with_demo else ()),
        Mount("/static", pages.FILES),
        Route("/e/{token}", enrol.show, methods=["GET"]),
        Route("/{purpose}/{token}", links.show, methods=["GET"]),
        Route("/{purpose}/{token}", links.enter, methods=["POST"]),
    ]
