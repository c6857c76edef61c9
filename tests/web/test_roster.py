"""Who is on duty: sessions that are booked follow the roster, and who has a duty is never called idle."""

import pytest

from telekap.care.people import Role
from telekap.record import people
from tests.web.kims_desk import PACIFIC, Desk


async def test_whoever_has_an_open_session_or_a_duty_in_it_is_not_called_idle(desk: Desk) -> None:
    (sam,) = (await desk.get("clients"))["clients"]
    assert (sam["next"], sam["running"]) == (None, "arriving")
    shown = await desk.get("roster")
    assert shown["on_duty"] == {}
    told = {(one["role"], one["name"], one["client"]) for one in shown["named"]}
    assert ("dispatcher", "Kim Osei", "Sam Rivera") in told and ("standin", "Jo Tran", "Sam Rivera") in told


async def test_sessions_that_are_booked_follow_the_roster_and_the_lobby_does_not(desk: Desk) -> None:
    clinic = desk.clinic
    session, body = await desk.booked()
    mia = (await clinic.house.store.read(lambda conn: people.by_handle(conn, "jo"))) or pytest.fail("Jo works here")
    row = {"role": "prescriber", "person": mia.person.id, "zone": PACIFIC}
    week = {"starts": desk.local(0, 0, PACIFIC), "ends": desk.local(7, 0, PACIFIC)}

    assert await desk.must_refuse("roster", row | week) == {"person"}
    ada = body["roles"]["prescriber"]
    made = await desk.done("roster", {"role": "standin", "person": ada, "zone": PACIFIC} | week)
    assert made["left"] == []
    found, _ = await clinic.house.handler.session(session)
    assert found.roles[Role.STANDIN] == ada
    here, _ = await clinic.house.handler.session(clinic.session)
    assert here.roles[Role.STANDIN] == body["roles"]["standin"], "its lobby is open"

    shown = await desk.get("roster")
    assert shown["on_duty"] == {"standin": "Dr Ada Okafor"}
    assert [one["role"] for one in shown["rows"]] == ["standin"] and shown["gaps"]["prescriber"]
    again = await desk.done("roster", {"role": "standin", "person": ada, "zone": PACIFIC} | week)
    assert again["n"] == made["n"], "the same row again is the same row"
    await desk.done("roster-removals", {"n": made["n"]})
    shown = await desk.get("roster")
    assert shown["rows"] == [] and [line["what"] for line in shown["history"]] == ["duty_removed", "duty_added"]


async def test_a_session_that_cannot_follow_the_roster_is_named_with_its_client_and_its_day(desk: Desk) -> None:
    session, body = await desk.booked()
    row = {"person": body["roles"]["prescriber"], "zone": PACIFIC}
    week = {"starts": desk.local(0, 0, PACIFIC), "ends": desk.local(7, 0, PACIFIC)}

    assert (await desk.done("roster", row | week | {"role": "standin"}))["left"] == []
    (left,) = (await desk.done("roster", row | week | {"role": "dispatcher"}))["left"]

    named = {"session": session, "client": "Omar Sayed", "appointed": body["appointed"], "zone": body["zone"]}
    assert left == named | {"reasons": left["reasons"]} and left["reasons"]


async def test_a_row_that_ends_before_it_begins_is_refused(desk: Desk) -> None:
    ada = (await desk.staff())[Role.PRESCRIBER]
    row = {"role": "prescriber", "person": ada, "zone": PACIFIC, "starts": desk.local(2), "ends": desk.local(1)}

    assert await desk.must_refuse("roster", row) == {"ends"}
    assert (await desk.post("roster", row | {"starts": "soon"})).status_code == 422
    assert (await desk.post("roster-removals", {"n": 99})).status_code == 404
