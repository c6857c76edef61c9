"""The witness calls a human when the watch stops finishing, and is not fooled by a web that merely answers."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from telekap.witness import (
    ALARM_FILE,
    CALL_AGAIN,
    CYCLE_AT_MOST,
    KEY_HEADER,
    MISSES,
    Answer,
    Witness,
    ask_web,
    call_a_human,
    calm_down,
)

WELL = Answer(200)
LATE = Answer(CYCLE_AT_MOST + 1)
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


def test_a_web_that_answers_but_whose_watch_is_late_is_a_miss() -> None:
    with web_that_says(json.dumps({"watch": {"finished_age_ms": CYCLE_AT_MOST + 1}}).encode()) as (url, _):
        assert not ask_web(url, "here", "k").well

    with web_that_says(json.dumps({"watch": {"finished_age_ms": CYCLE_AT_MOST}}).encode()) as (url, asked):
        assert ask_web(url, "here", "k").well
        assert asked == [("/healthz?witness=here", "k")]


def test_whatever_is_no_answer_is_a_miss_and_never_an_error() -> None:
    for body in (b"", b"[]", b"null", b'{"watch": {}}', b'{"watch": {"finished_age_ms": null}}', b"\xff"):
        with web_that_says(body) as (url, _):
            assert not ask_web(url, "here", "").well, body

    assert not ask_web("http://127.0.0.1:9", "here", "").well


def test_the_call_stays_as_a_file_until_the_watch_is_alive_again(tmp_path: Path) -> None:
    call_a_human(tmp_path, "http://clinic")("web did not answer (URLError)", 3)

    told = json.loads((tmp_path / ALARM_FILE).read_text())
    assert "by phone now" in told["sentence"]
    assert told["misses"] == 3

    calm_down(tmp_path)()
    assert not (tmp_path / ALARM_FILE).exists()
