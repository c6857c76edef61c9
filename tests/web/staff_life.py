"""Signing in and administering as a person does, for the tests of the doors."""

from typing import Any
from urllib.parse import urlsplit

import httpx2
import pyotp

from telekap.care.people import Role
from telekap.demo.cast import PASSWORD
from tests.web.serving import Serving, unused_code

ADMINISTRATOR = Role.DISPATCHER
"""Kim coordinates the demo clinic and administers it."""
NEW_PASSWORD = "correct horse battery"

LEE = {
    "handle": "lee",
    "name": "Lee Novak",
    "phone": "+15550144",
    "zone": "America/Los_Angeles",
    "roles": ["therapist", "standin"],
    "licensed": ["CA:2029-12-31"],
}


async def administer(clinic: Serving, noun: str, body: Any = None, role: Role = ADMINISTRATOR) -> httpx2.Response:
    """Press a button of the team page as ``role``, a code of this moment proved."""
    return await clinic.browser.post(f"{await clinic.api(role)}/team/{noun}", json=body or {})


async def invite(clinic: Serving, **changes: Any) -> tuple[str, str]:
    """Kim invites Lee: (person, token of the enrolment link)."""
    await clinic.confirm(ADMINISTRATOR)
    reply = await administer(clinic, "invitations", LEE | changes)
    assert reply.status_code == 200, reply.text
    told = reply.json()
    return told["person"], token_of(told["link"])


def token_of(link: str) -> str:
    """The token of a link's address."""
    where = urlsplit(link).path
    assert where.startswith("/e/"), link
    return where.removeprefix("/e/")


async def enrol(clinic: Serving, browser: httpx2.AsyncClient, token: str, password: str = NEW_PASSWORD) -> Any:
    """Enrol with a code app: the reply's body, and the secret in it."""
    told = (await browser.get(f"/api/v1/enrolments/{token}")).json()
    code = pyotp.TOTP(told["secret"]).at(clinic.house.clock.wall() // 1000)
    reply = await browser.post(f"/api/v1/enrolments/{token}", json={"password": password, "code": code})
    assert reply.status_code == 200, reply.text
    return reply.json() | {"secret": told["secret"]}


async def sign_in(browser: httpx2.AsyncClient, handle: str, password: str, code: str) -> httpx2.Response:
    """The staff door."""
    return await browser.post("/api/v1/sign-in", json={"handle": handle, "password": password, "code": code})


async def sign_in_as(clinic: Serving, browser: httpx2.AsyncClient, role: Role) -> str:
    """One of the demo's staff through the staff door; the address they may ask under."""
    code = await unused_code(clinic.house, await clinic.person(role))
    handle = {Role.THERAPIST: "ana", Role.STANDIN: "jo", Role.PRESCRIBER: "ada", Role.DISPATCHER: "kim"}[role]
    reply = await sign_in(browser, handle, PASSWORD, code)
    assert reply.status_code == 200, reply.text
    return f"/api/v1{reply.json()['next'].rstrip('/')}"
