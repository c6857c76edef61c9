"""Which address a worker binds, and which it announces to browsers."""

import ipaddress
import socket
from dataclasses import dataclass

AUTO = "auto"


@dataclass(frozen=True)
class Place:
    """Where one worker listens, and where browsers are told to send. Port 0: any free one when
    binding, the bound one when announcing. Nothing announced: this machine's address towards the
    network as it is when a browser joins, since a laptop changes it."""

    host: str
    port: int
    announced: tuple[tuple[str, int], ...] = ()

    def candidates(self, bound: int) -> list[tuple[str, int]]:
        """What to tell a browser that joins now; `bound` is the port the socket got."""
        announced = self.announced or tuple((one, 0) for one in (primary_address(), primary_ipv6()) if one)
        return [(host, port or bound) for host, port in announced]


def decide(media_address: str = AUTO, port: int = 0) -> Place:
    """The place for the setting `media_address`, on UDP `port`.

    `auto`: every interface, and browsers are told this machine's address towards the network, of both kinds where it
    has both. It
    serves a page on `localhost` as well: Chromium connects to it without any flag, while Firefox
    never connects to 127.0.0.1. An address of this machine: that one alone is bound. Any other
    address (a router forwards it to us), or several with commas between them: every interface is bound and they are
    told, the first as the best. Raises ValueError for what is no address.
    """
    if media_address == AUTO:
        return Place(everything(), port)
    hosts = [str(ipaddress.ip_address(one.strip())) for one in media_address.split(",")]
    if len(hosts) == 1 and is_ours(hosts[0]):
        return Place(hosts[0], port, ((hosts[0], 0),))
    bound = everything() if any(":" in host for host in hosts) else "0.0.0.0"
    return Place(bound, port, tuple((host, 0) for host in hosts))


def everything() -> str:
    """What to bind for every interface: one socket for IPv6 and IPv4 where this machine has IPv6."""
    return "::" if is_ours("::") else "0.0.0.0"


def primary_address() -> str:
    """The IPv4 address this machine uses towards the network; 127.0.0.1 when it has none.

    No packet is sent: connecting a UDP socket only asks the routing table. (192.0.2.0/24 and
    198.51.100.0/24 are reserved for documentation.)
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def primary_ipv6() -> str:
    """The same for IPv6; empty when it has none that others can reach. (2001:db8::/32 is reserved likewise.)"""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.connect(("2001:db8::1", 9))
            found = ipaddress.ip_address(str(probe.getsockname()[0]).partition("%")[0])
    except OSError:
        return ""
    return "" if found.is_link_local or found.is_loopback or found.is_unspecified else str(found)


def is_ours(host: str) -> bool:
    """True when a socket can be bound to this address here."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((host, 0))
    except OSError:
        return False
    return True
