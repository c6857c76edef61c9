"""`python -m telekap.media`: one media worker, started and watched by `telekap serve`."""

import argparse
import asyncio
import contextlib
import gc
import logging
import signal
import sys
from pathlib import Path

import structlog

from telekap.media import addresses
from telekap.media.addresses import Place
from telekap.media.worker import ORPHAN, Worker


def main(arguments: list[str] | None = None) -> int:
    """Run one worker until it is told to stop; exit code 2 with a sentence when it cannot start."""
    options = _parser().parse_args(arguments)
    try:
        place = _place(options.udp, options.announce)
        _configure_logs()
        _settle_memory()
        return asyncio.run(_serve(Path(options.socket), place, options.orphan_after))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"The media worker cannot start on {options.udp}: {error}.\n")
        return 2


def _configure_logs() -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    # What libraries say at their debug level can hold packets and descriptions of sessions.
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)


def _settle_memory() -> None:
    """Look through what was imported once and never again.

    It is 50,000 objects, and Python's search for unreachable ones stopped everybody's pictures for 35 ms each time it
    went through all (measured). What a connection leaves behind is little, and still searched for, less often.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


async def _serve(path: Path, place: Place, orphan_after: float) -> int:
    worker = Worker(path, place, orphan_after=orphan_after)
    running = asyncio.create_task(worker.run())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, running.cancel)
    loop.add_signal_handler(signal.SIGUSR1, worker.drain)
    with contextlib.suppress(asyncio.CancelledError):
        await running
    return 0


def _place(udp: str, announce: list[str]) -> Place:
    host, port = _host_port(udp)
    if not announce:
        return addresses.decide(host, port)
    bound = addresses.decide(host, port).host if host == addresses.AUTO else host
    return Place(bound, port, tuple(_host_port(one, 0) for one in announce))


def _host_port(text: str, default: int | None = None) -> tuple[str, int]:
    """`127.0.0.1:5000`, `[::1]:5000`, `auto:0`; without a port only where there is a default."""
    host, colon, port = text.rpartition(":")
    if default is not None and (not colon or (":" in host and not host.endswith("]"))):
        return text.strip("[]"), default
    if not colon or not port.isdigit() or int(port) > 65535:
        raise ValueError(f"{text!r} is not HOST:PORT")
    return host.strip("[]"), int(port)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m telekap.media", description=__doc__)
    parser.add_argument("--socket", required=True, help="unix socket on which web is served")
    parser.add_argument("--udp", required=True, help="HOST:PORT to bind; HOST may be 'auto', PORT 0 is any free one")
    parser.add_argument("--announce", action="append", default=[], help="HOST[:PORT] told to browsers; repeatable")
    parser.add_argument("--orphan-after", type=float, default=ORPHAN, help="seconds without web until it ends")
    return parser


if __name__ == "__main__":
    sys.exit(main())
