"""Who may be listened to. STUN is written and read by aioice's code on the other side."""

import secrets

import pytest
from aioice import stun as reference
from hypothesis import given
from hypothesis import strategies as st

from telekap.media import stun
from telekap.media.ice import MAX_ADDRESSES, Door, Kind, Leg

HERE = ("192.0.2.1", 4000)
THERE = ("192.0.2.9", 9)


def check(leg: Leg[str], password: str = "", nominate: bool = True, ufrag: str = "") -> bytes:
    """A browser's connectivity check for one of our connections."""
    request = reference.Message(message_method=reference.Method.BINDING, message_class=reference.Class.REQUEST)
    request.attributes["USERNAME"] = f"{ufrag or leg.ufrag}:peer"
    request.attributes["PRIORITY"] = 7
    request.attributes["ICE-CONTROLLING"] = 9
    if nominate:
        request.attributes["USE-CANDIDATE"] = None
    request.add_message_integrity((password or leg.password).encode())
    return bytes(request)


@pytest.fixture
def door() -> Door[str]:
    return Door()


@pytest.fixture
def leg(door: Door[str]) -> Leg[str]:
    return door.open("client", now=0.0)


def test_a_signed_check_is_answered_as_the_reference_wants_it(door: Door[str], leg: Leg[str]) -> None:
    request = check(leg)
    admitted = door.admit(request, HERE, 1.0)
    assert admitted is not None and admitted.kind is Kind.STUN and admitted.leg is leg and admitted.reply is not None
    answer = reference.parse_message(admitted.reply)
    assert answer.message_class == reference.Class.RESPONSE
    assert answer.transaction_id == reference.parse_message(request).transaction_id
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == HERE
    assert answer.check_message_integrity(leg.password.encode())
    assert leg.address == HERE and leg.heard == 1.0


def test_an_answer_over_ipv6_names_the_address_too(door: Door[str], leg: Leg[str]) -> None:
    admitted = door.admit(check(leg), ("2001:db8::1", 5, 0, 0), 1.0)
    assert admitted is not None and admitted.reply is not None
    assert reference.parse_message(admitted.reply).attributes["XOR-MAPPED-ADDRESS"] == ("2001:db8::1", 5)


@pytest.mark.parametrize(
    ("reason", "data"),
    [
        ("empty", b""),
        ("too_long", bytes(1501)),
        ("stun_malformed", b"\x00"),
        ("stun_malformed", b"\x00\x01\x00\x00" + bytes(16)),
        ("unverified", b"\x16\xfe\xfd" + bytes(20)),
        ("unverified", b"\x80\x60" + bytes(20)),
        ("unverified", b"\xff" * 30),
        ("unverified", b"GET / HTTP/1.1"),
    ],
)
def test_strangers_are_dropped_and_counted(door: Door[str], leg: Leg[str], reason: str, data: bytes) -> None:
    door.admit(check(leg), HERE, 1.0)
    assert door.admit(data, THERE, 2.0) is None
    assert door.dropped == {reason: 1}
    assert leg.address == HERE and leg.heard == 1.0


@pytest.mark.parametrize(
    ("reason", "data"),
    [
        ("empty", b""),
        ("too_short", b"\x80"),
        ("too_short", b"\x16\xfe\xfd"),
        ("unknown_kind", b"\x45" + bytes(30)),
        ("unknown_kind", b"\xff" * 30),
    ],
)
def test_a_verified_address_gets_no_nonsense_in_either(
    door: Door[str], leg: Leg[str], reason: str, data: bytes
) -> None:
    door.admit(check(leg), HERE, 1.0)
    assert door.admit(data, HERE, 2.0) is None
    assert door.dropped == {reason: 1}


@pytest.mark.parametrize(
    ("kind", "first"),
    [(Kind.DTLS, b"\x16\xfe"), (Kind.RTP, b"\x90\x60"), (Kind.RTP, b"\x80\xef"), (Kind.RTCP, b"\x80\xc8")],
)
def test_a_verified_address_is_sorted_by_first_bytes(door: Door[str], leg: Leg[str], kind: Kind, first: bytes) -> None:
    door.admit(check(leg), HERE, 1.0)
    admitted = door.admit(first + bytes(40), HERE, 2.0)
    assert admitted is not None and admitted.kind is kind and admitted.leg is leg
    assert leg.heard == 1.0  # only what proves authentic breaks a silence


def test_a_check_with_the_wrong_password_or_name_proves_nothing(door: Door[str], leg: Leg[str]) -> None:
    assert door.admit(check(leg, password="wrong"), THERE, 1.0) is None
    assert door.admit(check(leg, ufrag="nobody"), THERE, 1.0) is None
    request = check(leg)
    unsigned = reference.Message(message_method=reference.Method.BINDING, message_class=reference.Class.REQUEST)
    unsigned.attributes["USERNAME"] = f"{leg.ufrag}:peer"
    assert door.admit(bytes(unsigned), THERE, 1.0) is None
    for at in range(len(request) - 8):  # any byte that the signature covers, or its own
        turned = request[:at] + bytes([request[at] ^ 1]) + request[at + 1 :]
        assert door.admit(turned, THERE, 1.0) is None
    assert leg.address is None and not leg.addresses
    assert door.dropped["stun_unsigned"] >= 1 and door.dropped["stun_unknown"] >= 1


def test_a_check_repeated_from_another_address_moves_nothing(door: Door[str], leg: Leg[str]) -> None:
    request = check(leg)
    assert door.admit(request, HERE, 1.0) is not None
    assert door.admit(request, HERE, 1.1) is not None  # the browser's own retransmission
    assert door.admit(request, THERE, 1.2) is None
    assert leg.address == HERE and door.dropped == {"stun_replayed": 1}


def test_the_path_follows_nomination_only(door: Door[str], leg: Leg[str]) -> None:
    door.admit(check(leg), HERE, 1.0)
    door.admit(check(leg, nominate=False), THERE, 2.0)
    assert leg.address == HERE
    door.admit(check(leg), THERE, 3.0)
    assert leg.address == THERE


def test_an_address_belongs_to_whoever_proved_it_last(door: Door[str], leg: Leg[str]) -> None:
    door.admit(check(leg), HERE, 1.0)
    other = door.open("therapist", now=1.0)
    door.admit(check(other), HERE, 2.0)
    admitted = door.admit(b"\x80\x60" + bytes(40), HERE, 3.0)
    assert admitted is not None and admitted.leg is other
    door.shut(leg)  # does not take the other's address along
    assert door.admit(b"\x80\x60" + bytes(40), HERE, 4.0) is not None


def test_a_shut_connection_is_a_stranger_and_leaves_nothing_behind(door: Door[str]) -> None:
    for n in range(1000):
        leg = door.open("client", now=0.0)
        door.admit(check(leg), ("192.0.2.3", n + 1), 1.0)
        door.shut(leg)
        door.shut(leg)
        assert door.admit(b"\x80\x60" + bytes(40), ("192.0.2.3", n + 1), 2.0) is None
        assert door.admit(check(leg), ("192.0.2.3", n + 1), 2.0) is None
    assert len(door) == 0 and not door._by_address


def test_one_connection_keeps_a_bounded_number_of_addresses(door: Door[str], leg: Leg[str]) -> None:
    door.admit(check(leg), HERE, 1.0)
    for n in range(100):
        door.admit(check(leg, nominate=False), ("192.0.2.4", n + 1), 1.0)
    assert len(leg.addresses) == MAX_ADDRESSES and len(door._by_address) == MAX_ADDRESSES
    assert leg.address == HERE and HERE in leg.addresses


@given(st.binary(max_size=600))
def test_no_bytes_at_all_make_the_door_raise(data: bytes) -> None:
    door: Door[str] = Door()
    leg = door.open("client", 0.0)
    good = check(leg)
    assert door.admit(data, THERE, 1.0) is None
    assert stun.parse(data) is None
    door.admit(good[:20] + data, THERE, 1.0)
    door.admit(good[:2] + len(data).to_bytes(2, "big") + good[4:20] + data, THERE, 1.0)
    assert leg.address is None


def test_attributes_without_end_are_not_read() -> None:
    many = b"\x80\x22\x00\x00" * 100
    head = b"\x00\x01" + len(many).to_bytes(2, "big") + b"\x21\x12\xa4\x42" + secrets.token_bytes(12)
    assert stun.parse(head + many) is None
