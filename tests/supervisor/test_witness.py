"""The witness calls a human when the watch stops finishing, and is not fooled by a web that merely answers."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from telekap.witness import (
    ALARM_FILE,
    ANCHOR_FILE,
    CALL_AGAIN,
    CLOCK_OFF,
    CYCLE_AT_MOST,
    KEY_HEADER,
    MISSES,
    Answer,
    Witness,
    ask_web,
    by_all,
    call_a_human,
    calm_down,
    keep_anchors,
    mail_a_human,
)

WELL = Answer(200)
LATE = Answer(CYCLE_AT_MOST + 1, f"the last finished watch cycle is {CYCLE_AT_MOST + 1} ms old")
SILENT = Answer(None, "web did not answer (URLError)")


class Calls:
    """What a witness said, in order."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = iter(answers)
        self.said: list[str] = []
        self.witness = Witness(self._next, lambda trouble, _misses: self.said.append(trouble), self._calm)

    def _next(self) -> Answer:
        return next(self._answers)

    def _calm(self) -> None:
        self.said.append("calm")


@contextmanager
def web_that_says(body: bytes) -> Iterator[tuple[str, list[tuple[str, str | None]]]]:
    """A web on a loopback port of its own; its address, and what it was asked with which key."""
    asked: list[tuple[str, str | None]] = []

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers.get(KEY_HEADER)))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", asked
        finally:
            server.shutdown()
            thread.join()


def test_a_human_is_called_at_the_third_miss_and_not_before() -> None:
    calls = Calls(SILENT, LATE, SILENT)

    for turn in range(MISSES - 1):
        calls.witness.turn(turn * 10.0)
    assert calls.said == []

    calls.witness.turn(20.0)
    assert calls.said == ["web did not answer (URLError)"]


def test_one_good_answer_forgets_the_misses_before_it() -> None:
    calls = Calls(SILENT, SILENT, WELL, SILENT, SILENT)

    for turn in range(5):
        calls.witness.turn(turn * 10.0)

    assert calls.said == []


def test_the_witness_calls_again_every_minute_until_the_watch_is_alive() -> None:
    calls = Calls(*[SILENT] * 3, SILENT, SILENT, WELL)

    for now in (0.0, 10.0, 20.0, 30.0, 20.0 + CALL_AGAIN, 90.0):
        calls.witness.turn(now)

    assert calls.said == [SILENT.trouble, SILENT.trouble, "calm"]


def health(age: int | None = 200, stuck: int = 0, wall_off: int = 0, **more: object) -> bytes:
    """What a web says of itself; ``wall_off``: ms by which its clock is wrong."""
    wall = int(time.time() * 1000) + wall_off
    watch = {"finished_age_ms": age, "stuck": stuck}
    return json.dumps({"watch": watch, "clock": {"wall": wall, "stepped_ms": 0}, **more}).encode()


def test_a_web_that_answers_but_whose_watch_is_late_is_a_miss() -> None:
    with web_that_says(health(CYCLE_AT_MOST + 1)) as (url, _):
        answer = ask_web(url, "here", "k")
        assert not answer.well
        assert str(CYCLE_AT_MOST + 1) in answer.trouble

    with web_that_says(health(CYCLE_AT_MOST)) as (url, asked):
        assert ask_web(url, "here", "k").well
        assert asked == [("/healthz?witness=here", "k")]


def test_a_watch_that_cannot_serve_a_session_is_a_miss_however_alive_it_is() -> None:
    with web_that_says(health(stuck=2)) as (url, _):
        answer = ask_web(url, "here", "k")

    assert not answer.well
    assert "2 session" in answer.trouble


@pytest.mark.parametrize("off", [CLOCK_OFF + 2_000, -CLOCK_OFF - 2_000, 3_600_000, -86_400_000])
def test_a_server_whose_clock_is_wrong_is_a_miss(off: int) -> None:
    with web_that_says(health(wall_off=off)) as (url, _):
        answer = ask_web(url, "here", "k")

    assert not answer.well
    assert "clock" in answer.trouble


def test_a_slow_answer_does_not_make_a_right_clock_look_wrong() -> None:
    readings = iter([time.time(), time.time() + 30])  # half a minute on the way
    with web_that_says(health(wall_off=20_000)) as (url, _):
        assert ask_web(url, "here", "k", lambda: next(readings)).well


def test_whatever_is_no_answer_is_a_miss_and_never_an_error() -> None:
    for body in (
        b"", b"[]", b"null", b'{"watch": {}}', b'{"watch": {"finished_age_ms": 3}}', health(None), b"\xff",
        b'{"watch": {"finished_age_ms": 3, "stuck": "no"}, "clock": {"wall": 3}}',
        b'{"watch": {"finished_age_ms": 3, "stuck": 0}, "clock": {"wall": null}}',
    ):  # fmt: skip
        with web_that_says(body) as (url, _):
            assert not ask_web(url, "here", "").well, body

    assert not ask_web("http://127.0.0.1:9", "here", "").well


def test_each_new_anchor_is_kept_once_and_outlives_the_witness(tmp_path: Path) -> None:
    first, second = {"n": 1, "hash": "aa"}, {"n": 2, "hash": "bb"}
    with web_that_says(health(anchor=first)) as (url, _):
        told = ask_web(url, "here", "k").anchor
    assert told == first

    keep = keep_anchors(tmp_path)
    for anchor in (first, first, second):
        keep(anchor)
    again = keep_anchors(tmp_path)
    again(second)
    again(first)

    kept = [json.loads(line) for line in (tmp_path / ANCHOR_FILE).read_text().splitlines()]
    assert kept == [first, second, first], "an anchor that comes back is worth a line: the record was set back"


def test_a_witness_that_cannot_write_says_so_and_goes_on_watching(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ANCHOR_FILE).mkdir()

    keep_anchors(tmp_path)({"n": 1})

    assert "cannot keep the anchor" in capsys.readouterr().err


def test_the_call_stays_as_a_file_until_the_watch_is_alive_again(tmp_path: Path) -> None:
    call_a_human(tmp_path, "http://clinic")("web did not answer (URLError)", 3)

    told = json.loads((tmp_path / ALARM_FILE).read_text())
    assert "by phone now" in told["sentence"]
    assert told["misses"] == 3

    calm_down(tmp_path)()
    assert not (tmp_path / ALARM_FILE).exists()


def test_a_way_that_fails_keeps_no_other_way_and_no_later_call_from_being_tried(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    full = tmp_path / "a file where the folder should be"
    full.touch()
    reached: list[str] = []
    answers = iter([LATE] * (MISSES + 1))
    call = by_all([call_a_human(full, "http://clinic"), lambda trouble, _misses: reached.append(trouble)])
    witness = Witness(lambda: next(answers), call, calm_down(full))

    for turn in range(MISSES):
        witness.turn(turn * 10.0)
    witness.turn(MISSES * 10.0 + CALL_AGAIN)

    assert reached == [LATE.trouble, LATE.trouble]
    assert "cannot call this way" in capsys.readouterr().err
    calm_down(full)()


def test_whoever_is_named_gets_a_mail_when_a_human_is_called() -> None:
    """A real mail server; one that is away keeps the witness from nothing."""
    got: list[bytes] = []
    came = threading.Event()

    class Box:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            got.append(envelope.content)
            came.set()
            return "250 OK"

    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    call = mail_a_human(f"smtp://127.0.0.1:{port}", "clinic@example.org", "on-call@example.org", "http://clinic")
    begin = time.monotonic()
    call("web did not answer", 3)
    assert time.monotonic() - begin < 1, "the next question waits for no mail"
    server = Controller(Box(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        mail_a_human(f"smtp://127.0.0.1:{port}", "clinic@example.org", "on-call@example.org", "http://clinic")(
            "late", 3
        )
        assert came.wait(20)
    finally:
        server.stop()
    letter = message_from_bytes(got[-1], policy=default)
    assert (letter["To"], letter["Subject"]) == ("on-call@example.org", "telekap: do not trust http://clinic")
    assert "by phone now" in letter.get_content()
