"""Everybody does what opens the board: over HTTP, each as themselves; what media sees is said as media says it."""

from telekap.care.instant import HOUR
from telekap.care.people import Role
from telekap.demo.answers import WELL
from telekap.web.health import KEY_HEADER
from tests.web.serving import WITNESS_KEY, Serving, new_key

ON_DUTY = (Role.STANDIN, Role.PRESCRIBER, Role.DISPATCHER)


def pictures(clinic: Serving, state: str = "flowing") -> None:
    """What the media worker says when client and therapist see and hear each other (or not)."""
    for seat in ("client", "therapist"):
        for kind in ("video", "audio"):
            for direction in ("in", "out"):
                clinic.house.seats.on_sight(
                    {
                        "event": "sight",
                        "room": clinic.session,
                        "seat": seat,
                        "kind": kind,
                        "direction": direction,
                        "state": state,
                        "newest_age_ms": 40,
                    }
                )


async def open_all_gates(clinic: Serving) -> str:
    """Open every gate of the shared clinic's session; the digest of the open board."""
    pictures(clinic)
    for gate in WELL:
        reply = await clinic.browser.post("/api/v1/demo/answer", json={"session": clinic.session, "gate": gate})
        assert reply.status_code == 200, (gate, reply.text)
    for role in ON_DUTY:
        await well(clinic, Role.THERAPIST, "test-pages", {"role": role})
        await well(clinic, role, "duty")
    session, _ = await clinic.house.handler.session(clinic.session)
    await well(clinic, Role.THERAPIST, "canary", {"canary": session.canary})
    await clinic.browser.get("/healthz?witness=here", headers={KEY_HEADER: WITNESS_KEY})
    await book_aftercare(clinic, session.course)
    await clinic.confirm(Role.THERAPIST)
    for gate in (await clinic.view(Role.PRESCRIBER))["gates"]:
        if gate["colour"] == "amber":
            decision = {"gate": gate["gate"], "reading": gate["reading"], "proceed": True, "reason": "known here"}
            act = {"of": f"sessions/{clinic.session}", "noun": "amber-decisions", "body": decision}
            await clinic.confirm(Role.PRESCRIBER, act)
            await well(clinic, Role.PRESCRIBER, "amber-decisions", decision)
    board = (await clinic.view(Role.THERAPIST))["board"]
    assert board["shut"] == 0, board
    return str(board["digest"])


async def release(clinic: Serving) -> None:
    """From the door to "you may take it now"."""
    digest = await open_all_gates(clinic)
    await well(clinic, Role.THERAPIST, "release", {"board": digest})


async def book_aftercare(clinic: Serving, course: str) -> None:
    """Kim books what follows."""
    now = clinic.house.clock.now().utc
    body = {"session": clinic.session, "next_day": now + 22 * HOUR, "integration": now + 48 * HOUR}
    where = f"{await clinic.api(Role.DISPATCHER)}/courses/{course}/aftercare"
    reply = await clinic.browser.post(where, json=body, headers={"Idempotency-Key": new_key()})
    assert reply.status_code == 200, reply.text


async def well(clinic: Serving, role: Role, noun: str, body: object = None) -> None:
    """An act that must be taken."""
    reply = await clinic.act(role, noun, body)
    assert reply.status_code == 200, (noun, reply.text)
