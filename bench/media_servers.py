"""The three forwarding servers of the media benchmark, each a process of its own on one core."""

import array
import asyncio
import json
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import urllib.request
from fractions import Fraction
from pathlib import Path
from typing import Any

import aioice.ice
import aiortc.rtcrtpreceiver
import av
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaPlayer

from bench.media_peer import Peer, offer
from telekap.live.media_link import MediaLink
from telekap.media.addresses import primary_address

ROOT = Path(__file__).parents[1]
SERVER_CPU = 0
JANUS_PARTS = Path("/usr/lib/x86_64-linux-gnu/janus")


PICTURES, SOUNDS, FILM_CYCLES = 120, 200, 75
"""Of one cycle of the film, four seconds; and how often it goes round."""

Recorded = tuple[Any, bytes, int, bool]
"""Stream, packet, time, whether it begins anew."""


def cpu_seconds(pid: int) -> float:
    """CPU time of a process, all threads, to the nanosecond."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            total += int((task / "schedstat").read_text().split()[0])
        except OSError:
            continue
    return total / 1e9


def rss_mb(pid: int) -> float:
    """Memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


async def start(*command: str, **options: Any) -> asyncio.subprocess.Process:
    """A process on the servers' core."""
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, limit=1 << 20, **options)
    os.sched_setaffinity(process.pid, {SERVER_CPU})
    return process


class Telekap:
    """Our own worker, as the supervisor starts it; web's line is this program's."""

    name, host = "telekap", "127.0.0.1"

    def __init__(self, folder: Path) -> None:
        self._socket, self._log = folder / "media.sock", folder / "telekap.log"
        nothing = lambda *_: None  # noqa: E731
        self.link = MediaLink(self._socket, nothing, nothing, nothing, nothing, nothing)

    async def start(self) -> None:
        with self._log.open("wb") as log:
            command = (sys.executable, "-m", "telekap.media", "--socket", str(self._socket), "--udp", "127.0.0.1:0")
            self.process = await start(*command, stderr=log)
        self._line = asyncio.create_task(self.link.run())
        while not self.link.connected:  # noqa: ASYNC110 - the line has no event for a program that only measures
            await asyncio.sleep(0.05)

    @property
    def pid(self) -> int:
        return self.process.pid

    async def join(self, i: int, peer: Peer) -> str:
        """Seat `i`: two to a room."""
        joined = await self.link.join(f"room{i // 2}", f"seat{i % 2}", offer(peer))
        return str(joined["answer"])

    async def end(self) -> None:
        self._line.cancel()
        self.process.send_signal(signal.SIGTERM)
        await self.process.wait()
        if b"media_fault" in self._log.read_bytes():
            raise AssertionError("the worker had a fault: " + self._log.read_text()[-2000:])


class Janus:
    """Debian's Janus with its echo plugin: each peer gets back what it sends, one forward a packet as ours."""

    name, host = "janus", primary_address()

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "janus"
        self._url = ""

    @staticmethod
    def there() -> bool:
        """Debian's package is installed."""
        return shutil.which("janus") is not None

    async def start(self) -> None:
        for kind, part in (("plugins", "libjanus_echotest.so"), ("transports", "libjanus_http.so")):
            (self._folder / kind).mkdir(parents=True)
            (self._folder / kind / part).symlink_to(JANUS_PARTS / kind / part)
        (self._folder / "none").mkdir()
        port = random.randint(20000, 29999)
        (self._folder / "janus.jcfg").write_text(
            f'general: {{ configs_folder = "{self._folder}"; plugins_folder = "{self._folder}/plugins";'
            f' transports_folder = "{self._folder}/transports"; events_folder = "{self._folder}/none";'
            f' loggers_folder = "{self._folder}/none"; debug_level = 2; admin_secret = "{random.random()}";'
            " session_timeout = 0; }\n"  # nobody keeps these sessions alive, and a round without them costs nothing
            f'nat: {{ ice_enforce_list = "{self.host}"; ice_lite = true; full_trickle = false; }}\n'
            "media: {}\ncertificates: {}\nplugins: {}\ntransports: {}\n"
        )
        (self._folder / "janus.transport.http.jcfg").write_text(
            f'general: {{ http = true; port = {port}; ip = "127.0.0.1"; https = false; }}\n'
            "admin: { admin_http = false; admin_https = false; }\n"
        )
        self._url = f"http://127.0.0.1:{port}/janus"
        self.process = await start(
            "janus", "-F", str(self._folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(200):
            try:
                await self._get("/info")
                return
            except OSError:
                await asyncio.sleep(0.05)
        raise AssertionError("Janus does not start")

    @property
    def pid(self) -> int:
        return self.process.pid

    async def join(self, i: int, peer: Peer) -> str:
        session = (await self._post("", {"janus": "create"}))["data"]["id"]
        attach = {"janus": "attach", "plugin": "janus.plugin.echotest"}
        handle = (await self._post(f"/{session}", attach))["data"]["id"]
        body = {"audio": True, "video": True}
        jsep = {"type": "offer", "sdp": offer(peer)}
        await self._post(f"/{session}/{handle}", {"janus": "message", "body": body, "jsep": jsep})
        for _ in range(20):
            event = await self._get(f"/{session}?maxev=1")
            event = event[0] if isinstance(event, list) else event
            if "jsep" in event:
                return str(event["jsep"]["sdp"])
        raise AssertionError("Janus does not answer")

    async def _post(self, path: str, body: dict[str, Any]) -> Any:
        data = json.dumps({**body, "transaction": str(random.random())}).encode()
        return await asyncio.to_thread(lambda: json.load(urllib.request.urlopen(self._url + path, data, 20)))

    async def _get(self, path: str) -> Any:
        return await asyncio.to_thread(lambda: json.load(urllib.request.urlopen(self._url + path, None, 20)))

    async def end(self) -> None:
        self.process.kill()
        await self.process.wait()


class Gate(MediaStreamTrack):
    """A track that can be shut: what comes meanwhile is gone, as from a camera that is covered."""

    def __init__(self, track: MediaStreamTrack) -> None:
        super().__init__()
        self.kind, self.open = track.kind, True
        self._track = track

    async def recv(self) -> Any:
        """The next packet that comes while the gate is open."""
        while True:
            packet = await self._track.recv()
            if self.open:
                return packet

    def stop(self) -> None:
        """No more, and the player's thread ends."""
        super().stop()
        self._track.stop()


class Stock:
    """One room of aiortc's MediaRelay, both seats sending a recorded picture; it decodes and encodes each again."""

    name = "stock"

    def __init__(self, folder: Path) -> None:
        self._film = folder / "film.webm"
        self._seats: list[RTCPeerConnection] = []
        self._gates: list[Gate] = []
        self.frames = 0

    async def start(self) -> None:
        await asyncio.to_thread(self._record)
        aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]
        # These clients need not decode what comes back.
        aiortc.rtcrtpreceiver.decoder_worker = self._sink  # type: ignore[assignment]
        command = (sys.executable, "-m", "bench.media_stock")
        self.process = await start(*command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for seat in ("a", "b"):
            await self._join(seat)
        await asyncio.sleep(4)

    def pause(self) -> None:
        """Nothing is sent and the relay stands still."""
        for gate in self._gates:
            gate.open = False
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """It goes on."""
        os.kill(self.pid, signal.SIGCONT)
        for gate in self._gates:
            gate.open = True

    def _sink(self, loop: Any, incoming: Any, outgoing: Any, *_: Any) -> None:
        while incoming.get() is not None:
            self.frames += 1

    def _record(self) -> None:
        """640x480 at 30 pictures and about 1.2 Mbit/s with a tone: like a camera's, it moves a little everywhere and
        has noise. Four seconds are encoded and written again and again, since the player stumbles over a real end."""
        with av.open(str(self._film), "w") as film:
            fast = {"cpu-used": "8", "deadline": "realtime"}
            picture = film.add_stream("libvpx", rate=30, options=fast)
            picture.width, picture.height, picture.pix_fmt, picture.bit_rate = 640, 480, "yuv420p", 1_200_000
            sound = film.add_stream("libopus", rate=48000)
            sound.layout = "mono"
            pictures, sounds = self._pictures(picture), self._sounds(sound)
            for cycle in range(FILM_CYCLES):
                for packets, length in ((pictures, PICTURES), (sounds, SOUNDS * 960)):
                    for stream, data, pts, key in packets:
                        packet = av.Packet(data)
                        packet.stream, packet.is_keyframe = stream, key
                        packet.time_base = Fraction(1, 30 if stream is picture else 48000)
                        packet.pts = packet.dts = pts + cycle * length
                        film.mux(packet)

    @staticmethod
    def _pictures(stream: Any) -> list[Recorded]:
        found: list[Recorded] = []
        for n in [*range(PICTURES), None]:
            frame = None
            if n is not None:
                frame = av.VideoFrame(640, 480, "yuv420p")
                frame.pts, frame.time_base = n, Fraction(1, 30)
                for plane, base in zip(frame.planes, (90, 120, 130), strict=True):
                    noise = random.randbytes(plane.line_size * plane.height)
                    level = bytes(
                        (base + (v & 7) + (n if n < PICTURES // 2 else PICTURES - n)) & 0xFF for v in range(256)
                    )
                    plane.update(noise.translate(level))
            found += [(stream, bytes(p), p.pts, p.is_keyframe) for p in stream.encode(frame)]
        return found

    @staticmethod
    def _sounds(stream: Any) -> list[Recorded]:
        found: list[Recorded] = []
        for n in range(SOUNDS):
            frame = av.AudioFrame("s16", "mono", 960)
            frame.pts, frame.sample_rate, frame.time_base = n * 960, 48000, Fraction(1, 48000)
            tone = (int(3000 * math.sin((n * 960 + i) / 30)) for i in range(960))
            frame.planes[0].update(array.array("h", tone).tobytes())
            found += [(stream, bytes(p), p.pts, True) for p in stream.encode(frame)]
        return found

    async def _join(self, seat: str) -> None:
        one = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        player = MediaPlayer(str(self._film), decode=False)
        for track in (player.audio, player.video):
            assert track is not None  # the film has both
            self._gates.append(Gate(track))
            one.addTrack(self._gates[-1])
        self._seats.append(one)
        await one.setLocalDescription(await one.createOffer())
        asked = json.dumps({"seat": seat, "offer": one.localDescription.sdp})
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(asked.encode() + b"\n")
        answer = json.loads(await self.process.stdout.readline())["answer"]
        await one.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        await asyncio.sleep(0.5)

    @property
    def pid(self) -> int:
        return self.process.pid

    async def end(self) -> None:
        for gate in self._gates:
            gate.stop()
        self.process.kill()
        await self.process.wait()
