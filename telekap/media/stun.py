"""STUN binding requests and their answers (RFC 8489), as much as an ICE-lite agent needs.

The parser takes untrusted datagrams: it is bounded, it never raises, and whatever is not a
well-formed binding request is None.
"""

import binascii
import hmac
import ipaddress
import struct
from typing import NamedTuple

COOKIE = 0x2112A442
BINDING_REQUEST = 0x0001
BINDING_SUCCESS = 0x0101
USERNAME = 0x0006
MESSAGE_INTEGRITY = 0x0008
XOR_MAPPED_ADDRESS = 0x0020
USE_CANDIDATE = 0x0025
FINGERPRINT = 0x8028
FINGERPRINT_XOR = 0x5354554E

MAX_MESSAGE = 576
"""Bytes. Browsers send about 100; RFC 8489 6.1 asks senders to stay below the smallest path MTU."""
MAX_ATTRIBUTES = 24

_HEADER = struct.Struct("!HHI12s")
_ATTRIBUTE = struct.Struct("!HH")

Address = tuple[str, int] | tuple[str, int, int, int]
"""As the socket gives it: IPv4, or IPv6 with its flow and scope."""


class BindingRequest(NamedTuple):
    """A request whose form is right. Whether it is authentic, `is_signed_with` says."""

    transaction: bytes
    local_ufrag: str
    """Ours: the part of USERNAME before the colon."""
    nominates: bool
    signed: bytes
    signature: bytes


def parse(data: bytes) -> BindingRequest | None:
    """Read a datagram; None unless it is a whole binding request with a name and a signature."""
    size = len(data)
    if size < 20 or size > MAX_MESSAGE:
        return None
    kind, length, cookie, transaction = _HEADER.unpack_from(data)
    if kind != BINDING_REQUEST or cookie != COOKIE or length != size - 20 or length % 4:
        return None
    attributes = _attributes(data)
    if attributes is None:
        return None
    ufrag, colon, _ = attributes.get(USERNAME, (b"", 0))[0].partition(b":")
    signature, at = attributes.get(MESSAGE_INTEGRITY, (b"", 0))
    if not colon or not ufrag.isalnum() or len(ufrag) > 64 or len(signature) != 20:
        return None
    signed = _with_length(data[:at], at - 20 + 24)
    nominates = USE_CANDIDATE in attributes
    return BindingRequest(transaction, ufrag.decode("ascii"), nominates, signed, signature)


def _attributes(data: bytes) -> dict[int, tuple[bytes, int]] | None:
    """Value and offset by type, the first of each; None when they do not add up."""
    found: dict[int, tuple[bytes, int]] = {}
    at, size = 20, len(data)
    while at < size:
        if at + 4 > size or len(found) >= MAX_ATTRIBUTES:
            return None
        name, length = _ATTRIBUTE.unpack_from(data, at)
        value = data[at + 4 : at + 4 + length]
        if len(value) != length:
            return None
        if name == FINGERPRINT and (at + 8 != size or value != _fingerprint(data[:at])):
            return None
        # RFC 8489 14.5: what follows the signature is not covered by it, so it does not count.
        if name == FINGERPRINT or MESSAGE_INTEGRITY not in found:
            found.setdefault(name, (value, at))
        at += 4 + length + (-length % 4)
    return found if at == size else None


def is_signed_with(request: BindingRequest, password: bytes) -> bool:
    """True when the request carries the HMAC-SHA1 of itself under our password."""
    return hmac.compare_digest(request.signature, hmac.digest(password, request.signed, "sha1"))


def success(request: BindingRequest, seen: Address, password: bytes) -> bytes:
    """The answer to an authentic request: the address we saw, signed, with a fingerprint."""
    address = ipaddress.ip_address(seen[0].partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    mask = COOKIE.to_bytes(4, "big") + request.transaction
    packed = bytes(a ^ b for a, b in zip(address.packed, mask, strict=False))
    family = 1 if address.version == 4 else 2
    value = struct.pack("!BBH", 0, family, seen[1] ^ (COOKIE >> 16)) + packed
    message = _HEADER.pack(BINDING_SUCCESS, 0, COOKIE, request.transaction)
    message += _ATTRIBUTE.pack(XOR_MAPPED_ADDRESS, len(value)) + value
    message = _with_length(message, len(message) - 20 + 24)
    message += _ATTRIBUTE.pack(MESSAGE_INTEGRITY, 20) + hmac.digest(password, message, "sha1")
    message = _with_length(message, len(message) - 20 + 8)
    return message + _ATTRIBUTE.pack(FINGERPRINT, 4) + _fingerprint(message)


def _with_length(message: bytes, length: int) -> bytes:
    return message[:2] + length.to_bytes(2, "big") + message[4:]


def _fingerprint(message: bytes) -> bytes:
    covered = _with_length(message, len(message) - 20 + 8)
    return (binascii.crc32(covered) ^ FINGERPRINT_XOR).to_bytes(4, "big")
