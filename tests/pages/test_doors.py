"""The doors in a real browser, with a real authenticator's protocol: enrol, sign in, sign one act, administer."""

import asyncio
import json
import re
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, CDPSession, Page, expect

from telekap.web.errors import ENDED
from tests.conftest import RunningClinic, start_clinic
from tests.pages.browser import DESK, PHONE, Visit, shoot, visit
from tests.pages.screens.doors import CODES, ENROLMENT
from tests.pages.staff_stub import Stub, stub_clinic

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One running clinic for the doors alone: their team changes."""
    running = start_clinic(tmp_path_factory.mktemp("doors") / "data")
    yield running
    running.stop()


@asynccontextmanager
async def authenticator(page: Page) -> AsyncIterator[CDPSession]:
    """A device that holds passkeys and knows its owner, as the browser's own protocol for tests offers it."""
    debugger = await page.context.new_cdp_session(page)
    await debugger.send("WebAuthn.enable")
    await debugger.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield debugger
    await debugger.detach()


async def evaluate(debugger: CDPSession, expression: str) -> Any:
    """``browser.ask`` over the one connection that holds the device: another one, closing, would take it along."""
    asked = {"expression": expression, "awaitPromise": True, "returnByValue": True, "userGesture": True}
    answer = await debugger.send("Runtime.evaluate", asked)
    assert "exceptionDetails" not in answer, answer["exceptionDetails"]
    return answer["result"].get("value")


async def fresh_code(clinic: RunningClinic, role: str) -> str:
    """A one-time code that was not typed before: each counts once, so the next one may have to be waited for."""
    used = USED.setdefault(f"{clinic.url} {role}", set())
    async with asyncio.timeout(90):
        while True:
            reply = await asyncio.to_thread(urllib.request.urlopen, f"{clinic.url}/api/v1/demo", timeout=10)
            with reply:
                code = str(json.loads(reply.read())["codes"][role])
            if code not in used:
                used.add(code)
                return code
            await asyncio.sleep(0.5)


USED: dict[str, set[str]] = {}
"""Clinic and role → the codes typed so far."""


async def prove(page: Page, clinic: RunningClinic, role: str) -> None:
    """Type the code where the page asks for it."""
    field = page.locator("#second-factor")
    await field.wait_for()
    await field.fill(await fresh_code(clinic, role))
    await expect(field).to_have_count(0)


async def kim_signs_in(house: RunningClinic, tab: Visit) -> Page:
    """Kim, with her password and a code that was not used yet."""
    page = await tab.open(f"{house.url}/sign-in", DESK)
    tab.allow("409", "423")
    await page.get_by_label("Handle").fill("kim")
    await page.get_by_label("Password").fill("demo clinic")
    await page.get_by_label("6-digit code").fill(await fresh_code(house, "dispatcher"))
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.get_by_role("heading", name="Sessions of the clinic").wait_for()
    return page


async def test_from_the_invitation_to_a_passkey_that_signs_in(browser: Browser, house: RunningClinic) -> None:
    async with visit(browser) as kims, visit(browser) as lees:
        kim = await kim_signs_in(house, kims)
        kims.allow("422")
        await kim.get_by_role("link", name="Kim Osei").click()
        await kim.get_by_role("link", name="The team").click()
        await kim.get_by_role("button", name="Invite somebody").click()
        typed = {"Name": "Lee Novak", "Handle": "lee", "Own phone": "555 0144"}
        for label, words in typed.items():
            await kim.get_by_label(label).fill(words)
        await kim.get_by_label("Therapist").check()
        await kim.get_by_role("button", name="Add a licence").click()
        await kim.get_by_label("Which").select_option("CA")
        await kim.get_by_label("Last day").fill("2029-12-31")
        await kim.get_by_role("button", name="Make the link").click()
        await kim.get_by_text("A phone number begins with +").wait_for()
        assert await kim.get_by_label("Name").input_value() == "Lee Novak"  # nothing typed is lost
        await kim.get_by_label("Own phone").fill("+1 (555) 0144-000")
        await kim.get_by_role("button", name="Make the link").click()
        link = await kim.locator("#link").inner_text()
        await kim.get_by_text("invited, not enrolled yet").wait_for()

        lee = await lees.open(link, DESK)
        lees.allow("410")
        async with authenticator(lee):
            await lee.get_by_label("Password").fill(PASSWORD)
            await lee.get_by_role("button", name="Use a passkey of this device").click()
            await lee.get_by_role("heading", name="Write these down.").wait_for()
            assert await lee.locator(".codes li").count() == 10
            await lee.get_by_role("link", name="I have them on paper: go on").click()
            await lee.get_by_role("heading", name="My sessions").wait_for()
            await lee.get_by_role("link", name="Lee Novak").click()
            await lee.get_by_role("button", name="Sign out here").click()
            await lee.get_by_role("button", name="Sign in with a passkey").click()
            await lee.get_by_role("heading", name="My sessions").wait_for()

            await lee.goto(link)
            await lee.get_by_role("heading", name=ENDED["used"]).wait_for()


async def test_an_act_is_signed_with_a_passkey_and_with_no_other_acts_answer(
    browser: Browser, house: RunningClinic
) -> None:
    async with visit(browser) as tab:
        tab.allow("409", "401")
        page = await tab.open(house.links["prescriber"], DESK)
        await page.get_by_role("button", name="Come in").click()
        await page.locator("main").wait_for()
        login = page.url.split("/as/")[1].split("/")[0]
        await page.goto(f"{house.url}/as/{login}/account")
        async with authenticator(page) as device:
            await page.get_by_label("What do you call this device?").fill("Office laptop")
            await page.get_by_role("button", name="Add it").click()
            await prove(page, house, "prescriber")
            await page.get_by_role("heading", name="Office laptop").wait_for()

            home = f"fetch('/api/v1/as/{login}/home').then((r) => r.json())"
            course = await evaluate(device, f"{home}.then((b) => b.sessions[0].course)")
            body = {"sessions": 2, "days": 20, "gap_h": 168, "states": ["CA"]}
            act = {"of": f"courses/{course}", "noun": "clearance", "body": body}
            signing = (
                "(async (act, body) => { const { Api } = await import('/static/lib/api.js');"
                f" const api = new Api({{ login: '{login}', session: '' }});"
                " await api.secondFactorByPasskey(act);"
                f" const sent = api.postCourse('{course}', 'clearance', body);"
                " return sent.then(() => 'signed', (no) => no.reasons[0].code); })"
            )
            other = body | {"days": 19}
            assert await evaluate(device, f"{signing}({json.dumps(act)}, {json.dumps(other)})") == "second_factor"
            assert await evaluate(device, f"{signing}({json.dumps(act)}, {json.dumps(body)})") == "signed"


async def test_an_idle_screen_is_covered_and_opens_where_it_was(browser: Browser, house: RunningClinic) -> None:
    # The real house lives by its own clock; here the server's word is what a page must obey.
    async with visit(browser) as tab:
        tab.allow("423")
        page = await tab.open(house.links["therapist"], DESK)
        await page.get_by_role("button", name="Come in").click()
        await page.locator("main").wait_for()
        await page.goto(page.url.split("/s/")[0] + "/account")
        await page.get_by_role("heading", name="My account").wait_for()
        locked = True

        async def answer(route: Any) -> None:
            if not locked:
                await route.continue_()
            elif route.request.resource_type == "document":
                await route.fulfill(path=Path(__file__).parents[2] / "static" / "unlock.html", content_type="text/html")
            else:
                await route.fulfill(status=423, json={"error": "locked"})

        await page.route("**/account", answer)
        await page.reload()
        await page.get_by_role("heading", name="Are you there?").wait_for()
        locked = False
        await prove(page, house, "therapist")
        await expect(page.get_by_role("heading", name="My account")).to_be_visible()


async def test_somebody_without_an_account_page_right_gets_a_sentence(browser: Browser, house: RunningClinic) -> None:
    async with visit(browser) as tab:
        tab.allow("404")
        page = await tab.open(f"{house.url}/e/nobody-made-this", DESK)

        await expect(page.locator("main")).to_contain_text("There is nothing here")
        for way in ("I lost my link", "Staff sign in here", "Call 911"):
            box = await page.get_by_role("link", name=way).bounding_box()
            assert box is not None and box["height"] >= 96, way  # whoever stands here may be a client at night
        await shoot(page, house.data, "no-link")


async def test_a_used_invitation_says_so_and_where_to_go_on(browser: Browser) -> None:
    used = (410, {"error": "link_used", "sentence": ENDED["used"]})
    stub = Stub(page="enrol.html", reads={"api/v1/enrolments/tok": used})
    async with stub_clinic(stub), visit(browser) as tab:
        tab.allow("410")
        page = await tab.open(f"{stub.base}/e/tok", PHONE)

        await expect(page.get_by_role("heading", level=1)).to_have_text(ENDED["used"])
        await expect(page.locator("main")).to_contain_text("Your clinic’s administrator can send you a new one.")
        await expect(page.get_by_role("link", name="Sign in")).to_have_attribute("href", "/sign-in")


async def test_who_has_enrolled_is_told_where_to_sign_in_tomorrow(browser: Browser) -> None:
    done = {"next": "/as/lo/", "recovery_codes": CODES}
    stub = Stub(page="enrol.html", reads={"api/v1/enrolments/tok": ENROLMENT}, answers={"tok": lambda _: (200, done)})
    async with stub_clinic(stub), visit(browser) as tab:
        page = await tab.open(f"{stub.base}/e/tok", PHONE)
        await page.get_by_label("Password, 12").fill(PASSWORD)
        await page.get_by_label("The 6 digits").fill("111111")
        await page.get_by_role("button", name="Enrol with the code app").click()

        await expect(page.get_by_role("link", name=f"{stub.base}/sign-in")).to_be_visible()
        await expect(page.locator("main")).to_contain_text(f"Sign in here, as {ENROLMENT['handle']}. Bookmark this")


async def test_the_first_administrator_is_shown_the_way_to_the_team(browser: Browser) -> None:
    mia = {"person": "mia", "name": "Mia Stone", "roles": [], "administers": True}
    stub = Stub(page="home.html", home={"me": mia, "sessions": [], "locked": False})
    async with stub_clinic(stub), visit(browser) as tab:
        page = await tab.open(f"{stub.base}/as/lo/", DESK)
        await expect(page.get_by_text("You look after who works here.")).to_be_visible()
        await expect(page.get_by_role("link", name="The team", exact=True)).to_have_attribute("href", "/as/lo/team")


async def test_what_is_refused_at_enrolment_stands_where_it_was_typed(browser: Browser) -> None:
    stub = Stub(page="enrol.html", reads={"api/v1/enrolments/tok": ENROLMENT}, answers={"tok": lambda _: (401, {})})
    async with stub_clinic(stub), visit(browser) as tab:
        tab.allow("401")
        page = await tab.open(f"{stub.base}/e/tok", PHONE)
        enrol = page.get_by_role("button", name="Enrol with the code app")
        password, code = page.get_by_label("Password, 12"), page.get_by_label("The 6 digits")
        for typed, field, words in (
            (("short", ""), password, "The password needs 12 characters"),
            ((PASSWORD, "12"), code, "Type the six digits your app shows."),
            ((PASSWORD, "111111"), code, "That code is not the right one now."),
        ):
            await password.fill(typed[0])
            await code.fill(typed[1])
            await enrol.click()
            await expect(page.get_by_role("alert")).to_contain_text(words)
            await expect(field).to_be_focused()
            await expect(field).to_have_accessible_description(re.compile(words))
            told, where = await page.get_by_role("alert").bounding_box(), await field.bounding_box()
            assert told and where and 0 <= where["y"] < told["y"] < where["y"] + where["height"] + 40 < PHONE[1]
        await expect(page.get_by_role("link", name="The app is on this phone")).to_be_visible()
