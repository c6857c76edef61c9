"""A real coturn believes our credentials, for no longer than they say; it leads to a worker and nowhere else."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from aioice import stun, turn
from aioice.stun import TransactionFailed

from telekap.live.relays import LIFETIME, ice_servers
from tests.live.coturn import SECRET, Coturn, coturn
from tests.media import probe
from tests.media.house import Web, Worker


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coturn]:
    """A relay that leads to the worker's address."""
    with coturn(tmp_path_factory.mktemp("relay")) as one:
        yield one


class Far(asyncio.DatagramProtocol):
    """The browser's end of an allocation."""

    def __init__(self) -> None:
        self.came: asyncio.Queue[bytes] = asyncio.Queue()
        self.errors: asyncio.Queue[Exception] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.came.put_nowait(data)

    def error_received(self, exc: Exception) -> None:
        self.errors.put_nowait(exc)


async def allocate(relay: Coturn, wall: float, secret: str = SECRET, by: str = "udp") -> tuple[Any, Far]:
    """A relayed address with credentials made at ``wall``."""
    (server,) = ice_servers((relay.urls(by),), secret, int(wall))
    name, password = server["username"], server["credential"]
    if by != "tls":
        return await turn.create_turn_endpoint(Far, (relay.host, relay.port), name, password, transport=by)
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    where = relay.host, relay.tls_port
    return await turn.create_turn_endpoint(Far, where, name, password, ssl=trusting, transport="tcp")


@pytest.fixture
async def worker(tmp_path: Path) -> AsyncIterator[Worker]:
    one = Worker(tmp_path)
    await one.start()
    yield one
    await one.end()


@pytest.mark.parametrize("by", ["udp", "tcp", "tls"])
async def test_through_the_relay_a_check_reaches_the_worker_and_is_answered(
    relay: Coturn, worker: Worker, by: str
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


async def test_an_expired_name_and_a_foreign_secret_are_refused(relay: Coturn) -> None:
    for wall, secret in ((time.time() - LIFETIME - 5, SECRET), (time.time(), "another secret")):
        with pytest.raises(TransactionFailed):
            await allocate(relay, wall, secret)


async def test_nothing_but_the_media_address_can_be_reached(relay: Coturn) -> None:
    transport, far = await allocate(relay, time.time())
    transport.sendto(b"hello", ("192.0.2.99", 53))
    error = await asyncio.wait_for(far.errors.get(), 10)
    assert isinstance(error, TransactionFailed) and error.response.attributes["ERROR-CODE"][0] == 403
    transport.close()


def test_without_a_relay_there_are_no_servers_and_names_name_nobody() -> None:
    assert ice_servers((), SECRET, 0) == ice_servers(("turn:x",), "", 0) == []
    one, other = (ice_servers(("turn:x",), SECRET, 1000)[0]["username"] for _ in range(2))
    assert one != other and one.startswith(f"{1000 + LIFETIME}:")
