"""A real coturn believes our credentials, for no longer than they say; it leads to a worker and nowhere else."""

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from aioice import stun, turn
from aioice.stun import TransactionFailed

from telekap.live.relays import LIFETIME, ice_servers
from tests.media import probe
from tests.media.house import Web, Worker

SECRET = "shared by web and relay"


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Debian's coturn as docker-compose.yml starts it, on loopback; its port."""
    found = shutil.which("turnserver")
    assert found, "this test needs coturn (Debian: apt install coturn)"
    folder, port = tmp_path_factory.mktemp("relay"), free_port()
    command = [found, "-n", "--no-cli", "--no-tls", "--no-dtls", "--fingerprint", "--use-auth-secret"]
    command += [f"--static-auth-secret={SECRET}", "--realm=telekap", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1"]
    command += [f"--listening-port={port}", "--allow-loopback-peers", f"--pidfile={folder}/pid", "--log-file=stdout"]
    command += ["--denied-peer-ip=0.0.0.0-255.255.255.255", "--allowed-peer-ip=127.0.0.1", f"--userdb={folder}/db"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 20
    while True:
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                break
        assert time.monotonic() < end and process.poll() is None, "coturn does not start"
        time.sleep(0.05)
    yield port
    process.kill()
    process.wait()


class Far(asyncio.DatagramProtocol):
    """The browser's end of an allocation."""

    def __init__(self) -> None:
        self.came: asyncio.Queue[bytes] = asyncio.Queue()
        self.errors: asyncio.Queue[Exception] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.came.put_nowait(data)

    def error_received(self, exc: Exception) -> None:
        self.errors.put_nowait(exc)


async def allocate(port: int, wall: float, secret: str = SECRET, by: str = "udp") -> tuple[Any, Far]:
    """A relayed address with credentials made at ``wall``."""
    (server,) = ice_servers((f"turn:127.0.0.1:{port}?transport={by}",), secret, int(wall))
    name, password = server["username"], server["credential"]
    return await turn.create_turn_endpoint(Far, ("127.0.0.1", port), name, password, transport=by)


@pytest.fixture
async def worker(tmp_path: Path) -> AsyncIterator[Worker]:
    one = Worker(tmp_path)
    await one.start()
    yield one
    await one.end()


@pytest.mark.parametrize("by", ["udp", "tcp"])
async def test_through_the_relay_a_check_reaches_the_worker_and_is_answered(
    relay: int, worker: Worker, by: str
) -> None:
    web = Web(worker.socket)
    await web.start()
    seat = await probe.Probe.offered(web.link, "room", "client")
    transport, far = await allocate(relay, time.time(), by=by)
    request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
    request.attributes["USERNAME"] = probe.attribute(seat.answer, "ice-ufrag") + ":probe"
    request.attributes["USE-CANDIDATE"] = None
    request.add_message_integrity(probe.attribute(seat.answer, "ice-pwd").encode())
    transport.sendto(bytes(request), seat.server)
    answer = stun.parse_message(await asyncio.wait_for(far.came.get(), 10))
    assert answer.message_class == stun.Class.RESPONSE and answer.transaction_id == request.transaction_id
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == transport.get_extra_info("sockname")
    transport.close()
    await seat.close()
    await web.end()


async def test_an_expired_name_and_a_foreign_secret_are_refused(relay: int) -> None:
    for wall, secret in ((time.time() - LIFETIME - 5, SECRET), (time.time(), "another secret")):
        with pytest.raises(TransactionFailed):
            await allocate(relay, wall, secret)


async def test_nothing_but_the_media_address_can_be_reached(relay: int) -> None:
    transport, far = await allocate(relay, time.time())
    transport.sendto(b"hello", ("192.0.2.99", 53))
    error = await asyncio.wait_for(far.errors.get(), 10)
    assert isinstance(error, TransactionFailed) and error.response.attributes["ERROR-CODE"][0] == 403
    transport.close()


def test_without_a_relay_there_are_no_servers_and_names_name_nobody() -> None:
    assert ice_servers((), SECRET, 0) == ice_servers(("turn:x",), "", 0) == []
    one, other = (ice_servers(("turn:x",), SECRET, 1000)[0]["username"] for _ in range(2))
    assert one != other and one.startswith(f"{1000 + LIFETIME}:")
