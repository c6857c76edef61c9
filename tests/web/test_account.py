"""My own account: recovery codes, password, other logins; each change proves who asks."""

from telekap.care.people import Role
from telekap.demo.cast import PASSWORD
from tests.web.serving import Serving, unused_code
from tests.web.staff_life import NEW_PASSWORD, sign_in, sign_in_as


async def test_a_recovery_code_stands_in_for_the_app_once(clinic: Serving) -> None:
    async with clinic.another_browser() as ana:
        api = await sign_in_as(clinic, ana, Role.THERAPIST)
        codes = (await ana.post(f"{api}/account/recovery-codes")).json()["recovery_codes"]

        assert (await sign_in(ana, "ana", "wrong password", codes[0])).status_code == 401
        assert (await sign_in(ana, "ana", PASSWORD, codes[0])).status_code == 200
        assert (await sign_in(ana, "ana", PASSWORD, codes[0])).status_code == 401
        assert (await ana.get(f"{api}/account")).json()["codes_left"] == 9


async def test_a_new_password_ends_every_other_login(clinic: Serving) -> None:
    async with clinic.another_browser() as here, clinic.another_browser() as there:
        api, other = await sign_in_as(clinic, here, Role.THERAPIST), await sign_in_as(clinic, there, Role.THERAPIST)

        wrong = await here.post(f"{api}/account/password", json={"old": "not mine at all", "new": NEW_PASSWORD})
        short = await here.post(f"{api}/account/password", json={"old": PASSWORD, "new": "short"})
        assert [wrong.status_code, short.status_code] == [401, 422]
        assert (await there.get(f"{other}/home")).status_code == 200
        done = await here.post(f"{api}/account/password", json={"old": PASSWORD, "new": NEW_PASSWORD})

        assert done.status_code == 204
        assert (await here.get(f"{api}/home")).status_code == 200
        assert (await there.get(f"{other}/home")).status_code == 401


async def test_i_end_my_other_logins_and_nobody_elses(clinic: Serving) -> None:
    jo = await clinic.enter(Role.STANDIN)
    async with clinic.another_browser() as here, clinic.another_browser() as there:
        api, other = await sign_in_as(clinic, here, Role.THERAPIST), await sign_in_as(clinic, there, Role.THERAPIST)

        foreign = await here.post(f"{api}/account/login-ends", json={"login": jo})
        mine = await here.post(f"{api}/account/login-ends", json={"login": other.split("/")[-1]})

        assert [foreign.status_code, mine.status_code] == [404, 204]
        assert (await there.get(f"{other}/home")).status_code == 401
        assert (await clinic.browser.get(f"/api/v1/as/{jo}/home")).status_code == 200


async def test_without_a_proof_of_this_moment_nothing_of_an_account_changes(clinic: Serving) -> None:
    api = await clinic.api(Role.THERAPIST)  # by the demo's ready link: no second factor proved

    for noun, body in (
        ("recovery-codes", {}),
        ("password", {"old": PASSWORD, "new": NEW_PASSWORD}),
        ("passkey-registration", {}),
        ("passkey-removals", {"passkey": "any"}),
    ):
        reply = await clinic.browser.post(f"{api}/account/{noun}", json=body)
        assert (reply.status_code, reply.json()["reasons"][0]["code"]) == (409, "second_factor"), noun


async def test_people_at_home_have_no_account(shared: Serving) -> None:
    for role in (Role.CLIENT, Role.SUPPORT):
        assert (await shared.browser.get(f"{await shared.api(role)}/account")).status_code == 404
        assert (await shared.browser.get(f"/as/{await shared.enter(role)}/account")).status_code == 404


async def test_guessing_at_the_door_keeps_nobody_in_a_session_from_proving_a_second_factor(clinic: Serving) -> None:
    await clinic.enter(Role.THERAPIST)
    async with clinic.another_browser() as stranger:
        statuses = {(await sign_in(stranger, "ana", "guess", "000000")).status_code for _ in range(8)}
    assert 429 in statuses

    await clinic.confirm(Role.THERAPIST)  # asserts 204


async def test_a_known_browser_signs_in_while_a_stranger_guesses_at_the_same_handle(clinic: Serving) -> None:
    async with clinic.another_browser() as known, clinic.another_browser() as stranger:
        await sign_in_as(clinic, known, Role.THERAPIST)
        for _ in range(8):
            await sign_in(stranger, "ana", "guess", "000000")

        code = await unused_code(clinic.house, await clinic.person(Role.THERAPIST))
        assert (await sign_in(stranger, "ana", PASSWORD, code)).status_code == 429
        assert (await sign_in(known, "ana", PASSWORD, code)).status_code == 200


async def test_an_unknown_handle_is_slowed_down_like_a_known_one(clinic: Serving) -> None:
    known = [(await sign_in(clinic.browser, "ana", "guess", "000000")).status_code for _ in range(7)]
    unknown = [(await sign_in(clinic.browser, "nobody-here", "guess", "000000")).status_code for _ in range(7)]

    assert known == unknown
    assert 429 in known


async def test_one_address_that_tries_many_handles_has_to_wait(clinic: Serving) -> None:
    statuses = [(await sign_in(clinic.browser, f"name-{n}", "guess", "000000")).status_code for n in range(31)]

    assert statuses[:30] == [401] * 30
    assert statuses[30] == 429
