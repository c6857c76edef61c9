"""Encryption at rest: every health word and every name is sealed before it reaches a row.

Each person has a data key; it is stored wrapped by a master key that lives in a file outside the database. A sealed
value is ``v1|key id|nonce|ciphertext`` and bound to its place (table, row, column): moved elsewhere it does not open.
Erasing one person's data key makes their values unreadable and leaves every hash chain whole.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from telekap.record.errors import CannotOpen, Unreadable
from telekap.record.tables import data_keys, meta

VERSION: Final = b"v1"
NONCE: Final = 12
"""Bytes; the size AES-GCM is made for. Random: safe far beyond the number of facts one person can have (2^32)."""


class Keys:
    """The master keys of one installation: the current one wraps, older ones still open.

    The first key in the file is the root of everything derived; a rotation appends and never reorders.
    """

    def __init__(self, current: str, keys: dict[str, bytes], erased: Iterable[str] = ()) -> None:
        self.current = current
        self._keys = keys
        self._path: Path | None = None
        self.erased = frozenset(erased)
        """Data keys that were erased: an older backup still holds them, and must not bring them back."""

    @classmethod
    def create(cls, path: Path) -> "Keys":
        """Make a new key file, readable by its owner only, never over an existing one."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        kid = f"m-{secrets.token_hex(4)}"
        body = {"current": kid, "keys": {kid: base64.b64encode(secrets.token_bytes(32)).decode("ascii")}}
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise CannotOpen(f"There is already a key file {path}; it was not touched.") from None
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump(body, file)
            file.flush()
            os.fsync(file.fileno())
        return cls.load(path)

    @classmethod
    def load(cls, path: Path) -> "Keys":
        """Read a key file. Raises ``CannotOpen`` if it is missing or no key file."""
        try:
            body = json.loads(path.read_text(encoding="ascii"))
            keys = {kid: base64.b64decode(key) for kid, key in body["keys"].items()}
            loaded = cls(body["current"], keys, body.get("erased", ()))
            loaded._path = path
            return loaded
        except FileNotFoundError:
            raise CannotOpen(
                f"The key file {path} is missing: without it the record cannot be read. Put it back from escrow."
            ) from None
        except (ValueError, KeyError, AttributeError):
            raise CannotOpen(f"The file {path} is not a key file.") from None

    def rotated(self, path: Path) -> "Keys":
        """Add a new key, which wraps from now on; the file is replaced whole."""
        kid = f"m-{secrets.token_hex(4)}"
        self._keys[kid] = secrets.token_bytes(32)
        self.current = kid
        self._save(path)
        return Keys.load(path)

    def erasing(self, path: Path, key_id: str) -> None:
        """Note in the file that a data key is erased."""
        self.erased |= {key_id}
        self._save(path)

    def wraps(self, blob: bytes) -> bool:
        """True if this data key is wrapped by the current master key."""
        return _key_id(blob) == self.current

    def _save(self, path: Path) -> None:
        keys = {kid: base64.b64encode(key).decode("ascii") for kid, key in self._keys.items()}
        body = {"current": self.current, "keys": keys, "erased": sorted(self.erased)}
        half = path.with_name(f".{path.name}.half")
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            json.dump(body, file)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def wrap(self, key_id: str, key: bytes) -> bytes:
        """Seal a data key for storage."""
        return _seal(self._keys[self.current], self.current, ("data_keys", key_id, "wrapped"), key)

    def unwrap(self, key_id: str, blob: bytes) -> bytes:
        """The data key again. Raises ``Unreadable``."""
        kid = _key_id(blob)
        if kid not in self._keys and self._path is not None:
            self._keys = Keys.load(self._path)._keys  # rotated by another process while this one runs
        if kid not in self._keys:
            raise Unreadable(f"no master key {kid}")
        return _open(self._keys[kid], ("data_keys", key_id, "wrapped"), blob)

    def derive(self, *purpose: str) -> bytes:
        """32 secret bytes for one purpose, the same after every restart."""
        return hmac.new(self._keys[next(iter(self._keys))], _place(purpose), hashlib.sha256).digest()


class Vault:
    """Seals and opens values with the data keys of one database; safe to use from any thread."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self._data: dict[str, bytes] = {}
        self._gone: frozenset[str] = frozenset()
        """Keys that were erased while this process had them."""
        self._lock = threading.Lock()

    def attach(self, info: dict[str, Any]) -> None:
        """Put this vault where ``vault_of`` finds it on every connection of the store."""
        info["vault"] = self

    def check(self, conn: sa.Connection) -> None:
        """Refuse a key file that is not this record's (``CannotOpen``); the first start remembers which one is."""
        mark = self.keys.derive("key-check").hex()
        stored = conn.execute(sa.select(meta.c.value).where(meta.c.name == "key_check")).scalar_one_or_none()
        if stored is None:
            conn.execute(meta.insert().values(name="key_check", value=mark))
        elif not hmac.compare_digest(stored, mark):
            raise CannotOpen("This key file belongs to another record: put back the one this record was made with.")

    def new_key(self, conn: sa.Connection, key_id: str) -> None:
        """Make the data key ``key_id`` (one a person; the person's id)."""
        # The same id may have been made before in a transaction that was rolled back: that key is nowhere stored.
        with self._lock:
            self._data.pop(key_id, None)
        conn.execute(data_keys.insert().values(id=key_id, wrapped=self.keys.wrap(key_id, secrets.token_bytes(32))))

    def forget(self, key_id: str) -> None:
        """It was erased: what this process had unwrapped goes too."""
        with self._lock:
            self._data.pop(key_id, None)

    def forget_gone(self, conn: sa.Connection) -> frozenset[str]:
        """Let go of every unwrapped key that has no row any more, whoever erased it; their ids.

        A reader that began before the erasing still sees the row. What it unwraps from now on it does not keep.
        """
        there = set(conn.execute(sa.select(data_keys.c.id)).scalars())
        with self._lock:
            gone = frozenset(self._data.keys() - there)
            self._gone = (self._gone | gone) - there
            for key_id in gone:
                del self._data[key_id]
        return gone

    def seal(self, conn: sa.Connection, key_id: str, place: tuple[str, ...], plain: bytes) -> bytes:
        """Encrypt for one place (table, row, column). Raises ``Unreadable`` if the key does not exist."""
        return _seal(self._key(conn, key_id), key_id, place, plain)

    def open(self, conn: sa.Connection, place: tuple[str, ...], blob: bytes) -> bytes:
        """Decrypt what was sealed for this very place. Raises ``Unreadable``."""
        return _open(self._key(conn, _key_id(blob)), place, blob)

    def _key(self, conn: sa.Connection, key_id: str) -> bytes:
        key = self._data.get(key_id)
        if key is None:
            row = conn.execute(sa.select(data_keys.c.wrapped).where(data_keys.c.id == key_id)).scalar_one_or_none()
            if row is None:
                raise Unreadable(f"no data key {key_id}")
            key = self.keys.unwrap(key_id, row)
            with self._lock:
                if key_id not in self._gone:
                    self._data[key_id] = key
        return key


def opened_with(keys: Keys, wrapped: Mapping[str, bytes], place: tuple[str, ...], blob: bytes) -> bytes:
    """Decrypt with ``wrapped`` data keys (id → as stored), for a program that has no store. Raises ``Unreadable``."""
    key_id = _key_id(blob)
    if key_id not in wrapped:
        raise Unreadable(f"no data key {key_id}")
    return _open(keys.unwrap(key_id, wrapped[key_id]), place, blob)


def vault_of(conn: sa.Connection) -> Vault:
    """The vault of the store this connection belongs to."""
    vault = conn.info["vault"]
    assert isinstance(vault, Vault)
    return vault


def _place(parts: tuple[str, ...]) -> bytes:
    """Unambiguous: ("a", "bc") and ("ab", "c") differ."""
    return b"".join(len(raw).to_bytes(4, "big") + raw for raw in (part.encode() for part in parts))


def _seal(key: bytes, kid: str, place: tuple[str, ...], plain: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return b"|".join((VERSION, kid.encode("ascii"), nonce + AESGCM(key).encrypt(nonce, plain, _place(place))))


def _key_id(blob: bytes) -> str:
    version, _, rest = blob.partition(b"|")
    kid, mark, _ = rest.partition(b"|")
    if version != VERSION or not mark:
        raise Unreadable("not a sealed value")
    return kid.decode("ascii", "replace")


def _open(key: bytes, place: tuple[str, ...], blob: bytes) -> bytes:
    body = blob.split(b"|", 2)[2]
    try:
        return AESGCM(key).decrypt(body[:NONCE], body[NONCE:], _place(place))
    except (InvalidTag, ValueError):
        raise Unreadable("sealed with another key, or for another place") from None
