"""Watches the watch from outside: asks web every 10 s whether a watch cycle was *finished*, and calls a human if not.

It is a process of its own and needs nothing of ours but an address, so it can (and should) run on another machine: a
witness beside the web dies with the web's machine, and the watch gate says so. It imports no rule and no record.

What counts is work, not life: a web that answers while its watch stands still, while deadlines of a session cannot be
served, or while its clock is wrong, is a miss like a web that is gone. It also keeps the newest anchor of the record
that it was told, outside the record: a tail that is cut off later, or a whole record set back, contradicts it.

Its channels are what it can do alone: a line on stderr, ``witness-alarm.json``, which stays until the watch is seen
alive again, and a mail to whoever ``TELEKAP_WITNESS_MAIL_TO`` names. Phone calls come with the other channels.
"""

import contextlib
import json
import os
import signal
import smtplib
import ssl
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from telekap.settings import Settings
from telekap.tls import files_of

ASK_EVERY: Final = 10.0
"""Seconds between two questions; the watch gate wants one ≤ 60 s ago."""
ANSWER_WITHIN: Final = 4.0
"""Seconds; an answer later than this is a miss."""
CYCLE_AT_MOST: Final = 10_000
"""Ms since the last finished cycle; later is a miss (the watch finishes one at least every second)."""
CLOCK_OFF: Final = 5_000
"""Ms by which the server's wall clock may differ from ours; two machines that keep time differ by far less."""
MISSES: Final = 3
"""Misses in a row before a human is called: 30 s, well inside the 90 s of the hazard table (docs/safety.md, H-02)."""
CALL_AGAIN: Final = 60.0
"""Seconds between two calls while nothing has changed: it never ends in silence."""
KEY_HEADER: Final = "X-Telekap-Witness"
"""Carries the key shared with web (``Settings.witness_key``), so that no stranger can stand in for the witness."""
MAIL_WITHIN: Final = 20.0
"""Seconds."""
ALARM_FILE: Final = "witness-alarm.json"
ANCHOR_FILE: Final = "witness-anchors.jsonl"
"""One line for each anchor that was told, oldest first; ``telekap verify`` can be given it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one question brought. ``cycle_ms``: age of the last finished watch cycle; None when nobody could say.

    ``trouble``: what is wrong, in words; "" if only the age can say. ``anchor``: the newest of the record, as told.
    """

    cycle_ms: int | None
    trouble: str = ""
    anchor: Mapping[str, Any] | None = None

    @property
    def well(self) -> bool:
        """True only if a finished cycle was seen to be young enough, and nothing else is wrong."""
        return self.cycle_ms is not None and self.cycle_ms <= CYCLE_AT_MOST and not self.trouble


class Witness:
    """Counts misses and calls. ``ask`` brings one answer; ``call`` reaches a human; both are given from outside."""

    def __init__(self, ask: Callable[[], Answer], call: Callable[[str, int], None], calm: Callable[[], None]) -> None:
        self._ask = ask
        self._call = call
        self._calm = calm
        self._misses = 0
        self._called_at: float | None = None

    def turn(self, now: float) -> Answer:
        """Ask once; ``now``: real monotonic seconds. Calls at the third miss and again every minute until answered."""
        answer = self._ask()
        if answer.well:
            if self._called_at is not None:
                self._calm()
            self._misses, self._called_at = 0, None
            return answer
        self._misses += 1
        due = self._called_at is None or now - self._called_at >= CALL_AGAIN
        if self._misses >= MISSES and due:
            self._call(answer.trouble, self._misses)
            self._called_at = now
        return answer


def ask_web(url: str, place: str, key: str, wall: Callable[[], float] = time.time, trust: Path | None = None) -> Answer:
    """Ask ``/healthz`` once; ``wall``: our own clock, seconds. Never raises: whatever goes wrong is the answer.

    ``trust``: the certificate of this installation, where it is none that everybody trusts.
    """
    question = urllib.request.Request(f"{url}/healthz?witness={place}", headers={KEY_HEADER: key})
    asked = wall()
    try:
        with _opener(trust).open(question, timeout=ANSWER_WITHIN) as reply:
            health = json.loads(reply.read(65536))
        answered = wall()
        age, stuck, clock = health["watch"]["finished_age_ms"], health["watch"]["stuck"], health["clock"]["wall"]
        if not all(isinstance(value, int | float) for value in (stuck, clock)):
            raise TypeError
        anchor = health.get("anchor")
    except (OSError, ValueError, KeyError, TypeError) as problem:
        return Answer(None, f"web did not answer ({type(problem).__name__})")
    if not isinstance(age, int | float):
        return Answer(None, "no watch cycle has finished yet")
    # It was read somewhere between the question and the answer: only what lies outside both is surely wrong.
    off = max(clock - answered * 1000, asked * 1000 - clock)
    trouble = ""
    if age > CYCLE_AT_MOST:
        trouble = f"the last finished watch cycle is {int(age)} ms old"
    elif stuck:
        trouble = f"the deadlines of {int(stuck)} session(s) cannot be served"
    elif off > CLOCK_OFF:
        trouble = f"its clock is wrong by {int(off / 1000)} s"
    return Answer(int(age), trouble, anchor if isinstance(anchor, dict) else None)


def web_is_ready(url: str, trust: Path | None = None) -> bool:
    """True once web says so: the record is open and the watch has finished a cycle."""
    try:
        with _opener(trust).open(f"{url}/readyz", timeout=ANSWER_WITHIN) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def _opener(trust: Path | None) -> urllib.request.OpenerDirector:
    """No proxy: the clinic itself is asked, and a proxy's kept page would be a lie."""
    context = ssl.create_default_context()
    if trust is not None:
        # Asked on this machine, by an address that a certificate for the clinic's name does not hold: that very
        # certificate is proof enough, and nothing else is.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(trust)
        context.check_hostname = False
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))


def call_a_human(folder: Path, url: str) -> Callable[[str, int], None]:
    """The one channel of this version: a line on stderr, and a file that stays until the watch is alive again."""

    def call(trouble: str, misses: int) -> None:
        sentence = f"Do not trust {url}: {trouble}. Check every running session by phone now."
        said = {"at": datetime.now(UTC).isoformat(), "sentence": sentence, "misses": misses}
        print(f"WITNESS ALARM {json.dumps(said)}", file=sys.stderr, flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        half = folder / f".{ALARM_FILE}.{os.getpid()}"
        half.write_text(json.dumps(said) + "\n", encoding="utf-8")
        half.replace(folder / ALARM_FILE)  # whole or not at all

    return call


def mail_a_human(server: str, sender: str, to: str, url: str) -> Callable[[str, int], None]:
    """A mail at each call. ``server``: as ``Settings.mail_server``. It is sent in a thread of its own, because the next
    question must not wait for a mail server; one that fails is said on stderr, and the next call sends another.
    """
    place = urlsplit(server)
    host, secure = place.hostname or "localhost", place.scheme == "smtps"

    def send(message: EmailMessage) -> None:
        context = ssl.create_default_context()
        try:
            with (
                smtplib.SMTP_SSL(host, place.port or 465, timeout=MAIL_WITHIN, context=context)
                if secure
                else smtplib.SMTP(host, place.port or 587, timeout=MAIL_WITHIN)
            ) as line:
                if not secure and host not in {"localhost", "127.0.0.1", "::1"}:
                    line.starttls(context=context)
                if place.username:
                    line.login(unquote(place.username), unquote(place.password or ""))
                line.send_message(message)
        except (OSError, smtplib.SMTPException) as problem:
            print(f"WITNESS cannot mail ({type(problem).__name__})", file=sys.stderr, flush=True)

    def call(trouble: str, misses: int) -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, to, f"telekap: do not trust {url}"
        message.set_content(f"{trouble}. Check every running session by phone now. ({misses} questions in vain.)\n")
        threading.Thread(target=send, args=(message,), name="witness-mail", daemon=True).start()

    return call


def by_all(channels: Sequence[Callable[[str, int], None]]) -> Callable[[str, int], None]:
    """By each of several ways: one that fails (a full disk is often the very trouble) keeps none of the others, and not
    the next call, from being tried. It is said on stderr.
    """

    def call(trouble: str, misses: int) -> None:
        for one in channels:
            try:
                one(trouble, misses)
            except Exception as problem:
                print(f"WITNESS cannot call this way ({type(problem).__name__})", file=sys.stderr, flush=True)

    return call


def calm_down(folder: Path) -> Callable[[], None]:
    """The watch is alive again: say so, and take the file away."""

    def calm() -> None:
        print("WITNESS the watch is alive again", file=sys.stderr, flush=True)
        with contextlib.suppress(OSError):  # a disk that cannot be written: the file stays, the watching goes on
            (folder / ALARM_FILE).unlink(missing_ok=True)

    return calm


def keep_anchors(folder: Path) -> Callable[[Mapping[str, Any]], None]:
    """Write down each anchor that is new, durably before the next question; nothing is ever taken away."""
    path = folder / ANCHOR_FILE
    last: str | None = None
    with contextlib.suppress(OSError):
        last = next(iter(path.read_text(encoding="utf-8").splitlines()[-1:]), None)

    def keep(anchor: Mapping[str, Any]) -> None:
        nonlocal last
        line = json.dumps(anchor, sort_keys=True)
        if line == last:
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as problem:
            # The anchor is a second duty: a full disk here must not end the one that calls people.
            print(f"WITNESS cannot keep the anchor ({type(problem).__name__})", file=sys.stderr, flush=True)
            return
        last = line

    return keep


def run_witness(settings: Settings) -> int:
    """Ask until told to stop. Returns the exit code."""
    url = settings.witness_url.rstrip("/") or settings.local_url
    key = settings.witness_key.get_secret_value()
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    files = files_of(settings)
    trust = files.trust if files is not None and not settings.witness_url else None

    def ask() -> Answer:
        return ask_web(url, settings.witness_place, key, trust=trust)

    channels = [call_a_human(settings.data, url)]
    server = settings.mail_server.get_secret_value()
    if server and settings.witness_mail_to:
        channels.append(mail_a_human(server, settings.mail_from, settings.witness_mail_to, url))

    witness = Witness(ask, by_all(channels), calm_down(settings.data))
    # Web may still be starting: asking quickly at first opens the watch gate soon, and is no miss.
    grace_until = time.monotonic() + ASK_EVERY
    while time.monotonic() < grace_until and not stop.is_set():
        if ask().well:
            break
        stop.wait(0.5)
    keep = keep_anchors(settings.data)
    while not stop.wait(ASK_EVERY):
        answer = witness.turn(time.monotonic())
        if answer.anchor is not None:
            keep(answer.anchor)
    return 0
