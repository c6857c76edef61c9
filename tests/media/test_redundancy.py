"""Sound that carries the sound before it: what is lost on the way up comes with the packet behind it."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from telekap.media import rtp
from telekap.media.incoming import Incoming
from telekap.media.redundancy import MAX_BLOCKS, unfold
from telekap.media.slot import Slot
from tests.media import probe

PLAIN, DOUBLE = 111, 63


def doubled(seq: int, sound: bytes, *before: bytes) -> rtp.Packet:
    """A packet as Chromium sends it: pieces of 20 ms, the oldest first."""
    heads = b"".join(
        struct.pack("!BHB", 0x80 | PLAIN, (960 * back) << 2 | len(piece) >> 8, len(piece) & 0xFF)
        for back, piece in zip(range(len(before), 0, -1), before, strict=True)
    )
    payload = heads + bytes([PLAIN]) + b"".join(before) + sound
    packet = rtp.parse(probe.rtp(7, DOUBLE, seq, seq * 960, payload, marker=False, cc=4))
    assert packet is not None
    return packet


def heard() -> tuple[Incoming, list[bytes]]:
    """A publisher's sound, and what a receiver gets of it."""
    stream = Incoming("audio", 7, PLAIN, 48000, {}, None, 1, lambda data: None, DOUBLE)
    down: list[bytes] = []
    Slot("audio", 120, None, {}, down.append, down.append).bind(stream, 0.0)
    return stream, down


def sounds(down: list[bytes]) -> list[bytes]:
    return [packet.data[packet.payload :] for data in down if (packet := rtp.parse(data)) is not None]


def test_a_lost_packet_comes_with_the_one_behind_it_in_its_place_and_time() -> None:
    stream, down = heard()
    for seq, sound, before in ((1, b"one", b"nought"), (3, b"three", b"two"), (4, b"four", b"three")):
        assert stream.unfold(doubled(seq, sound, before), 1.0)
    assert sounds(down) == [b"one", b"two", b"three", b"four"]
    first, second, *_ = [rtp.parse(data) for data in down]
    assert first is not None and second is not None
    assert (second.seq - first.seq, second.timestamp - first.timestamp) == (1, 960)
    assert stream.recovered == 1 and stream.expected == stream.received == 4


def test_one_of_two_lost_in_a_row_is_brought_back_and_the_other_stays_lost() -> None:
    stream, down = heard()
    stream.unfold(doubled(1, b"one"), 1.0)
    stream.unfold(doubled(4, b"four", b"three"), 1.0)
    assert sorted(sounds(down)) == [b"four", b"one", b"three"]
    assert stream.expected - stream.received == 1


def test_a_late_packet_that_was_brought_back_already_is_not_heard_twice() -> None:
    stream, down = heard()
    for packet in (doubled(1, b"one"), doubled(3, b"three", b"two"), doubled(2, b"two", b"one")):
        stream.unfold(packet, 1.0)
    assert sounds(down) == [b"one", b"two", b"three"] and stream.duplicates == 1


@given(st.binary(max_size=64))
def test_what_does_not_add_up_is_left_alone(payload: bytes) -> None:
    packet = rtp.parse(probe.rtp(7, DOUBLE, 9, 0, payload))
    assert packet is not None
    for plain in unfold(packet, PLAIN):
        assert plain.payload_type == PLAIN and len(plain.data) < len(packet.data)
        assert plain.data[plain.payload : plain.payload_end] in payload


def test_a_packet_without_its_own_sound_or_with_too_much_of_the_old_is_malformed() -> None:
    assert unfold(doubled(5, b"", b"old"), PLAIN) == []
    assert unfold(doubled(5, b"new", *[b"old"] * (MAX_BLOCKS + 1)), PLAIN) == []
    assert [one.seq for one in unfold(doubled(5, b"new", *[b"old"] * MAX_BLOCKS), PLAIN)] == [1, 2, 3, 4, 5]
    assert unfold(doubled(5, b"new", b"old"), PLAIN + 1) == [], "of another codec"
    assert not heard()[0].unfold(doubled(5, b""), 1.0)
