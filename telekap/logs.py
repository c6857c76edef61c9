"""Logs: JSON lines on stderr. Ids and states only; names, answers, free text and tokens never (docs/safety.md)."""

import logging
import sys

import structlog


def configure(level: str) -> None:
    """Set up logging of this process once. ``level``: debug | info | warning | error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
