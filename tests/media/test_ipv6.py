"""A worker on IPv6: the answer names its address, and a check over IPv6 proves a seat's."""

import asyncio
import socket
from pathlib import Path

from aioice import stun

from tests.media import probe
from tests.media.house import Web, Worker


async def test_a_check_over_ipv6_is_answered_with_the_address_it_came_from(tmp_path: Path) -> None:
    worker = Worker(tmp_path, udp="[::1]:0")
    await worker.start()
    web = Web(worker.socket)
    await web.start()
    answer = str((await web.link.join("room", "client", probe.offer()))["answer"])
    host, port = probe.attribute(answer, "candidate").split()[4:6]
    assert host == "::1" and "c=IN IP6 ::1" in answer

    request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
    request.attributes["USERNAME"] = probe.attribute(answer, "ice-ufrag") + ":probe"
    request.attributes["USE-CANDIDATE"] = None
    request.add_message_integrity(probe.attribute(answer, "ice-pwd").encode())
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as ours:
        ours.setblocking(False)
        ours.bind(("::1", 0))
        loop = asyncio.get_running_loop()
        await loop.sock_sendto(ours, bytes(request), (host, int(port)))
        reply = stun.parse_message(await asyncio.wait_for(loop.sock_recv(ours, 2048), 10))
        assert reply.message_class == stun.Class.RESPONSE
        assert reply.attributes["XOR-MAPPED-ADDRESS"] == ours.getsockname()[:2]
    await web.end()
    assert await worker.end() == 0
