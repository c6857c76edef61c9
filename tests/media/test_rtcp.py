"""RTCP bytes, checked against aiortc's parser where it has one."""

import struct

from aiortc import rtp as reference
from hypothesis import given
from hypothesis import strategies as st

from telekap.media import rtcp, twcc
from telekap.media.rtp import ahead

numbers = st.integers(0, 0xFFFF)


@given(st.lists(numbers, min_size=1, max_size=60, unique=True), numbers)
def test_what_is_asked_for_again_is_what_was_missing(offsets: list[int], start: int) -> None:
    seqs = sorted({(start + offset % 300) & 0xFFFF for offset in offsets}, key=lambda seq: ahead(seq, start))
    data = rtcp.nack(1, 2, seqs)
    assert list(rtcp.parse(data)) == [rtcp.Nack(2, seqs)]
    (theirs,) = reference.RtcpPacket.parse(data)
    assert isinstance(theirs, reference.RtcpRtpfbPacket)
    assert [seq & 0xFFFF for seq in theirs.lost] == seqs  # the reference does not wrap


def test_a_report_is_read_back_as_the_reference_reads_it() -> None:
    report = rtcp.Report(7, 0.25, 0x1FFFF, 12, 34, 65536)
    data = rtcp.receiver_report(1, [rtcp.report_block(report, 5), rtcp.report_block(report, -5)])
    assert list(rtcp.parse(data)) == [report, report]
    (theirs,) = reference.RtcpPacket.parse(data)
    assert isinstance(theirs, reference.RtcpRrPacket)
    assert [block.packets_lost for block in theirs.reports] == [5, -5]
    assert theirs.reports[0].highest_sequence == 0x1FFFF and theirs.reports[0].fraction_lost == 64


def test_a_sender_report_travels_with_its_clock() -> None:
    report = rtcp.SenderReport(9, rtcp.ntp(1_800_000_000.5), 90000)
    data = rtcp.sender_report(report, 10, 1000)
    assert list(rtcp.parse(data)) == [report]
    (theirs,) = reference.RtcpPacket.parse(data)
    assert isinstance(theirs, reference.RtcpSrPacket) and theirs.sender_info.packet_count == 10
    assert (report.ntp >> 32) - rtcp.NTP_EPOCH == 1_800_000_000


@given(st.integers(0, 1 << 40))
def test_a_limit_is_told_to_within_its_precision(bitrate: int) -> None:
    data = rtcp.remb(1, 2, bitrate)
    (ours,) = rtcp.parse(data)
    assert isinstance(ours, rtcp.Remb) and bitrate * (1 - 1 / (1 << 17)) <= ours.bitrate <= bitrate
    assert reference.unpack_remb_fci(data[12:]) == (ours.bitrate, [2])


def test_keyframe_requests_of_both_kinds_are_understood() -> None:
    pli = rtcp.keyframe_request(1, 2)
    fir = struct.pack("!BBHIIIBxxx", 0x84, 206, 4, 1, 0, 3, 1)
    assert list(rtcp.parse(pli + fir)) == [rtcp.KeyframeRequest(2), rtcp.KeyframeRequest(3)]


def test_what_follows_a_broken_packet_is_left_unread() -> None:
    pli = rtcp.keyframe_request(1, 2)
    too_long = pli[:2] + b"\x00\xff" + pli[4:]
    assert list(rtcp.parse(pli + too_long + pli)) == [rtcp.KeyframeRequest(2)]
    assert list(rtcp.parse(pli[:-1])) == []


@given(st.binary(max_size=1400), st.sampled_from([200, 201, 205, 206]), st.integers(0, 31))
def test_no_bytes_at_all_make_the_parser_raise(body: bytes, kind: int, count: int) -> None:
    words = len(body) // 4
    head = struct.pack("!BBH", 0x80 | count, kind, words)
    for message in rtcp.parse(head + body):
        if isinstance(message, rtcp.Nack):
            assert len(message.seqs) <= rtcp.MAX_NACKED
    list(rtcp.parse(body))


def test_one_packet_cannot_ask_for_more_than_the_cache_holds() -> None:
    greedy = struct.pack("!BBHII", 0x81, 205, 302, 1, 2) + struct.pack("!HH", 0, 0xFFFF) * 300
    (message,) = rtcp.parse(greedy)
    assert isinstance(message, rtcp.Nack) and len(message.seqs) == rtcp.MAX_NACKED


def reference_feedback(data: bytes) -> dict[int, int | None]:
    """Transport-cc feedback read bit by bit, as the draft draws it: number → ticks of 250 µs, None if not received."""
    base, count = struct.unpack_from("!HH", data, 12)
    ticks = int.from_bytes(data[16:19], "big") * 256
    bits, at = "", 20
    symbols: list[int] = []
    while len(symbols) < count:
        bits = f"{int.from_bytes(data[at : at + 2], 'big'):016b}"
        at += 2
        if bits[0] == "0":
            symbols += [int(bits[1:3], 2)] * int(bits[3:], 2)
        elif bits[1] == "0":
            symbols += [int(bit) for bit in bits[2:]]
        else:
            symbols += [int(bits[i : i + 2], 2) for i in range(2, 16, 2)]
    told: dict[int, int | None] = {}
    for i, symbol in enumerate(symbols[:count]):
        told[(base + i) & 0xFFFF] = None
        if symbol:
            ticks += int.from_bytes(data[at : at + symbol], "big", signed=symbol == 2)
            at += symbol
            told[(base + i) & 0xFFFF] = ticks
    padding = data[-1] if data[0] & 0x20 else 0
    assert at + padding == len(data) and len(data) == 4 + 4 * int.from_bytes(data[2:4], "big")
    return told


@given(
    start=numbers,
    steps=st.lists(st.tuples(st.integers(1, 12), st.floats(-0.05, 0.3)), min_size=1, max_size=80),
    origin=st.floats(0, 1_000_000),
)
def test_feedback_says_when_each_packet_came(start: int, steps: list[tuple[int, float]], origin: float) -> None:
    arrivals, expected, seq, now = twcc.Arrivals(), {}, start, origin + 1
    for step, pause in steps:
        seq, now = (seq + step) & 0xFFFF, max(origin, now + pause)
        arrivals.add(seq, now)
        expected[seq] = now
    data = arrivals.feedback(1, 2)
    assert data is not None and arrivals.feedback(1, 2) is None

    told = reference_feedback(data)
    assert {seq for seq, ticks in told.items() if ticks is not None} == set(expected)
    offset = (int(origin / 0.064) >> 24) * (1 << 24) * 256  # the reference time has 24 bits
    for seq, time in expected.items():
        ticks = told[seq]
        assert ticks is not None
        drift = abs((ticks + offset) * twcc.TICK - time) % (0.064 * (1 << 24))
        assert drift < 0.0006 or 0.064 * (1 << 24) - drift < 0.0006
    ours = twcc.parse(data)
    assert ours is not None
    assert {seq: None if time is None else round(time / twcc.TICK) for seq, time in ours} == told


def test_gaps_between_two_feedbacks_are_told_and_late_packets_overrule() -> None:
    arrivals = twcc.Arrivals()
    for seq in (65533, 65534, 0):
        arrivals.add(seq, 1.0)
    first = arrivals.feedback(1, 2)
    arrivals.add(3, 1.1)
    second = arrivals.feedback(1, 2)
    arrivals.add(1, 1.2)
    third = arrivals.feedback(1, 2)
    assert first is not None and second is not None and third is not None
    assert [seq for seq, ticks in reference_feedback(first).items() if ticks is None] == [65535]
    assert [seq for seq, ticks in reference_feedback(second).items() if ticks is None] == [1, 2]
    assert reference_feedback(third)[1] is not None
    assert [data[19] for data in (first, second, third)] == [0, 1, 2]


def test_a_jump_of_numbering_does_not_make_a_giant_feedback() -> None:
    arrivals = twcc.Arrivals()
    arrivals.add(10, 1.0)
    arrivals.feedback(1, 2)
    arrivals.add(30_000, 2.0)
    data = arrivals.feedback(1, 2)
    assert data is not None and len(data) < 40
    arrivals.add(1, 3.0)
    arrivals.add(30_000, 3.0)
    data = arrivals.feedback(1, 2)
    assert data is not None and len(data) < 40


@given(st.binary(max_size=300))
def test_no_bytes_at_all_make_the_feedback_parser_raise(data: bytes) -> None:
    arrivals = twcc.parse(data)
    assert arrivals is None or len(arrivals) <= twcc.MAX_STATUSES
    twcc.parse(bytes(14) + b"\x00\x10" + bytes(4) + data)
