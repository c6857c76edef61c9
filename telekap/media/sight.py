"""What the server itself sees of every seat: is it sending, and does it confirm receiving?

Direction *in*: authentic packets of the seat's own stream arrive. Direction *out*: the seat's
receiver reports say that it gets the streams forwarded to it; with several, all that flow must be
confirmed. A page's word counts for nothing here. States are debounced, and each change is told
once. Pure logic; the time is an argument.
"""

from dataclasses import dataclass
from typing import Literal

from telekap.media.connection import Connection
from telekap.media.incoming import Incoming
from telekap.media.room import Room
from telekap.media.slot import Slot

State = Literal["flowing", "frozen", "silent", "stopped"]
"""`frozen`: pictures come, and all are the very same. `silent`: sound comes, and there is none in it."""
Event = dict[str, object]

STEADY = 3.0
"""Seconds within which three packets make a stream. Not less: a page in a hidden tab draws one
picture a second (measured in Chromium), and that is one packet a second, and it is seen."""
STOPPED: dict[tuple[str, str], float] = {
    ("video", "in"): 3.0,
    ("audio", "in"): 3.0,
    # Reports come irregularly: browsers draw the pause between two from half to one and a half
    # times 1 s for video and 5 s for audio, and one report may be lost.
    ("video", "out"): 4.0,
    ("audio", "out"): 16.0,
}
"""Seconds of age after which a stream has stopped, by kind and direction."""


FROZEN = 4.0
"""Seconds without any change of content after which a picture is frozen: when a tile greys too."""
SILENT = 5.0
"""Seconds of digital silence after which a microphone counts as muted or dead."""


@dataclass
class Line:
    """One stream of one seat in one direction."""

    state: State = "stopped"
    came: float | None = None
    """When the newest packet, or confirmation, came."""
    newest: float | None = None
    """The same, or the last change of what is shown if that stands still."""

    def age_ms(self, now: float) -> int | None:
        """Milliseconds since the newest picture, sound or confirmation; None when there never was one."""
        return None if self.newest is None else max(0, round((now - self.newest) * 1000))


class Sight:
    """The lines of all seats of one room. They outlive a connection: a quick re-join is not a
    change of state."""

    def __init__(self, room: str) -> None:
        self._room = room
        self.lines: dict[str, dict[tuple[str, str], Line]] = {}
        self.next_look = self.next_ages = 0.0
        """When it is this room's turn again."""

    def look(self, room: Room, now: float) -> list[Event]:
        """Compare with the look before; one event for every change."""
        events: list[Event] = []
        for seat in [gone for gone in self.lines if gone not in room.seats]:
            for key, line in self.lines.pop(seat).items():
                if line.state != "stopped":
                    line.state = "stopped"
                    events.append(self._event(seat, key, line, now))
        for seat, connection in room.seats.items():
            lines = self.lines.setdefault(seat, {key: Line() for key in STOPPED})
            for key, line in lines.items():
                if self._update(connection, key, line, now):
                    events.append(self._event(seat, key, line, now))
        return events

    def _update(self, connection: Connection, key: tuple[str, str], line: Line, now: float) -> bool:
        kind, direction = key
        stream = connection.incoming.get(kind) if direction == "in" else None
        if direction == "out":
            came = _confirmed(connection, kind, now)
        else:
            came = stream.pulse.newest if stream is not None else None
        if came is not None and (line.came is None or direction == "out" or came > line.came):
            line.came = came
        # A picture is as old as what it shows.
        frozen = stream is not None and came is not None and _is_frozen(stream, came)
        line.newest = stream.life.changed if frozen and stream is not None else line.came
        before = line.state
        if line.came is None or now - line.came >= STOPPED[key]:
            line.state = "stopped"
        elif frozen:
            line.state = "frozen"
        elif stream is not None and _is_silent(stream, now):
            line.state = "silent"
        elif came is not None and (stream is None or stream.pulse.steady(STEADY)):
            line.state = "flowing"
        return line.state != before

    def _event(self, seat: str, key: tuple[str, str], line: Line, now: float) -> Event:
        return {
            "event": "sight",
            "room": self._room,
            "seat": seat,
            "kind": key[0],
            "direction": key[1],
            "state": line.state,
            "newest_age_ms": line.age_ms(now),
        }

    def ages(self, room: Room, now: float) -> Event:
        """Ages of the newest packet or confirmation of every seat, for the tiles."""
        seats: dict[str, object] = {}
        for seat, lines in self.lines.items():
            connection = room.seats.get(seat)
            ages: dict[str, object] = {
                f"{kind}_{direction}_ms": line.age_ms(now) for (kind, direction), line in lines.items()
            }
            ages["connected"] = connection is not None and connection.connected
            seats[seat] = ages
        return {"event": "ages", "room": self._room, "seats": seats}


def _confirmed(connection: Connection, kind: str, now: float) -> float | None:
    """Time of the oldest among the newest confirmations of the streams this seat should be
    getting; None when it should be getting none, or none is due yet."""
    limit = STOPPED[kind, "out"]
    times: list[float] = []
    for pair in connection.pairs:
        slot: Slot | None = pair.audio if kind == "audio" else pair.video
        if slot is None or slot.source is None:
            continue
        age = slot.source.pulse.age(now)
        if age is None or age >= STOPPED[kind, "in"]:
            continue  # the publisher is silent: its own line says so, this receiver is not to blame
        confirmed = slot.confirmed.newest
        if confirmed is not None and confirmed >= slot.expected_from:
            times.append(confirmed)
        elif now - slot.expected_from >= limit:
            times.append(slot.expected_from)
    return min(times, default=None)


def _is_frozen(stream: Incoming, came: float) -> bool:
    """Pictures come, and the page that sends them has seen no change in them for a while."""
    return stream.life.changed is not None and came - stream.life.changed >= FROZEN


def _is_silent(stream: Incoming, now: float) -> bool:
    """Nothing but digital silence for a while: of a muted or a dead microphone, never of a quiet room."""
    return stream.sounded is not None and now - stream.sounded >= SILENT
