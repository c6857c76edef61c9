"""What an installation may choose: read from the environment (``TELEKAP_*``), typed, frozen, with a safe default each.

Clinical limits are not here: they stand in the clinic's protocol file, signed by a prescriber (``read_protocol``).
"""

import os
import tempfile
import zlib
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from telekap.care.protocol import Protocol, parse

PREFIX: Final = "TELEKAP_"
"""Every setting is the environment variable of this prefix and its name in capitals."""

SOCKET_PATH_MOST: Final = 107
"""Bytes in the path of a Unix socket on Linux (``sun_path`` holds 108 with its end mark; unix(7))."""

SHIPPED_PROTOCOL: Final = Path(__file__).parent / "care" / "protocol.toml"
"""The protocol that holds while a clinic has signed no other: the strictest published values."""


class Settings(BaseSettings):
    """One installation. Paths may be relative to the working directory; ports are 0–65535, 0 = any free one."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    data: Path = Path("data/clinic")
    """Folder of everything that must be kept: the record, its keys (unless ``key_file``), run-time files."""
    host: str = "127.0.0.1"
    """Address the web listens on. Loopback by default: a proxy with TLS stands in front of a real clinic."""
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: str = ""
    """What people type, without a slash at the end. Empty: ``http://localhost:PORT``."""
    https: bool = False
    """Speak HTTPS with a certificate made here (``<data>/tls``), for phones in the same Wi-Fi. With ``tls_certificate``
    HTTPS is spoken anyway; without either, a proxy in front does it."""
    tls_certificate: Path | None = None
    """A given certificate with its chain (PEM)."""
    tls_key: Path | None = None
    """Its key (PEM); None: in the same file."""
    media_address: str = "auto"
    """Where browsers find the media workers; ``auto`` decides as ``telekap.media.addresses`` says. Several (IPv4 and
    IPv6): with commas between them."""
    media_workers: int = Field(default=1, ge=0, le=64)
    """Pictures go through these. 0: this machine only shows pages; the rooms are with the one that has the workers."""
    media_udp_port: int = Field(default=0, ge=0, le=65535)
    """UDP port of the first media worker, the next has the next one; 0 = any free port each."""
    protocol: Path | None = None
    """The clinic's signed protocol file; None: the shipped one."""
    database: SecretStr = SecretStr("")
    """Where the record is: ``postgresql://user:password@host/name``. Empty: SQLite in a file in ``data``."""
    bus: SecretStr = SecretStr("")
    """``redis://user:password@host/number`` of a Redis or Valkey, where several processes share one database."""
    key_file: Path | None = None
    """The master key, outside the record; None: ``<data>/keys/master.key``. A backup of the record must not hold it."""
    demo: bool = False
    """Demo routes, seeded clinic, ready links. Never with real people."""
    empty: bool = False
    """Demo only: the staff is there, but nobody is written down and nothing is booked."""
    speed: float = Field(default=1.0, ge=1.0, le=120.0)
    """Demo only: how fast clinic time runs while the client is dosed."""
    anchors: Path | None = None
    """File to which each anchor of the record is added; best on another disk. None: ``<data>/anchors.jsonl``."""
    anchor_mail_to: str = ""
    """Addresses, separated by commas, that get anchors by mail. Empty: nobody."""
    mail_server: SecretStr = SecretStr("")
    """``smtps://user:password@host`` or ``smtp://…`` (with STARTTLS)."""
    mail_from: str = "telekap@localhost"
    clinic_phone: str = ""
    """Number that people at home are told to call, with country code. Empty: "call the clinic", without one."""
    clinic_zone: str = "UTC"
    """IANA zone by which the clinic groups its days (board, calendar)."""
    backup_to: Path | None = None
    """Folder for a sealed backup every half minute; best on another machine's disk. None: no backups."""
    witness: bool = True
    """Start a witness beside the web (it counts as ``here``: better than none, but it dies with this machine)."""
    witness_mail_to: str = ""
    """Addresses, separated by commas, that get a mail when the witness calls a human. Empty: nobody."""
    witness_place: Literal["here", "elsewhere"] = "here"
    """What this witness may call itself; ``elsewhere`` only on another machine than the web."""
    witness_url: str = ""
    """Which clinic the witness asks; empty: the web of this installation."""
    witness_key: SecretStr = SecretStr("")
    """Shared by web and witness, sent with each question: a stranger's question proves nothing. Empty: made new."""
    turn_urls: str = ""
    """Relays for homes that let no UDP through, as browsers take them: ``turn:HOST:3478,turns:HOST:5349``."""
    turn_secret: SecretStr = SecretStr("")
    """Shared with those relays (coturn's ``static-auth-secret``); without it none is offered."""
    idle_minutes: int = Field(default=10, ge=1, le=60)
    """Minutes without a hand at a staff member's browser until records are shut there; a live session goes on."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def url(self) -> str:
        """Address of the pages as people type it, without a slash at the end."""
        return self.public_url.rstrip("/") or f"{self.scheme}://localhost:{self.port}"

    @property
    def scheme(self) -> str:
        """What the web of this installation itself speaks."""
        return "https" if self.https or self.tls_certificate is not None else "http"

    @property
    def local_url(self) -> str:
        """Address of the web as its neighbours on this machine reach it."""
        host = "127.0.0.1" if self.host in {"", "0.0.0.0", "::"} else self.host
        return f"{self.scheme}://[{host}]:{self.port}" if ":" in host else f"{self.scheme}://{host}:{self.port}"

    @property
    def record(self) -> Path | str:
        """The record: a file, or the address of a database."""
        return self.database.get_secret_value() or self.data / "telekap.db"

    @property
    def anchors_file(self) -> Path:
        """Where anchors are added."""
        return self.anchors if self.anchors is not None else self.data / "anchors.jsonl"

    @property
    def master_key(self) -> Path:
        """File of the master key."""
        return self.key_file if self.key_file is not None else self.data / "keys" / "master.key"

    @property
    def run_dir(self) -> Path:
        """Things of this run only: sockets, pids, the witness's last word. May be emptied while nothing runs."""
        return self.data / "run"

    def media_socket(self, worker: int = 0) -> Path:
        """The Unix socket of one media worker: in ``run_dir``, or in a short private folder where that is too long."""
        wanted = (self.run_dir / f"media-{worker}.sock").absolute()
        if len(os.fsencode(wanted)) <= SOCKET_PATH_MOST:
            return wanted
        # The name is derived, not random, so that web and supervisor (two processes) come to the same folder.
        installation = zlib.crc32(os.fsencode(self.data.absolute()))
        short = Path(tempfile.gettempdir()) / f"telekap-{os.getuid()}-{installation:08x}"
        return short / f"media-{worker}.sock"

    @property
    def media_sockets(self) -> tuple[Path, ...]:
        """One socket path for each media worker."""
        return tuple(self.media_socket(worker) for worker in range(self.media_workers))

    def environment(self) -> dict[str, str]:
        """These settings as environment variables: how the supervisor hands them to its children."""
        chosen: dict[str, str] = {}
        for name in type(self).model_fields:
            value = getattr(self, name)
            if value is None:
                continue
            if isinstance(value, SecretStr):
                value = value.get_secret_value()
            chosen[PREFIX + name.upper()] = str(value.absolute() if isinstance(value, Path) else value)
        return chosen


def read_protocol(path: Path | None) -> Protocol:
    """The clinic's protocol, or the shipped one for None.

    Raises ``OSError`` if the file cannot be read. A value that is missing or unreadable inside it is the strictest one
    and no error here: ``telekap protocol check`` names them, and ``telekap serve`` refuses such a file.
    """
    return parse((path if path is not None else SHIPPED_PROTOCOL).read_text(encoding="utf-8"))
