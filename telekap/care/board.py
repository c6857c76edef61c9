"""The board: all gates at one moment. It is open when every gate is, and for no other reason."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

from telekap.care.finding import Colour, Finding, Look
from telekap.care.gates import GATES, Gate
from telekap.care.instant import Instant
from telekap.care.session import Session
from telekap.care.world import World

__all__ = ["Board", "Colour", "Finding", "board", "board_of"]


@dataclass(frozen=True)
class Board:
    """Every finding, in the order of the law. ``digest``: sha256 of what was judged, not of ages and wording."""

    findings: tuple[Finding, ...]
    protocol: str = ""

    @cached_property
    def open(self) -> bool:
        """Every gate is open: a plain conjunction."""
        return bool(self.findings) and all(finding.open for finding in self.findings)

    @cached_property
    def shut(self) -> tuple[Finding, ...]:
        """The gates that are not open, red before shut before amber, else in the order of the law."""
        rank = {Colour.RED: 0, Colour.SHUT: 1, Colour.AMBER: 2, Colour.GREEN: 3}
        return tuple(sorted((f for f in self.findings if not f.open), key=lambda f: (not f.final, rank[f.colour])))

    @cached_property
    def final(self) -> tuple[Finding, ...]:
        """The final reds: they stand the session down."""
        return tuple(finding for finding in self.findings if finding.final)

    @cached_property
    def _first_to_shut(self) -> Finding | None:
        timed = [finding for finding in self.findings if finding.shuts is not None]
        return min(timed, key=lambda finding: finding.shuts.utc if finding.shuts else 0, default=None)

    @property
    def shuts(self) -> Instant | None:
        """The first moment at which an open gate goes stale or expires by itself; None = never."""
        return self._first_to_shut.shuts if self._first_to_shut else None

    @property
    def shuts_because(self) -> str:
        """The gate that does."""
        return self._first_to_shut.gate if self._first_to_shut else ""

    @cached_property
    def digest(self) -> str:
        """sha256 of gate, colour, reading and decision of every row, and of the protocol they were judged by."""
        rows = [[f.gate, f.colour.value, f.reading, f.decided] for f in self.findings]
        canonical = json.dumps([self.protocol, rows], separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def of(self, gate: str) -> Finding:
        """The finding of one gate."""
        return next(finding for finding in self.findings if finding.gate == gate)


def board(session: Session, world: World, now: Instant, gates: tuple[Gate, ...] = GATES) -> Board:
    """All gates, judged on one look at the rows."""
    return board_of(Look(session, world, now), gates)


def board_of(look: Look, gates: tuple[Gate, ...] = GATES) -> Board:
    """The same, for a look that is there already."""
    return Board(tuple(row.find(look) for row in gates), look.protocol.digest)
