"""Clients, the people around them, their courses; who changed what stands there, and who sees none of it."""

from typing import Any

import pytest

from telekap.care.people import Role
from telekap.record import changes
from telekap.record.tables import metadata
from tests.web.kims_desk import LEILA, LOU, OMAR, PACIFIC, Desk
from tests.web.serving import new_key


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
