"""Chores of two administrators from the command line while the clinic runs: both sign in, one asks, the other confirms.

It goes through the same doors as a page does. The record of a running clinic is nobody's but the clinic's own process.
"""

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import typer

from telekap.record.errors import CannotOpen
from telekap.refusals import CannotStart
from telekap.settings import Settings
from telekap.tls import files_of

DONE: Final = {
    "erase": ("It is gone, also from the running clinic. Copy the key file to escrow again.",),
    "recheck": ("Noted. The watch gate opens; clearances stay suspended until reinstated.",),
}
WITHIN: Final = 15.0
"""Seconds for one answer."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody types to sign in."""

    handle: str
    password: str
    code: str


@dataclass(frozen=True, slots=True)
class _SignedIn:
    """``api``: the address under which they ask."""

    clinic: "_Clinic"
    api: str
    cookie: str

    def ask(self, noun: str, body: dict[str, Any] | None = None) -> Any:
        return self.clinic.ask(f"{self.api}/{noun}", body, self.cookie)[0]


class _Clinic:
    """The running web of this installation."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.local_url
        self._origin = settings.public_url or settings.local_url
        files = files_of(settings)
        context = ssl.create_default_context()
        if files is not None:
            # As the witness does (``witness.py``): that very certificate, by whatever name it is asked.
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.load_verify_locations(files.trust)
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        self._open = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )

    def ask(self, path: str, body: dict[str, Any] | None = None, cookie: str = "") -> tuple[Any, str]:
        """(answer, cookies that were set). Raises ``CannotStart`` (what the clinic says), ``OSError`` (it is away)."""
        headers = {"Origin": self._origin, "Content-Type": "application/json", "Cookie": cookie}
        asked = urllib.request.Request(
            self._url + path, None if body is None else json.dumps(body).encode(), headers=headers
        )
        try:
            with self._open.open(asked, timeout=WITHIN) as reply:
                content = reply.read()
                set_ = [one.partition(";")[0] for one in reply.headers.get_all("Set-Cookie") or ()]
                return (json.loads(content) if content else None), "; ".join(set_)
        except urllib.error.HTTPError as refused:
            raise CannotStart(*_sentences(refused)) from None

    def sign_in(self, proof: Proof) -> _SignedIn:
        body = {"handle": proof.handle, "password": proof.password, "code": proof.code}
        told, cookie = self.ask("/api/v1/sign-in", body)
        return _SignedIn(self, f"/api/v1{told['next'].rstrip('/')}", cookie)


def two_people(by: Sequence[str]) -> tuple[str, str]:
    """Their names. Raises ``CannotOpen`` unless they are two."""
    if len(by) != 2 or len({name.strip().casefold() for name in by}) < 2 or not all(name.strip() for name in by):
        raise CannotOpen("Two different people do this: --by ONE --by OTHER.")
    return by[0], by[1]


def in_running(settings: Settings, kind: str, subject: str, handles: Sequence[str]) -> tuple[str, ...]:
    """Do it in the running clinic, both at this keyboard; what to say then. Empty if none runs, and nothing was done.

    Raises ``CannotStart`` with what the clinic says, ``CannotOpen`` unless they are two.
    """
    two = two_people(handles)
    if not runs(settings):
        return ()

    def prove(handle: str) -> Proof:
        password = typer.prompt(f"Password of {handle}", hide_input=True)
        return Proof(handle, password, typer.prompt(f"Code of {handle}"))

    do(settings, kind, subject, two, prove)
    return DONE[kind]


def runs(settings: Settings) -> bool:
    """Is the web of this installation there?"""
    try:
        _Clinic(settings).ask("/healthz")
    except (OSError, CannotStart):
        return False
    return True


def do(settings: Settings, kind: str, subject: str, handles: tuple[str, str], prove: Callable[[str], Proof]) -> None:
    """Both sign in (``prove``: handle → what they type), one asks, the other confirms.

    Raises ``CannotStart`` with what the clinic says about it.
    """
    clinic = _Clinic(settings)
    with _signed_in(clinic, prove(handles[0])) as one:
        one.ask("team/chores", {"kind": kind} | ({"subject": subject} if subject else {}))
    with _signed_in(clinic, prove(handles[1])) as other:
        waiting = other.ask("team/chores")["chores"]
        chore = next(line["chore"] for line in waiting if (line["kind"], line["subject"]) == (kind, subject))
        other.ask("team/chore-confirmations", {"chore": chore})


@contextmanager
def _signed_in(clinic: _Clinic, proof: Proof) -> Iterator[_SignedIn]:
    """No login is left behind."""
    who = clinic.sign_in(proof)
    try:
        yield who
    finally:
        who.ask("sign-out", {})


def _sentences(refused: urllib.error.HTTPError) -> tuple[str, ...]:
    if refused.code == HTTPStatus.UNAUTHORIZED:
        return ("Handle, password or code is not right. Nothing was done.",)
    if refused.code == HTTPStatus.NOT_FOUND:
        return ("Only administrators do this, and two of them.",)
    try:
        told = json.loads(refused.read())
        return tuple(one["sentence"] for one in told["reasons"]) or (told["error"],)
    except (ValueError, KeyError, TypeError):
        return (f"The clinic refused it ({refused.code}).",)
