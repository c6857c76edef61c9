"""What every endpoint may use, put together once by ``app.build`` and carried by the application."""

from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.requests import HTTPConnection

from telekap.clock import Clock
from telekap.demo.clinic import DemoClinic
from telekap.handler import Handler
from telekap.live.bus import Bus, LocalBus
from telekap.live.seats import Seats
from telekap.record.health import Health
from telekap.record.store import Store
from telekap.settings import Settings


@dataclass(frozen=True, slots=True)
class Desk:
    """``wake``: let the watch look at once (the demo moved the clock). ``demo``: None in a real clinic."""

    settings: Settings
    store: Store
    clock: Clock
    handler: Handler
    seats: Seats
    wake: Callable[[], object]
    demo: DemoClinic | None = None
    bus: Bus = field(default_factory=LocalBus)

    @property
    def health(self) -> Health:
        """When the watch last finished and a witness last asked."""
        return self.handler.health


def desk_of(connection: HTTPConnection) -> Desk:
    """The desk of the application that serves this request."""
    desk = connection.app.state.desk
    assert isinstance(desk, Desk)
    return desk
