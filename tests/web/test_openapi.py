"""The description of the interface: whole, valid, without a dangling reference, and of every address there is."""

import re
from typing import Any

import pytest
from openapi_spec_validator import validate
from starlette.routing import Route

from telekap.live import wire
from telekap.web.described import DESCRIPTIONS
from telekap.web.openapi import describe, in_description
from telekap.web.routes import routes
from tests.web.serving import Serving


async def nothing(_socket: object) -> None:
    """In place of the live socket."""


ALL = routes(nothing, with_demo=False)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """As it is served."""
    return describe(ALL)


def test_it_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    validate(document)
    assert document["openapi"].startswith("3.1")


def references(node: Any) -> set[str]:
    """Everything a node points to."""
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*(references(value) for value in node.values()))
    return set().union(*(references(value) for value in node)) if isinstance(node, list) else set()


def test_no_reference_dangles(document: dict[str, Any]) -> None:
    found = references(document)

    assert found
    assert {
        ref for ref in found if ref.removeprefix("#/components/schemas/") not in document["components"]["schemas"]
    } == set()


@pytest.mark.parametrize(
    "path", sorted({route.path for route in ALL if isinstance(route, Route) and in_description(route.path)})
)
def test_every_address_that_programs_ask_is_described(document: dict[str, Any], path: str) -> None:
    if path.endswith(("/{session}/{noun}", "/{course}/{noun}")):
        nouns = wire.NOUNS if "{session}" in path else wire.COURSE_NOUNS
        assert all(path.replace("{noun}", noun) in document["paths"] for noun in nouns)
    else:
        assert path in document["paths"]


def test_every_operation_has_its_own_name_and_says_what_a_yes_and_every_no_looks_like(document: dict[str, Any]) -> None:
    operations = [(path, method, one) for path, methods in document["paths"].items() for method, one in methods.items()]

    assert len({one["operationId"] for _, _, one in operations}) == len(operations)
    for path, method, one in operations:
        assert one["summary"], path
        assert any(status.startswith(("2", "3")) for status in one["responses"]), path
        if "{login}" in path:
            assert {"401", "404", "423"} <= one["responses"].keys(), path
        if method == "post":
            assert {"403", "413"} <= one["responses"].keys(), path


def test_a_body_takes_nothing_unknown(document: dict[str, Any]) -> None:
    bodies = {
        one["requestBody"]["content"]["application/json"]["schema"]["$ref"].split("/")[-1]
        for methods in document["paths"].values()
        for one in methods.values()
        if "requestBody" in one
    }

    open_ = {
        name for name in bodies if document["components"]["schemas"][name].get("additionalProperties") is not False
    }
    assert open_ == set()


def test_no_description_stands_beside_an_endpoint_that_is_not_served() -> None:
    served = {route.endpoint for route in ALL if isinstance(route, Route)}

    assert {f"{one.__module__}.{one.__name__}" for one in DESCRIPTIONS if one not in served} == set()


async def test_it_is_served_to_everybody_and_so_is_its_page(shared: Serving) -> None:
    async with shared.another_browser() as nobody:
        document = (await nobody.get("/api/openapi.json")).json()
        page = await nobody.get("/api/docs")

    assert document["paths"]
    assert page.status_code == 200
    assert re.findall(r'(?:src|href)="(?!/)', page.text) == []  # nothing from anywhere else


LOOSE = {
    "Act.body": "the noun's own shape is checked when it is signed",
    "Credential": "as the browser's own toJSON gives it",
    "Credential.response": "as the browser's own toJSON gives it",
    "Document.info": "OpenAPI's own shape",
    "Document.paths": "OpenAPI's own shape",
    "Document.components": "OpenAPI's own shape",
    "Options.options": "as navigator.credentials takes it",
    **{
        f"Well.{part}": "for the operator's eyes, and free to grow"
        for part in ("engine", "durability", "room", "workers", "watch", "bus", "clock", "anchor")
    },
}
"""What may hold anything, and why. Everything else says what is in it."""


def loose(node: Any, name: str) -> set[str]:
    """Where a shape says "anything"."""
    if not isinstance(node, dict):
        return set()
    anything = node.get("additionalProperties") is True or node == {}
    found = {name} if anything or (node.get("type") == "object" and len(node.keys() - {"title"}) == 1) else set()
    for field, inner in node.get("properties", {}).items():
        found |= loose(inner, f"{name}.{field}") | ({f"{name}.{field}"} if not inner.keys() - {"title"} else set())
    for inner in (node.get("items"), node.get("additionalProperties"), *node.get("anyOf", ())):
        found |= loose(inner, name)
    return found


def test_no_shape_says_anything_but_those_that_have_a_reason(document: dict[str, Any]) -> None:
    shapes = document["components"]["schemas"]

    assert set().union(*(loose(shape, name) for name, shape in shapes.items())) == set(LOOSE)
