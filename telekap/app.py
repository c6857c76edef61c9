"""The only assembly: settings → record → handler → watch → media link → hub → pages. Everything meets here alone."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Lifespan
from starlette.websockets import WebSocket

from telekap import interpreter
from telekap.care.protocol import Protocol
from telekap.clock import Clock
from telekap.demo.clinic import DemoClinic
from telekap.demo.protocol import demo_protocol
from telekap.handler import Handler
from telekap.live import wire
from telekap.live.bus import Bus, LocalBus
from telekap.live.hub import URGENT, Hub
from telekap.live.presence import Presence
from telekap.live.screen import Scene
from telekap.live.seats import Seats
from telekap.live.socket import Sockets
from telekap.live.watcher import Watcher
from telekap.record.crypto import Keys
from telekap.record.errors import CannotOpen
from telekap.record.outbox import OutboxRow
from telekap.record.store import Store, open_record
from telekap.refusals import CannotStart
from telekap.settings import Settings, read_protocol
from telekap.tls import prepare
from telekap.watch.outside import Mail, Outside, mailer
from telekap.watch.watch import Watch
from telekap.web.desk import Desk
from telekap.web.errors import HANDLERS
from telekap.web.guard import Guard
from telekap.web.routes import routes
from telekap.web.viewer import ID_LIMIT, ended, may_listen, shut, viewer

MESSAGE_LIMIT: Final = 65_536
"""Bytes of one message from a page; all it says is hello."""
STOP_WITHIN: Final = 5
"""Seconds a request may still take after SIGTERM. The supervisor kills after 6 (``supervisor.PATIENCE``)."""

log = structlog.get_logger(__name__)


class Telekap(Starlette):
    """Starlette with the guard around everything, error pages and crashes included."""

    public_url: str = ""
    lasting: bool = True
    """False for a certificate made here: a browser told to insist on it could not go on when it changes."""

    def build_middleware_stack(self) -> ASGIApp:
        """See ``Starlette``."""
        return Guard(super().build_middleware_stack(), self.public_url, lasting=self.lasting)


@dataclass(frozen=True, slots=True)
class House:
    """Everything one web process is made of."""

    settings: Settings
    store: Store
    clock: Clock
    handler: Handler
    hub: Hub
    seats: Seats
    watch: Watch
    bus: Bus
    demo: DemoClinic | None


def protocol_of(settings: Settings) -> Protocol:
    """The clinic's own file, else the shipped one; a demo's jurisdiction is invented like everything else in it."""
    if settings.demo and settings.protocol is None:
        return demo_protocol()
    return read_protocol(settings.protocol)


def bus_of(settings: Settings) -> Bus:
    """Within this process, or through the Redis or Valkey that its siblings on other machines use too."""
    url = settings.bus.get_secret_value()
    if not url:
        return LocalBus()
    from telekap.live.redis_bus import RedisBus

    return RedisBus(url)


def anchor_mail(settings: Settings) -> Mail | None:
    """How anchors are mailed, if somebody is to get them."""
    server = settings.mail_server.get_secret_value()
    return mailer(server, settings.mail_from, settings.anchor_mail_to) if server and settings.anchor_mail_to else None


def build(settings: Settings, clock: Clock | None = None, protocol: Protocol | None = None) -> tuple[House, Telekap]:
    """Open the record and put the house together; nothing runs yet. Raises ``CannotOpen``."""
    keys = Keys.load(settings.master_key)
    store = open_record(settings.record, keys)
    clock = clock or Clock(store.machine, settings.speed if settings.demo else 1.0, settings.clinic_zone)
    bus = bus_of(settings)
    handler = Handler(
        store,
        clock,
        protocol or protocol_of(settings),
        keys,
        on_commit=lambda kind, id_, version: bus.publish(f"{kind}:{id_}", version),
    )

    async def load(session_id: str) -> Scene:
        session, world = await handler.session(session_id)
        return Scene(session, world, clock.now(), clock.rate)

    hub = Hub(bus, load, handler.entries, partial(shut, store, clock, settings.idle_minutes))
    seats = Seats(handler, clock, hub, bus, partial(ended, store, clock))
    watch = Watch(handler, store, clock, partial(deliver, hub))
    hub.reached = watch.reached
    demo = DemoClinic(settings, store, handler, clock) if settings.demo else None
    desk = Desk(settings, store, clock, handler, seats, watch.poke, demo, bus)
    house = House(settings, store, clock, handler, hub, seats, watch, bus, demo)
    return house, create_app(desk, hub, lambda _app: life(house))


def create_app(desk: Desk, hub: Hub, lifespan: Lifespan[Telekap] | None = None) -> Telekap:
    """The application around a desk: routes, errors, limits."""

    async def admit(socket: WebSocket, login: str, session_id: str, since: int) -> Watcher:
        who = await viewer(socket, login, locked=True)
        session = await desk.handler.alone(session_id[:ID_LIMIT])
        role = who.place(session)
        await may_listen(desk, who, session)
        return Watcher(session.id, who, since, role=role, urgent=session.state in URGENT)

    app = Telekap(
        routes=routes(Sockets(hub, admit).endpoint, desk.demo is not None),
        exception_handlers=HANDLERS,
        lifespan=lifespan,
    )
    app.public_url = desk.settings.public_url
    app.lasting = not desk.settings.https
    app.state.desk = desk
    return app


def deliver(hub: Hub, row: OutboxRow) -> bool:
    """The screen channel of the outbox: taken if any live page of that person took it. Taken is not heard."""
    return hub.notify(row.person, wire.notice(str(row.id), row.kind, row.subject, row.text))


@contextlib.asynccontextmanager
async def life(house: House) -> AsyncIterator[None]:
    """From the first moment to the last, in this order and no other.

    The record was migrated when it was opened. Then: forget what only a live server knew, let the watch finish a whole
    cycle (everything overdue is out), and only then answer the first request (docs/sources.md, Alarms; L8).
    """
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(house.store.close)
        await house.handler.resume(rooms=bool(house.settings.media_workers))
        tasks = Tasks()
        stack.push_async_callback(tasks.stop)
        stack.push_async_callback(house.seats.close)
        stack.push_async_callback(house.hub.close)
        if house.demo is not None:
            await house.demo.open()
            tasks.start(house.demo.keep())
        tasks.start(house.bus.run())
        for path in house.settings.media_sockets:
            tasks.start(house.seats.link(str(path)).run())
        tasks.start(house.seats.run())
        tasks.start(Presence(house.hub, house.bus, house.handler).run())
        outside = Outside(house.store, house.settings.anchors_file, anchor_mail(house.settings))
        if await outside.behind():
            await house.handler.mark_put_back("behind")
        tasks.start(outside.run())
        await house.watch.cycle()
        tasks.start(house.watch.run())
        log.info("ready", engine=house.store.engine.version)
        yield
        log.info("stopping")


class Tasks:
    """What runs beside the requests. A task that ends by itself ends the process: the supervisor starts it whole."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run until stopped."""
        task = asyncio.create_task(work)
        task.add_done_callback(self._ended)
        self._tasks.append(task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if self._stopping or task.cancelled():
            return
        error = task.exception()
        # Half a house (no watch, no demo) must not look like a whole one.
        log.critical("part_ended", error=type(error).__name__ if error else "none")
        signal.raise_signal(signal.SIGTERM)

    async def stop(self) -> None:
        """Cancel everything and wait for it."""
        self._stopping = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def run_web(settings: Settings) -> int:
    """Serve until SIGTERM; returns the exit code. Raises ``CannotStart`` if the record cannot be opened."""
    try:
        _, app = build(settings)
    except CannotOpen as problem:
        raise CannotStart(problem.sentence) from problem
    interpreter.settle()
    uvicorn.run(app, **options(settings), **secured(settings))
    return 0


def secured(settings: Settings) -> dict[str, Any]:
    """The certificate, if we speak HTTPS ourselves. Raises ``CannotStart``."""
    files = prepare(settings)
    return {} if files is None else {"ssl_certfile": str(files.chain), "ssl_keyfile": str(files.key)}


def options(settings: Settings) -> dict[str, Any]:
    """How uvicorn serves us."""
    return {
        "host": settings.host,
        "port": settings.port,
        "loop": "uvloop",
        "http": "httptools",
        "ws": "websockets-sansio",
        "ws_max_size": MESSAGE_LIMIT,
        "ws_ping_interval": 10.0,
        "ws_ping_timeout": 10.0,  # a page that reads nothing is gone after 20 s; it shows nothing live after 10
        "timeout_graceful_shutdown": STOP_WITHIN,
        "server_header": False,
        "access_log": False,  # addresses hold the tokens of links
        "log_config": None,
    }
