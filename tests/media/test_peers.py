"""Two peers exchange real SRTP through a real worker process, and strangers try to get in between."""

import asyncio
import struct
from collections import Counter
from itertools import pairwise

import pytest
from aioice import stun

from telekap.media import rtcp, rtp
from tests.media import probe as probes
from tests.media.house import Web, until
from tests.media.probe import Probe


async def drops(web: Web) -> Counter[str]:
    """Datagrams dropped so far, by reason."""
    return Counter((await web.link.stats())["dropped"])


@pytest.fixture
async def client(web: Web) -> Probe:
    return await Probe.join(web.link, "room", "client", ssrc=1000)


@pytest.fixture
async def therapist(web: Web, client: Probe) -> Probe:
    return await Probe.join(web.link, "room", "therapist", ssrc=2000)


async def test_pictures_and_sound_reach_the_other_seat_unchanged(client: Probe, therapist: Probe) -> None:
    for seq in range(20):
        client.video(seq, payload=b"picture %d" % seq)
        client.audio(seq, payload=b"sound %d" % seq)
    await until(lambda: len(therapist.heard("1")) == 20 and len(therapist.heard("0")) == 20, 10, "all forwarded")

    pictures = [rtp.parse(data) for data in therapist.heard("1")]
    assert [p.data[p.payload :] for p in pictures if p] == [b"picture %d" % n for n in range(20)]
    sounds = [rtp.parse(data) for data in therapist.heard("0")]
    assert [s.data[s.payload :] for s in sounds if s] == [b"sound %d" % n for n in range(20)]
    numbers = [p.seq for p in pictures if p]
    assert [rtp.ahead(b, a) for a, b in pairwise(numbers)] == [1] * 19
    assert client.rtp == []


async def test_a_keyframe_is_asked_for_when_somebody_joins(client: Probe, therapist: Probe) -> None:
    await until(lambda: client.rtcp_of(206, 1), 10, "a keyframe request")
    assert client.rtcp_of(206, 1)[-1] == rtcp.keyframe_request(
        int.from_bytes(client.rtcp_of(206, 1)[-1][4:8], "big"), client.ssrc + 1
    )


async def test_a_packet_lost_on_the_way_down_is_repaired_from_the_cache(client: Probe, therapist: Probe) -> None:
    for seq in range(5):
        client.video(seq, payload=b"picture %d" % seq)
    await until(lambda: len(therapist.heard("1")) == 5, 10, "forwarded")
    lost = rtp.parse(therapist.heard("1")[2])
    assert lost is not None
    therapist.send_rtcp(rtcp.nack(1, lost.ssrc, [lost.seq]))
    await until(lambda: len(therapist.rtp) == 6, 10, "the repair")

    repair = rtp.parse(therapist.rtp[-1])
    assert repair is not None and repair.payload_type == probes.RTX and repair.ssrc != lost.ssrc
    restored = rtp.restore_retransmission(repair, lost.ssrc, lost.payload_type)
    original = rtp.parse(restored or b"")
    assert original is not None and original.seq == lost.seq
    assert original.data[original.payload :] == b"picture 2"


async def test_a_packet_lost_on_the_way_up_is_fetched_and_forwarded_once(client: Probe, therapist: Probe) -> None:
    for seq in (10, 11, 13):
        client.video(seq, payload=b"picture %d" % seq)
    await until(lambda: client.rtcp_of(205, 1), 10, "the worker asks for 12")
    asked = [m for data in client.rtcp_of(205, 1) for m in rtcp.parse(data)]
    assert asked[0] == rtcp.Nack(client.ssrc + 1, [12])

    again = struct.pack("!H", 12) + b"picture 12"
    for number in (1, 2):  # repaired twice, forwarded once
        client.raw(client.protect(probes.rtp(client.ssrc + 2, probes.RTX, number, 12 * 3000, again)))
    client.video(14, payload=b"picture 14")
    await until(lambda: len(therapist.heard("1")) == 5, 10, "the repair is forwarded")
    packets = [p for data in therapist.heard("1") if (p := rtp.parse(data))]
    in_order = sorted(packets, key=lambda p: rtp.ahead(p.seq, packets[0].seq))
    assert [p.data[p.payload :] for p in in_order] == [b"picture %d" % n for n in (10, 11, 12, 13, 14)]


async def test_the_uplink_gets_transport_feedback_and_receiver_reports(client: Probe, therapist: Probe) -> None:
    for seq in range(30):
        if seq != 7:
            client.video(seq, cc=500 + seq)
        await asyncio.sleep(0.005)

    def told() -> dict[int, float | None]:
        feedback = [m for data in client.rtcp_of(205, 15) for m in rtcp.parse(data)]
        return dict(one for m in feedback if isinstance(m, rtcp.TransportFeedback) for one in m.arrivals)

    await until(lambda: set(told()) == set(range(500, 530)), 10, "every packet is told of")
    await until(lambda: client.rtcp_of(201, 1), 10, "a receiver report")
    assert [seq for seq, time in told().items() if time is None] == [507]


async def test_the_publishers_clock_is_told_moved_to_the_slots_timestamps(client: Probe, therapist: Probe) -> None:
    for seq in range(3):
        client.video(seq, timestamp=90000)
    await until(lambda: len(therapist.heard("1")) == 3, 10, "forwarded")
    sent = rtcp.SenderReport(client.ssrc + 1, rtcp.ntp(1_800_000_000.0), 90000)
    client.send_rtcp(rtcp.sender_report(sent, 3, 21))
    await until(lambda: therapist.rtcp_of(200, 0), 10, "a sender report")

    (moved,) = list(rtcp.parse(therapist.rtcp_of(200, 0)[0]))
    picture = rtp.parse(therapist.heard("1")[0])
    assert isinstance(moved, rtcp.SenderReport) and picture is not None
    assert moved.ssrc == picture.ssrc
    assert abs(moved.rtp - picture.timestamp) < 90  # 1 ms
    assert abs(moved.ntp - sent.ntp) / (1 << 32) < 0.01


async def test_a_rejoin_keeps_the_seat_and_the_tile(web: Web, client: Probe, therapist: Probe) -> None:
    client.video(1)
    await until(lambda: len(therapist.heard("1")) == 1, 10, "forwarded")
    again = await Probe.join(web.link, "room", "client", ssrc=7000)
    again.video(40000, payload=b"back")
    await until(lambda: len(therapist.heard("1")) == 2, 10, "forwarded again")
    before, after = (rtp.parse(data) for data in therapist.heard("1"))
    assert before is not None and after is not None
    assert rtp.ahead(after.seq, before.seq) == 1
    assert list(web.link.state["rooms"]["room"]) == ["client", "therapist"]

    client.video(2, payload=b"from the connection before")
    again.video(40001)
    await until(lambda: len(therapist.heard("1")) == 3, 10, "forwarded")
    assert not any(b"before" in data for data in therapist.rtp)


async def test_not_one_packet_goes_to_or_from_an_emptied_seat(web: Web, client: Probe, therapist: Probe) -> None:
    client.video(1)
    therapist.video(1)
    await until(lambda: client.heard("1") and therapist.heard("1"), 10, "both see each other")
    before = await drops(web)
    await web.link.leave("room", "client")
    had = len(client.rtp), len(therapist.rtp)
    for seq in range(2, 30):
        client.video(seq)
        therapist.video(seq)
        await asyncio.sleep(0.002)
    assert (len(client.rtp), len(therapist.rtp)) == had
    assert (await drops(web) - before)["unverified"] >= 28


async def test_a_withdrawn_seat_stays_connected_but_nothing_travels(web: Web, client: Probe, therapist: Probe) -> None:
    client.video(1)
    await until(lambda: therapist.heard("1"), 10, "seen")
    await web.link.unbind("room", "client")
    had = len(client.rtp), len(therapist.rtp)
    for seq in range(2, 20):
        client.video(seq)
        therapist.video(seq)
        await asyncio.sleep(0.002)
    await until(lambda: web.sight("room", "client", "video_in") == "flowing", 10, "it is still seen by the server")
    assert (len(client.rtp), len(therapist.rtp)) == had
    assert web.link.state["rooms"]["room"]["therapist"]["slots"][0]["from"] is None


async def test_what_a_stranger_sends_never_reaches_a_handshake_or_a_room(web: Web) -> None:
    before = await drops(web)
    client = await Probe.offered(web.link, "room", "client")
    stranger = await Probe.offered(web.link, "other", "stranger")
    hello = bytes([22, 254, 253]) + bytes(8) + struct.pack("!H", 4) + b"\x01\x00\x00\x00"
    for data in (b"", hello, probes.noise(1), probes.noise(100), b"\x00\x01", b"\x80" + probes.noise(40), bytes(1400)):
        client.raw(data)
    stranger.answer = client.answer  # knows the name, not the password
    stranger.check(password="a guess")
    await asyncio.sleep(0.1)
    for data in (b"", hello, probes.noise(50)):
        stranger.raw(data)
    await asyncio.sleep(0.1)
    assert stranger.stun_answers == 0

    await client.connect()
    for data in (b"", hello, probes.noise(50), b"\x80\x60" + probes.noise(60)):
        for one in (client, stranger):  # empty and wrong-key packets, from the verified address too
            one.raw(data)
    client.video(1)
    await until(lambda: client.rtcp_of(201, 1), 10, "the worker reports on the picture")
    stats = await web.link.stats()
    dropped = await drops(web) - before
    assert dropped["empty"] == 4 and dropped["unverified"] >= 4
    assert dropped["stun_unsigned"] == 1 and dropped["stun_malformed"] >= 1
    assert stats["counts"]["not_authentic"] >= 1 and stats["counts"].get("faults", 0) == 0
    assert stats["received"] == 1


async def test_a_replayed_packet_is_forwarded_once(web: Web, client: Probe, therapist: Probe) -> None:
    packet = client.protect(probes.rtp(client.ssrc + 1, probes.VIDEO, 5, 15000, b"once"))
    for _ in range(3):
        client.raw(packet)
    client.video(6)
    await until(lambda: len(therapist.heard("1")) == 2, 10, "forwarded")
    assert (await web.link.stats())["counts"]["not_authentic"] == 2


async def test_a_stolen_handshake_with_another_certificate_gets_no_keys(web: Web) -> None:
    client = await Probe.offered(web.link, "room", "client", fingerprint=":".join(["AB"] * 32))
    await client.connect()  # our side cannot see that the worker does not believe us
    client.video(1)
    await asyncio.sleep(0.1)
    assert (await web.link.stats())["received"] == 0


async def test_a_new_address_proven_by_a_signed_check_takes_the_path(web: Web, client: Probe, therapist: Probe) -> None:
    moved = Probe(client.ssrc)
    moved.answer, moved.server, moved.dtls, moved._pipe = client.answer, client.server, client.dtls, client._pipe
    await moved.listen()
    moved.raw(client.protect(probes.rtp(client.ssrc + 1, probes.VIDEO, 1, 1, b"not yet proven")))
    moved.check()
    await until(lambda: moved.stun_answers, 10, "the check is answered")
    moved.video(2)
    await until(lambda: len(therapist.heard("1")) == 1, 10, "forwarded from the new address")


async def test_a_check_overheard_and_repeated_from_elsewhere_moves_nothing(web: Web, client: Probe) -> None:
    request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
    request.attributes["USERNAME"] = probes.attribute(client.answer, "ice-ufrag") + ":probe"
    request.attributes["USE-CANDIDATE"] = None
    request.add_message_integrity(probes.attribute(client.answer, "ice-pwd").encode())
    dropped, before = await drops(web), client.stun_answers
    client.raw(bytes(request))
    await until(lambda: client.stun_answers > before, 10, "answered")
    stranger = await Probe.offered(web.link, "other", "stranger")
    stranger.raw(bytes(request))
    await asyncio.sleep(0.1)
    assert stranger.stun_answers == 0
    assert (await drops(web) - dropped)["stun_replayed"] == 1


async def test_five_seats_see_each_other_and_a_sixth_is_refused(web: Web) -> None:
    seats = [await Probe.join(web.link, "room", f"seat{n}", ssrc=1000 * n, pairs=4) for n in range(1, 6)]
    for n, seat in enumerate(seats):
        seat.video(1, payload=b"from %d" % n)
    await until(lambda: all(len(seat.rtp) == 4 for seat in seats), 10, "everybody sees four others")
    for n, seat in enumerate(seats):
        assert sorted(data[-6:] for data in seat.rtp) == sorted(b"from %d" % m for m in range(5) if m != n)
    with pytest.raises(Exception, match="media_full"):
        await web.link.join("room", "seat6", probes.offer())
    assert len(web.link.state["rooms"]["room"]) == 5


async def test_a_stream_the_offer_did_not_name_is_learnt_from_its_first_packet(web: Web, client: Probe) -> None:
    unnamed = await Probe.offered(web.link, "room", "therapist", ssrc=9000, named=False)
    await unnamed.connect()
    unnamed.video(1, payload=b"unnamed")
    await until(lambda: client.heard("1"), 10, "forwarded")
    assert client.heard("1")[0].endswith(b"unnamed")
