"""`telekap doctor`: what an installation still lacks before it may see real people, in sentences, without changing it.

Every check looks and returns; none starts, writes or repairs. It may run beside a clinic that is running.
"""

import os
import socket
import stat
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final, Literal
from urllib.parse import urlsplit

import sqlalchemy as sa

from telekap import refusals, tls
from telekap.care import licences
from telekap.care.instant import DAY
from telekap.care.people import Role
from telekap.record import people
from telekap.record.crypto import Keys, Vault
from telekap.record.errors import CannotOpen
from telekap.record.sqlite_engine import sqlite_engine
from telekap.settings import Settings
from telekap.witness import web_is_ready

State = Literal["ok", "missing", "look"]
MARKS: Final[dict[State, str]] = {"ok": "ok     ", "missing": "MISSING", "look": "look   "}
CLOCK_OFF: Final = timedelta(seconds=2)
"""More than this is an alarm during a session (docs/sources.md, States)."""
SOON: Final = timedelta(days=30)
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Finding:
    """``missing``: no clinic without it. ``look``: a person must judge it. ``sentence``: what is so, and what to do."""

    state: State
    about: str
    sentence: str


def examine(settings: Settings) -> list[Finding]:
    """Everything there is to say, in the order a person would mend it."""
    return [finding for check in CHECKS for finding in check(settings)]


def report(settings: Settings) -> int:
    """Print it; 0 if nothing is missing, else 1."""
    found = examine(settings)
    for finding in found:
        print(f"{MARKS[finding.state]}  {finding.about}: {finding.sentence}")
    missing = sum(finding.state == "missing" for finding in found)
    print(f"\n{missing} missing, {sum(finding.state == 'look' for finding in found)} to look at." if found else "")
    return 1 if missing else 0


def folder(settings: Settings) -> Iterator[Finding]:
    """Data folder, key, protocol, SQLite: what ``serve`` refuses to start without."""
    checks = (
        ("data", refusals.no_data_folder, f"{settings.data} is there and can be written."),
        ("key", refusals.no_key, f"{settings.master_key} is there, and only this user can read it."),
        ("protocol", refusals.no_protocol, "every value is there and within its range."),
        ("sqlite", refusals.old_engine, "new enough for the record."),
    )
    for about, check, fine in checks:
        problem = check(settings)
        yield Finding("missing" if problem else "ok", about, problem or fine)
    if settings.protocol is None:
        yield Finding("look", "protocol", "The shipped one holds. A prescriber signs one: TELEKAP_PROTOCOL names it.")
    key = settings.master_key
    if key.is_file() and key.resolve().is_relative_to(settings.data.resolve()):
        yield Finding("look", "key", "It lies in the data folder: a copy of that folder holds both. Move it away.")
    if settings.data.is_dir() and stat.S_IMODE(settings.data.stat().st_mode) & 0o007:
        yield Finding("look", "data", f"Other users of this machine can enter {settings.data}: run `chmod 700` on it.")


def address(settings: Settings) -> Iterator[Finding]:
    """Can people at home reach it, and does a camera work there?"""
    parts = urlsplit(settings.url)
    host = parts.hostname or ""
    if host in LOOPBACK:
        yield Finding("missing", "address", "Only this machine opens it: set TELEKAP_PUBLIC_URL to what people type.")
    else:
        yield Finding("ok", "address", f"People type {settings.url}.")
        try:
            socket.getaddrinfo(host, parts.port or 443)
        except OSError:
            yield Finding("missing", "address", f"Nobody finds the name {host}: enter it in the domain's DNS.")
        if settings.host in LOOPBACK and settings.scheme == parts.scheme == "https":
            yield Finding("missing", "address", "The web listens on this machine alone: set TELEKAP_HOST=0.0.0.0.")
    if parts.scheme != "https" and host not in LOOPBACK:
        yield Finding("missing", "tls", "A camera needs HTTPS: start with --https, or put a proxy with TLS in front.")


def certificate(settings: Settings) -> Iterator[Finding]:
    """Who vouches for the address."""
    files = tls.files_of(settings)
    if files is None:
        if urlsplit(settings.url).scheme == "https":
            yield Finding("look", "tls", f"A proxy in front speaks HTTPS and asks us at {settings.local_url}.")
        return
    if settings.tls_certificate is None:
        yield Finding("look", "tls", f"Made here: phones warn once, or trust it after installing {files.trust}.")
        return
    if problem := tls.unusable(files):
        yield Finding("missing", "tls", problem)
        return
    ends = tls.expires(files)
    left = ends - datetime.now(UTC) if ends is not None else timedelta(0)
    names = tls.fits(files, (urlsplit(settings.url).hostname or "",), datetime.now(UTC) - tls.RENEW)
    if not names:
        yield Finding("missing", "tls", f"The certificate is not for {urlsplit(settings.url).hostname}, or has ended.")
    else:
        yield Finding("look" if left < SOON else "ok", "tls", f"The certificate ends in {left.days} days.")


def media(settings: Settings) -> Iterator[Finding]:
    """Can pictures come in?"""
    if settings.media_workers and not settings.media_udp_port:
        yield Finding("look", "media", "Its UDP port is another at each start: set TELEKAP_MEDIA_UDP_PORT and open it.")
        return
    for worker in range(settings.media_workers):
        port = settings.media_udp_port + worker
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
            try:
                trial.bind(("0.0.0.0", port))
            except OSError:
                used = f"UDP port {port} is in use here (by the clinic itself, if it is running)."
                yield Finding("look", "media", used)
            else:
                yield Finding("ok", "media", f"UDP port {port} is free here; the firewall must let it in.")


def clock(settings: Settings) -> Iterator[Finding]:
    """Is the clock right? Asked of the clinic's own address, if that is another machine or a proxy; else of nobody."""
    synchronised = os.path.exists("/run/systemd/timesync/synchronized") or os.path.exists("/run/chrony/chronyd.pid")
    host = urlsplit(settings.url).hostname
    if host not in LOOPBACK and settings.scheme == "http":
        try:
            with urllib.request.urlopen(f"{settings.url}/healthz", timeout=5) as reply:
                off = abs(parsedate_to_datetime(reply.headers["date"]) - datetime.now(UTC))
        except (OSError, ValueError, TypeError, urllib.error.URLError):
            off = timedelta(0)
        if off > CLOCK_OFF:
            yield Finding("missing", "clock", f"It differs from the proxy's by {off.seconds} s: run a time service.")
            return
    if synchronised:
        yield Finding("ok", "clock", "A time service keeps it.")
    else:
        yield Finding("look", "clock", "No time service is seen here (chrony, systemd-timesyncd): who sets the clock?")


def roster(settings: Settings) -> Iterator[Finding]:
    """Are there people for each part, and one who lets others in?"""
    try:
        team = staff_of(settings)
    except (CannotOpen, OSError, sa.exc.SQLAlchemyError):
        yield Finding("missing", "staff", "The record cannot be read yet: start the clinic once, then ask again.")
        return
    able = [one for one in team if one.enrolled and not one.disabled]
    if not any(one.administers for one in able):
        yield Finding("missing", "staff", "Nobody administers: `telekap staff add` makes the first.")
    parts = ((Role.THERAPIST, "therapist"), (Role.PRESCRIBER, "prescriber"), (Role.DISPATCHER, "coordinator who dials"))
    for role, words in parts:
        if not any(role in one.staff_of for one in able):
            yield Finding("missing", "staff", f"There is no {words} who can sign in.")
    if not any(role in one.staff_of for one in able for role in (Role.STANDIN, Role.PRESCRIBER)):
        yield Finding("missing", "staff", "Nobody can stand in for a therapist.")
    if able:
        yield Finding("ok", "staff", f"{len(able)} can sign in.")
    for one in able:
        yield from _licences(one)


LICENCE_WARNS: Final = 60 * DAY
"""Ms before the end of a licence from which it is said: time to renew it, or to find somebody else."""


def _licences(one: people.Known) -> Iterator[Finding]:
    """What ends soon or has ended of those who must be licensed; without it no session of theirs can open."""
    now = int(time.time() * 1_000)
    needs = [Role.THERAPIST, Role.PRESCRIBER]
    if not any(role in one.staff_of for role in needs):
        return
    held = licences.held(one.person)
    if not any(place != licences.DEA and end > now for place, end in held.items()):
        yield Finding("look", "staff", f"{one.handle} is licensed in no state: no session of theirs can open.")
    if Role.PRESCRIBER in one.staff_of and held.get(licences.DEA, 0) <= now:
        yield Finding("look", "staff", f"{one.handle} has no DEA registration: nobody can be cleared by them.")
    for place, end in sorted(held.items()):
        if now < end <= now + LICENCE_WARNS:
            yield Finding("look", "staff", f"{one.handle}: {place} ends in {(end - now) // DAY} days.")


def staff_of(settings: Settings) -> list[people.Known]:
    """Everybody on the staff, read beside a running clinic. Raises ``CannotOpen`` or ``SQLAlchemyError``."""
    vault = Vault(Keys.load(settings.master_key))
    url = settings.database.get_secret_value()
    if url:
        engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    elif not (settings.data / "telekap.db").exists():
        raise CannotOpen("There is no record yet.")
    else:
        engine = sqlite_engine(settings.data / "telekap.db", writes=False)
    try:
        with engine.connect() as conn:
            vault.attach(conn.info)
            return people.team(conn)
    finally:
        engine.dispose()


def neighbours(settings: Settings) -> Iterator[Finding]:
    """Witness, mail, backup, and whether the clinic runs."""
    files = tls.files_of(settings)
    running = web_is_ready(settings.local_url, files.trust if files is not None else None)
    words = f"It answers at {settings.local_url} and is ready." if running else "It does not answer now."
    yield Finding("ok" if running else "look", "clinic", words)
    if settings.witness_place == "here":
        yield Finding(
            "look",
            "witness",
            "It runs on this machine and dies with it (the watch gate stays amber): run `telekap witness` on another.",
        )
    else:
        yield Finding("ok", "witness", "It says that it runs elsewhere.")
    if not settings.mail_server.get_secret_value():
        yield Finding("missing", "mail", "No mail can be sent: set TELEKAP_MAIL_SERVER and TELEKAP_MAIL_FROM.")
    else:
        yield Finding("ok", "mail", f"Mail is sent as {settings.mail_from}.")
    if settings.backup_to is None:
        yield Finding("missing", "backup", "There is none: set TELEKAP_BACKUP_TO to a folder of another machine.")
    else:
        yield Finding("ok", "backup", f"Sealed backups go to {settings.backup_to}.")


CHECKS: Final[tuple[Callable[[Settings], Iterator[Finding]], ...]] = (
    folder,
    address,
    certificate,
    media,
    clock,
    roster,
    neighbours,
)
