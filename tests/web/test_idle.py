"""Ten minutes without a hand shut the records of a staff login, and touch nothing of a session that is going on."""

import pytest

from telekap.care.instant import MINUTE
from telekap.care.people import Role
from telekap.record import logins
from telekap.web import idle
from tests.care.chapters import told
from tests.web.serving import Serving
from tests.web.staff_life import sign_in_as


async def sleep(clinic: Serving, login: str, minutes: float = 10) -> None:
    """Nobody moved at this browser for so long."""
    then = clinic.house.clock.wall() - round(minutes * MINUTE)
    await clinic.house.store.write(lambda conn: logins.touch(conn, login, then))


async def test_records_are_shut_and_a_second_factor_opens_them_again(clinic: Serving) -> None:
    async with clinic.another_browser() as ana:
        api = await sign_in_as(clinic, ana, Role.THERAPIST)
        login = api.split("/")[-1]
        await sleep(clinic, login)

        shut = await ana.get(f"{api}/account")
        page = await ana.get(f"/as/{login}/")
        assert (shut.status_code, shut.json()) == (423, {"error": "locked"})
        assert "unlock.js" in page.text
        clinic.browser.cookies.update(ana.cookies)
        clinic.logins[Role.THERAPIST] = login
        await clinic.confirm(Role.THERAPIST)

        assert (await ana.get(f"{api}/account")).status_code == 200
        assert "home.js" in (await ana.get(f"/as/{login}/")).text


async def test_a_press_or_a_page_keeps_the_records_open_and_asking_by_itself_does_not(clinic: Serving) -> None:
    login = await clinic.enter(Role.THERAPIST)
    await sleep(clinic, login, 9)
    await clinic.browser.get(f"/api/v1/as/{login}/home")  # the page asks every few seconds by itself
    await sleep_more(clinic, login)
    assert (await clinic.browser.get(f"/api/v1/as/{login}/account")).status_code == 423

    await sleep(clinic, login, 9)
    assert (await clinic.browser.post(f"/api/v1/as/{login}/awake")).status_code == 204
    await sleep_more(clinic, login)
    assert (await clinic.browser.get(f"/api/v1/as/{login}/account")).status_code == 200


async def sleep_more(clinic: Serving, login: str) -> None:
    """Two further minutes pass."""
    found = (
        await clinic.house.store.read(
            lambda conn: next(
                one for one in logins.of_person(conn, person, clinic.house.clock.wall()) if one.id == login
            )
        )
        if (person := await clinic.person(Role.THERAPIST))
        else None
    )
    assert found is not None
    await clinic.house.store.write(lambda conn: logins.touch(conn, login, found.seen_wall - 2 * MINUTE))


async def test_a_session_that_is_to_come_is_shut_and_one_that_goes_on_is_not(clinic: Serving) -> None:
    login = await clinic.enter(Role.THERAPIST)
    where = f"/api/v1/as/{login}/sessions/{clinic.session}"
    session, _ = await clinic.house.handler.session(clinic.session)
    if session.state == "scheduled":
        await sleep(clinic, login)
        assert (await clinic.browser.get(where)).status_code == 423
        await clinic.confirm(Role.THERAPIST)
        await clinic.act(Role.THERAPIST, "lobby")
    await sleep(clinic, login, 500)

    looked = await clinic.browser.get(where)
    page = await clinic.browser.get(f"/as/{login}/s/{clinic.session}")
    said = await clinic.act(Role.THERAPIST, "words", {"what": "note", "note": "still here"})
    home = (await clinic.browser.get(f"/api/v1/as/{login}/home")).json()

    assert looked.status_code == 200
    assert "cockpit.js" in page.text
    assert said.status_code == 200
    assert home["locked"] and [one["id"] for one in home["sessions"]] == [clinic.session]
    assert (await clinic.browser.get(f"/api/v1/as/{login}/account")).status_code == 423


@pytest.mark.parametrize("chapter", ["closed", "held", "cancelled", "no_show"])
def test_whoever_ends_a_session_sees_that_it_is_ended_before_anybody_asks_whether_they_are_there(chapter: str) -> None:
    story = told(chapter)
    last = story.session.last
    assert last is not None

    assert idle.goes_on(story.session, last.plus(10 * MINUTE - 1))
    assert not idle.goes_on(story.session, last.plus(10 * MINUTE))


async def test_a_page_and_its_socket_are_covered_at_one_and_the_same_moment_after_the_end(clinic: Serving) -> None:
    login = await clinic.enter(Role.THERAPIST)
    where = f"/api/v1/as/{login}/sessions/{clinic.session}"
    await clinic.house.handler.jump(180 * MINUTE)
    await clinic.house.handler.tick(clinic.session)
    assert (await clinic.view(Role.THERAPIST))["state"] == "no_show", "the premise: it is over, and nobody came"
    await sleep(clinic, login, 500)

    async def live() -> bool:
        now = clinic.house.clock.now()
        return await clinic.house.store.read(lambda conn: idle.is_live(conn, clinic.session, now))

    assert (await clinic.browser.get(where)).status_code == 200 and await live()
    await clinic.house.handler.jump(10 * MINUTE)
    assert (await clinic.browser.get(where)).status_code == 423 and not await live()


@pytest.mark.parametrize("role", [Role.CLIENT, Role.SUPPORT])
async def test_people_at_home_are_never_asked_whether_they_are_there(clinic: Serving, role: Role) -> None:
    login = await clinic.enter(role)
    await sleep(clinic, login, 500)

    assert (await clinic.browser.get(f"/api/v1/as/{login}/sessions/{clinic.session}")).status_code == 200


async def test_an_idle_login_can_sign_out(clinic: Serving) -> None:
    login = await clinic.enter(Role.THERAPIST)
    await sleep(clinic, login)

    assert (await clinic.browser.post(f"/api/v1/as/{login}/sign-out")).status_code == 204
