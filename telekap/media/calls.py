"""Calls from web to a media worker: JSON in, JSON out, checked before they reach a room.

`{"id": 7, "call": "join", "room": …, "seat": …, "offer": …}` is answered by
`{"id": 7, "ok": {…}}` or `{"id": 7, "error": {"reason": "full", "sentence": …}}`.
"""

import json
from collections.abc import Callable
from typing import Any

from telekap.media.errors import BadCall, MediaError
from telekap.media.house import House

MAX_MESSAGE = 128 * 1024
"""Bytes of one message: an offer of 64 K characters, quoted."""


def _join(house: House, call: dict[str, Any], now: float) -> dict[str, object]:
    page = _text(call, "page") if "page" in call else ""
    return house.join(_text(call, "room"), _text(call, "seat"), _text(call, "offer"), now, page)


def _leave(house: House, call: dict[str, Any], now: float) -> dict[str, object]:
    return house.leave(_text(call, "room"), _text(call, "seat"), now)


def _unbind(house: House, call: dict[str, Any], now: float) -> dict[str, object]:
    return house.unbind(_text(call, "room"), _text(call, "seat"), now)


def _stats(house: House, call: dict[str, Any], now: float) -> dict[str, object]:
    return house.stats()


CALLS: dict[str, Callable[[House, dict[str, Any], float], dict[str, object]]] = {
    "join": _join,
    "leave": _leave,
    "unbind": _unbind,
    "stats": _stats,
}


def read(text: str | bytes) -> dict[str, Any]:
    """One message as an object. Raises BadCall."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadCall("not JSON") from error
    if not isinstance(message, dict):
        raise BadCall("not an object")
    return message


def answer(house: House, call: dict[str, Any], now: float) -> dict[str, object]:
    """Do one call. Never raises: whatever goes wrong is a reply with a reason."""
    number = call.get("id")
    try:
        if not isinstance(number, int):
            raise BadCall("a call has a number")
        do = CALLS.get(str(call.get("call")))
        if do is None:
            raise BadCall("no such call")
        return {"id": number, "ok": do(house, call, now)}
    except MediaError as error:
        return {"id": number, "error": {"reason": error.reason, "sentence": str(error)}}
    except Exception as error:
        # A fault of ours in one join must not end the pictures of every other room.
        return {"id": number, "error": {"reason": "fault", "sentence": type(error).__name__}}


def _text(call: dict[str, Any], name: str) -> str:
    value = call.get(name)
    if not isinstance(value, str):
        raise BadCall(f"{name} is a text")
    return value
