"""Who hears of a commit. A narrow seam: behind it stands this process today, a Redis or Valkey on several machines.

Nothing behind it is needed for correctness: a lost message costs a second, not a fact, because every listener looks
at the record itself, and once a second unasked.
"""

from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)

Listener = Callable[[int], None]
"""Called with the new version, on the loop; it must only note it and return."""


class Bus:
    """Topics in this process. ``session:<id>`` and ``course:<id>`` carry the version just committed."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Listener]] = {}

    def subscribe(self, topic: str, listener: Listener) -> Callable[[], None]:
        """Tell ``listener`` of every message on ``topic`` until the returned function is called."""
        self._listeners.setdefault(topic, set()).add(listener)

        def unsubscribe() -> None:
            listeners = self._listeners.get(topic, set())
            listeners.discard(listener)
            if not listeners:
                self._listeners.pop(topic, None)

        return unsubscribe

    def publish(self, topic: str, version: int) -> None:
        """Tell everyone who listens. The set is copied first: a listener may leave while it is told."""
        for listener in tuple(self._listeners.get(topic, ())):
            try:
                listener(version)
            except Exception as error:
                # A commit is a commit: one broken listener must not undo the reply, nor keep the others from hearing.
                log.error("listener_failed", topic=topic, error=type(error).__name__)
