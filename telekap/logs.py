"""Logs: JSON lines on stderr. Ids and states only; names, answers, free text and tokens never (docs/safety.md).

The message of an exception may quote what somebody typed, a row or an address. So of every exception, ours or a
library's, in a task, a thread or at the very end, only its kind and the places in the code are written.
"""

import json
import logging
import sys
import threading
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import structlog

FRAMES: Final = 8
"""The innermost places in the code that are named."""


def places(trace: TracebackType | None) -> list[str]:
    """Where it happened: ``file:line function``, the innermost last."""
    return [f"{Path(at.filename).name}:{at.lineno} {at.name}" for at in traceback.extract_tb(trace)[-FRAMES:]]


def without_message(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """For structlog: an exception becomes its kind and places."""
    told = event.pop("exc_info", None)
    error = sys.exc_info()[1] if told is True else told[1] if isinstance(told, tuple) else told
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["frames"] = places(error.__traceback__)
    return event


class Sparing(logging.Handler):
    """What libraries log: the first line, and of an exception nothing but its kind and places."""

    def emit(self, record: logging.LogRecord) -> None:
        """See ``logging.Handler``."""
        error = record.exc_info[1] if record.exc_info else None
        # With an exception the words may quote it (asyncio writes repr(exception) into its second line).
        words = str(record.msg) if error is not None else record.getMessage()
        line: dict[str, Any] = {"event": words.partition("\n")[0][:200], "level": record.levelname.lower()}
        line["logger"] = record.name
        if error is not None:
            line |= {"error": type(error).__name__, "frames": places(error.__traceback__)}
        print(json.dumps(line), file=sys.stderr, flush=True)  # noqa: T201 - this is the log


def configure(level: str) -> None:
    """Set up logging of this process once. ``level``: debug | info | warning | error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_message,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[Sparing()], force=True)
    sys.excepthook = _last
    threading.excepthook = lambda told: _last(told.exc_type, told.exc_value, told.exc_traceback)


def _last(kind: type[BaseException], _error: BaseException | None, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    line = {"event": "unhandled", "level": "critical", "error": kind.__name__, "frames": places(trace)}
    print(json.dumps(line), file=sys.stderr, flush=True)  # noqa: T201 - this is the log
