"""The description of the interface (OpenAPI 3.1), made of the models that validate: it cannot say what is not so.

Each noun of a session and of a course is an operation of its own, with its command's own shape. Pages are not in it.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from telekap.live import wire
from telekap.web.described import DESCRIPTIONS, Description, Endpoint, described
from telekap.web.errors import PLAIN, STATUS
from telekap.web.health import own_version
from telekap.web.pages import page
from telekap.web.shapes import Problem, Version

SCHEMAS: Final = "#/components/schemas/{model}"
WORDS: Final = {status: sentence for status, _, sentence in STATUS.values()} | {
    status: sentence for status, (_, sentence) in PLAIN.items()
}
"""Status of an error → what it tells people."""

ACT_ERRORS: Final = (404, 409, 422)
"""Of every noun: not yours, refused with reasons, malformed."""

OF_A_LOGIN: Final = (401, 404, 423)
"""Of every address that names a login: it ended, not yours, nobody there for a while."""
UNSAFE: Final = (403, 413)
"""Of every request that may change something: from a foreign page, too large."""

PARAMETERS: Final[dict[str, dict[str, Any]]] = {
    "login": {"pattern": "^[A-Za-z0-9_-]{1,64}$", "description": "Public id of a login; its cookie must be there."},
    "session": {"pattern": "^[A-Za-z0-9_-]{1,64}$", "description": "Id of a session."},
    "course": {"pattern": "^[A-Za-z0-9_-]{1,64}$", "description": "Id of a course."},
    "person": {"pattern": "^[A-Za-z0-9_-]{1,64}$", "description": "Id of a person."},
    "about": {"pattern": "^[A-Za-z0-9_-]{1,64}$", "description": "Id of a person around them."},
    "noun": {"pattern": "^[a-z-]{1,64}$", "description": "What is to be looked at before it is signed."},
    "token": {"pattern": "^[A-Za-z0-9_-]{1,200}$", "description": "The secret part of a link."},
    "purpose": {"enum": ["j", "w", "t", "join", "staff"], "description": "Which door the link belongs to."},
}
"""Name in an address → its schema."""

KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "One press of one button: the same through every retry.",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9-]{8,64}$"},
}

ACT: Final = Description("", answers={200: Version}, errors=ACT_ERRORS, keyed=True)


class Operation:
    """One method of one address, with what it takes and answers. ``noun``: of a session or course, else ''."""

    def __init__(self, path: str, method: str, told: Description, body: type[BaseModel] | str | None, noun: str = ""):
        self.path, self.method, self.told, self.body, self.noun = path, method, told, body, noun

    @property
    def name(self) -> str:
        """A word for programs, unique."""
        words = re.sub(r"[^A-Za-z0-9]+", "_", self.path.removeprefix("/api/v1/").replace("as/{login}/", ""))
        return f"{self.method.lower()}_{words.strip('_')}"

    @property
    def of_a_login(self) -> bool:
        """True if the address names a login."""
        return "{login}" in self.path


def in_description(path: str) -> bool:
    """True for addresses that programs ask; pages, files and the demo's own are not described."""
    return path.startswith(("/api/", "/healthz", "/readyz")) and not path.startswith("/api/v1/demo")


def operations(routes: list[BaseRoute]) -> Iterator[Operation]:
    """Every operation of the described part. Raises ``KeyError`` naming an endpoint that nobody described."""
    for route in routes:
        if not isinstance(route, Route) or not in_description(route.path):
            continue
        methods = sorted((route.methods or set()) - {"HEAD"})
        if route.path.endswith(("/{session}/{noun}", "/{course}/{noun}")):
            nouns = wire.NOUNS if "{session}" in route.path else wire.COURSE_NOUNS
            for noun, command in nouns.items():
                path = route.path.replace("{noun}", noun)
                yield Operation(path, "POST", ACT, wire.shape(command), noun)
            continue
        told = description_of(route.endpoint, route.path)
        for method in methods:
            yield Operation(route.path, method, told, told.body)


def description_of(endpoint: Endpoint, path: str) -> Description:
    """What was said beside an endpoint."""
    if endpoint not in DESCRIPTIONS:
        raise KeyError(
            f"{path}: put @described(summary, body=…, answers={{…}}) above {endpoint.__module__}.{endpoint.__name__}"
        )
    return DESCRIPTIONS[endpoint]


def describe(routes: list[BaseRoute]) -> dict[str, Any]:
    """The whole document."""
    found = list(operations(routes))
    reads = {one.body for one in found if isinstance(one.body, type)}
    sends = {answer for one in found for answer in one.told.answers.values() if isinstance(answer, type)} | {Problem}
    names, schemas = models_json_schema(
        [(model, "validation") for model in sorted(reads, key=_full)]
        + [(model, "serialization") for model in sorted(sends, key=_full)],
        ref_template=SCHEMAS,
    )
    refs = {key: schema["$ref"] for key, schema in names.items()}
    paths: dict[str, Any] = {}
    for one in found:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, refs)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "telekap",
            "version": own_version(),
            "description": "Sessions at home under remote supervision. docs/wire.md says the same in prose.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas.get("$defs", {}),
            "securitySchemes": {
                "login": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "tk-{login}",
                    "description": "The cookie of the login that the address names.",
                }
            },
        },
    }


def _full(model: type[BaseModel]) -> str:
    return f"{model.__module__}.{model.__name__}"


def _operation(one: Operation, refs: dict[Any, str]) -> dict[str, Any]:
    errors = {*one.told.errors, *(OF_A_LOGIN if one.of_a_login else ()), *(UNSAFE if one.method == "POST" else ())}
    responses = {str(status): _answer(status, answer, refs) for status, answer in one.told.answers.items()}
    for status in sorted(errors - set(one.told.answers)):
        content = {"application/json": {"schema": {"$ref": refs[Problem, "serialization"]}}}
        responses[str(status)] = {"description": WORDS.get(status, "No."), "content": content}
    told: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.told.summary or one.noun.replace("-", " "),
        "tags": [_tag(one.path)],
        "responses": responses,
    }
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"} | _schema(name)}
        for name in re.findall(r"{(\w+)}", one.path)
    ]
    if one.told.keyed:
        parameters.append(KEY)
    if parameters:
        told["parameters"] = parameters
    if isinstance(one.body, type):
        schema = {"$ref": refs[one.body, "validation"]}
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if one.of_a_login:
        told["security"] = [{"login": []}]
    return told


def _schema(name: str) -> dict[str, Any]:
    return {key: value for key, value in PARAMETERS[name].items() if key != "description"}


def _tag(path: str) -> str:
    words = [word for word in path.split("/") if word and "{" not in word and word not in ("api", "v1", "as")]
    return words[0] if words else "house"


def _answer(status: int, answer: type[BaseModel] | str | None, refs: dict[Any, str]) -> dict[str, Any]:
    if answer is None:
        return {"description": "Done." if status == 204 else "See the Location."}
    if isinstance(answer, str):
        return {"description": "As a page.", "content": {answer: {"schema": {"type": "string"}}}}
    content = {"application/json": {"schema": {"$ref": refs[answer, "serialization"]}}}
    return {"description": (answer.__doc__ or "").partition("\n")[0], "content": content}


@cache
def document() -> dict[str, Any]:
    """The description of a clinic; the demo's own addresses are not in it."""
    from telekap.web.routes import routes

    async def nothing(_socket: object) -> None:
        """In place of the live socket, which this description leaves to docs/wire.md."""

    return describe(routes(nothing, with_demo=False))


class Document(BaseModel):
    """An OpenAPI 3.1 document."""

    openapi: str
    info: dict[str, Any]
    paths: dict[str, Any]
    components: dict[str, Any]


@described("This description", answers={200: Document})
async def look(request: Request) -> Response:
    """``GET /api/openapi.json``"""
    return JSONResponse(document())


@described("This description, to be read", answers={200: "text/html"})
async def read(request: Request) -> Response:
    """``GET /api/docs``: a page of our own; nothing is loaded from anywhere else."""
    return await page(request, "api-docs.html")
