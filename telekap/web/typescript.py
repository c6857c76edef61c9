"""``python -m telekap.web.typescript``: the shapes of ``/api/openapi.json`` as types for the pages' own checks.

One interface a schema, nothing clever: what is left out for some is optional, what may be null is ``| null``.
"""

import json
import re
from pathlib import Path
from typing import Any, Final

from telekap.web.openapi import document

FILE: Final = Path(__file__).parents[2] / "static/lib/wire.d.ts"
HEAD: Final = """\
/**
 * Made of /api/openapi.json by `python -m telekap.web.typescript`, and held fresh by a test. Do not edit.
 */
"""
PLAIN: Final = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def kind(schema: dict[str, Any]) -> str:
    """One schema as a type. Raises ``KeyError`` for a form that none of ours has."""
    if "$ref" in schema:
        return word(str(schema["$ref"]).rpartition("/")[2])
    if "const" in schema:
        return _said(schema["const"])
    if "enum" in schema:
        return " | ".join(_said(value) for value in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(kind(one) for one in schema["anyOf"]))
    if schema.get("type") == "array":
        inner = kind(schema["items"]) if schema.get("items") else "unknown"
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    if schema.get("type") == "object" and "properties" not in schema:
        more = schema.get("additionalProperties")
        return f"Record<string, {kind(more) if isinstance(more, dict) else 'unknown'}>"
    return PLAIN[schema["type"]] if "type" in schema else "unknown"


def word(name: str) -> str:
    """A schema's name as one word: pydantic says ``Act-Input`` where two shapes have one name."""
    return name.replace("-", "").replace("_", "")


def _said(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


def interface(name: str, schema: dict[str, Any]) -> str:
    """One schema with a name."""
    told = " ".join(schema.get("description", "").replace("``", "`").split())
    head = f"/** {told} */\n" if told else ""
    if "properties" not in schema:
        return f"{head}export type {name} = {kind(schema)};\n"
    needed = set(schema.get("required", ()))
    lines = [
        f"  {field}{'' if field in needed else '?'}: {kind(shape)};" for field, shape in schema["properties"].items()
    ]
    return f"{head}export interface {name} {{\n" + "\n".join(lines) + "\n}\n"


ROOTS: Final = ("SessionLook", "CourseLook", "Board", "Queue", "Chores", "Transcript")
"""What the pages' own checks use; whatever these are made of comes along."""


def reached(schemas: dict[str, Any]) -> set[str]:
    """Names of the roots and of everything they are made of."""
    found: set[str] = set()
    todo = list(ROOTS)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += re.findall(r"#/components/schemas/([^\"]+)\"", json.dumps(schemas[name]))
    return found


def written() -> str:
    """The whole file."""
    every = document()["components"]["schemas"]
    schemas = {name: every[name] for name in reached(every)}
    return HEAD + "".join("\n" + interface(word(name), schema) for name, schema in sorted(schemas.items()))


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
