"""Whose pages may ask: told by headers that no page can forge, the same for requests and handshakes."""

import pytest
from starlette.datastructures import Headers

from telekap.web.guard import same_origin

OWN = frozenset({"clinic.example"})


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"origin": "http://here:8000"}, True),
        ({"origin": "https://clinic.example"}, True),
        ({"origin": "http://HERE:8000"}, True),
        ({"origin": "http://here:8000", "sec-fetch-site": "same-origin"}, True),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-origin", "cookie": "tk-a=b"}, True),
        ({}, True),
        ({"origin": "http://here:8001"}, False),
        ({"origin": "http://here"}, False),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "http://here:8000.evil.example"}, False),
        ({"origin": "http://evil.example/?http://here:8000"}, False),
        ({"origin": "http://here:8000", "sec-fetch-site": "cross-site"}, False),
        ({"origin": "http://here:8000", "sec-fetch-site": "same-site"}, False),
        ({"origin": "null"}, False),
        ({"origin": "null", "sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"cookie": "tk-a=b"}, False),
    ],
)
def test_an_unsafe_request_is_taken_only_from_our_own_pages(headers: dict[str, str], allowed: bool) -> None:
    assert same_origin(Headers({"host": "here:8000", **headers}), OWN) is allowed


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"origin": "http://here:8000"}, True),
        ({"origin": "https://clinic.example"}, True),
        ({}, False),
        ({"origin": "null"}, False),
        ({"sec-fetch-site": "same-origin"}, False),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "http://here:8000", "sec-fetch-site": "cross-site"}, False),
    ],
)
def test_a_handshake_always_needs_our_own_origin(headers: dict[str, str], allowed: bool) -> None:
    assert same_origin(Headers({"host": "here:8000", **headers}), OWN, handshake=True) is allowed
