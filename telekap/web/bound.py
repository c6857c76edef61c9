"""Acts that are signed one by one: a proof given for one of them counts for that very one and for no other.

The digest covers the act as it was decoded: where it is done, the noun and every field. The page names the act when it
asks for the second factor; when the act itself arrives, its digest must be the one that was proved. The challenge of a
passkey is sealed over the same digest. Acts after the first unit are never among them (docs/sources.md, States).
"""

import hashlib
import json
from dataclasses import asdict, replace
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, StringConstraints

from telekap.care.commands import Command
from telekap.care.errors import NotFound
from telekap.care.people import Actor
from telekap.live import wire
from telekap.web.viewer import Viewer

BOUND: Final = frozenset({"amber-decisions", "clearance", "order", "order-cosignature", "reinstatement"})
"""Nouns of the acts that are signed (architecture.md, 10). The protocol, too, but no address signs that."""


class Act(BaseModel):
    """What is to be signed. ``of``: ``sessions/<id>`` or ``courses/<id>``; ``body`` as it will be sent there."""

    model_config = ConfigDict(extra="forbid", strict=True)
    of: Annotated[str, StringConstraints(pattern=r"^(sessions|courses)/[A-Za-z0-9_-]{1,64}$")]
    noun: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    body: dict[str, Any]

    def digest(self) -> str:
        """Of this act. Raises ``NotFound`` (no such noun, or none that is signed) or ``Malformed``."""
        if self.noun not in BOUND:
            raise NotFound(self.noun)
        decode = wire.decode_session if self.of.startswith("sessions/") else wire.decode_course
        return digest(self.of, self.noun, decode(self.noun, json.dumps(self.body).encode()))


def digest(of: str, noun: str, command: Command) -> str:
    """Of one act, as it was decoded."""
    told = json.dumps([of, noun, asdict(command)], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def signer(who: Viewer, of: str, noun: str, command: Command) -> Actor:
    """By whom an act is done: for one that is signed, with no proof but the one that was given for it."""
    proved = noun not in BOUND or who.login.factor_act == digest(of, noun, command)
    return who.actor if proved else replace(who.actor, second_factor=None)
