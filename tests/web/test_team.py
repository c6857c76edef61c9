"""Staff from their invitation to their end: who may, what is asked, what leaves a line, and who is never left out."""

import pyotp
import pytest

from telekap.care.people import Role
from telekap.demo.cast import PASSWORD
from telekap.record import people, tables
from tests.web.serving import Serving, unused_code
from tests.web.staff_life import (
    ADMINISTRATOR,
    LEE,
    NEW_PASSWORD,
    administer,
    enrol,
    invite,
    sign_in,
    sign_in_as,
    token_of,
)


async def test_an_invited_person_enrols_through_the_link_and_signs_in_afterwards(clinic: Serving) -> None:
    person, token = await invite(clinic)
    async with clinic.another_browser() as lee:
        page = await lee.get(f"/e/{token}")
        told = await enrol(clinic, lee, token)
        account = (await lee.get(f"/api/v1{told['next'].rstrip('/')}/account")).json()
        next_code = pyotp.TOTP(told["secret"]).at(clinic.house.clock.wall() // 1000 + 30)
        again = await sign_in(lee, "Lee", NEW_PASSWORD, next_code)

    assert page.status_code == 200
    assert (account["name"], account["handle"], account["roles"]) == ("Lee Novak", "lee", ["standin", "therapist"])
    assert account["codes_left"] == len(told["recovery_codes"]) == 10
    assert again.status_code == 200
    known = await clinic.house.store.read(lambda conn: people.get(conn, person))
    assert known is not None and known.enrolled and not known.administers


async def test_looking_at_an_enrolment_link_uses_nothing_and_enrolling_uses_it_up(clinic: Serving) -> None:
    _, token = await invite(clinic)
    async with clinic.another_browser() as lee:
        looks = [(await lee.get(f"/api/v1/enrolments/{token}")).json() for _ in range(3)]
        assert looks[0] == looks[1] == looks[2]
        await enrol(clinic, lee, token)

        for reply in (
            await lee.get(f"/e/{token}"),
            await lee.get(f"/api/v1/enrolments/{token}"),
            await lee.post(f"/api/v1/enrolments/{token}", json={"password": NEW_PASSWORD, "code": "123456"}),
        ):
            assert reply.status_code == 410


async def test_a_link_that_has_ended_says_what_became_of_it_and_names_nobody(clinic: Serving) -> None:
    person, used = await invite(clinic)
    async with clinic.another_browser() as lee:
        await enrol(clinic, lee, used)
    other, withdrawn = await invite(clinic, handle="pat", name="Pat Moss", phone="+15550145")
    renewed = await administer(clinic, "renewals", {"person": other})
    over = token_of(renewed.json()["link"])
    await clinic.house.store.write(
        lambda conn: conn.execute(
            tables.links.update()
            .where(tables.links.c.person == other, tables.links.c.revoked.is_(False))
            .values(expires_wall=clinic.house.clock.wall())
        )
    )

    async with clinic.another_browser() as anybody:
        for token, why in ((used, "used"), (withdrawn, "withdrawn"), (over, "run out")):
            asked = await anybody.get(f"/api/v1/enrolments/{token}")
            page = await anybody.get(f"/e/{token}")
            assert (asked.status_code, page.status_code) == (410, 410)
            assert why in asked.json()["sentence"] and set(asked.json()) == {"error", "sentence"}
            assert "enrol.js" in page.text, "its own page, not the one for strangers"
            for name in ("Lee", "lee", "Pat", "pat@", person, other):
                assert name not in asked.text and name not in page.text.replace("pattern", "")
        stranger = await anybody.get(f"/e/{used[:-1]}{'A' if used[-1] != 'A' else 'B'}")
        assert stranger.status_code == 404 and "enrol.js" not in stranger.text


async def test_an_enrolment_link_signs_nobody_in_and_a_join_link_enrols_nobody(clinic: Serving) -> None:
    _, token = await invite(clinic)
    joined = clinic.link(Role.CLIENT).split("/")[2]
    ready = clinic.link(Role.THERAPIST).split("/")[2]

    for letter in "jwt":
        assert (await clinic.browser.post(f"/{letter}/{token}")).status_code == 404
    for other in (joined, ready):
        assert (await clinic.browser.get(f"/api/v1/enrolments/{other}")).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"password": "short", "code": "right"}, 422),
        ({"password": NEW_PASSWORD, "code": "000000"}, 401),
        ({"password": NEW_PASSWORD}, 422),
        ({"password": NEW_PASSWORD, "code": "right", "roles": ["prescriber"]}, 422),
    ],
    ids=["short password", "wrong code", "no second factor", "asking for a role"],
)
async def test_a_refused_enrolment_leaves_the_link_as_it_was(
    clinic: Serving, body: dict[str, str], status: int
) -> None:
    _, token = await invite(clinic)
    async with clinic.another_browser() as lee:
        secret = (await lee.get(f"/api/v1/enrolments/{token}")).json()["secret"]
        right = pyotp.TOTP(secret).at(clinic.house.clock.wall() // 1000)
        reply = await lee.post(
            f"/api/v1/enrolments/{token}", json={k: right if v == "right" else v for k, v in body.items()}
        )

        assert reply.status_code == status
        assert "set-cookie" not in reply.headers
        await enrol(clinic, lee, token)


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.STANDIN, Role.PRESCRIBER, Role.CLIENT, Role.SUPPORT])
async def test_nobody_but_an_administrator_sees_or_changes_the_team(shared: Serving, role: Role) -> None:
    person = await shared.person(Role.DISPATCHER)
    where = f"{await shared.api(role)}/team"

    assert (await shared.browser.get(where)).status_code == 404
    for noun, body in (
        ("invitations", LEE),
        ("disabling", {"person": person}),
        ("rights", {"person": person, "roles": []}),
    ):
        assert (await administer(shared, noun, body, role)).status_code == 404
    assert await shared.house.store.read(lambda conn: people.by_handle(conn, "lee")) is None


async def test_administering_asks_for_a_second_factor_of_this_moment(clinic: Serving) -> None:
    await clinic.enter(ADMINISTRATOR)

    refused = await administer(clinic, "invitations", LEE)
    await clinic.confirm(ADMINISTRATOR)
    taken = await administer(clinic, "invitations", LEE)

    assert refused.status_code == 409
    assert refused.json()["reasons"][0]["code"] == "second_factor"
    assert taken.status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("handle", "Ä!"),
        ("phone", "555"),
        ("zone", "Mars"),
        ("roles", ["client"]),
        ("roles", []),
        ("licensed", ["CA"]),
        ("licensed", ["CA:tomorrow"]),
    ],
)
async def test_a_bad_invitation_is_told_by_field_before_a_code_is_asked_for_and_changes_nothing(
    clinic: Serving, field: str, value: object
) -> None:
    await clinic.enter(ADMINISTRATOR)

    reply = await administer(clinic, "invitations", LEE | {field: value})

    assert reply.status_code == 422
    assert reply.json()["field"] == field
    assert reply.json()["sentence"].endswith(".")
    assert await clinic.house.store.read(lambda conn: people.by_handle(conn, "lee")) is None


async def test_rights_that_cannot_be_are_refused_before_a_code_is_asked_for(clinic: Serving) -> None:
    await clinic.enter(ADMINISTRATOR)
    ana = await clinic.person(Role.THERAPIST)

    reply = await administer(clinic, "rights", {"person": ana, "roles": ["prescriber"], "licensed": ["CA:2029-12-31"]})

    assert (reply.status_code, reply.json()["field"]) == (422, "licensed")
    well = await administer(clinic, "rights", {"person": ana, "roles": ["therapist"], "licensed": ["CA:2029-12-31"]})
    assert well.json()["reasons"][0]["code"] == "second_factor"


async def test_a_handle_is_given_once(clinic: Serving) -> None:
    await invite(clinic)

    reply = await administer(clinic, "invitations", LEE | {"handle": "LEE"})

    assert reply.status_code == 422
    assert reply.json()["field"] == "handle"


async def test_whoever_is_disabled_is_out_at_once_and_cannot_come_back(clinic: Serving) -> None:
    person, token = await invite(clinic)
    async with clinic.another_browser() as lee:
        told = await enrol(clinic, lee, token)
        home = f"/api/v1{told['next'].rstrip('/')}/home"
        assert (await lee.get(home)).status_code == 200

        assert (await administer(clinic, "disabling", {"person": person})).status_code == 204

        assert (await lee.get(home)).status_code == 401
        code = pyotp.TOTP(told["secret"]).at(clinic.house.clock.wall() // 1000 + 30)
        assert (await sign_in(lee, "lee", NEW_PASSWORD, code)).status_code == 401
        await administer(clinic, "enabling", {"person": person})
        assert (await lee.get(home)).status_code == 401  # what ended stays ended
        assert (await sign_in(lee, "lee", NEW_PASSWORD, code)).status_code == 200


async def test_somebody_in_a_live_session_is_not_shut_out_by_mistake(clinic: Serving) -> None:
    await clinic.act(Role.THERAPIST, "lobby")
    ana = await clinic.person(Role.THERAPIST)
    await clinic.confirm(ADMINISTRATOR)

    by_mistake = await administer(clinic, "disabling", {"person": ana})
    meant = await administer(clinic, "disabling", {"person": ana, "even_live": True})

    assert by_mistake.status_code == 409
    assert by_mistake.json()["reasons"][0]["code"] == "live"
    assert meant.status_code == 204


async def test_there_is_always_one_who_can_administer(clinic: Serving) -> None:
    kim = await clinic.person(ADMINISTRATOR)
    person, token = await invite(clinic, administers=True)  # invited, not enrolled: cannot administer yet

    itself = await administer(clinic, "disabling", {"person": kim, "even_live": True})
    stepping_down = await administer(clinic, "rights", {"person": kim, "roles": ["dispatcher"], "administers": False})
    assert [itself.status_code, stepping_down.status_code] == [409, 409]
    assert stepping_down.json()["reasons"][0]["code"] == "last_administrator"
    async with clinic.another_browser() as lee:
        await enrol(clinic, lee, token)

    stepping_down = await administer(clinic, "rights", {"person": kim, "roles": ["dispatcher"], "administers": False})
    assert stepping_down.status_code == 204
    assert (await administer(clinic, "disabling", {"person": person})).status_code == 404


async def test_a_reset_takes_two_people_and_what_was_lost_ends_with_the_new_enrolment(clinic: Serving) -> None:
    jo = await clinic.person(Role.STANDIN)
    await clinic.confirm(ADMINISTRATOR)
    assert (await administer(clinic, "resets", {"person": jo})).status_code == 204

    async with clinic.another_browser() as ana, clinic.another_browser() as old, clinic.another_browser() as new:
        ana_api, old_api = await sign_in_as(clinic, ana, Role.THERAPIST), await sign_in_as(clinic, old, Role.STANDIN)
        waiting = (await ana.get(f"{ana_api}/account")).json()["resets"]
        assert [one["name"] for one in waiting] == ["Jo Tran"]
        asked = {"reset": waiting[0]["reset"]}
        assert (await administer(clinic, "reset-confirmations", asked)).status_code == 409  # the one who asked
        assert (
            await old.post(f"{old_api}/team/reset-confirmations", json=asked)
        ).status_code == 409  # the one it is about

        link = (await ana.post(f"{ana_api}/team/reset-confirmations", json=asked)).json()["link"]
        assert (await old.get(f"{old_api}/home")).status_code == 200  # an unused reset takes nobody out of anything

        await enrol(clinic, new, token_of(link))
        assert (await old.get(f"{old_api}/home")).status_code == 401
        code = await unused_code(clinic.house, jo)
        assert (await sign_in(new, "jo", PASSWORD, code)).status_code == 401
        assert (await sign_in(new, "jo", NEW_PASSWORD, code)).status_code == 200
        assert (await ana.post(f"{ana_api}/team/reset-confirmations", json=asked)).status_code == 404


async def test_two_of_the_staff_without_an_administrator_reset_nobody(clinic: Serving) -> None:
    jo = await clinic.person(Role.STANDIN)
    async with clinic.another_browser() as ana, clinic.another_browser() as ada:
        ana_api, ada_api = await sign_in_as(clinic, ana, Role.THERAPIST), await sign_in_as(clinic, ada, Role.PRESCRIBER)
        assert (await ana.post(f"{ana_api}/team/resets", json={"person": jo})).status_code == 204
        reset = (await ada.get(f"{ada_api}/account")).json()["resets"][0]["reset"]

        reply = await ada.post(f"{ada_api}/team/reset-confirmations", json={"reset": reset})

        assert reply.status_code == 409
        assert reply.json()["reasons"][0]["code"] == "administrator"


async def test_everything_leaves_a_line_in_the_diary(clinic: Serving) -> None:
    person, token = await invite(clinic)
    async with clinic.another_browser() as lee:
        await enrol(clinic, lee, token)
    await administer(clinic, "rights", {"person": person, "roles": ["therapist"], "licensed": ["ca:2029-12-31"]})
    await administer(clinic, "disabling", {"person": person})

    team = (await clinic.browser.get(f"{await clinic.api(ADMINISTRATOR)}/team")).json()

    lines = [(line["by"], line["what"], line["about"]) for line in team["diary"]]
    assert lines[:4] == [
        ("Kim Osei", "disabled", "Lee Novak"),
        ("Kim Osei", "rights changed", "Lee Novak"),
        ("Lee Novak", "enrolled", "Lee Novak"),
        ("Kim Osei", "invited", "Lee Novak"),
    ]
    lee_line = next(one for one in team["staff"] if one["person"] == person)
    assert (lee_line["state"], lee_line["roles"], lee_line["licensed"]) == (
        "disabled",
        ["therapist"],
        ["CA:2029-12-31"],
    )


async def test_an_administrator_has_no_right_in_any_session_by_that(clinic: Serving) -> None:
    _, token = await invite(clinic, roles=[], administers=True)
    async with clinic.another_browser() as lee:
        told = await enrol(clinic, lee, token)
        api = f"/api/v1{told['next'].rstrip('/')}"

        assert (await lee.get(f"{api}/sessions/{clinic.session}")).status_code == 404
        assert (await lee.get(f"{api}/home")).json()["sessions"] == []
        assert (await lee.get(f"{api}/team")).status_code == 200
