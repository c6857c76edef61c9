"""Passkeys (WebAuthn): what a browser is asked, and whether its answer is one of ours, for this very purpose.

A challenge is not kept: it carries its own end and a keyed hash over purpose, person and act, so an answer that was
given for one act fits no other, and asking fills no table. An answer that was taken is remembered until its challenge
ends. Passkeys belong to a domain name: a clinic reached by a bare address has none (``possible``).
"""

import base64
import hashlib
import hmac
import ipaddress
import json
import secrets
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from telekap.care.errors import Malformed
from telekap.record import passkeys
from telekap.record.passkeys import Passkey
from telekap.record.people import Known
from telekap.settings import Settings
from telekap.web.desk import Desk
from telekap.web.errors import WrongCredentials

LASTS: Final = 300_000
"""Ms a browser has for its answer: people look for their key."""
_NONCE, _END, _MAC = 16, 8, 32
NAME: Final = "telekap"


class Credential(BaseModel):
    """What ``PublicKeyCredential.toJSON()`` of a browser gives."""

    model_config = ConfigDict(extra="allow", strict=True)
    id: str = Field(min_length=1, max_length=2_000)
    rawId: str = Field(min_length=1, max_length=2_000)
    type: str = Field(max_length=40)
    response: dict[str, Any] = Field(max_length=20)


@dataclass(frozen=True, slots=True)
class Proof:
    """An answer that fits; ``take`` counts it, once."""

    passkey: str
    person: str
    signs: int
    challenge: bytes
    end: int

    def take(self, conn: sa.Connection, now_wall: int) -> None:
        """Count it. Raises ``WrongCredentials`` if it was counted before."""
        if not passkeys.take_challenge(conn, self.challenge, self.end, now_wall):
            raise WrongCredentials("replayed")
        passkeys.used(conn, self.passkey, self.signs, now_wall)


def house(settings: Settings) -> str:
    """The name passkeys of this clinic belong to; '' if it is reached by a bare address."""
    host = urlsplit(settings.url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host
    return ""


def challenge_for(desk: Desk, purpose: str, person: str = "", act: str = "") -> bytes:
    """A new challenge that only an answer for this purpose, person and act fits."""
    body = secrets.token_bytes(_NONCE) + (desk.clock.wall() + LASTS).to_bytes(_END, "big")
    return body + _seal(desk, body, purpose, person, act)


def _seal(desk: Desk, body: bytes, *about: str) -> bytes:
    key = desk.handler.keys.derive("passkey-challenge", *about)
    return hmac.new(key, body, hashlib.sha256).digest()


def _ours(desk: Desk, credential: Credential, purpose: str, person: str, act: str) -> tuple[bytes, int]:
    """(challenge, its end) of an answer. Raises ``WrongCredentials`` if it is not ours, for something else, or over."""
    try:
        told = json.loads(base64url_to_bytes(str(credential.response.get("clientDataJSON", ""))))
        challenge = base64url_to_bytes(str(told["challenge"]))
    except (ValueError, TypeError, KeyError):
        raise Malformed("The answer of the passkey cannot be read. Try again.", "credential") from None
    body, seal = challenge[:-_MAC], challenge[-_MAC:]
    end = int.from_bytes(body[_NONCE:], "big") if len(body) == _NONCE + _END else 0
    right = hmac.compare_digest(seal, _seal(desk, body, purpose, person, act))
    if not right or end < desk.clock.wall():
        raise WrongCredentials("challenge")
    return challenge, end


def registration(desk: Desk, known: Known, mine: list[Passkey]) -> dict[str, Any]:
    """What ``navigator.credentials.create`` is asked. The user id says nothing about the person."""
    options = generate_registration_options(
        rp_id=_house_or_refuse(desk),
        rp_name=NAME,
        user_id=hashlib.sha256(known.person.id.encode()).digest(),
        user_name=known.handle or "",
        user_display_name=known.handle or "",
        challenge=challenge_for(desk, "enrol", known.person.id),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.id)) for one in mine],
    )
    return dict(json.loads(options_to_json(options)))


def assertion(desk: Desk, purpose: str, person: str = "", act: str = "", mine: list[Passkey] | None = None) -> Any:
    """What ``navigator.credentials.get`` is asked; ``mine`` None: whoever has a passkey of this clinic."""
    options = generate_authentication_options(
        rp_id=_house_or_refuse(desk),
        challenge=challenge_for(desk, purpose, person, act),
        allow_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.id)) for one in mine or ()],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return json.loads(options_to_json(options))


def _house_or_refuse(desk: Desk) -> str:
    name = house(desk.settings)
    if not name:
        raise Malformed("Passkeys need a domain name; this clinic is reached by an address. Use a code app.", "passkey")
    return name


def registered(desk: Desk, known: Known, credential: Credential, name: str) -> tuple[Passkey, bytes, int]:
    """The passkey an answer registers, with its challenge and end. Raises ``WrongCredentials`` or ``Malformed``."""
    challenge, end = _ours(desk, credential, "enrol", known.person.id, "")
    try:
        found = verify_registration_response(
            credential=credential.model_dump(),
            expected_challenge=challenge,
            expected_rp_id=_house_or_refuse(desk),
            expected_origin=desk.settings.url,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise WrongCredentials("passkey") from None
    now = desk.clock.wall()
    id_ = bytes_to_base64url(found.credential_id)
    return Passkey(id_, known.person.id, name, found.credential_public_key, found.sign_count, now, now), challenge, end


def proved(desk: Desk, passkey: Passkey | None, credential: Credential, purpose: str, person: str, act: str) -> Proof:
    """Check an answer against the stored key. Raises ``WrongCredentials`` or ``Malformed``."""
    challenge, end = _ours(desk, credential, purpose, person, act)
    if passkey is None or person not in ("", passkey.person):
        raise WrongCredentials("passkey")
    try:
        found = verify_authentication_response(
            credential=credential.model_dump(),
            expected_challenge=challenge,
            expected_rp_id=_house_or_refuse(desk),
            expected_origin=desk.settings.url,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.signs,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise WrongCredentials("passkey") from None
    return Proof(passkey.id, passkey.person, found.new_sign_count, challenge, end)


def id_of(credential: Credential) -> str:
    """The id under which a passkey is stored, however the browser padded it."""
    try:
        return base64.urlsafe_b64encode(base64url_to_bytes(credential.rawId)).decode().rstrip("=")
    except ValueError:
        raise Malformed("The answer of the passkey cannot be read. Try again.", "credential") from None
