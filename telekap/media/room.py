"""A room: seats, and who is shown to whom. It knows no people, only the names of seats."""

from telekap.media.agreement import Pair
from telekap.media.answer import VIDEO
from telekap.media.connection import Connection
from telekap.media.errors import Full

MAX_SEATS = 5
"""Client, therapist, support person, and two guests."""


class Room:
    """Binds every seat's streams to a pair of slots at every other seat.

    A pair stays with the seat it shows for as long as that seat exists: when the seat's connection
    is replaced the same tile goes on.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.seats: dict[str, Connection] = {}

    def codecs(self, seat: str) -> tuple[str, ...]:
        """What a newcomer on `seat` may speak: what the others do, if there are any."""
        spoken = [one.video for name, one in self.seats.items() if name != seat and one.video is not None]
        return tuple(spoken[:1]) or VIDEO

    def check_place(self, seat: str) -> None:
        """Raises Full when a newcomer finds no seat."""
        if seat not in self.seats and len(self.seats) >= MAX_SEATS:
            raise Full(f"the room has {MAX_SEATS} seats")

    def seat(self, connection: Connection, now: float) -> set[str]:
        """Put a connection on its seat, replacing the one before. Answers the seats whose pairs
        changed, itself included."""
        self.check_place(connection.seat)
        before = self.seats.get(connection.seat)
        if before is not None:
            before.unbind(now)
        self.seats[connection.seat] = connection
        return self.bind(now) | {connection.seat}

    def leave(self, seat: str, now: float) -> set[str]:
        """Empty a seat; nothing of it travels from here on. Answers the seats whose pairs changed,
        the emptied one not among them."""
        connection = self.seats.pop(seat, None)
        if connection is None:
            return set()
        connection.unbind(now)
        return self.bind(now)

    def withdraw(self, seat: str, now: float) -> set[str]:
        """Stop everything to and from a seat while its connection stays, until it joins again.
        Answers the seats whose pairs changed."""
        self.seats[seat].withdrawn = True
        return self.bind(now)

    def bind(self, now: float) -> set[str]:
        """Make every pair carry what it should. Answers the seats whose pairs show somebody else
        than before."""
        changed: set[str] = set()
        for seat, connection in self.seats.items():
            others = [
                name
                for name, other in self.seats.items()
                if name != seat and not (other.withdrawn or connection.withdrawn)
            ]
            for pair in connection.pairs:
                if pair.shows is not None and pair.shows not in others:
                    pair.shows = None
                    changed.add(seat)
            for name in others:
                if self._give_pair(connection, name):
                    changed.add(seat)
            for pair in connection.pairs:
                self._connect(pair, now)
        return changed

    def _give_pair(self, connection: Connection, name: str) -> bool:
        if any(pair.shows == name for pair in connection.pairs):
            return False
        for pair in connection.pairs:
            if pair.shows is None:
                pair.shows = name
                return True
        return False  # more people than this browser asked to see: the later ones wait

    def _connect(self, pair: Pair, now: float) -> None:
        shown = self.seats[pair.shows].incoming if pair.shows is not None else {}
        for slot in pair.slots():
            slot.bind(shown.get(slot.kind), now)
