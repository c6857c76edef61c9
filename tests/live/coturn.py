"""Debian's coturn as docker-compose.yml starts it, for tests: over UDP, TCP and TLS, leading to one address."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from telekap import tls

SECRET = "shared by web and relay"


@dataclass(frozen=True)
class Coturn:
    """A running relay."""

    host: str
    port: int
    tls_port: int

    def urls(self, *kinds: str) -> str:
        """Its addresses as ``TELEKAP_TURN_URLS`` takes them: all, or of these kinds."""
        of = {
            "udp": f"turn:{self.host}:{self.port}",
            "tcp": f"turn:{self.host}:{self.port}?transport=tcp",
            "tls": f"turns:{self.host}:{self.tls_port}?transport=tcp",
        }
        return ",".join(of[kind] for kind in kinds or of)


def free_port(host: str) -> int:
    """A TCP port nobody has."""
    with socket.socket() as trial:
        trial.bind((host, 0))
        return int(trial.getsockname()[1])


@contextmanager
def coturn(folder: Path, host: str = "127.0.0.1", leads_to: str = "") -> Iterator[Coturn]:
    """A relay on ``host`` that leads to ``leads_to`` (default: the same) and to nothing else."""
    found = shutil.which("turnserver")
    assert found, "this test needs coturn (Debian: apt install coturn)"
    one = Coturn(host, free_port(host), free_port(host))
    files = tls.Files(folder / "relay.pem", folder / "relay.key", folder / "authority.pem")
    tls.make(files, (host,), datetime.now(UTC))
    command = [found, "-n", "--no-cli", "--fingerprint", "--use-auth-secret"]
    command += [f"--static-auth-secret={SECRET}", "--realm=telekap", f"--listening-ip={host}", f"--relay-ip={host}"]
    command += [f"--listening-port={one.port}", f"--tls-listening-port={one.tls_port}", "--no-dtls"]
    command += [f"--cert={files.chain}", f"--pkey={files.key}"]
    command += ["--allow-loopback-peers", f"--pidfile={folder}/pid", "--log-file=stdout", f"--userdb={folder}/db"]
    command += ["--denied-peer-ip=0.0.0.0-255.255.255.255", f"--allowed-peer-ip={leads_to or host}"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for port in (one.port, one.tls_port):
            _wait(process, host, port)
        yield one
    finally:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], host: str, port: int) -> None:
    end = time.monotonic() + 20
    while True:
        with socket.socket() as trial:
            if trial.connect_ex((host, port)) == 0:
                return
        assert time.monotonic() < end and process.poll() is None, "coturn does not start"
        time.sleep(0.05)
