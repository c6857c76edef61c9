"""Who may be listened to: the first thing that touches every datagram (ICE-lite, RFC 8445).

A datagram goes on only when it is

1. a STUN binding request, well formed, naming one of our connections and signed with its password:
   answered, and its sender's address is from then on *verified* for that connection; or
2. DTLS or (S)RTP by its first byte (RFC 7983), from a verified address.

Everything else, the empty datagram included, is dropped and counted before any other code sees it:
an empty or foreign datagram must not be able to reach, or end, a DTLS handshake.
No sockets and no clock in here: the caller passes both.
"""

import secrets
from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, NamedTuple, TypeVar

from telekap.media import stun
from telekap.media.stun import Address

MAX_ADDRESSES = 8
"""Verified addresses kept for one connection; the oldest is forgotten. A browser tries each of its
interfaces, and a change of network adds one."""
MAX_TRANSACTIONS = 64
"""Recent STUN transactions remembered for one connection, against replay from another address."""
MAX_DATAGRAM = 1500
MIN_RTP = 12

Owner = TypeVar("Owner")


class Kind(Enum):
    """What an admitted datagram is."""

    STUN = "stun"
    DTLS = "dtls"
    RTP = "rtp"
    RTCP = "rtcp"


@dataclass(slots=True)
class Leg(Generic[Owner]):
    """One connection as ICE sees it: a name, a password and the addresses proven with them."""

    owner: Owner
    ufrag: str
    password: str
    address: Address | None = None
    """Where we send to: the address last nominated by the browser."""
    heard: float = 0.0
    """When something authentic last came in (seconds of the caller's clock)."""
    addresses: OrderedDict[Address, None] = field(default_factory=OrderedDict)
    transactions: OrderedDict[bytes, Address] = field(default_factory=OrderedDict)


class Admitted(NamedTuple, Generic[Owner]):
    """A datagram that passed, whose it is, and for STUN the answer to send back."""

    kind: Kind
    leg: Leg[Owner]
    reply: bytes | None


class Door(Generic[Owner]):
    """All connections of one UDP socket."""

    def __init__(self) -> None:
        self._by_ufrag: dict[str, Leg[Owner]] = {}
        self._by_address: dict[Address, Leg[Owner]] = {}
        self.dropped: Counter[str] = Counter()
        """Datagrams dropped, by reason."""

    def open(self, owner: Owner, now: float) -> Leg[Owner]:
        """New credentials for a connection. `now` starts its silence."""
        leg = Leg(owner, secrets.token_hex(8), secrets.token_hex(16), heard=now)
        self._by_ufrag[leg.ufrag] = leg
        return leg

    def shut(self, leg: Leg[Owner]) -> None:
        """Forget a connection; from now on its datagrams are foreign. Twice is harmless."""
        self._by_ufrag.pop(leg.ufrag, None)
        for address in leg.addresses:
            if self._by_address.get(address) is leg:
                del self._by_address[address]
        leg.addresses.clear()
        leg.address = None

    def __len__(self) -> int:
        return len(self._by_ufrag)

    def sender_of_rtp(self, data: bytes, sender: Address) -> Leg[Owner] | None:
        """Whose packet this is, if it is RTP that `admit` would let pass; it says the same, only sooner."""
        if MIN_RTP <= len(data) <= MAX_DATAGRAM and 127 < data[0] < 192 and not 64 <= data[1] & 0x7F < 96:
            return self._by_address.get(sender)
        return None

    def admit(self, data: bytes, sender: Address, now: float) -> Admitted[Owner] | None:
        """Judge one datagram; None when it was dropped (and counted)."""
        if not data:
            return self._dropped("empty")
        if len(data) > MAX_DATAGRAM:
            return self._dropped("too_long")
        first = data[0]
        if first < 4:
            return self._admit_stun(data, sender, now)
        leg = self._by_address.get(sender)
        if leg is None:
            return self._dropped("unverified")
        if 127 < first < 192:
            if len(data) < MIN_RTP:
                return self._dropped("too_short")
            # RFC 5761: 64-95 in the payload type field are RTCP packet types without their top bit.
            kind = Kind.RTCP if 64 <= data[1] & 0x7F < 96 else Kind.RTP
            return Admitted(kind, leg, None)
        if 19 < first < 64:
            if len(data) < 13:
                return self._dropped("too_short")
            return Admitted(Kind.DTLS, leg, None)
        return self._dropped("unknown_kind")

    def _admit_stun(self, data: bytes, sender: Address, now: float) -> Admitted[Owner] | None:
        request = stun.parse(data)
        if request is None:
            return self._dropped("stun_malformed")
        leg = self._by_ufrag.get(request.local_ufrag)
        if leg is None:
            return self._dropped("stun_unknown")
        password = leg.password.encode("ascii")
        if not stun.is_signed_with(request, password):
            return self._dropped("stun_unsigned")
        # A signed request overheard on the way and sent again from elsewhere must not move the
        # path: a browser draws a new transaction for every check and keeps it on one address.
        if leg.transactions.setdefault(request.transaction, sender) != sender:
            return self._dropped("stun_replayed")
        if len(leg.transactions) > MAX_TRANSACTIONS:
            leg.transactions.popitem(last=False)
        self._verify(leg, sender)
        if request.nominates or leg.address is None:
            leg.address = sender
        leg.heard = now
        return Admitted(Kind.STUN, leg, stun.success(request, sender, password))

    def _verify(self, leg: Leg[Owner], sender: Address) -> None:
        if self._by_address.get(sender) is leg:
            return
        # The address may have been another connection's: a reloaded page can be given the port of
        # the page before. Whoever proved it last owns it.
        before = self._by_address.get(sender)
        if before is not None:
            before.addresses.pop(sender, None)
        self._by_address[sender] = leg
        leg.addresses[sender] = None
        if len(leg.addresses) > MAX_ADDRESSES:
            for oldest in leg.addresses:
                if oldest != leg.address and oldest != sender:
                    del leg.addresses[oldest]
                    del self._by_address[oldest]
                    break

    def _dropped(self, reason: str) -> Admitted[Owner] | None:
        self.dropped[reason] += 1
        return None
