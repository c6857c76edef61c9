"""The peer that decodes: rooms of two on aiortc's own RTCPeerConnection and MediaRelay, spoken to in JSON lines.

`{"seat": "a", "offer": sdp}` is answered by `{"answer": sdp}`; what one seat sends, the other gets.
"""

import asyncio
import json
import sys
from typing import Any

import aioice.ice
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaRelay

aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]


async def main() -> None:
    relay = MediaRelay()
    seats: dict[str, Any] = {}
    tracks: dict[tuple[str, str], Any] = {}

    def feed(seat: str, track: Any) -> None:
        for sender in seats[seat].getSenders():
            if sender.kind == track.kind:
                sender.replaceTrack(relay.subscribe(track, buffered=False))

    reader = asyncio.StreamReader(limit=1 << 20)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        asked = json.loads(line)
        seat = asked["seat"]
        seats[seat] = RTCPeerConnection(RTCConfiguration(iceServers=[]))

        def on_track(track: Any, seat: str = seat) -> None:
            tracks[seat, track.kind] = track
            for other in seats:
                if other != seat:
                    feed(other, track)

        seats[seat].on("track", on_track)
        await seats[seat].setRemoteDescription(RTCSessionDescription(asked["offer"], "offer"))
        for transceiver in seats[seat].getTransceivers():
            transceiver.direction = "sendrecv"
        for (other, _), track in list(tracks.items()):
            if other != seat:
                feed(seat, track)
        await seats[seat].setLocalDescription(await seats[seat].createAnswer())
        sys.stdout.write(json.dumps({"answer": seats[seat].localDescription.sdp}) + "\n")
        sys.stdout.flush()
    for one in seats.values():
        await one.close()


if __name__ == "__main__":
    asyncio.run(main())
