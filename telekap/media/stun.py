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
    username = b""
    signed = signature = b""
    nominates = False
    at = 20
    for _ in range(MAX_ATTRIBUTES):
        if at == size:
            break
        if at + 4 > size:
            return None
        name, length = _ATTRIBUTE.unpack_from(data, at)
        value = data[at + 4 : at + 4 + length]
        if len(value) != length:
            return None
        if name == FINGERPRINT:
            if length != 4 or at + 8 != size or value != _fingerprint(data[:at]):
                return None
        elif signed:
            pass  # RFC 8489 14.5: whatever follows the signature is not covered, so it is ignored
        elif name == USERNAME:
            username = value
        elif name == USE_CANDIDATE:
            nominates = True
        elif name == MESSAGE_INTEGRITY:
            if length != 20:
                return None
            signed, signature = _with_length(data[:at], at - 20 + 24), value
        at += 4 + length + (-length % 4)
    if at != size or not signed:
        return None
    ufrag, colon, _ = username.partition(b":")
    if not colon or not ufrag or len(ufrag) > 64 or not ufrag.isalnum():
        return None
    return BindingRequest(transaction, ufrag.decode("ascii"), nominates, signed, signature)


def is_signed_with(request: BindingRequest, password: bytes) -> bool:
    """True when the request carries the HMAC-SHA1 of itself under our password."""
    return hmac.compare_digest(
        request.signature, hmac.digest(password, request.signed, "sha1")
    )


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
