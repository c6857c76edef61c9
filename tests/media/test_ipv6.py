"""A worker on IPv6, alone or beside IPv4: the answer names its addresses, and a check over either proves a seat's."""

import asyncio
import socket
from pathlib import Path

import pytest
from aioice import stun

from tests.media import probe
from tests.media.house import Web, Worker


@pytest.mark.parametrize("at", [0, 1], ids=["IPv4", "IPv6"])
async def test_one_worker_is_announced_on_both_and_answers_on_both(tmp_path: Path, at: int) -> None:
    worker = Worker(tmp_path, "--announce", "127.0.0.1", "--announce", "::1", udp="[::]:0")
    await worker.start()
    web = Web(worker.socket)
    await web.start()
    answer = str((await web.link.join("room", "client", probe.offer()))["answer"])
    candidates = [line.split() for line in answer.splitlines() if line.startswith("a=candidate")][:2]
    assert [words[4] for words in candidates] == ["127.0.0.1", "::1"]
    assert int(candidates[0][3]) > int(candidates[1][3]), "the first is the best"
    host, port = candidates[at][4], int(candidates[at][5])
    assert await checked(answer, host, port)
    await web.end()
    assert await worker.end() == 0


async def checked(answer: str, host: str, port: int) -> bool:
    """A signed check from loopback of the same kind; true when the answer names the address it came from."""
    request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
    request.attributes["USERNAME"] = probe.attribute(answer, "ice-ufrag") + ":probe"
    request.attributes["USE-CANDIDATE"] = None
    request.add_message_integrity(probe.attribute(answer, "ice-pwd").encode())
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.setblocking(False)
        ours.bind((host, 0))
        loop = asyncio.get_running_loop()
        await loop.sock_sendto(ours, bytes(request), (host, port))
        reply = stun.parse_message(await asyncio.wait_for(loop.sock_recv(ours, 2048), 10))
        assert reply.message_class == stun.Class.RESPONSE
        return bool(reply.attributes["XOR-MAPPED-ADDRESS"] == ours.getsockname()[:2])


async def test_a_check_over_ipv6_is_answered_with_the_address_it_came_from(tmp_path: Path) -> None:
    worker = Worker(tmp_path, udp="[::1]:0")
    await worker.start()
    web = Web(worker.socket)
    await web.start()
    answer = str((await web.link.join("room", "client", probe.offer()))["answer"])
    host, port = probe.attribute(answer, "candidate").split()[4:6]
    assert host == "::1" and "c=IN IP6 ::1" in answer
    assert await checked(answer, host, int(port))
    await web.end()
    assert await worker.end() == 0
