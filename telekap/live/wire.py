"""The only place that knows the names on the wire: nouns in addresses, messages on the socket, fields in a body.

A body is the fields of one command and nothing else. Decoding is strict (a string is no number, an unknown field is
no oversight), bounded (nobody stores a novel in a note) and happens before any rule sees a value. What cannot be
decoded is no observation: it is refused as malformed and changes nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, asdict, fields
from enum import StrEnum
from typing import Annotated, Any, Final, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, create_model
from pydantic_core import ErrorDetails

from telekap.care import commands
from telekap.care.commands import Command, CourseCommand
from telekap.care.errors import Malformed, NotFound
from telekap.care.facts import Value, Values
from telekap.care.people import Role
from telekap.live.mistakes import mistake

C = TypeVar("C", bound=Command)

NOUNS: Final[Mapping[str, type[Command]]] = {
    "lobby": commands.OpenLobby,
    "cancellation": commands.Cancel,
    "move": commands.MoveSession,
    "names": commands.NameRole,
    "gate-answers": commands.AnswerGate,
    "amber-decisions": commands.DecideAmber,
    "test-pages": commands.AskDuty,
    "duty": commands.AcknowledgeDuty,
    "canary": commands.HearCanary,
    "release": commands.Release,
    "recall": commands.Recall,
    "unit-counts": commands.CountUnits,
    "doses": commands.Taken,
    "voids": commands.SayVoid,
    "hold-end": commands.EndHold,
    "check-ins": commands.CheckIn,
    "readings": commands.TakeReading,
    "help": commands.AskHelp,
    "words": commands.Say,
    "agreement": commands.Agree,
    "lessons": commands.LearnLessons,
    "pairing": commands.ReadPairingCode,
    "acknowledgements": commands.AcknowledgeAlarm,
    "resolutions": commands.ResolveAlarm,
    "orders": commands.DoOrder,
    "misses": commands.ExplainMiss,
    "assessments": commands.Assess,
    "discharge": commands.Discharge,
    "early-release": commands.ReleaseEarly,
    "reopening": commands.Reopen,
    "hand-over": commands.RecordHandOver,
    "hand-over-confirmation": commands.ConfirmHandOver,
    "return": commands.SayCameBack,
    "signature": commands.Sign,
    "take-over": commands.TakeOver,
    "support-person": commands.ReplaceSupport,
    "holding": commands.Hold,
    "booster-release": commands.ReleaseBooster,
    "successors": commands.NameSuccessor,
    "support-seen": commands.SeeSupport,
    "decisions": commands.DecideCare,
    "countersignatures": commands.Countersign,
    "release-with-tasks": commands.ReleaseWithTasks,
    "leftovers": commands.CountLeftover,
    "afterwards": commands.AnswerAfterwards,
    "adverse-events": commands.ReportEvent,
}
"""``POST …/sessions/<session>/<noun>`` → what is asked for. What only the system says (sight, time) has no noun."""

COURSE_NOUNS: Final[Mapping[str, type[CourseCommand]]] = {
    "screening": commands.RecordScreening,
    "clearance": commands.SignClearance,
    "refusal": commands.RefuseClearance,
    "question": commands.AskAboutCourse,
    "answer": commands.AnswerCourse,
    "revocation": commands.RevokeClearance,
    "suspension": commands.SuspendClearance,
    "reinstatement": commands.ReinstateClearance,
    "order": commands.SignOrder,
    "consent": commands.SignConsent,
    "consent-withdrawal": commands.WithdrawConsent,
    "dispatch-number": commands.CheckDispatchNumber,
    "settlement": commands.SettleSession,
    "aftercare": commands.BookAftercare,
    "training": commands.TrainSupport,
    "emergency-note": commands.NoteForEmergency,
    "weight": commands.WeighClient,
    "order-cosignature": commands.CosignOrder,
    "measures": commands.RecordMeasure,
    "item9-acknowledgement": commands.AcknowledgeItem9,
    "course-review": commands.ReviewCourse,
}
"""``POST …/courses/<course>/<noun>`` → what is asked for."""


class Message(StrEnum):
    """Every kind of message a page can get on its live socket."""

    SNAPSHOT = "snapshot"
    CHANGE = "change"
    BEAT = "beat"
    NOTICE = "notice"
    MEDIA = "media"


class MediaEvent(StrEnum):
    """What a ``media`` message is about."""

    REJOIN = "rejoin"
    SEATED = "seated"
    BOUND = "bound"
    AGES = "ages"


WORD_LIMIT: Final = 200
"""Characters in a name, id, kind or code."""
PROSE_LIMIT: Final = 2_000
"""Characters in a note or reason; the same as one free text of a form (care/fields.py)."""
ITEM_LIMIT: Final = 64
"""Entries in one form, or in one list."""
NUMBER_LIMIT: Final = 2**53 - 1
"""The largest whole number a browser can say without losing digits."""

PROSE: Final = frozenset({"medicines", "allergies", "reason", "note", "seen", "reference", "question", "answer"})
"""Fields in which a person writes sentences."""

Word = Annotated[str, StringConstraints(max_length=WORD_LIMIT)]
Prose = Annotated[str, StringConstraints(max_length=PROSE_LIMIT)]
Whole = Annotated[int, Field(ge=-NUMBER_LIMIT, le=NUMBER_LIMIT)]
Decimal = Annotated[float, Field(ge=-NUMBER_LIMIT, le=NUMBER_LIMIT)]

SHAPES: Final[Mapping[Any, Any]] = {
    str: Word,
    int: Whole,
    float: Decimal,
    bool: bool,
    Role: Role,
    int | None: Whole | None,
    float | None: Decimal | None,
    tuple[int, ...]: Annotated[tuple[Whole, ...], Field(max_length=ITEM_LIMIT)],
    tuple[str, ...]: Annotated[tuple[Word, ...], Field(max_length=ITEM_LIMIT)],
    Values: Annotated[dict[Word, Prose | bool | Whole | Decimal | None], Field(max_length=ITEM_LIMIT)],
}
"""Type of a command's field → the bounded shape it must have on the wire. A field of another type cannot be sent."""


def _shape(name: str, kind: Any) -> Any:
    return Prose if kind is str and name in PROSE else SHAPES[kind]


def _model(command: type[Command]) -> type[BaseModel]:
    """The shape of a body that asks for ``command``; built once, when this module loads."""
    kinds = get_type_hints(command)
    shapes: dict[str, Any] = {}
    for field in fields(command):
        default = ... if field.default is MISSING else field.default
        shapes[field.name] = (_shape(field.name, kinds[field.name]), default)
    config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)
    return create_model(command.__name__, __config__=config, **shapes)


_MODELS: Final = {command: _model(command) for command in (*NOUNS.values(), *COURSE_NOUNS.values())}


def shape(command: type[Command]) -> type[BaseModel]:
    """The shape of a body that asks for ``command``."""
    return _MODELS[command]


def _sentence(error: ErrorDetails) -> tuple[str, str]:
    """(sentence, field) for the first thing wrong in a body. What was sent is never repeated."""
    name = ".".join(str(part) for part in error["loc"][:2])  # deeper parts name our union branches, not their fields
    if error["type"] == "extra_forbidden":
        return f"“{name[:WORD_LIMIT]}” is not asked for here.", name
    if not name:
        return "This is not a JSON object.", ""
    return mistake(error, name[:WORD_LIMIT]), name


def decode(nouns: Mapping[str, type[C]], noun: str, body: bytes) -> C:
    """The command that ``body`` asks for under ``noun``. Raises ``NotFound`` (no such noun) or ``Malformed``."""
    command = nouns.get(noun)
    if command is None:
        raise NotFound(noun)
    try:
        parsed = _MODELS[command].model_validate_json(body or b"{}")
    except ValidationError as error:
        sentence, field = _sentence(error.errors(include_url=False, include_context=False, include_input=False)[0])
        raise Malformed(sentence, field[:WORD_LIMIT]) from None
    return command(**{name: getattr(parsed, name) for name in type(parsed).model_fields})


def decode_session(noun: str, body: bytes) -> Command:
    """What is asked of a session. See ``decode``."""
    return decode(NOUNS, noun, body)


def decode_course(noun: str, body: bytes) -> CourseCommand:
    """What is asked of a course. See ``decode``."""
    return decode(COURSE_NOUNS, noun, body)


def encode(message: Mapping[str, object]) -> str:
    """One message as it travels. Not-a-number never does: no browser could read it."""
    return json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


HELLO: Final = 64
"""Characters in which a page can say hello."""


def is_hello(text: str | None) -> bool:
    """``{"type": "hello"}``: this page is drawn and listens. Whatever else a page says means nothing."""
    if not text or len(text) > HELLO:
        return False
    try:
        return bool(json.loads(text) == {"type": "hello"})
    except ValueError:
        return False


def beat(now: int, rate: float, version: int) -> str:
    """Nothing changed, and that was looked up at ``now`` (clinic time, UTC ms), not assumed."""
    return encode({"type": Message.BEAT, "now": now, "rate": rate, "version": version})


def notice(id_: str, kind: str, subject: str, text: str) -> str:
    """The screen channel of the outbox: canary | page | alarm | order."""
    return encode({"type": Message.NOTICE, "id": id_, "kind": kind, "subject": subject, "text": text})


def rejoin() -> str:
    """The media worker was lost: every page with a seat joins again."""
    return encode({"type": Message.MEDIA, "event": MediaEvent.REJOIN})


def seated(page: str) -> str:
    """Which page of this person has their seat from now on: every other one stops. Empty: none, so one may come."""
    return encode({"type": Message.MEDIA, "event": MediaEvent.SEATED, "page": page})


def bound(slots: object) -> str:
    """Which slot of this page's connection shows which seat from now on."""
    return encode({"type": Message.MEDIA, "event": MediaEvent.BOUND, "slots": slots})


def ages(by_role: Mapping[str, int | None]) -> str:
    """Seat → ms since its newest picture, as the server itself sees it."""
    return encode({"type": Message.MEDIA, "event": MediaEvent.AGES, "ages": dict(by_role)})


def form(command: Command) -> dict[str, Value]:
    """The body that asks for ``command``: the inverse of ``decode``, for programs and tests."""
    return asdict(command)
