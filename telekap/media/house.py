"""All rooms of one worker: takes calls and datagrams, gives answers, datagrams and events.

No sockets and no clock: both are the worker's, so that everything here can be driven by a test.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import uniform

from telekap.media import answer, sdp
from telekap.media.answer import VIDEO
from telekap.media.connection import Connection
from telekap.media.dtls import Certificate, Dtls, Srtp
from telekap.media.errors import BadCall, Full, NotSeated
from telekap.media.ice import Door, Kind, Leg
from telekap.media.room import Room
from telekap.media.sight import Event, Sight
from telekap.media.stun import Address

MAX_ROOMS = 400
"""More than one core carries (see docs/decisions/0006)."""
GONE = 30.0
"""Seconds without anything authentic from a connection until its seat is emptied. Browsers check
their path every 2.5 s or so; a line cut for ten seconds must find its seat again."""
ROLL = 0.5
"""Seconds between two looks for such seats."""

LOOK = 0.2
"""Seconds at most between two looks at what is seen in a room, whose changes are told."""
AGES = 1.0
"""Seconds at most between two tellings of how old its pictures are."""

_NAME = re.compile(r"[A-Za-z0-9_.:-]{1,64}\Z")


@dataclass(eq=False, slots=True)
class Member:
    """A seat's connection with its network side."""

    room: str
    connection: Connection
    leg: Leg["Member"]
    dtls: Dtls
    page: str = ""
    """What web calls the page that joined: kept for a web that comes back, and nothing else."""


class House:
    """Rooms by name, seats by (room, seat)."""

    def __init__(
        self,
        send: Callable[[bytes | memoryview, Address], None],
        candidates: Callable[[], list[tuple[str, int]]],
        emit: Callable[[Event], None],
        clock: Callable[[], float],
    ) -> None:
        """`candidates` are the addresses to tell a browser now; `clock` is monotonic seconds, asked only
        when a handshake ends (everything else is given the time)."""
        self._send, self._candidates, self._emit, self._clock = send, candidates, emit, clock
        self.door: Door[Member] = Door()
        self.counts: Counter[str] = Counter()
        self._certificate = Certificate()
        self._rooms: dict[str, Room] = {}
        self._sights: dict[str, Sight] = {}
        self._members: dict[tuple[str, str], Member] = {}
        self._next_roll = 0.0

    def __len__(self) -> int:
        return len(self._rooms)

    # Calls

    def join(self, room_name: str, seat: str, offer: str, now: float, page: str = "") -> dict[str, object]:
        """Answer a browser's offer for a seat, new or anew. Raises MediaError; then nothing has
        changed. Whoever had the seat before is cut off."""
        _check_name(room_name)
        _check_name(seat)
        if page:
            _check_name(page)
        room = self._rooms.get(room_name)
        if room is not None:
            room.check_place(seat)
        elif len(self._rooms) >= MAX_ROOMS:
            raise Full(f"this worker has {MAX_ROOMS} rooms")
        parsed = sdp.parse(offer)
        member = self._member(room_name, seat, parsed, now, VIDEO if room is None else room.codecs(seat))
        member.page = page
        self._shut(self._members.get((room_name, seat)))
        if room is None:
            room = self._rooms[room_name] = Room(room_name)
            self._sights[room_name] = Sight(room_name)
        self._members[room_name, seat] = member
        self._tell_bound(room, room.seat(member.connection, now))
        local = answer.Local(
            member.leg.ufrag,
            member.leg.password,
            self._certificate.fingerprint,
            self._candidates(),
        )
        return {
            "answer": answer.write(member.connection.answer_parts, local),
            "seat": seat,
            "slots": _slots(member.connection),
        }

    def _member(self, room: str, seat: str, offer: sdp.Offer, now: float, video: tuple[str, ...]) -> Member:
        send_to = self._send

        def send(data: bytes | memoryview) -> None:
            address = member.leg.address
            if address is not None:
                send_to(data, address)

        def on_keys(srtp: Srtp) -> None:
            member.connection.keys(srtp, self._clock())

        def on_end() -> None:
            # The browser said good-bye or failed: the seat stays, so that its tile stays; silence
            # empties it.
            member.connection.connected = False

        def on_published() -> None:
            self._tell_bound(self._rooms[room], self._rooms[room].bind(self._clock()))

        connection = Connection(seat, offer, send, video)
        connection.on_published = on_published
        dtls = Dtls(self._certificate, offer.fingerprints, send, on_keys, on_end)
        # The leg needs its owner and the owner its leg; nothing can arrive in between.
        member = Member(room, connection, None, dtls)  # type: ignore[arg-type]
        member.leg = self.door.open(member, now)
        return member

    def leave(self, room_name: str, seat: str, now: float) -> dict[str, object]:
        """Empty a seat; not one packet more goes to it or from it. Raises NotSeated."""
        member = self._member_of(room_name, seat)
        self._shut(member)
        del self._members[room_name, seat]
        room = self._rooms[room_name]
        changed = room.leave(seat, now)
        self._look(room, now)
        self._tell_bound(room, changed)
        if not room.seats:
            del self._rooms[room_name], self._sights[room_name]
        return {}

    def unbind(self, room_name: str, seat: str, now: float) -> dict[str, object]:
        """Stop what travels to and from a seat; its connection stays. Raises NotSeated."""
        self._member_of(room_name, seat)
        room = self._rooms[room_name]
        self._tell_bound(room, room.withdraw(seat, now))
        return {}

    def _member_of(self, room: str, seat: str) -> Member:
        member = self._members.get((room, seat))
        if member is None:
            raise NotSeated("nobody has that seat")
        return member

    def _shut(self, member: Member | None) -> None:
        if member is not None:
            self.door.shut(member.leg)
            member.dtls.close()

    def close(self) -> None:
        """Forget everybody."""
        for member in self._members.values():
            self._shut(member)
        self._members.clear()
        self._rooms.clear()
        self._sights.clear()

    # Datagrams and time

    def datagram(self, data: bytes, sender: Address, now: float, arrived: float | None = None) -> None:
        """One datagram from the network; `arrived`: when the kernel got it, if that was not now."""
        # What nearly all of them are, first: a picture or a sound from a verified address.
        leg = self.door.sender_of_rtp(data, sender)
        if leg is not None:
            if leg.owner.connection.receive_rtp(data, now, now if arrived is None else arrived):
                leg.heard = now
            return
        admitted = self.door.admit(data, sender, now)
        if admitted is None:
            return
        member = admitted.leg.owner
        match admitted.kind:
            case Kind.RTP:
                if member.connection.receive_rtp(data, now, now):
                    admitted.leg.heard = now
            case Kind.RTCP:
                if member.connection.receive_rtcp(data, now):
                    admitted.leg.heard = now
            case Kind.STUN:
                if admitted.reply is not None:
                    self._send(admitted.reply, sender)
            case Kind.DTLS:
                if not member.dtls.feed(data):
                    self.counts["dtls_queue_full"] += 1

    def tick(self, now: float) -> None:
        """What is due for connections and rooms. Call every 10 ms or so.

        Everybody's turn comes at a moment of their own: a hundred reports at once would hold up everybody's pictures
        by the time of a hundred reports.
        """
        for member in self._members.values():
            if now >= member.connection.due:
                member.connection.tick(now)
        if now >= self._next_roll:
            self._next_roll = now + ROLL
            self._call_the_roll(now)
        for room in self._rooms.values():
            sight = self._sights[room.name]
            if now >= sight.next_look:
                sight.next_look = now + LOOK * uniform(0.8, 1)
                self._look(room, now)
            if now >= sight.next_ages:
                sight.next_ages = now + AGES * uniform(0.9, 1)
                self._emit(sight.ages(room, now))

    def _call_the_roll(self, now: float) -> None:
        """Empty the seats of which nothing has come for too long."""
        silent = [key for key, member in self._members.items() if now - member.leg.heard >= GONE]
        for room_name, seat in silent:
            self._emit({"event": "gone", "room": room_name, "seat": seat})
            self.leave(room_name, seat, now)

    def _look(self, room: Room, now: float) -> None:
        for event in self._sights[room.name].look(room, now):
            self._emit(event)

    # What web is told

    def _tell_bound(self, room: Room, seats: set[str]) -> None:
        for seat in sorted(seats):
            slots = _slots(room.seats[seat])
            self._emit({"event": "bound", "room": room.name, "seat": seat, "slots": slots})

    def state(self, now: float) -> dict[str, object]:
        """Everything web needs to know after it has connected."""
        rooms: dict[str, object] = {}
        for room in self._rooms.values():
            lines = self._sights[room.name].lines
            rooms[room.name] = {
                seat: {
                    "connected": connection.connected,
                    "page": self._members[room.name, seat].page,
                    "slots": _slots(connection),
                    "sight": {
                        f"{kind}_{direction}": {
                            "state": line.state,
                            "newest_age_ms": line.age_ms(now),
                        }
                        for (kind, direction), line in lines.get(seat, {}).items()
                    },
                }
                for seat, connection in room.seats.items()
            }
        return rooms

    def stats(self) -> dict[str, object]:
        """Counters for people who run the house."""
        connections = [member.connection for member in self._members.values()]
        counts = sum((connection.counts for connection in connections), Counter(self.counts))
        slots = [s for c in connections for pair in c.pairs for s in pair.slots()]
        streams = [s for c in connections for s in c.incoming.values()]
        return {
            "rooms": len(self._rooms),
            "seats": len(connections),
            "dropped": dict(self.door.dropped),
            "counts": dict(counts),
            "received": sum(stream.received for stream in streams),
            "duplicates": sum(stream.duplicates for stream in streams),
            "recovered": sum(stream.recovered for stream in streams),
            "lost": sum(stream.expected - stream.received for stream in streams),
            "forwarded": sum(slot.packets for slot in slots),
            "nacked": sum(slot.nacked for slot in slots),
            "repaired": sum(slot.repaired for slot in slots),
            "repairs_held": sum(slot.repairs_held for slot in slots),
            "limits": [round(c.limit) for c in connections if c.limit is not None],
        }


def _slots(connection: Connection) -> list[dict[str, object]]:
    return [{"mid_audio": pair.mid_audio, "mid_video": pair.mid_video, "from": pair.shows} for pair in connection.pairs]


def _check_name(name: str) -> None:
    if not _NAME.match(name):
        raise BadCall("a name is 1 to 64 letters, digits, or _ . : -")
