"""A day for everybody at once: in every zone, on the board, moved, cancelled, and refused where it clashes."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx2

from telekap.care.instant import DAY, HOUR
from telekap.care.people import Role
from telekap.care.session import State
from telekap.record import people
from tests.web.kims_desk import PACIFIC, Desk
from tests.web.serving import Serving, new_key


async def test_a_booking_is_shown_in_every_zone_before_it_is_made(desk: Desk) -> None:
    plan = await desk.plan()

    shown = await desk.done("booking-check", plan)

    there = datetime.fromtimestamp(shown["appointed"] / 1000, ZoneInfo("America/Denver"))
    assert there.strftime("%Y-%m-%dT%H:%M") == plan["local"]
    assert shown["zones"]["client"] == "America/Denver" and shown["zones"]["therapist"] == PACIFIC
    assert shown["problems"] == []
    assert shown["takes"]["to"] - shown["takes"]["from"] == 235 * 60_000, "45 min lobby, 10 min, floor and cover"


async def test_an_hour_that_comes_twice_is_asked_about_and_one_that_does_not_exist_is_refused(desk: Desk) -> None:
    plan = await desk.plan()

    twice = await desk.post("booking-check", plan | {"local": "2027-11-07T01:30"})
    assert (twice.status_code, twice.json()["field"]) == (422, "later")
    first, second = [
        (await desk.done("booking-check", plan | {"local": "2027-11-07T01:30", "later": later}))["appointed"]
        for later in (False, True)
    ]
    assert second - first == HOUR
    gone = await desk.post("booking-check", plan | {"local": "2027-03-14T02:30"})
    assert (gone.status_code, gone.json()["field"]) == (422, "local")


async def test_a_booked_session_has_everybody_and_stands_on_the_board_with_what_is_missing(desk: Desk) -> None:
    session, body = await desk.booked()

    found, _ = await desk.clinic.house.handler.session(session)
    assert {role.value: who for role, who in found.roles.items()} == body["roles"]
    assert found.state is State.SCHEDULED and found.appointed == body["appointed"]
    (row,) = [row for row in (await desk.get("board"))["rows"] if row["session"] == session]
    cells = {cell["column"]: (cell["ready"], cell["words"]) for cell in row["cells"]}
    assert cells["clearance"] == ("due", "not signed")
    assert cells["links"] == ("due", "not sent")
    assert cells["contact"] == ("ok", "")
    assert cells["support"] == ("ok", "") and cells["trained"] == ("due", "not yet")
    assert row["verdict"] == "due" and row["people"]["support"]["name"] == "Leila Sayed"


async def test_a_booking_that_clashes_is_refused_until_the_clash_is_named(desk: Desk) -> None:
    session, body = await desk.booked()
    sessions = await desk.clinic.house.handler.sessions_of(None)

    other = body | {"kind": "integration", "appointed": body["appointed"] + HOUR}
    refused = await desk.must_refuse("sessions", other)
    assert refused == {"clash_client", "clash_therapist", "clash_support"}
    assert len(await desk.clinic.house.handler.sessions_of(None)) == len(sessions)
    made = await desk.done("sessions", other | {"despite": sorted(refused)})
    assert made["session"] != session


async def test_who_may_not_do_it_is_named_for_nothing(desk: Desk) -> None:
    plan = await desk.plan()
    body = {name: plan[name] for name in ("kind", "course", "roles", "zone")}
    body["appointed"] = (await desk.done("booking-check", plan))["appointed"]
    ben = await desk.clinic.person(Role.SUPPORT)

    for roles in ({"standin": plan["roles"]["dispatcher"]}, {"therapist": "nobody"}, {"support": ben}):
        assert await desk.must_refuse("sessions", body | {"roles": plan["roles"] | roles}) <= {"person", "support"}
    sam = await desk.clinic.person(Role.CLIENT)
    assert await desk.must_refuse("sessions", body | {"roles": plan["roles"] | {"client": sam}}) == {"client"}


async def test_a_coordinator_without_a_part_moves_renames_and_cancels(desk: Desk) -> None:
    session, body = await desk.booked()
    mia = await another_coordinator(desk.clinic)

    async def act(noun: str, fields: dict[str, Any]) -> httpx2.Response:
        where = f"/api/v1/as/{mia}/sessions/{session}/{noun}"
        return await desk.clinic.browser.post(where, json=fields, headers={"Idempotency-Key": new_key()})

    assert (await act("move", {"appointed": body["appointed"] + DAY})).status_code == 200
    assert (await act("names", {"role": "standin", "person": body["roles"]["prescriber"]})).status_code == 200
    assert (await act("words", {"what": "note"})).status_code == 404, "no part: no word in the record"
    assert (await act("cancellation", {"reason": "Omar is ill."})).status_code == 200
    found, _ = await desk.clinic.house.handler.session(session)
    assert found.state is State.CANCELLED


async def another_coordinator(clinic: Serving) -> str:
    """Mia coordinates and holds no part in any session: a login of hers."""
    from telekap.care.people import Person
    from telekap.record import logins

    person = Person(new_key(), "Mia Chen", "+15550160", PACIFIC)

    def hire(conn: Any) -> tuple[str, str]:
        people.add(conn, person, people.STAFF, (Role.DISPATCHER,))
        return logins.issue(conn, person.id, None, "link", clinic.house.clock.wall())

    public, secret = await clinic.house.store.write(hire)
    clinic.browser.cookies.set(f"tk-{public}", secret, domain="clinic.test", path="/")
    return public


async def test_a_session_beyond_the_board_is_counted_there_stands_on_its_week_and_can_be_had_alone(desk: Desk) -> None:
    session, body = await desk.booked(16)

    first = await desk.get("board")
    assert session not in {row["session"] for row in first["rows"]} and first["later"] == 1
    third = await desk.get("board?week=2")
    assert [row["session"] for row in third["rows"]] == [session]
    assert third["from"] <= body["appointed"] < third["from"] + 7 * DAY and third["later"] == 0
    assert (await desk.get(f"sessions/{session}")) == third["rows"][0]
    beyond = await desk.get("board?week=3")
    assert (beyond["rows"], beyond["earlier"]) == ([], 1)
    api = await desk.clinic.api(Role.DISPATCHER)
    for wrong in ("-1", "521", "x", "٣", "1" * 5000):
        assert (await desk.clinic.browser.get(f"{api}/clinic/board", params={"week": wrong})).status_code == 422
    assert (await desk.clinic.browser.get(f"{api}/clinic/sessions/{desk.clinic.session}")).status_code == 404, "it runs"


async def test_who_booked_moved_and_cancelled_stands_with_the_client(desk: Desk) -> None:
    session, body = await desk.booked()
    at = f"/api/v1/as/{desk.clinic.logins[Role.DISPATCHER]}/sessions/{session}"
    later = body["appointed"] + DAY

    for noun, fields in (("move", {"appointed": later}), ("cancellation", {"reason": "Omar is ill."})):
        reply = await desk.clinic.browser.post(f"{at}/{noun}", json=fields, headers={"Idempotency-Key": new_key()})
        assert reply.status_code == 200, reply.text

    lines = (await desk.get(f"clients/{body['roles']['client']}"))["appointments"]
    told = [(line["what"], line["by"], line["appointed"], line["instead_of"]) for line in lines]
    assert told == [
        ("cancelled", "Kim Osei", later, None),
        ("moved", "Kim Osei", later, body["appointed"]),
        ("booked", "Kim Osei", body["appointed"], None),
    ]
