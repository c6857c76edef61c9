"""Who is shown to whom, and what the server sees of each. No sockets; the time is passed."""

from collections import Counter
from collections.abc import Callable

import pytest

from telekap.media import rtcp, rtp, sdp, stamp
from telekap.media.connection import Connection
from telekap.media.errors import Full
from telekap.media.house import House
from telekap.media.incoming import KEYFRAME_INTERVAL, NACK_COPY
from telekap.media.room import MAX_SEATS, Room
from telekap.media.sight import Event, Sight
from tests.media import probe


def connection(seat: str, ssrc: int, pairs: int = 4) -> Connection:
    return Connection(seat, sdp.parse(probe.offer(ssrc, pairs)), lambda data: None)


def shown(room: Room, seat: str) -> list[str | None]:
    return [pair.shows for pair in room.seats[seat].pairs]


def picture(one: Connection, seq: int, now: float, kind: str = "video") -> None:
    """One packet of the seat's own stream, past decryption."""
    stream = one.incoming[kind]
    packet = rtp.parse(probe.rtp(stream.ssrc, stream.payload_type, seq, seq * 3000, b"x"))
    assert packet is not None
    stream.receive(packet, now)


def confirm(one: Connection, highest: int, now: float, pair: int = 0) -> None:
    """The seat's browser reports that it got more of what one slot sends."""
    slot = one.pairs[pair].video
    assert slot is not None
    slot.reported(rtcp.Report(slot.ssrc, 0.0, highest, 0, 0, 0), now)


def test_what_every_packet_touches_is_in_one_block_of_memory_each() -> None:
    """Over thirty attributes in a class without slots, and forwarding costs a tenth more (docs/decisions/0085)."""
    room = Room("r")
    for n, seat in enumerate(("client", "therapist")):
        room.seat(connection(seat, 1000 * n), 0.0)
    one = room.seats["client"]
    slot = one.pairs[0].video
    assert slot is not None
    for touched in (one, one.incoming["video"], one.incoming["video"].life, slot, slot.confirmed, one._downlink):
        assert not hasattr(touched, "__dict__"), type(touched)


def test_what_is_missing_or_wished_for_makes_a_connection_due() -> None:
    """The worker looks at a connection only then; a loss must not wait for the next report."""
    one = connection("client", 1000)
    one.due = 60.0
    one.incoming["video"].request_keyframe(9.8)
    one.incoming["video"].request_keyframe(9.9)  # the second one is put off
    assert one.due == 9.8 + KEYFRAME_INTERVAL
    picture(one, 1, 10.0)
    picture(one, 3, 10.0)
    assert one.due == 10.0 + NACK_COPY


def test_everybody_sees_everybody_else() -> None:
    room = Room("r")
    assert room.seat(connection("client", 1000), 0.0) == {"client"}
    assert room.seat(connection("therapist", 2000), 0.0) == {"client", "therapist"}
    assert room.seat(connection("support", 3000), 0.0) == {"client", "therapist", "support"}
    assert shown(room, "client") == ["therapist", "support", None, None]
    assert shown(room, "support") == ["client", "therapist", None, None]
    video = room.seats["client"].pairs[0].video
    assert video is not None and video.source is room.seats["therapist"].incoming["video"]


def test_a_rejoin_changes_no_tile() -> None:
    room = Room("r")
    for n, seat in enumerate(("client", "therapist", "support")):
        room.seat(connection(seat, 1000 * n), 0.0)
    before = room.seats["therapist"].incoming["video"]
    assert room.seat(connection("therapist", 9000), 1.0) == {"therapist"}
    assert shown(room, "client") == ["therapist", "support", None, None]
    video = room.seats["client"].pairs[0].video
    assert video is not None and video.source is room.seats["therapist"].incoming["video"]
    assert before.slots == [] and len(room.seats) == 3


def test_a_free_place_goes_to_whoever_waits() -> None:
    room = Room("r")
    for n, seat in enumerate(("client", "therapist", "support")):
        room.seat(connection(seat, 1000 * n, pairs=1), 0.0)
    assert shown(room, "client") == ["therapist"]
    assert room.leave("therapist", 1.0) == {"client"}
    assert shown(room, "client") == ["support"] and shown(room, "support") == ["client"]
    assert room.leave("therapist", 1.0) == set()


def test_a_room_has_five_seats() -> None:
    room = Room("r")
    for n in range(MAX_SEATS):
        room.seat(connection(f"seat{n}", 1000 * n), 0.0)
    with pytest.raises(Full):
        room.seat(connection("one-more", 9000), 0.0)
    room.seat(connection("seat0", 9000), 0.0)
    assert len(room.seats) == MAX_SEATS


def test_a_withdrawn_seat_is_shown_to_nobody_and_is_shown_nobody() -> None:
    room = Room("r")
    for n, seat in enumerate(("client", "therapist", "support")):
        room.seat(connection(seat, 1000 * n), 0.0)
    room.withdraw("client", 1.0)
    assert shown(room, "client") == [None] * 4 and shown(room, "therapist") == [None, "support", None, None]
    assert room.seats["client"].incoming["video"].slots == []
    room.seat(connection("client", 9000), 2.0)
    assert shown(room, "therapist") == ["client", "support", None, None]


class Scene:
    """A room with two or three seats and the story of its sight."""

    def __init__(self, *seats: str) -> None:
        self.room, self.sight = Room("r"), Sight("r")
        for n, seat in enumerate(seats):
            self.room.seat(connection(seat, 1000 * (n + 1)), 0.0)
        self.seq = 0
        self.now = 0.0

    def run(self, seconds: float, sending: tuple[str, ...], confirming: tuple[str, ...] = ()) -> list[Event]:
        """Let time pass: pictures each 0.1 s of who sends, reports each second of who confirms."""
        events: list[Event] = []
        for _ in range(round(seconds * 10)):
            self.now += 0.1
            self.seq += 1
            for seat in sending:
                picture(self.room.seats[seat], self.seq, self.now)
            if self.seq % 10 == 0:
                for seat in confirming:
                    for n in range(len(self.room.seats) - 1):
                        confirm(self.room.seats[seat], self.seq, self.now, n)
            events += self.sight.look(self.room, self.now)
        return events

    def state(self, seat: str, kind: str, direction: str) -> str:
        return self.sight.lines[seat][kind, direction].state


def told(events: list[Event]) -> list[tuple[object, ...]]:
    return [(e["seat"], e["kind"], e["direction"], e["state"]) for e in events]


def test_a_stream_flows_from_its_third_packet_and_is_told_once() -> None:
    scene = Scene("client", "therapist")
    assert scene.run(1.0, ()) == []
    assert scene.run(0.2, ("client",)) == []
    events = scene.run(5.0, ("client",))
    assert told(events) == [("client", "video", "in", "flowing")]
    assert events[0]["newest_age_ms"] == 0 and events[0]["room"] == "r"


def test_a_stream_has_stopped_after_three_seconds_and_is_told_once() -> None:
    scene = Scene("client", "therapist")
    scene.run(2.0, ("client",))
    assert scene.run(2.9, ()) == []
    events = scene.run(10.0, ())
    assert told(events) == [("client", "video", "in", "stopped")]
    assert 2990 <= int(str(events[0]["newest_age_ms"])) <= 3110


def test_one_picture_a_second_is_a_stream() -> None:
    """What a page in a hidden tab sends."""
    scene = Scene("client", "therapist")
    events: list[Event] = []
    for _ in range(8):
        events += scene.run(0.1, ("client",)) + scene.run(0.9, ())
    assert told(events) == [("client", "video", "in", "flowing")]


def test_strays_make_no_stream() -> None:
    scene = Scene("client", "therapist")
    for _ in range(10):
        assert scene.run(0.1, ("client",)) == []
        assert scene.run(1.9, ()) == []


def test_receiving_is_believed_only_from_receiver_reports_that_progress() -> None:
    scene = Scene("client", "therapist")
    assert told(scene.run(8.0, ("client",))) == [("client", "video", "in", "flowing")]
    assert told(scene.run(2.0, ("client",), ("therapist",))) == [("therapist", "video", "out", "flowing")]
    highest = scene.seq
    for _ in range(8):  # reports that repeat the same highest number are no progress
        confirm(scene.room.seats["therapist"], highest, scene.now)
        stopped = scene.run(1.0, ("client",))
        if stopped:
            break
    assert told(stopped) == [("therapist", "video", "out", "stopped")]
    assert scene.state("client", "video", "in") == "flowing"


def test_with_two_pictures_both_must_be_confirmed() -> None:
    scene = Scene("client", "therapist", "support")
    scene.run(3.0, ("client", "support"), ("therapist",))
    assert scene.state("therapist", "video", "out") == "flowing"
    for _ in range(60):
        scene.run(0.1, ("client", "support"))
        confirm(scene.room.seats["therapist"], scene.seq, scene.now, pair=1)
    assert scene.state("therapist", "video", "out") == "stopped"


def test_a_silent_publisher_is_not_the_receivers_fault() -> None:
    scene = Scene("client", "therapist", "support")
    scene.run(3.0, ("client", "support"), ("therapist",))
    events = scene.run(6.0, ("client",), ("therapist",))
    assert told(events) == [("support", "video", "in", "stopped")]
    events = scene.run(6.0, ("client", "support"), ("therapist",))
    assert told(events) == [("support", "video", "in", "flowing")]


def test_a_quick_rejoin_is_no_change_and_a_departure_is_one() -> None:
    scene = Scene("client", "therapist")
    scene.run(2.0, ("client",))
    scene.room.seat(connection("client", 9000), scene.now)
    assert scene.run(1.0, ()) == []
    assert scene.run(2.0, ("client",)) == []
    scene.room.leave("client", scene.now)
    assert told(scene.sight.look(scene.room, scene.now)) == [("client", "video", "in", "stopped")]
    assert list(scene.sight.lines) == ["therapist"]


def test_every_tile_gets_the_age_of_its_newest_picture() -> None:
    scene = Scene("client", "therapist")
    scene.run(2.0, ("client",))
    ages = scene.sight.ages(scene.room, scene.now + 1.234)
    assert ages["event"] == "ages" and ages["room"] == "r"
    seats = ages["seats"]
    assert isinstance(seats, dict)
    assert seats["client"]["video_in_ms"] == 1234 and seats["client"]["audio_in_ms"] is None
    assert seats["therapist"]["video_in_ms"] is None and seats["therapist"]["connected"] is False


def stamped(one: Connection, seq: int, now: float, count: int | None, ends: bytes = b"") -> None:
    """A picture with the sender's count of changes behind it, and what ends the unit it is in."""
    stream = one.incoming["video"]
    tail = b"" if count is None else stamp.MAGIC + bytes([count]) + ends
    packet = rtp.parse(probe.rtp(stream.ssrc, stream.payload_type, seq, seq * 3000, b"picture" + tail))
    assert packet is not None
    stream.receive(packet, now)


def stamps(scene: Scene, seconds: float, count: Callable[[float], int | None]) -> list[Event]:
    """Let time pass: ten pictures a second of the client, stamped as ``count`` says."""
    events: list[Event] = []
    for _ in range(round(seconds * 10)):
        scene.now += 0.1
        scene.seq += 1
        stamped(scene.room.seats["client"], scene.seq, scene.now, count(scene.now))
        events += scene.sight.look(scene.room, scene.now)
    return events


def test_a_picture_that_stands_still_is_frozen_and_as_old_as_its_last_change() -> None:
    scene = Scene("client", "therapist")
    assert told(stamps(scene, 3, lambda now: int(now * 2))) == [("client", "video", "in", "flowing")]
    events = stamps(scene, 10, lambda now: 6)
    assert told(events) == [("client", "video", "in", "frozen")]
    assert 3_900 <= int(str(events[0]["newest_age_ms"])) <= 4_200
    ages = scene.sight.ages(scene.room, scene.now)["seats"]
    assert isinstance(ages, dict) and 9_500 <= ages["client"]["video_in_ms"] <= 10_100
    assert told(stamps(scene, 1, lambda now: 7)) == [("client", "video", "in", "flowing")]
    stamps(scene, 5, lambda now: 7)
    assert told(scene.run(4.0, ())) == [("client", "video", "in", "stopped")]


@pytest.mark.parametrize("ends", [b"", b"\x80"], ids=["VP8", "H.264"])
@pytest.mark.parametrize("count", [1, 0x7F, 0x80, 0x81, 255])
def test_a_stamp_is_read_of_either_codec_whatever_its_count(ends: bytes, count: int) -> None:
    one = connection("client", 1000)
    life = one.incoming["video"].life
    for seq, changes in enumerate((count % 255 + 1, count, count)):
        stamped(one, seq, float(seq), changes, ends)
    assert life.changed == 1.0, "the second changed it, the third did not"
    stamped(one, 9, 9.0, None, ends)
    assert life.changed is None


def test_a_page_that_cannot_look_is_not_called_frozen() -> None:
    for count in (None, 0):
        scene = Scene("client", "therapist")
        assert told(stamps(scene, 20, lambda now, count=count: count)) == [("client", "video", "in", "flowing")]


def sound(one: Connection, seq: int, now: float, level: int) -> None:
    """A packet of sound of so many -dBov."""
    stream = one.incoming["audio"]
    head = probe.rtp(stream.ssrc, stream.payload_type, seq, seq * 960, b"", False)
    block = b"\xbe\xde\x00\x01" + bytes([probe.AUDIO_LEVEL << 4, level, 0, 0])
    packet = rtp.parse(bytes([head[0] | 0x10]) + head[1:] + block + b"sound")
    assert packet is not None
    stream.receive(packet, now)


def test_a_muted_microphone_is_told_from_a_quiet_room() -> None:
    scene = Scene("client", "therapist")

    def speak(seconds: float, level: int) -> list[tuple[object, ...]]:
        events: list[Event] = []
        for _ in range(round(seconds * 10)):
            scene.now += 0.1
            scene.seq += 1
            sound(scene.room.seats["client"], scene.seq, scene.now, level)
            events += scene.sight.look(scene.room, scene.now)
        return told(events)

    assert speak(20, 110) == [("client", "audio", "in", "flowing")]
    assert speak(20, 127) == [("client", "audio", "in", "silent")]
    assert speak(1, 0x80 | 90) == [("client", "audio", "in", "flowing")]


def test_every_room_is_told_of_each_second_and_they_do_not_all_have_one_moment() -> None:
    """A hundred reports in one turn would hold up everybody's pictures by the time of a hundred reports."""
    told: list[str] = []
    house = House(lambda *_: None, lambda: [("127.0.0.1", 1)], lambda event: told.append(str(event["room"])), lambda: 0)
    for i in range(40):
        house.join(f"room{i}", "client", probe.offer(1000 + 16 * i), 100.0)
    del told[:]
    at_once: list[int] = []
    for tick in range(1500):
        before = len(told)
        house.tick(100.0 + tick * 0.01)
        at_once.append(len(told) - before)
    assert max(at_once[1000:]) <= 10, "after some seconds they have come apart"
    counts = Counter(told)
    assert len(counts) == 40 and all(15 <= count <= 18 for count in counts.values())
