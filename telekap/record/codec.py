"""Facts to bytes and back, strictly: a stored fact reads as exactly what was written, or not at all."""

from typing import Any, Final

from pydantic import TypeAdapter

from telekap.care.commands import Command
from telekap.care.facts import KINDS, Fact

_FACTS: Final[dict[str, TypeAdapter[Any]]] = {name: TypeAdapter(kind) for name, kind in KINDS.items()}
_COMMANDS: Final[dict[type[Command], TypeAdapter[Any]]] = {}


def dump(fact: Fact) -> tuple[str, bytes]:
    """(kind, JSON) of a fact."""
    kind = type(fact).__name__
    return kind, _FACTS[kind].dump_json(fact)


def load(kind: str, payload: bytes) -> Fact:
    """The fact again. Fields a later version added have their defaults; fields it dropped are passed over."""
    fact = _FACTS[kind].validate_json(payload, strict=True)
    assert isinstance(fact, Fact)
    return fact


def request(stream: str, command: Command) -> bytes:
    """One byte string for one request: equal requests are equal bytes, whatever their field order was."""
    kind = type(command)
    adapter = _COMMANDS.get(kind)
    if adapter is None:
        adapter = _COMMANDS[kind] = TypeAdapter(kind)
    body = adapter.dump_python(command, mode="json")
    return repr((stream, kind.__name__, _ordered(body))).encode()


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return sorted((key, _ordered(inner)) for key, inner in value.items())
    if isinstance(value, list):
        return [_ordered(inner) for inner in value]
    return value
