"""The coordinator's desk: a new client from first call to a booked day, the roster, links, and who sees none of it."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest
from aiosmtpd.controller import Controller
from pydantic import BaseModel, SecretStr

from telekap.care.instant import DAY, HOUR
from telekap.care.people import Role
from telekap.care.session import State
from telekap.record import changes, people
from telekap.record.tables import metadata
from telekap.serve import free_port
from telekap.web.looks.board import Board, BoardRow
from telekap.web.looks.desk import (
    BookingLook,
    ClientLook,
    Clients,
    Given,
    RosterChange,
    RosterLook,
    StaffNames,
    Today,
)
from telekap.web.qr import drawing
from tests.web.serving import Serving, fresh_copy, new_key, serving

PACIFIC = "America/Los_Angeles"
OMAR = {"name": "Omar Sayed", "phone": "+15550141", "zone": "America/Denver", "birth": "1984-02-29"}
LEILA = {"name": "Leila Sayed", "phone": "+15550142", "zone": "America/Denver", "part": "support"}
LOU = {"name": "Lou Sayed", "phone": "+15550143", "zone": "America/Denver", "part": "contact"}


READ: Mapping[str, type[BaseModel]] = {
    "board": Board,
    "today": Today,
    "staff": StaffNames,
    "roster": RosterLook,
    "clients": Clients,
    "clients/[^/]+": ClientLook,
    "board[?]week=.+": Board,
    "sessions/[^/]+": BoardRow,
    "sessions/[^/]+/links": Given,
}
"""Address below the clinic's → what it answers: whatever a test here reads has that very shape."""
ANSWERED = {"booking-check": BookingLook, "roster": RosterChange, "roster-removals": RosterChange}


class Desk:
    """Kim's desk."""

    def __init__(self, clinic: Serving) -> None:
        self.clinic = clinic

    async def get(self, path: str) -> dict[str, Any]:
        reply = await self.clinic.browser.get(f"{await self.clinic.api(Role.DISPATCHER)}/clinic/{path}")
        assert reply.status_code == 200, reply.text
        shape = next(shape for pattern, shape in READ.items() if re.fullmatch(pattern, path))
        shape.model_validate_json(reply.text, strict=True)
        body: dict[str, Any] = reply.json()
        return body

    async def post(self, path: str, body: dict[str, Any], key: str = "") -> httpx2.Response:
        where = f"{await self.clinic.api(Role.DISPATCHER)}/clinic/{path}"
        return await self.clinic.browser.post(where, json=body, headers={"Idempotency-Key": key or new_key()})

    async def done(self, path: str, body: dict[str, Any], key: str = "") -> dict[str, Any]:
        reply = await self.post(path, body, key)
        assert reply.status_code == 200, reply.text
        if path in ANSWERED:
            ANSWERED[path].model_validate_json(reply.text, strict=True)
        answer: dict[str, Any] = reply.json()
        return answer

    async def must_refuse(self, path: str, body: dict[str, Any]) -> set[str]:
        reply = await self.post(path, body)
        assert reply.status_code == 409, reply.text
        return {reason["code"] for reason in reply.json()["reasons"]}

    async def staff(self) -> dict[Role, str]:
        session, _ = await self.clinic.house.handler.session(self.clinic.session)
        return {role: who for role, who in session.roles.items() if role not in (Role.CLIENT, Role.SUPPORT)}

    def local(self, days: int, hour: int = 14, zone: str = "America/Denver") -> str:
        now = datetime.fromtimestamp(self.clinic.house.clock.now().utc / 1000, UTC).astimezone(ZoneInfo(zone))
        return f"{(now + timedelta(days=days)).date().isoformat()}T{hour:02d}:00"

    async def omar(self) -> tuple[str, str, str]:
        """A new client with a support person, a contact and a course: (client, support, course)."""
        client = (await self.done("clients", OMAR))["person"]
        support = (await self.done(f"clients/{client}/circle", LEILA))["person"]
        await self.done(f"clients/{client}/circle", LOU)
        staff = await self.staff()
        body = {"therapist": staff[Role.THERAPIST], "prescriber": staff[Role.PRESCRIBER]}
        return client, support, (await self.done(f"clients/{client}/courses", body))["course"]

    async def plan(self, days: int = 3) -> dict[str, Any]:
        client, support, course = await self.omar()
        roles = {"client": client, "support": support, **await self.staff()}
        return {"kind": "dosing", "course": course, "roles": roles, "local": self.local(days), "zone": "America/Denver"}

    async def booked(self, days: int = 3) -> tuple[str, dict[str, Any]]:
        """Omar's session: (its id, what was booked)."""
        plan = await self.plan(days)
        appointed = (await self.done("booking-check", plan))["appointed"]
        body = {name: plan[name] for name in ("kind", "course", "roles", "zone")} | {"appointed": appointed}
        return (await self.done("sessions", body))["session"], body


@pytest.fixture
def desk(clinic: Serving) -> Desk:
    return Desk(clinic)


async def test_a_client_is_registered_once_however_often_the_button_is_pressed(desk: Desk) -> None:
    key = new_key()
    first = await desk.done("clients", OMAR, key)
    assert await desk.done("clients", OMAR, key) == first

    names = [one["name"] for one in (await desk.get("clients"))["clients"]]
    assert names == ["Omar Sayed", "Sam Rivera"]
    shown = await desk.get(f"clients/{first['person']}")
    assert shown["client"] == OMAR | {"person": first["person"]}
    assert [(line["what"], line["by"], line["detail"]["name"]) for line in shown["history"]] == [
        ("registered", "Kim Osei", "Omar Sayed")
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"phone": "555"},
        {"phone": "+1 555"},
        {"phone": "15550141"},
        {"zone": "Mars/Olympus"},
        {"note": "x"},
        {"name": 7},
    ],
)
async def test_a_client_with_a_typing_error_is_not_registered(desk: Desk, wrong: dict[str, Any]) -> None:
    assert (await desk.post("clients", OMAR | wrong)).status_code == 422
    assert [one["name"] for one in (await desk.get("clients"))["clients"]] == ["Sam Rivera"]


async def test_i6_nobody_around_a_client_shares_a_phone(desk: Desk) -> None:
    client, support, _ = await desk.omar()

    assert await desk.must_refuse(f"clients/{client}/circle", LEILA | {"phone": OMAR["phone"]}) == {"same_phone"}
    details = {name: LEILA[name] for name in ("name", "zone")} | {"phone": LOU["phone"]}
    assert await desk.must_refuse(f"clients/{client}/people/{support}", details) == {"same_phone"}

    await desk.done(f"clients/{client}/people/{support}", details | {"phone": "+15550149"})
    shown = await desk.get(f"clients/{client}")
    (leila,) = [one for one in shown["circle"] if one["person"] == support]
    assert leila["phone"] == "+15550149"
    assert shown["history"][0]["detail"]["before"]["phone"] == LEILA["phone"], "who had which number is kept"


async def test_who_was_taken_away_stays_in_the_history(desk: Desk) -> None:
    client, support, _ = await desk.omar()

    await desk.done(f"clients/{client}/circle-removals", {"person": support})

    shown = await desk.get(f"clients/{client}")
    assert support not in {one["person"] for one in shown["circle"]}
    last = shown["history"][0]
    assert (last["what"], last["about"], last["by"]) == ("removed", "Leila Sayed", "Kim Osei")


async def test_a_person_of_another_client_cannot_be_changed_through_this_one(desk: Desk) -> None:
    client, _, _ = await desk.omar()
    sam = await desk.clinic.person(Role.CLIENT)
    body = {"name": "Nobody", "phone": "+15550150", "zone": PACIFIC}

    assert (await desk.post(f"clients/{client}/people/{sam}", body)).status_code == 404
    assert (
        await desk.post(f"clients/{await desk.clinic.person(Role.THERAPIST)}/people/{sam}", body)
    ).status_code == 404


async def test_the_history_of_changes_cannot_be_rewritten(desk: Desk) -> None:
    await desk.omar()
    table = metadata.tables["changes"]

    for statement in (table.update().values(by="max"), table.delete()):
        with pytest.raises(Exception, match="append-only"):
            await desk.clinic.house.store.write(lambda conn, statement=statement: conn.execute(statement))
    lines = await desk.clinic.house.store.read(lambda conn: changes.of_kind(conn, "registered"))
    assert [line.detail["name"] for line in lines] == ["Omar Sayed"]


async def test_a_course_is_led_by_people_who_may(desk: Desk) -> None:
    client = (await desk.done("clients", OMAR))["person"]
    staff = await desk.staff()

    wrong = {"therapist": staff[Role.DISPATCHER], "prescriber": staff[Role.PRESCRIBER]}
    assert await desk.must_refuse(f"clients/{client}/courses", wrong) == {"person"}
    assert (await desk.get(f"clients/{client}"))["courses"] == []


# --- booking


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


async def test_whoever_has_an_open_session_or_a_duty_in_it_is_not_called_idle(desk: Desk) -> None:
    (sam,) = (await desk.get("clients"))["clients"]
    assert (sam["next"], sam["running"]) == (None, "arriving")
    shown = await desk.get("roster")
    assert shown["on_duty"] == {}
    told = {(one["role"], one["name"], one["client"]) for one in shown["named"]}
    assert ("dispatcher", "Kim Osei", "Sam Rivera") in told and ("standin", "Jo Tran", "Sam Rivera") in told


# --- links


async def test_a_link_is_shown_once_lets_in_and_is_replaced_by_the_next(desk: Desk) -> None:
    session, _ = await desk.booked()
    first = (await desk.done(f"sessions/{session}/links", {"role": "client"}))["url"]
    second = (await desk.done(f"sessions/{session}/links", {"role": "client"}))["url"]
    base = desk.clinic.house.settings.url

    assert "/j/" in first and first != second
    browser = desk.clinic.another_browser()
    assert (await browser.get(first.removeprefix(base))).status_code == 404, "withdrawn by the second"
    entered = await browser.post(second.removeprefix(base))
    assert entered.headers["location"].endswith(f"/s/{session}")
    states = {row["role"]: row["state"] for row in (await desk.get(f"sessions/{session}/links"))["links"]}
    assert states == {"client": "opened", "support": "none"}

    await desk.done(f"sessions/{session}/link-withdrawals", {"role": "client"})
    assert (await browser.get(entered.headers["location"])).status_code == 401, "the login it made has ended too"
    assert (await browser.post(second.removeprefix(base))).status_code == 404


async def test_without_a_mail_server_no_link_is_made_for_a_letter(desk: Desk) -> None:
    asked = {"role": "client", "mail": "sam@example.org"}
    assert await desk.must_refuse(f"sessions/{desk.clinic.session}/links", asked) == {"no_mail"}


async def test_a_link_is_mailed_without_a_word_about_why_and_can_be_photographed(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    got: list[Any] = []

    class Box:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            got.append(envelope)
            return "250 OK"

    port, asked = free_port("127.0.0.1"), {"role": "client", "mail": "sam@example.org"}
    own: dict[str, Any] = {"mail_server": SecretStr(f"smtp://127.0.0.1:{port}"), "clinic_phone": "+15550100"}
    async with serving(await fresh_copy(tmp_path_factory, tmp_path / "data"), **own) as clinic:
        desk = Desk(clinic)
        away = await desk.done(f"sessions/{clinic.session}/links", asked)
        assert away["mailed"] is False and away["url"], "the link is made whether the letter went or not"
        box = Controller(Box(), hostname="127.0.0.1", port=port)
        box.start()
        try:
            told = await desk.done(f"sessions/{clinic.session}/links", asked)
        finally:
            box.stop()
        assert (await clinic.browser.get("/api/v1/clinic-contact")).json() == {"phone": "+15550100", "zone": "UTC"}
    assert told["mailed"] is True and told["qr"] == drawing(told["url"])
    (letter,) = got
    text = message_from_bytes(letter.content, policy=default).get_content()  # type: ignore[attr-defined]
    assert letter.rcpt_tos == ["sam@example.org"] and told["url"] in text and "+15550100" in text
    for word in ("Sam", "Rivera", "Ana", "ketamine", "dose", "medicine", "session", "therap"):
        assert word not in text.replace(told["url"], ""), word


@pytest.mark.parametrize("mail", ["no address", "a@b@c", "x@y, z@w", "a" * 65 + "@example.org", "a@b\nBcc: c@d"])
async def test_what_is_no_address_gets_no_link(desk: Desk, mail: str) -> None:
    reply = await desk.post(f"sessions/{desk.clinic.session}/links", {"role": "client", "mail": mail})
    assert reply.status_code == 422 and reply.json()["field"] == "mail"


async def test_from_the_dose_until_signed_nobody_at_home_is_locked_out(desk: Desk) -> None:
    clinic = desk.clinic
    await clinic.act(Role.SUPPORT, "doses", {"units": [1]})
    assert (await clinic.view(Role.THERAPIST))["state"] == "dosed"

    refused = await desk.must_refuse(f"sessions/{clinic.session}/link-withdrawals", {"role": "support"})

    assert refused == {"under_care"}
    await desk.done(f"sessions/{clinic.session}/links", {"role": "support"})
    assert (await clinic.view(Role.SUPPORT))["state"] == "dosed", "the page that is open stays open"


async def test_staff_get_no_join_link(desk: Desk) -> None:
    assert await desk.must_refuse(f"sessions/{desk.clinic.session}/links", {"role": "therapist"}) == {"staff"}


# --- the roster


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


# --- today, and who sees it


async def test_today_tells_what_runs_in_one_line(desk: Desk) -> None:
    await desk.clinic.act(Role.SUPPORT, "doses", {"units": [1]})

    (line,) = [one for one in (await desk.get("today"))["sessions"] if one["state"] == "dosed"]

    assert line["t0"] and line["next"]["id"] == "hold"
    assert line["people"]["therapist"]["name"] == "Ana Ruiz"
    assert "dose_outside_release" in {alarm["kind"] for alarm in line["alarms"]}


async def test_nobody_but_a_coordinator_finds_the_desk(desk: Desk) -> None:
    clinic = desk.clinic
    paths = ("board", "today", "staff", "clients", f"clients/{await clinic.person(Role.CLIENT)}", "roster")
    stranger = await clinic.stranger()

    for login in [await clinic.enter(role) for role in Role if role is not Role.DISPATCHER] + [stranger]:
        for path in paths:
            assert (await clinic.browser.get(f"/api/v1/as/{login}/clinic/{path}")).status_code == 404
        assert (await clinic.browser.get(f"/as/{login}/clinic")).status_code == 404
        reply = await clinic.browser.post(
            f"/api/v1/as/{login}/clinic/clients", json=OMAR, headers={"Idempotency-Key": new_key()}
        )
        assert reply.status_code == 404
    kim = await clinic.enter(Role.DISPATCHER)
    assert {(await clinic.browser.get(f"/api/v1/as/{kim}/clinic/{path}")).status_code for path in paths} == {200}
