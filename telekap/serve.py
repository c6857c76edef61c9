"""Puts one installation together out of processes: which children, with which commands, on which ports."""

import secrets
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from pydantic import SecretStr

from telekap.refusals import CannotStart, hold_installation, private_folder, reasons_not_to_start
from telekap.settings import Settings
from telekap.supervisor import Child, Supervisor
from telekap.tls import prepare


def run_clinic(
    settings: Settings, each_turn: Callable[[Settings], None] | None = None, logs: Path | None = None
) -> int:
    """Run web, media and witness until told to stop; returns the exit code.

    ``each_turn`` is called with the settings as they came out (ports chosen). ``logs``: folder for the children's
    output, None to share the terminal. Raises ``CannotStart`` with every reason at once, before anything is started.
    """
    if reasons := reasons_not_to_start(settings):
        raise CannotStart(*reasons)
    with hold_installation(settings.data):
        settings = settled(settings)
        prepare(settings)
        for path in settings.media_sockets:
            private_folder(path.parent)
            path.unlink(missing_ok=True)  # of a run that was killed; nobody else can hold this installation
        children = children_of(settings, logs)
        return Supervisor(children, None if each_turn is None else lambda: each_turn(settings)).run()


def settled(settings: Settings) -> Settings:
    """The same settings with everything chosen that must stay the same when a child is started again."""
    chosen: dict[str, object] = {}
    if settings.port == 0:
        chosen["port"] = free_port(settings.host)
    if not settings.witness_key.get_secret_value():
        # Made anew at each start: it only has to be known to the two children.
        chosen["witness_key"] = SecretStr(secrets.token_hex(16))
    return settings.model_copy(update=chosen)


def free_port(host: str) -> int:
    """A TCP port nobody listens on now. Somebody may take it in between; then web says so when it starts."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.bind((host, 0))
        return int(trial.getsockname()[1])


def children_of(settings: Settings, logs: Path | None) -> tuple[Child, ...]:
    """The rows of the installation: media first, so that web finds its workers at once."""
    environment = settings.environment()

    def child(name: str, *command: str) -> Child:
        output = logs / f"{name}.log" if logs is not None else None
        return Child(name, (sys.executable, "-m", *command), environment, output)

    workers = tuple(
        child(f"media-{number}", *media_command(settings, number)) for number in range(settings.media_workers)
    )
    witness = (child("witness", "telekap", "witness"),) if settings.witness else ()
    backup = (child("backup", "telekap", "backup", "--every", "30"),) if settings.backup_to is not None else ()
    return (*workers, child("web", "telekap", "web"), *witness, *backup)


def media_command(settings: Settings, worker: int) -> tuple[str, ...]:
    """Module and arguments of one media worker."""
    port = settings.media_udp_port + worker if settings.media_udp_port else 0
    host = f"[{settings.media_address}]" if ":" in settings.media_address else settings.media_address
    return ("telekap.media", "--socket", str(settings.media_socket(worker)), "--udp", f"{host}:{port}")
