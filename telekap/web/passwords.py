"""Passwords: argon2id, in threads, two at a time; a live session on the same machine must not feel them."""

import asyncio
from collections.abc import Callable
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from telekap.care.errors import Malformed
from telekap.record.newcomers import PASSWORD_LEAST, PASSWORD_MOST
from telekap.record.people import Known
from telekap.web.errors import TooMany

_hasher: Final = PasswordHasher()
NOBODY: Final = "$argon2id$v=19$m=65536,t=3,p=4$AV32xIJAqEZ7Pu+jFEGWpw$nxjA2O4nGfYLMP6RetnFggqOfanUbcLQOS9l11QODuE"
"""Of a password that was thrown away. Checked when the handle is unknown, so that the time of the answer tells nothing;
written down, so that a web that was killed does not hash before it can serve.
"""
_hashing: Final = asyncio.Semaphore(2)
"""One hash takes 64 MiB and 0.2 s of a core: in a thread, and no more than two beside a live session."""

_waiting = 0

WAITING_MOST: Final = 16
"""Hashes at once; more are asked to come back, or a stranger's thousand guesses would keep everybody out for long."""


async def password_right(known: Known | None, password: str) -> bool:
    """True if it is this person's password; as slow for nobody as for somebody. Raises ``TooMany``."""
    stored = known.password_hash if known is not None and known.password_hash else None

    def check() -> bool:
        try:
            return _hasher.verify(stored or NOBODY, password) and stored is not None
        except (Argon2Error, InvalidHashError):
            return False

    return bool(await _in_turn(check))


async def hash_password(password: str) -> str:
    """For the record. Raises ``Malformed`` for one that is too short, ``TooMany``."""
    if not PASSWORD_LEAST <= len(password) <= PASSWORD_MOST:
        raise Malformed(f"A password has {PASSWORD_LEAST} to {PASSWORD_MOST} characters.", "password")
    return str(await _in_turn(lambda: _hasher.hash(password)))


async def _in_turn(work: Callable[[], object]) -> object:
    global _waiting
    if _waiting >= WAITING_MOST:
        raise TooMany(2)
    _waiting += 1
    try:
        async with _hashing:
            return await asyncio.to_thread(work)
    finally:
        _waiting -= 1
