"""Staff sign in with handle, password and a code that works once; wrong is wrong and never said which."""

import asyncio

import pyotp
import pytest
from argon2 import extract_parameters

from telekap.care.people import Role
from telekap.demo.cast import PASSWORD
from telekap.record import people
from telekap.web.passwords import NOBODY, hash_password
from tests.web.serving import Serving, unused_code


async def sign_in(clinic: Serving, handle: str, password: str, code: str) -> int:
    reply = await clinic.browser.post("/api/v1/sign-in", json={"handle": handle, "password": password, "code": code})
    return reply.status_code


async def test_the_right_three_let_in_with_the_second_factor_proved(clinic: Serving) -> None:
    code = await unused_code(clinic.house, await clinic.person(Role.THERAPIST))

    reply = await clinic.browser.post("/api/v1/sign-in", json={"handle": "ANA", "password": PASSWORD, "code": code})

    assert reply.status_code == 200
    where = reply.json()["next"]
    assert (await clinic.browser.get(where)).status_code == 200
    login = where.split("/")[2]
    home = (await clinic.browser.get(f"/api/v1/as/{login}/home")).json()
    assert home["me"]["name"] == "Ana Ruiz"
    _, world = await clinic.house.handler.session(clinic.session)
    assert Role.THERAPIST in world.second_factor


@pytest.mark.parametrize("wrong", ["handle", "password", "code"])
async def test_one_wrong_part_is_told_like_any_other(clinic: Serving, wrong: str) -> None:
    code = await unused_code(clinic.house, await clinic.person(Role.THERAPIST))
    right = {"handle": "ana", "password": PASSWORD, "code": code}
    other = {"handle": "nobody", "password": "guess", "code": f"{(int(code) + 1) % 1_000_000:06d}"}

    reply = await clinic.browser.post("/api/v1/sign-in", json=right | {wrong: other[wrong]})

    assert reply.status_code == 401
    assert reply.json() == {"error": "wrong"}
    assert "set-cookie" not in reply.headers


async def test_a_password_of_nobody_is_as_dear_to_check_as_one_of_somebody() -> None:
    assert extract_parameters(NOBODY) == extract_parameters(await hash_password("a password long enough"))


async def test_a_code_works_once(clinic: Serving) -> None:
    code = await unused_code(clinic.house, await clinic.person(Role.THERAPIST))

    assert await sign_in(clinic, "ana", PASSWORD, code) == 200
    assert await sign_in(clinic, "ana", PASSWORD, code) == 401


async def test_an_older_code_than_the_last_used_is_refused(clinic: Serving) -> None:
    person = await clinic.person(Role.THERAPIST)
    known = await clinic.house.store.read(lambda conn: people.get(conn, person))
    assert known is not None and known.totp_secret is not None
    step = clinic.house.clock.wall() // 30_000
    newest, older = (pyotp.TOTP(known.totp_secret).at(at * 30) for at in (step + 1, step))

    assert await sign_in(clinic, "ana", PASSWORD, newest) == 200
    assert await sign_in(clinic, "ana", PASSWORD, older) == 401


async def test_guessing_is_slowed_down_for_the_account_and_nobody_else(clinic: Serving) -> None:
    statuses = [await sign_in(clinic, "ana", "guess", "000000") for _ in range(5)]
    reply = await clinic.browser.post("/api/v1/sign-in", json={"handle": "ana", "password": PASSWORD, "code": "000000"})

    assert statuses == [401] * 5
    assert reply.status_code == 429
    assert int(reply.headers["retry-after"]) >= 1
    jo = await unused_code(clinic.house, await clinic.person(Role.STANDIN))
    assert await sign_in(clinic, "jo", PASSWORD, jo) == 200


async def test_a_locked_account_still_acts_with_the_login_it_has(clinic: Serving) -> None:
    await clinic.enter(Role.THERAPIST)
    for _ in range(6):
        await sign_in(clinic, "ana", "guess", "000000")

    assert (await clinic.act(Role.THERAPIST, "words", {"what": "note", "note": "still here"})).status_code == 200


async def test_checking_passwords_does_not_hold_up_the_loop(clinic: Serving) -> None:
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.005)
            beats += 1

    beating = asyncio.create_task(beat())
    await asyncio.gather(*(sign_in(clinic, f"nobody-{n}", "guess", "000000") for n in range(4)))
    beating.cancel()

    assert beats > 20  # each of the four takes 0.2 s of a core and more; on the loop there would be a handful


async def test_a_second_factor_is_proved_on_the_login_that_asks(clinic: Serving) -> None:
    await clinic.enter(Role.THERAPIST)
    _, before = await clinic.house.handler.session(clinic.session)

    await clinic.confirm(Role.THERAPIST)

    _, after = await clinic.house.handler.session(clinic.session)
    assert Role.THERAPIST not in before.second_factor
    assert after.second_factor[Role.THERAPIST].boot == clinic.house.clock.now().boot


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "1234567", 123456, None])
async def test_what_is_no_code_is_malformed(shared: Serving, code: object) -> None:
    reply = await shared.browser.post(f"{await shared.api(Role.THERAPIST)}/second-factor", json={"code": code})

    assert reply.status_code == 422


async def test_somebody_without_a_second_factor_cannot_prove_one(shared: Serving) -> None:
    reply = await shared.browser.post(f"{await shared.api(Role.CLIENT)}/second-factor", json={"code": "000000"})

    assert reply.status_code == 401
