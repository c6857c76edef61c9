"""Links: looking uses nothing, pressing lets in, and each login has its own cookie and its own rights."""

import sqlalchemy as sa

from telekap.care.people import Person, Role
from telekap.record import circle, people
from telekap.record.links import JOIN, issue
from telekap.record.tables import links, logins
from tests.web.serving import Serving
from tests.web.test_told import TOLD


async def counts(clinic: Serving) -> tuple[int, int]:
    """(logins there are, uses of links)."""

    def count(conn: sa.Connection) -> tuple[int, int]:
        rows = conn.execute(sa.select(sa.func.count()).select_from(logins)).scalar_one()
        return int(rows), int(conn.execute(sa.select(sa.func.sum(links.c.used))).scalar_one())

    return await clinic.house.store.read(count)


async def test_looking_at_a_link_uses_nothing(clinic: Serving) -> None:
    path = clinic.link(Role.CLIENT)
    before = await counts(clinic)

    page = await clinic.browser.get(path)
    about = await clinic.browser.get(f"/api/v1/links/join/{path.split('/')[2]}")

    assert page.status_code == 200
    assert "set-cookie" not in page.headers
    assert about.json()["name"] == "Sam Rivera"
    assert about.json()["therapist"] == "Ana Ruiz"
    assert about.json()["zone"] == "America/Los_Angeles"
    assert await counts(clinic) == before


async def test_pressing_the_button_gives_a_cookie_of_this_login_alone(clinic: Serving) -> None:
    reply = await clinic.browser.post(clinic.link(Role.CLIENT))

    where = reply.headers["location"]
    login = where.split("/")[2]
    cookie = reply.headers["set-cookie"]
    assert reply.status_code == 303
    assert where == f"/as/{login}/s/{clinic.session}"
    assert cookie.startswith(f"tk-{login}=")
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie
    assert (await clinic.browser.get(where)).status_code == 200


async def test_the_cookie_is_secure_when_the_connection_is(clinic: Serving) -> None:
    headers = {"Origin": "https://clinic.test"}
    reply = await clinic.browser.post(f"https://clinic.test{clinic.link(Role.SUPPORT)}", headers=headers)

    assert reply.status_code == 303
    assert "Secure" in reply.headers["set-cookie"]


async def test_a_link_opened_again_lets_in_again_as_the_same_person(clinic: Serving) -> None:
    first = await clinic.browser.post(clinic.link(Role.CLIENT))
    async with clinic.another_browser() as phone:
        second = await phone.post(clinic.link(Role.CLIENT))
        view = await phone.get(f"/api/v1{second.headers['location'].replace('/s/', '/sessions/')}")

    assert first.headers["location"] != second.headers["location"]
    assert view.json()["view"]["me"]["role"] == "client"


async def test_a_link_is_none_under_another_purpose_or_when_nobody_made_it(clinic: Serving) -> None:
    token = clinic.link(Role.CLIENT).split("/")[2]

    for path in (f"/t/{token}", f"/w/{token}", "/j/nobody-made-this", f"/x/{token}", f"/j/{'a' * 500}"):
        assert (await clinic.browser.get(path)).status_code == 404
        assert (await clinic.browser.post(path)).status_code == 404
    assert (await clinic.browser.get(f"/api/v1/links/staff/{token}")).status_code == 404


async def test_a_contact_who_became_the_support_person_gets_in_by_a_link(clinic: Serving) -> None:
    lou = Person("lou", "Lou Rivera", "+14155550177", "America/Los_Angeles")
    session, _ = await clinic.house.handler.session(clinic.session)

    def invite(conn: sa.Connection) -> str:
        people.add(conn, lou, people.CONTACT)
        circle.put(conn, session.roles[Role.CLIENT], lou.id, circle.CONTACT, 0)
        return issue(conn, lou.id, clinic.session, JOIN, clinic.house.clock.wall() + 60_000)

    token = await clinic.house.store.write(invite)
    # Ben did not come: the therapist takes Lou on, whom the clinic knows as somebody to phone.
    taken = await clinic.act(Role.THERAPIST, "support-person", {"person": lou.id, "phone_tested": True})
    entered = await clinic.browser.post(f"/w/{token}")
    view = await clinic.browser.get(f"/api/v1{entered.headers['location'].replace('/s/', '/sessions/')}")

    assert (taken.status_code, entered.status_code) == (200, 303)
    assert view.json()["view"]["me"] | {"name": ""} == {"person": "lou", "name": "", "role": "support", "acting": True}


async def test_a_link_that_has_ended_shows_the_page_that_says_whom_to_ask(clinic: Serving) -> None:
    for path in ("/j/nobody-made-this", "/w/nobody-made-this"):
        reply = await clinic.browser.get(path)
        assert reply.status_code == 404
        assert "/static/folded/join.js" in reply.text
    assert "join.js" not in (await clinic.browser.get("/t/nobody-made-this")).text


async def test_six_people_in_one_browser_act_as_six_people(shared: Serving) -> None:
    seen = {role: (await shared.view(role))["me"] for role in Role}

    assert len({shared.logins[role] for role in Role}) == 6
    assert {role: me["role"] for role, me in seen.items()} == {role: role.value for role in Role}
    assert len({me["person"] for me in seen.values()}) == 6


async def test_each_role_gets_its_own_page(shared: Serving) -> None:
    titles = {}
    for role in Role:
        page = await shared.browser.get(f"/as/{await shared.enter(role)}/s/{shared.session}")
        assert page.status_code == 200, role
        # What the page brings is its reader's own; the page around it is the role's.
        titles[role], brought = TOLD.subn("", page.text)
        assert brought == 1, role

    assert titles[Role.THERAPIST] == titles[Role.STANDIN]
    assert len(set(titles.values())) == 5


async def test_a_login_gives_no_rights_to_another_login(shared: Serving) -> None:
    client, therapist = await shared.enter(Role.CLIENT), await shared.enter(Role.THERAPIST)
    secret = shared.browser.cookies.get(f"tk-{client}")
    assert secret is not None
    async with shared.another_browser() as thief:
        thief.cookies.set(f"tk-{client}", secret, domain="clinic.test", path="/")
        thief.cookies.set(f"tk-{therapist}", secret, domain="clinic.test", path="/")

        own = await thief.get(f"/api/v1/as/{client}/sessions/{shared.session}")
        others = await thief.get(f"/api/v1/as/{therapist}/sessions/{shared.session}")

    assert own.status_code == 200
    assert others.status_code == 401
    assert others.json() == {"error": "login_ended"}


async def test_nobody_without_a_cookie_gets_in(shared: Serving) -> None:
    login = await shared.enter(Role.THERAPIST)
    async with shared.another_browser() as nobody:
        replies = [
            await nobody.get(f"/api/v1/as/{login}/sessions/{shared.session}"),
            await nobody.get(f"/api/v1/as/{login}/home"),
            await nobody.get(f"/as/{login}/s/{shared.session}"),
            await nobody.post(f"/api/v1/as/{login}/sessions/{shared.session}/recall", json={}),
            await nobody.post(f"/api/v1/as/{login}/second-factor", json={"code": "123456"}),
        ]

    assert [reply.status_code for reply in replies] == [401] * len(replies)


async def test_signing_out_ends_this_login_and_no_other(clinic: Serving) -> None:
    ana, jo = await clinic.enter(Role.THERAPIST), await clinic.enter(Role.STANDIN)

    out = await clinic.browser.post(f"/api/v1/as/{ana}/sign-out")

    assert out.status_code == 204
    assert (await clinic.browser.get(f"/api/v1/as/{ana}/home")).status_code == 401
    assert (await clinic.browser.get(f"/api/v1/as/{jo}/home")).status_code == 200
