"""One-time codes: six digits of an authenticator app, each of them once, or a recovery code in their place."""

from typing import Final

import pyotp
import sqlalchemy as sa

from telekap.record import people, recovery
from telekap.record.people import DRIFT, STEP, Known
from telekap.web.desk import Desk
from telekap.web.errors import WrongCredentials

CODE: Final = r"^\s*\d{3}\s?\d{3}\s*$"
"""Six digits; a blank in the middle is how people read them."""
CODE_OR_RECOVERY: Final = r"^\s*(\d{3}\s?\d{3}|[0-9A-Za-z]{4}[ -]?[0-9A-Za-z]{4}[ -]?[0-9A-Za-z]{4})\s*$"
"""Six digits, or one of the recovery codes on paper."""


def step_of(secret: str, code: str, wall_ms: int) -> int | None:
    """The time step for which ``code`` is right now, None if for none that may be."""
    one_time = pyotp.TOTP(secret, interval=STEP)
    now = wall_ms // 1000 // STEP
    given = "".join(code.split())
    right = [
        step
        for step in range(now - DRIFT, now + DRIFT + 1)
        if pyotp.utils.strings_equal(one_time.at(step * STEP), given)
    ]
    return right[-1] if right else None


async def take_code(desk: Desk, known: Known, code: str) -> str:
    """Take a code, once: "code" or "recovery". Raises ``WrongCredentials``, also for one that was used before."""
    person, plain = known.person.id, "".join(code.split())
    if not (plain.isdigit() and len(plain) == 6):
        if await desk.store.write(lambda conn: recovery.use(conn, person, plain)):
            return "recovery"
        raise WrongCredentials(person)
    step = step_of(known.totp_secret, plain, desk.clock.wall()) if known.totp_secret else None

    def take(conn: sa.Connection) -> bool:
        return step is not None and people.use_totp_step(conn, person, step)

    if step is None or not await desk.store.write(take):
        raise WrongCredentials(person)
    return "code"
