"""One table: what went wrong → what the browser is told. Whatever is not in it is 500, logged, shown as nothing."""

from dataclasses import asdict
from html import escape
from typing import Final

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ExceptionHandler

from telekap.care.errors import Malformed, NotFound, Refused, TelekapError
from telekap.record.errors import Held, RecordAway, RecordBroken, RecordFull

log = structlog.get_logger(__name__)


class LoginEnded(TelekapError):
    """No login, or one that was revoked or ran out. The same answer for a login that never was."""

    close_code = 4401


class Locked(TelekapError):
    """Nobody moved at this browser for a while: records are shut until its owner proves to be there."""

    close_code = 4423


class LinkEnded(TelekapError):
    """A link that was one, and what became of it. Told to who holds it; it names nobody. ``why``: see ``ENDED``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


ENDED: Final = {
    "used": "This invitation has been used: a way to sign in was chosen with it.",
    "withdrawn": "This invitation was withdrawn. Perhaps a newer one was sent.",
    "over": "This invitation has run out. It was good for three days.",
}
"""What became of a link that enrols."""


class WrongCredentials(TelekapError):
    """Handle, password or code: never said which."""


class TooMany(TelekapError):
    """Asked too often; ``wait``: seconds until it may be asked again."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"{wait} s")
        self.wait = wait


STATUS: Final[dict[type[TelekapError], tuple[int, str, str]]] = {
    Refused: (409, "refused", "That is not possible now."),
    Malformed: (422, "malformed", "That could not be understood."),
    NotFound: (404, "not_found", "There is nothing here, or nothing you may see."),
    LinkEnded: (410, "link_ended", "This invitation has ended."),
    LoginEnded: (401, "login_ended", "This login has ended. Open your link again, or sign in."),
    Locked: (423, "locked", "Nobody was at this screen for a while. Prove that it is you, and go on."),
    WrongCredentials: (401, "wrong", "That does not match."),
    Held: (
        503,
        "held",
        "This is not recorded yet: the record cannot be written. It is kept and will be recorded as soon as possible. "
        "Write it down on paper, and go on.",
    ),
    RecordFull: (503, "full", "Not recorded: the server’s disk is full. Nothing was changed."),
    RecordAway: (503, "away", "Not known to be recorded: the database does not answer. Press again."),
    RecordBroken: (503, "broken", "Not recorded: the record cannot be written. Press again."),
    TooMany: (429, "too_many", "Too many tries. Wait a little."),
}
"""Error → (status, word for programs, sentence for people)."""

PLAIN: Final[dict[int, tuple[str, str]]] = {
    403: ("foreign_origin", "This came from another site and was not taken."),
    404: ("not_found", "There is nothing here, or nothing you may see."),
    405: ("not_found", "There is nothing here, or nothing you may see."),
    413: ("too_large", "That is too large."),
    500: ("unknown", "Something went wrong here. It was noted. Nothing was changed."),
}
"""Status → (word, sentence) for what never reached a rule."""


STYLES: Final = "".join(
    f'<link rel="stylesheet" href="/static/css/{name}.css">' for name in ("tokens", "base", "client")
)
WAYS: Final = (
    '<div class="acts"><a class="btn client" href="/lost">I lost my link</a>'
    '<a class="btn client" href="/sign-in">Staff sign in here</a></div>'
)
"""Where somebody without a way in goes on: who they are is not known."""
ASTRAY: Final = frozenset({401, 404})
DANGER: Final = '<a class="danger" href="tel:911"><span>In danger? <b>Call 911</b> first.</span></a>'


def wants_page(path: str) -> bool:
    """True for addresses that people open, false for those that programs ask."""
    return not path.startswith(("/api/", "/live/", "/healthz", "/readyz"))


def answer(path: str, status: int, body: dict[str, object], sentence: str, headers: dict[str, str]) -> Response:
    """The error as the asker can read it: JSON for a program, one sentence on a page for a person."""
    if not wants_page(path):
        return JSONResponse(body, status, headers)
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>telekap</title>{STYLES}'
        f'<main class="page"><div class="stack"><h1 class="lead">{escape(sentence)}</h1>'
        f'{WAYS if status in ASTRAY else ""}</div><div class="foot">{DANGER}</div></main>'
    )
    return HTMLResponse(page, status, headers)


def plain(path: str, status: int) -> Response:
    """The answer to what never reached a rule."""
    word, sentence = PLAIN.get(status, PLAIN[500])
    return answer(path, status, {"error": word}, sentence, {"Cache-Control": "no-store"})


async def known(request: Request, error: Exception) -> Response:
    """An error of our own family."""
    kind = next(kind for kind in type(error).__mro__ if kind in STATUS)
    status, word, sentence = STATUS[kind]
    body: dict[str, object] = {"error": word}
    headers = {"Cache-Control": "no-store"}
    if isinstance(error, Refused):
        body["reasons"] = [asdict(reason) for reason in error.reasons]
        sentence = " ".join(reason.sentence for reason in error.reasons) or sentence
    elif isinstance(error, Malformed):
        sentence = error.sentence
        body |= {"sentence": sentence, "field": error.field}
    elif isinstance(error, LinkEnded):
        sentence = ENDED[error.why]
        body |= {"error": f"link_{error.why}", "sentence": sentence}
    elif isinstance(error, RecordBroken):
        body["sentence"] = sentence
        headers["Retry-After"] = "2"
    elif isinstance(error, TooMany):
        headers["Retry-After"] = str(error.wait)
    if status != 404:
        log.info("refused_at_the_edge", noun=request.path_params.get("noun", ""), status=status, error=word)
    return answer(request.url.path, status, body, sentence, headers)


async def from_http(request: Request, error: Exception) -> Response:
    """An error of the HTTP machinery: no such route, wrong method, body too large."""
    assert isinstance(error, HTTPException)
    return plain(request.url.path, 404 if error.status_code == 405 else error.status_code)


async def unknown(request: Request, error: Exception) -> Response:
    """A defect of ours. The guard logs it; the browser learns nothing of it."""
    return plain(request.url.path, 500)


HANDLERS: Final[dict[type[Exception], ExceptionHandler]] = {
    **dict.fromkeys(STATUS, known),
    HTTPException: from_http,
    Exception: unknown,
}
"""For Starlette: class → handler."""
