"""Offers read and answered: recorded ones, ones that lack something, and noise."""

from pathlib import Path

import pytest
from aiortc.sdp import SessionDescription
from hypothesis import given
from hypothesis import strategies as st

from telekap.media import answer, sdp
from telekap.media.connection import Connection
from telekap.media.errors import BadOffer
from telekap.media.room import Room
from tests.media import probe

OFFERS = sorted((Path(__file__).parent / "offers").glob("*.sdp"))
LOCAL = answer.Local("ufrag", "password" * 4, ":".join(["AB"] * 32), [("192.0.2.2", 5000), ("2001:db8::2", 5001)])


NUMBERED = ["rtpmap:", "extmap:", "ssrc:", "fmtp:", "ssrc-group:FID "]


def read(path: Path) -> str:
    return path.read_bytes().decode()


def answered(offer: str) -> tuple[Connection, str]:
    connection = Connection("client", sdp.parse(offer), lambda data: None)
    return connection, answer.write(connection.answer_parts, LOCAL)


@pytest.mark.parametrize("path", OFFERS, ids=lambda path: path.stem)
def test_a_browsers_offer_is_answered_line_for_line(path: Path) -> None:
    connection, text = answered(read(path))
    ours, theirs = SessionDescription.parse(text), SessionDescription.parse(read(path))
    assert [m.rtp.muxId for m in ours.media] == [m.rtp.muxId for m in theirs.media]
    assert [m.kind for m in ours.media] == ["audio", "video", "audio", "video"]
    assert [m.direction for m in ours.media] == ["sendrecv", "sendrecv", "sendonly", "sendonly"]
    for mine, offered in zip(ours.media, theirs.media, strict=True):
        codecs = {codec.payloadType: codec.mimeType.lower() for codec in offered.rtp.codecs}
        doubles = "audio/red" in codecs.values() and mine.direction == "sendrecv"
        assert [codec.mimeType.lower() for codec in mine.rtp.codecs] == (
            ["audio/red"] * doubles + ["audio/opus"] if mine.kind == "audio" else ["video/vp8", "video/rtx"]
        )
        assert all(codecs[codec.payloadType] == codec.mimeType.lower() for codec in mine.rtp.codecs)
        extensions = {one.uri: one.id for one in offered.rtp.headerExtensions}
        assert all(extensions[one.uri] == one.id for one in mine.rtp.headerExtensions)
        assert mine.ice.iceLite and mine.ice.usernameFragment == "ufrag" and mine.dtls.role == "server"
        assert [(c.ip, c.port) for c in mine.ice_candidates] == LOCAL.candidates
        assert mine.ice_candidates[0].priority > mine.ice_candidates[1].priority
        assert mine.ssrc and mine.msid
    video = connection.incoming["video"]
    assert video.ssrc == theirs.media[1].ssrc[0].ssrc and video.retransmission is not None
    assert [pair.mid_video for pair in connection.pairs] == ["1", "3"]


def test_sound_that_carries_the_sound_before_it_is_preferred_on_the_way_up_alone() -> None:
    connection, text = answered(read(OFFERS[0]))
    up, *down = [line for line in text.splitlines() if line.startswith("m=audio")]
    assert up.endswith(" 63 111") and "a=fmtp:63 111/111" in text
    assert down and all(line.endswith(" 111") for line in down) and " 63 " not in "".join(down)
    assert connection.incoming["audio"].redundancy == 63
    other = read(OFFERS[0]).replace("a=fmtp:63 111/111", "a=fmtp:63 111/112")
    assert answered(other)[0].incoming["audio"].redundancy is None, "it must be of the very codec we speak"


def test_opus_keeps_its_forward_error_correction_and_video_its_feedback() -> None:
    _, text = answered(read(OFFERS[0]))
    assert "useinbandfec=1" in text
    for feedback in ("nack", "nack pli", "ccm fir", "goog-remb", "transport-cc"):
        assert f"a=rtcp-fb:96 {feedback}\r\n" in text
    assert "sdes:mid" not in text and "toffset" not in text and "video-timing" not in text


@pytest.mark.parametrize("path", OFFERS, ids=lambda path: path.stem)
def test_every_browsers_picture_can_be_repaired_and_adapts(path: Path) -> None:
    """Firefox writes feedback and retransmission before it says which codec a payload type is."""
    connection, text = answered(read(path))
    (choice,) = [c for media, c, _ in connection.answer_parts if c is not None and media.mid == "1"]
    assert choice.retransmission is not None
    for feedback in ("nack", "nack pli", "ccm fir", "goog-remb", "transport-cc"):
        assert f"a=rtcp-fb:{choice.payload_type} {feedback}\r\n" in text
    assert connection.incoming["video"].retransmission == choice.retransmission


def test_a_room_that_began_in_h264_goes_on_in_it_and_takes_the_one_kind_everybody_decodes() -> None:
    for path in OFFERS:
        offer = read(path)
        if "H264" not in offer:  # this Firefox has no H.264 on board
            continue
        connection = Connection("client", sdp.parse(offer), lambda data: None, ("h264",))
        text = answer.write(connection.answer_parts, LOCAL)
        assert connection.video == "h264"
        assert "packetization-mode=1;profile-level-id=42e01f" in text and "640c1f" not in text and "VP8" not in text
    without = probe.offer().replace("VP8/90000", "H264/90000")
    connection, _ = answered(without)
    assert connection.video is None, "an H.264 of unknown kind is no H.264 of ours"


def test_the_first_seat_settles_the_codec_of_a_room() -> None:
    room = Room("r")
    assert room.codecs("client") == ("vp8", "h264")
    offer = read(OFFERS[0])
    room.seat(Connection("client", sdp.parse(offer), lambda data: None, ("h264",)), 0.0)
    assert room.codecs("therapist") == ("h264",)
    assert room.codecs("client") == ("vp8", "h264"), "alone in the room, a seat may change its mind"


def test_a_browser_without_our_codecs_is_refused_and_without_one_is_answered_in_part() -> None:
    offer = probe.offer()
    connection, text = answered(offer.replace("VP8/90000", "AV1/90000"))
    assert "m=video 0 " in text and "a=group:BUNDLE 0\r\n" in text
    assert connection.pairs[0].video is None and "video" not in connection.incoming
    with pytest.raises(BadOffer, match="no codec"):
        answered(offer.replace("VP8/90000", "AV1/90000").replace("opus/48000/2", "PCMU/8000"))


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("no m-lines", lambda s: s[: s.index("m=")]),
        ("no m-lines, or too many", lambda s: s + s[s.index("m=") :] * 9),
        ("neither audio nor video", lambda s: s.replace("m=video", "m=application")),
        ("no mid", lambda s: s.replace("a=mid:1", "a=x")),
        ("one mid", lambda s: s.replace("a=mid:1", "a=mid:0")),
        ("not bundled", lambda s: s.replace("BUNDLE 0 1", "BUNDLE 0")),
        ("no fingerprint", lambda s: s.replace("fingerprint:sha-256", "fingerprint:md5")),
        ("open the handshake", lambda s: s.replace("actpass", "passive")),
        ("too long", lambda s: s + "a=x\r\n" * 20_000),
        ("too many lines", lambda s: s + "\n" * 5_000),
    ],
)
def test_an_offer_that_lacks_something_is_refused_with_a_sentence(what: str, change: object) -> None:
    assert callable(change)
    with pytest.raises(BadOffer, match=what):
        answered(change(probe.offer()))


@given(st.data())
def test_a_mangled_offer_is_answered_or_refused_and_nothing_else(data: st.DataObject) -> None:
    lines = probe.offer(pairs=2).split("\r\n")
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(lines) - 1))
        lines[at : at + 1] = data.draw(
            st.sampled_from(
                [
                    [],
                    [lines[at], lines[at]],
                    [lines[at][: data.draw(st.integers(0, 12))]],
                    [lines[at] + data.draw(st.text(max_size=20))],
                    [f"a={data.draw(st.sampled_from(NUMBERED))}{'9' * 12}"],
                ]
            )
        )
    try:
        _, text = answered("\r\n".join(lines))
    except BadOffer:
        return
    for line in text.split("\r\n"):
        assert line == "" or (line[1] == "=" and line.isprintable())


@given(st.text(max_size=300))
def test_noise_is_refused(text: str) -> None:
    with pytest.raises(BadOffer):
        answered(text)
