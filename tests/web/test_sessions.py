"""Acting on a session over HTTP: every noun reaches the rules, once, from whom it may, and nothing else does."""

from typing import Any

import pytest

from telekap.care.commands import Observation
from telekap.care.people import Role
from telekap.live import wire
from tests.web.serving import Serving, new_key

BODIES: dict[str, tuple[Role, dict[str, Any]]] = {
    "lobby": (Role.THERAPIST, {}),
    "cancellation": (Role.CLIENT, {"reason": "ill"}),
    "move": (Role.DISPATCHER, {"appointed": 2_000_000_000_000}),
    "names": (Role.DISPATCHER, {"role": "standin", "person": "nobody"}),
    "gate-answers": (Role.THERAPIST, {"gate": "oxygen", "values": {"device": "seen", "spo2": 98}, "how": "video"}),
    "amber-decisions": (Role.PRESCRIBER, {"gate": "oxygen", "reading": "none", "proceed": True, "reason": "well"}),
    "test-pages": (Role.THERAPIST, {"role": "standin"}),
    "duty": (Role.STANDIN, {}),
    "canary": (Role.THERAPIST, {"canary": "none"}),
    "release": (Role.THERAPIST, {"board": ""}),
    "recall": (Role.SUPPORT, {"reason": "wait"}),
    "unit-counts": (Role.THERAPIST, {"units": 2, "how": "video"}),
    "doses": (Role.CLIENT, {"units": [1, 2]}),
    "voids": (Role.SUPPORT, {"units_seen": True}),
    "hold-end": (Role.THERAPIST, {"result": "spat"}),
    "check-ins": (Role.SUPPORT, {"check_in": "t15", "values": {}}),
    "readings": (Role.THERAPIST, {"values": {"spo2": 97}}),
    "help": (Role.CLIENT, {"strength": "hold"}),
    "words": (Role.CLIENT, {"what": "stop", "note": ""}),
    "agreement": (Role.THERAPIST, {"values": {"touch": "hand", "voice": "asked", "calms": "Her name."}}),
    "lessons": (Role.SUPPORT, {"values": {"look": "hour", "side": "back", "call": "wait", "stay": "back"}}),
    "pairing": (Role.SUPPORT, {"code": "000"}),
    "acknowledgements": (Role.THERAPIST, {"alarm": "none"}),
    "resolutions": (Role.THERAPIST, {"alarm": "none", "reason": "over"}),
    "orders": (Role.DISPATCHER, {"alarm": "none", "step": 0, "outcome": "reached"}),
    "misses": (Role.THERAPIST, {"check_in": "t15", "part": "support", "reason": "asleep"}),
    "assessments": (Role.THERAPIST, {"values": {}}),
    "discharge": (Role.THERAPIST, {}),
    "early-release": (Role.PRESCRIBER, {"adult": "Ben", "reason": "well"}),
    "reopening": (Role.SUPPORT, {"reason": "unwell"}),
    "hand-over": (Role.THERAPIST, {"to": "crew 7", "reference": "A1", "seen": "seen"}),
    "hand-over-confirmation": (Role.PRESCRIBER, {}),
    "return": (Role.SUPPORT, {"reason": "refused"}),
    "signature": (Role.THERAPIST, {}),
    "take-over": (Role.STANDIN, {}),
    "support-person": (Role.THERAPIST, {"person": "nobody", "phone_tested": True}),
    "holding": (Role.THERAPIST, {}),
    "booster-release": (Role.THERAPIST, {"willing": True}),
    "successors": (Role.THERAPIST, {"role": "prescriber", "person": "nobody"}),
    "support-seen": (Role.THERAPIST, {"how": "video"}),
    "decisions": (Role.PRESCRIBER, {"matter": "other", "choice": "note", "reason": "as spoken"}),
    "countersignatures": (Role.PRESCRIBER, {"decision": 1}),
    "release-with-tasks": (Role.PRESCRIBER, {"reason": "well"}),
    "leftovers": (Role.SUPPORT, {"units": 2, "secured": True}),
    "afterwards": (Role.SUPPORT, {"what": "evening", "values": {"well": "yes"}}),
    "adverse-events": (Role.CLIENT, {"grade": "mild", "note": "a headache"}),
}


def test_there_is_an_example_for_every_noun() -> None:
    assert set(BODIES) == set(wire.NOUNS)


@pytest.mark.parametrize("noun", [noun for noun, kind in wire.NOUNS.items() if not issubclass(kind, Observation)])
async def test_a_permission_is_given_or_refused_with_reasons_and_never_breaks(shared: Serving, noun: str) -> None:
    role, body = BODIES[noun]
    before = await shared.version()

    reply = await shared.act(role, noun, body)

    if noun in ("acknowledgements", "resolutions"):  # there is no such alarm
        assert reply.status_code in (404, 409), reply.text
        return
    assert reply.status_code in (200, 409), reply.text
    if reply.status_code == 409:
        assert reply.json()["error"] == "refused"
        assert all(reason["code"] and reason["sentence"] for reason in reply.json()["reasons"])
        assert reply.json()["reasons"]
        assert await shared.version() == before
    else:
        assert reply.json()["version"] >= before


@pytest.mark.parametrize("noun", [noun for noun, kind in wire.NOUNS.items() if issubclass(kind, Observation)])
async def test_i1_an_observation_with_a_known_subject_is_never_refused(clinic: Serving, noun: str) -> None:
    role, body = BODIES[noun]
    before = await clinic.version()

    reply = await clinic.act(role, noun, body)

    # A check-in, alarm or canary that does not exist names no known thing: that is no observation.
    unknown_subject = noun in ("check-ins", "orders", "canary") and reply.status_code in (404, 409, 422)
    assert reply.status_code == 200 or unknown_subject, reply.text
    assert await clinic.version() > before or unknown_subject


async def test_an_answer_means_that_the_record_has_it(clinic: Serving) -> None:
    reply = await clinic.act(Role.CLIENT, "words", {"what": "note", "note": "I am thirsty"})

    entries = await clinic.house.handler.entries(clinic.session, 0)
    assert reply.json()["version"] >= entries[-1].n
    assert any(getattr(entry.fact, "note", "") == "I am thirsty" for entry in entries)


async def test_the_same_press_twice_counts_once(clinic: Serving) -> None:
    key = new_key()

    first = await clinic.act(Role.CLIENT, "words", {"what": "note", "note": "once"}, key)
    later = await clinic.act(Role.CLIENT, "words", {"what": "note", "note": "else"})
    again = await clinic.act(Role.CLIENT, "words", {"what": "note", "note": "once"}, key)

    entries = await clinic.house.handler.entries(clinic.session, 0)
    assert later.status_code == 200
    assert again.json() == first.json()
    assert sum(getattr(entry.fact, "note", "") == "once" for entry in entries) == 1


async def test_a_key_of_another_request_is_malformed(clinic: Serving) -> None:
    key = new_key()
    await clinic.act(Role.CLIENT, "words", {"what": "note", "note": "one"}, key)

    reply = await clinic.act(Role.CLIENT, "words", {"what": "note", "note": "two"}, key)

    assert reply.status_code == 422
    assert reply.json()["field"] == "Idempotency-Key"


async def test_two_people_may_happen_upon_the_same_key(clinic: Serving) -> None:
    key = new_key()

    replies = [await clinic.act(role, "words", {"what": "note", "note": "here"}, key) for role in Role]

    assert [reply.status_code for reply in replies] == [200] * len(Role)
    assert len({reply.json()["version"] for reply in replies}) == len(Role)


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "has space in it", "naïve-key-naïve"])
async def test_a_press_without_a_proper_key_is_malformed(shared: Serving, key: str) -> None:
    login = await shared.enter(Role.CLIENT)
    headers = {b"Idempotency-Key": key.encode("latin-1")}

    reply = await shared.browser.post(f"/api/v1/as/{login}/sessions/{shared.session}/help", json={}, headers=headers)

    assert reply.status_code == 422
    assert reply.json()["field"] == "Idempotency-Key"


@pytest.mark.parametrize(
    "raw", [b"{", b"[]", b'"release"', b'{"strength": 7}', b'{"strength": "hold", "by": "Ana"}', b"\xff", b"null"]
)
async def test_what_cannot_be_understood_changes_nothing(shared: Serving, raw: bytes) -> None:
    before = await shared.version()
    login = await shared.enter(Role.CLIENT)
    headers = {"Idempotency-Key": new_key(), "Content-Type": "application/json"}

    reply = await shared.browser.post(
        f"/api/v1/as/{login}/sessions/{shared.session}/help", content=raw, headers=headers
    )

    assert reply.status_code == 422
    assert reply.json()["error"] == "malformed"
    assert await shared.version() == before


async def test_what_is_too_large_changes_nothing(shared: Serving) -> None:
    before = await shared.version()

    reply = await shared.act(Role.CLIENT, "words", {"what": "note", "note": "n" * 70_000})

    assert reply.status_code == 413
    assert reply.json() == {"error": "too_large"}
    assert await shared.version() == before


@pytest.mark.parametrize("noun", ["no-such-noun", "sight", "tick", "NoteSight"])
async def test_a_noun_that_is_none_is_not_found(shared: Serving, noun: str) -> None:
    assert (await shared.act(Role.THERAPIST, noun)).status_code == 404


async def test_a_stranger_finds_nothing_whether_it_exists_or_not(shared: Serving) -> None:
    max_ = await shared.stranger()
    before = await shared.version()
    session, course = shared.session, (await shared.house.handler.session(shared.session))[0].course

    replies = {
        path: await shared.browser.request(
            method, f"/api/v1/as/{max_}/{path}", json=body, headers={"Idempotency-Key": new_key()}
        )
        for method, path, body in [
            ("GET", f"sessions/{session}", None),
            ("GET", "sessions/there-is-none", None),
            ("GET", f"courses/{course}", None),
            ("GET", "courses/there-is-none", None),
            ("POST", f"sessions/{session}/help", {"strength": "hold"}),
            ("POST", "sessions/there-is-none/help", {"strength": "hold"}),
            ("POST", f"sessions/{session}/doses", {"units": [1]}),
            ("POST", f"sessions/{session}/seat", {"offer": "v=0"}),
            ("POST", f"courses/{course}/revocation", {"reason": "no"}),
        ]
    }
    page = await shared.browser.get(f"/as/{max_}/s/{session}")

    assert {reply.status_code for reply in (*replies.values(), page)} == {404}
    assert {reply.text for reply in replies.values()} == {'{"error":"not_found"}'}
    assert (await shared.browser.get(f"/api/v1/as/{max_}/home")).json()["sessions"] == []
    assert await shared.version() == before


async def test_a_client_sees_no_clinical_line_of_the_record_and_staff_see_all(shared: Serving) -> None:
    seen = {}
    for role in Role:
        reply = await shared.browser.get(f"{await shared.api(role)}/sessions/{shared.session}")
        seen[role] = reply.json()["entries"]

    assert seen[Role.CLIENT] == seen[Role.SUPPORT] == []
    assert [line["n"] for line in seen[Role.THERAPIST]] == list(range(1, len(seen[Role.THERAPIST]) + 1))
    assert all(line["text"] and line["kind"] for line in seen[Role.PRESCRIBER])


async def test_looking_since_a_line_gives_exactly_the_lines_after_it(shared: Serving) -> None:
    where = f"{await shared.api(Role.THERAPIST)}/sessions/{shared.session}"
    every = (await shared.browser.get(where)).json()["entries"]

    after = (await shared.browser.get(f"{where}?since={every[1]['n']}")).json()["entries"]

    assert after[: len(every) - 2] == every[2:]


async def test_a_client_cannot_see_the_course_nor_the_staff_home(shared: Serving) -> None:
    session, _ = await shared.house.handler.session(shared.session)

    course = await shared.browser.get(f"{await shared.api(Role.CLIENT)}/courses/{session.course}")
    home = await shared.browser.get(f"{await shared.api(Role.CLIENT)}/home")

    assert course.status_code == home.status_code == 404


async def test_the_prescriber_sees_the_course_and_revokes_its_clearance(clinic: Serving) -> None:
    session, _ = await clinic.house.handler.session(clinic.session)
    where = f"{await clinic.api(Role.PRESCRIBER)}/courses/{session.course}"
    await clinic.confirm(Role.PRESCRIBER)

    looked = await clinic.browser.get(where)
    revoked = await clinic.browser.post(
        f"{where}/revocation", json={"reason": "new medicine"}, headers={"Idempotency-Key": new_key()}
    )

    assert looked.status_code == 200
    assert revoked.status_code == 200, revoked.text
    course, _ = await clinic.house.handler.course(session.course)
    assert course.clearance is not None and course.clearance.status == "revoked"


async def test_the_coordinator_sees_every_session_of_the_clinic(shared: Serving) -> None:
    home = (await shared.browser.get(f"{await shared.api(Role.DISPATCHER)}/home")).json()

    assert home["me"]["name"] == "Kim Osei"
    assert [line["id"] for line in home["sessions"]] == [shared.session]
    assert home["sessions"][0]["client"] == "Sam Rivera"
    assert home["sessions"][0]["sentence"]
