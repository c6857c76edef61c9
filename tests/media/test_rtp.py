"""RTP bytes: what is read, what is refused, what is rewritten."""

import struct

from aiortc import rtp as reference
from hypothesis import given
from hypothesis import strategies as st

from telekap.media import rtp
from telekap.media.extensions import AUDIO_LEVEL, ORIENTATION, TRANSPORT_CC, ExtensionMap
from tests.media import probe

packets = st.builds(
    probe.rtp,
    ssrc=st.integers(0, 0xFFFFFFFF),
    kind=st.integers(0, 127),
    seq=st.integers(0, 0xFFFF),
    timestamp=st.integers(0, 0xFFFFFFFF),
    payload=st.binary(max_size=1200),
    marker=st.booleans(),
    cc=st.none() | st.integers(0, 0xFFFF),
)


def whole(data: bytes) -> rtp.Packet:
    packet = rtp.parse(data)
    assert packet is not None
    return packet


def with_extensions(*elements: tuple[int, bytes], payload: bytes = b"x", profile: int = 0xBEDE) -> rtp.Packet:
    """A packet with one-byte header extensions."""
    block = b"".join(bytes([number << 4 | (len(value) - 1)]) + value for number, value in elements)
    block += bytes(-len(block) % 4)
    head = struct.pack("!BBHIIHH", 0x90, 96, 7, 3000, 5, profile, len(block) // 4)
    return whole(head + block + payload)


def carried(block: bytes) -> dict[int, bytes]:
    """A block's elements, as aiortc reads them."""
    if not block:
        return {}
    profile, length = struct.unpack_from("!HH", block)
    assert len(block) == 4 + 4 * length
    return dict(reference.unpack_header_extensions(profile, block[4:]))


@given(packets)
def test_a_packet_is_read_as_the_reference_reads_it(data: bytes) -> None:
    ours, theirs = whole(data), reference.RtpPacket.parse(data)
    assert ours.seq == theirs.sequence_number and ours.timestamp == theirs.timestamp and ours.ssrc == theirs.ssrc
    assert ours.payload_type == theirs.payload_type and bool(ours.marker) == bool(theirs.marker)
    assert data[ours.payload : ours.payload_end] == theirs.payload


@given(st.binary(max_size=1600))
def test_no_bytes_at_all_make_the_parser_raise_or_point_outside(data: bytes) -> None:
    for first in (data, b"\x90" + data, b"\xb0" + data, b"\xbf" + data):
        packet = rtp.parse(first)
        if packet is not None:
            assert 12 <= packet.payload <= packet.payload_end <= len(first)
            assert packet.extensions_end <= packet.payload
            for number in range(1, 16):
                at = rtp.find_extension(packet, number)
                assert at == 0 or at < packet.extensions_end
            rtp.restore_retransmission(packet, 1, 96)
            ExtensionMap({ORIENTATION: 3, AUDIO_LEVEL: 4}, {ORIENTATION: 5, AUDIO_LEVEL: 6}).block(packet, 1.0)


def test_what_does_not_add_up_is_refused() -> None:
    good = probe.rtp(1, 96, 1, 1, b"payload", cc=5)
    assert rtp.parse(good) is not None
    assert rtp.parse(good[:11]) is None  # shorter than a header
    assert rtp.parse(b"\x40" + good[1:]) is None  # version 1
    assert rtp.parse(b"\x9f" + good[1:20]) is None  # fifteen contributors in twenty bytes
    assert rtp.parse(good[:14] + b"\xff\xff" + good[16:]) is None  # extensions longer than the packet
    assert rtp.parse(b"\xa0" + probe.rtp(1, 96, 1, 1, b"abc\x00")[1:]) is None  # padding of nothing
    assert rtp.parse(b"\xa0" + probe.rtp(1, 96, 1, 1, b"abc\xff")[1:]) is None  # padding longer than the payload
    assert rtp.parse(good + bytes(rtp.MAX_PACKET)) is None


@given(packets, st.integers(0, 0xFFFF))
def test_a_retransmission_unwraps_to_the_packet_it_wraps(data: bytes, seq: int) -> None:
    original = whole(data)
    wrapped = whole(rtp.retransmission(original, 99, 97, seq))
    assert (wrapped.ssrc, wrapped.payload_type, wrapped.seq) == (99, 97, seq)
    restored = rtp.restore_retransmission(wrapped, original.ssrc, original.payload_type)
    assert restored == (data if len(data) > original.payload else None)


def test_a_bandwidth_probe_on_the_repair_stream_holds_no_packet() -> None:
    padded = b"\xb0" + probe.rtp(9, 97, 1, 1, bytes(10) + b"\x0b", cc=1)[1:]
    assert rtp.restore_retransmission(whole(padded), 1, 96) is None


@given(st.integers(0, 0xFFFF), st.integers(-0x7FFF, 0x7FFF))
def test_distance_on_the_circle_survives_the_wrap(old: int, step: int) -> None:
    assert rtp.ahead((old + step) & 0xFFFF, old) == step


def test_extensions_are_renumbered_for_the_receiver_and_the_rest_is_stripped() -> None:
    mapped = ExtensionMap({ORIENTATION: 13, TRANSPORT_CC: 3, AUDIO_LEVEL: 1}, {ORIENTATION: 4, TRANSPORT_CC: 7})
    packet = with_extensions((3, b"\x01\x02"), (13, b"\x01"), (9, b"mid"), (1, b"\x80"))
    assert carried(mapped.block(packet, 0x0A0B)) == {7: b"\x0a\x0b", 4: b"\x01"}


def test_the_transport_number_is_the_next_hops_own_and_never_copied() -> None:
    mapped = ExtensionMap({TRANSPORT_CC: 3}, {TRANSPORT_CC: 6})
    for number in (0, 1, 0xFFFF):
        block = mapped.block(with_extensions((3, b"\xff\xfe")), number)
        assert carried(block) == {6: number.to_bytes(2, "big")} and len(block) == 8


def test_a_packet_with_nothing_to_keep_gets_no_block() -> None:
    assert ExtensionMap({ORIENTATION: 13}, {}).block(with_extensions((13, b"\x01")), 7) == b""
    two_byte = with_extensions((13, b"\x01"), profile=0x1000)
    assert ExtensionMap({ORIENTATION: 13}, {ORIENTATION: 4}).block(two_byte, 7) == b""
