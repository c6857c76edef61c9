"""One stream in, one slot out: numbers, repairs, keyframes, clocks, limits. The time is passed."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from telekap.media import rtcp, rtp
from telekap.media.incoming import KEYFRAME_INTERVAL, NACK_COPY, NACK_MOST
from telekap.media.slot import CACHE, COPY, REPAIR_BURST, REPAIRS
from tests.media import probe
from tests.media.forwarding import Bench, Way


def test_number_time_source_and_payload_type_are_the_slots_own() -> None:
    bench = Bench()
    bench.slot.bind(bench.stream, 0.0)
    for seq in (65534, 65535, 0, 1):
        bench.receive(seq)
    sent = bench.sent()
    assert {(p.ssrc, p.payload_type) for p in sent} == {(bench.slot.ssrc, 120)}
    assert [rtp.ahead(p.seq, sent[0].seq) for p in sent] == [0, 1, 2, 3]
    assert (sent[1].timestamp - sent[0].timestamp) & 0xFFFFFFFF == 3000
    assert all(p.marker for p in sent) and bench.payloads() == [b"65534", b"65535", b"0", b"1"]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=120), st.integers(0, 0xFFFF))
def test_whatever_order_packets_come_in_each_goes_out_once(offsets: list[int], start: int) -> None:
    bench = Bench()
    bench.slot.bind(bench.stream, 0.0)
    bench.receive(start)
    for offset in offsets:
        bench.receive((start + offset) & 0xFFFF)
    numbers = [p.seq for p in bench.sent()]
    assert len(numbers) == len(set(numbers))
    assert sorted(bench.payloads()) == sorted({b"%d" % ((start + n) & 0xFFFF) for n in [0, *offsets]})
    assert bench.stream.received + bench.stream.duplicates == 1 + len(offsets)


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(-6, 6)), min_size=1, max_size=100),
    st.lists(st.integers(0, 0xFFFF), min_size=3, max_size=3),
)
def test_no_number_ever_carries_two_different_packets(events: list[tuple[int, int]], starts: list[int]) -> None:
    """SRTP encrypts under the packet's number: two packets under one number would give the key stream away."""
    bench = Bench()
    publishers = [bench.publisher(10 + n) for n in range(3)]
    at = list(starts)
    now = 0.0
    for who, step in events:
        now += 0.01
        bench.slot.bind(publishers[who], now)
        at[who] = (at[who] + step) & 0xFFFF
        bench.receive(at[who], now, b"%d of %d" % (at[who], who), publishers[who])
    carried: dict[int, bytes] = {}
    for packet in bench.sent():
        assert carried.setdefault(packet.seq, packet.data[packet.payload :]) == packet.data[packet.payload :]


def test_a_change_of_publisher_goes_on_where_the_other_stopped() -> None:
    bench = Bench()
    other = bench.publisher(6)
    bench.slot.bind(bench.stream, 0.0)
    bench.receive(100, now=1.0)
    bench.slot.bind(other, 1.5)
    bench.receive(40000, now=2.0, stream=other)
    bench.receive(101, now=2.0)  # the one before goes on sending; it is no longer shown
    first, second = bench.sent()
    assert rtp.ahead(second.seq, first.seq) == 1
    assert (second.timestamp - first.timestamp) & 0xFFFFFFFF == 90000  # one second of its clock
    assert bench.stream.slots == [] and other.slots == [bench.slot]


def test_binding_asks_for_a_keyframe_and_never_for_two_at_once() -> None:
    bench = Bench()
    bench.slot.bind(bench.stream, 10.0)
    bench.slot.bind(bench.stream, 10.0)
    bench.slot.request_keyframe(10.1)
    assert bench.up == [rtcp.keyframe_request(1, 5)]
    bench.stream.tick(10.2)
    assert len(bench.up) == 1
    bench.stream.tick(10.0 + KEYFRAME_INTERVAL)  # what was put off is not forgotten
    bench.stream.tick(12.0)
    assert bench.up == [rtcp.keyframe_request(1, 5)] * 2
    sound = Bench("audio")
    sound.slot.bind(sound.stream, 0.0)
    assert sound.up == []


def test_a_missing_packet_is_asked_for_until_it_comes_or_is_too_old() -> None:
    bench = Bench()
    bench.receive(65534, now=1.0)
    bench.receive(1, now=1.0)
    assert bench.asked() == [65535, 0]
    bench.stream.tick(1.005)
    assert bench.asked() == [65535, 0]
    bench.receive(65535, now=1.008)
    asked: list[float] = []
    for tick in range(300):
        before, now = len(bench.asked()), 1.01 + tick * 0.01
        bench.stream.tick(now)
        asked += [round(now - 1.0, 2)] * (len(bench.asked()) - before)
    assert set(bench.asked()[2:]) == {0}
    pairs = zip(asked[1::2], asked[2::2], strict=False)
    assert asked[0] == NACK_COPY, "a request may be lost too"
    assert asked[1] > 0.04, "a browser does not answer what is asked for again within a round trip"
    assert all(round(second - first, 2) == NACK_COPY for first, second in pairs)
    assert 0.9 * NACK_MOST <= asked[-1] <= NACK_MOST


def test_a_request_is_repeated_by_the_round_trip_that_was_measured() -> None:
    """A browser that has just sent a packet again ignores whoever asks for it within its round trip."""
    bench = Bench()
    bench.receive(1, now=1.0)
    for loss in range(40):
        seq, now = 3 + 2 * loss, 1.1 + loss
        bench.receive(seq, now=now)
        lost = rtp.parse(probe.rtp(5, 96, seq - 1, 0, b"lost"))
        assert lost is not None
        again = rtp.parse(rtp.retransmission(lost, 6, 97, loss))
        assert again is not None
        bench.stream.restore(again, now + 0.2)
    bench.receive(99, now=60.0)
    assert bench.stream.tick(60.01) > 60.01 + 0.2
    assert bench.stream.tick(60.22) < 60.3


def test_sound_is_not_asked_for_again_but_late_sound_is_forwarded() -> None:
    bench = Bench("audio")
    bench.slot.bind(bench.stream, 0.0)
    for seq in (1, 4, 2, 2, 4):
        bench.receive(seq)
    assert bench.asked() == [] and bench.payloads() == [b"1", b"4", b"2"]


def test_a_jump_of_numbering_is_not_asked_for() -> None:
    bench = Bench()
    bench.receive(1)
    bench.receive(20_000)
    assert bench.asked() == []


def test_a_repair_is_forwarded_once_and_a_useless_one_not_at_all() -> None:
    bench = Bench()
    bench.slot.bind(bench.stream, 0.0)
    bench.receive(1)
    bench.receive(3)
    for seq, payload in ((2, b"two"), (2, b"two"), (3, b"three"), (9, b"nine")):
        wrapped = rtp.parse(probe.rtp(77, 97, 1, seq * 3000, struct.pack("!H", seq) + payload))
        assert wrapped is not None
        bench.stream.restore(wrapped, 1.0)
    assert bench.payloads() == [b"1", b"3", b"two"] and bench.stream.recovered == 1


def test_a_repair_down_comes_from_the_cache_under_a_fresh_transport_number() -> None:
    bench = Bench()
    bench.slot.bind(bench.stream, 0.0)
    for seq in range(CACHE + 10):
        bench.receive(seq & 0xFFFF, now=1.0)
    first, last = bench.sent()[0], bench.sent()[-1]
    del bench.down[:]
    bench.slot.repair([first.seq, last.seq], 3.0)
    (again,) = bench.sent()
    assert (again.ssrc, again.payload_type) == (bench.slot.retransmission_ssrc, 97)
    at = rtp.find_extension(again, 2)
    assert again.data[at : at + 2] == struct.pack("!H", 500 + CACHE + 10)
    assert again.data[again.payload :] == struct.pack("!H", last.seq) + b"%d" % (CACHE + 9)
    assert (bench.slot.nacked, bench.slot.repaired, bench.slot.cache_missed) == (2, 1, 1)


def test_without_a_repair_stream_the_very_same_bytes_go_out_again() -> None:
    """The number is the same, so nothing under it may differ: see the key stream above."""
    bench = Bench(again=None)
    bench.slot.bind(bench.stream, 0.0)
    bench.receive(1, now=1.0)
    bench.slot.repair([bench.sent()[0].seq], 9.0)
    assert bench.down[0] == bench.down[1]


def test_losses_on_the_way_up_are_reported() -> None:
    bench = Bench()
    for seq in range(100):
        if seq % 4:
            bench.receive(seq, now=seq / 100)
    bench.stream.sender_report = (rtcp.SenderReport(5, 0xAABBCCDD11223344, 0), 1.0)
    block = bench.stream.report_block(1.5)
    assert block is not None
    (report,) = rtcp.parse(rtcp.receiver_report(1, [block]))
    assert isinstance(report, rtcp.Report)
    assert report.ssrc == 5 and report.highest == 99
    assert abs(report.fraction_lost - 24 / 99) < 0.01 and int.from_bytes(block[5:8], "big") == 24
    assert report.last_sr == 0xCCDD1122 and report.delay == 32768
    assert Bench().stream.report_block(1.0) is None


def test_extended_numbers_count_the_wraps() -> None:
    bench = Bench()
    for seq in (65535, 0, 1):
        bench.receive(seq)
    (report,) = rtcp.parse(rtcp.receiver_report(1, [bench.stream.report_block(1.0) or b""]))
    assert isinstance(report, rtcp.Report) and report.highest == 0x10001 and report.fraction_lost == 0


def test_the_publishers_clock_is_moved_to_the_slots_timestamps() -> None:
    bench = Bench()
    bench.slot.bind(bench.stream, 0.0)
    bench.slot.relay_sender_report(1.0)
    assert bench.down_rtcp == []
    bench.receive(10, now=1.0)
    bench.stream.sender_report = (rtcp.SenderReport(5, 1 << 40, 30_000), 1.0)
    bench.slot.relay_sender_report(1.5)
    (moved,) = rtcp.parse(bench.down_rtcp[0])
    assert isinstance(moved, rtcp.SenderReport) and moved.ssrc == bench.slot.ssrc
    assert moved.ntp == (1 << 40) + (1 << 31)
    assert (moved.rtp - bench.sent()[0].timestamp) & 0xFFFFFFFF == 45_000


def test_sound_goes_out_twice_on_a_line_that_loses_under_the_same_number_and_once_on_a_clean_one() -> None:
    bench = Bench("audio", again=None)
    bench.slot.bind(bench.stream, 0.0)
    way = Way(5_000_000, loss=0.08)
    way.run(10, 800_000)
    way.downlink.share([bench.slot])
    for seq in (1, 2, 3):
        bench.receive(seq)
    assert bench.payloads() == [b"1", b"2", b"1", b"3", b"2"]
    assert bench.down[2] == bench.down[0] and bench.down[4] == bench.down[1]
    way.loss = 0.0
    way.run(10, 800_000)
    way.downlink.share([bench.slot])
    del bench.down[:]
    bench.receive(4)
    assert bench.payloads() == [b"4"]


def test_the_end_of_a_picture_what_comes_late_and_repairs_go_twice_on_a_line_that_loses() -> None:
    bench = Bench()
    bench.slot.bind(bench.stream, 0.0)
    due: list[float] = []
    bench.slot.on_due = due.append
    bench.slot.twice = True
    for seq, marker in ((1, False), (2, True), (4, False), (3, False)):
        packet = rtp.parse(probe.rtp(5, 96, seq, 0, b"%d" % seq, marker))
        assert packet is not None
        bench.stream.receive(packet, 1.0)
    assert len(bench.down) == 4 and due == [1.0 + COPY] * 2
    first, second, fourth, third = bench.sent()
    bench.slot.tick(1.0 + COPY)
    assert restored(bench.sent()[4:]) == [second.seq, third.seq]
    bench.slot.tick(2.0)
    assert len(bench.down) == 6
    bench.slot.repair([fourth.seq], 3.0)
    bench.slot.tick(3.0 + COPY)
    assert restored(bench.sent()[6:]) == [fourth.seq] * 2
    assert len({packet.seq for packet in bench.sent()[4:]}) == 4, "each under a number of its own"
    bench.slot.repair([first.seq], 4.0)
    bench.slot.bind(None, 4.0)
    bench.slot.tick(4.0 + COPY)
    assert len(bench.down) == 9, "not one packet more once the slot is taken away"


def restored(packets: list[rtp.Packet]) -> list[int]:
    """Which numbers these repairs carry."""
    return [int.from_bytes(packet.data[packet.payload : packet.payload + 2], "big") for packet in packets]


def test_repairs_leave_room_for_what_is_new() -> None:
    bench = Bench()
    bench.slot.bind(bench.stream, 0.0)
    for seq in range(100):
        bench.receive(seq, payload=bytes(1000))
    first = bench.sent()[0].seq
    del bench.down[:]
    bench.slot.repair([first + n for n in range(100)], 1.0)
    at_once = len(bench.down)
    assert 8_000 * (at_once - 2) <= REPAIRS * REPAIR_BURST <= 8_500 * at_once
    bench.slot.repair([first + n for n in range(100)], 1.1)
    assert 0 < len(bench.down) - at_once < at_once
    assert bench.slot.repairs_held > 0
    bench.slot.limit = 200_000.0
    del bench.down[:]
    bench.slot.repair([first + n for n in range(100)], 9.0)
    assert len(bench.down) < at_once / 2, "less where the line is known to be narrow"
