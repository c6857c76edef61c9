"""The whole story through the pages, from a client who is written down to a record that is signed.

What people press is pressed. What repeats what other tests press by hand (a plain gate answer, a check-in that is well)
is sent by the page of the person whose it is.
"""

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, expect

from telekap.care.instant import MINUTE
from tests.conftest import ROOT, RunningClinic
from tests.pages.browser import PHONE, chromium, visit
from tests.pages.house import House, house

pytestmark = pytest.mark.browser

REFUSED = ("status of 409", "status of 422", "status of 404", "status of 401")


@asynccontextmanager
async def seen(clinic: RunningClinic, *roles: str) -> AsyncIterator[House]:
    """A house in which refusals are part of the story, from the first page on."""
    async with chromium() as browser, visit(browser) as v:
        v.allow(*REFUSED)
        async with house(clinic, v, *roles) as h:
            yield h


async def desk_of(h: House, role: str, place: str) -> Page:
    """Another page of the same login, in the same tab's browser."""
    login = h[role].url.split("/as/")[1].split("/")[0]
    page = await h[role].context.new_page()
    await page.goto(f"{h.clinic.url}/as/{login}/{place}")
    return page


async def write_down_lou(h: House) -> None:
    """Kim writes down a second adult around Sam, on the clinic's page."""
    page = await desk_of(h, "dispatcher", "clinic#clients")
    await page.get_by_role("link", name=re.compile("Sam Rivera")).click()
    await page.get_by_role("button", name="Add a support person").click()
    await page.get_by_label("Full name").fill("Lou Rivera")
    await page.get_by_label("Own phone").fill("+15550177")
    await page.get_by_label("Time zone").select_option("America/Los_Angeles")
    await page.get_by_role("button", name="Add the support person").click()
    await page.get_by_text("Lou Rivera").first.wait_for()
    await page.close()


async def suspend(h: House) -> None:
    """Dr Okafor suspends the clearance on the course's page, with a reason."""
    view = await h.view("therapist")
    course = view["course"]["id"]
    page = await desk_of(h, "prescriber", "queue")
    await page.get_by_role("link", name="Sam Rivera").first.click()
    await page.get_by_role("button", name="Suspend the clearance").click()
    await page.get_by_text("stood down at once and for good").wait_for()
    await page.get_by_label("Reason").fill("A new medicine was named.")
    await page.locator("form").get_by_role("button", name="Suspend the clearance").click()
    await page.locator("form").get_by_role("button", name="Yes: suspend the clearance").click()
    await page.get_by_text("suspended: A new medicine was named.").wait_for()
    assert course in page.url
    await page.close()


async def let_lou_in(h: House) -> None:
    """Kim makes a link on the clinic's page; Lou opens it and is the support person from then on."""
    kim = await desk_of(h, "dispatcher", "clinic#clients")
    await kim.get_by_role("link", name=re.compile("Sam Rivera")).click()
    await kim.get_by_role("button", name="Links").first.click()
    box = kim.locator(".linkbox").filter(has_text="support person")
    await box.get_by_role("button", name="Make a link").click()
    url = await box.locator(".once input").input_value()
    await kim.close()
    phone = await h.visit.open(url, PHONE)
    await phone.locator("form button").first.click()
    await phone.wait_for_url("**/as/**/s/**")
    await h.pages["support"].close()
    h.pages["support"] = phone


async def settle(h: House) -> None:
    """Everything that was missed gets its reason; every alarm that is over is resolved by whoever may."""
    for one in (await h.view("therapist"))["check_ins"]:
        for part in one["explain"]:
            await h.say("therapist", "misses", check_in=one["id"], part=part, reason="The adults changed.")
    for role in ("therapist", "prescriber"):
        for alarm in (await h.view(role))["alarms"]:
            if alarm["may"]["resolve"]:
                await h.say(role, "resolutions", alarm=alarm["id"], reason="Seen and well.")


async def test_a_red_stands_the_session_down_and_nobody_can_press_past_it(own_clinic: RunningClinic) -> None:
    async with seen(own_clinic, "therapist", "prescriber") as h:
        await suspend(h)

        view = await h.until("therapist", lambda view: view["state"] == "stood_down")
        assert view["course"]["clearance"] == "suspended"
        assert "state" in await h.refused("therapist", "release")


async def test_from_the_lobby_to_the_signature_with_everything_that_goes_wrong(own_clinic: RunningClinic) -> None:
    async with seen(own_clinic) as h:
        await write_down_lou(h)
        await h.until(
            "therapist",
            lambda view: all(
                one["video"] == "flowing" for one in view["people"] if one["role"] in ("client", "therapist")
            ),
        )

        # An amber gate on a phone: three answers of equal weight, one of them pressed.
        await h.open_gates()
        await h.release()
        await (await h.front("client")).get_by_role("button", name="I took both").click()
        await h.until("therapist", lambda view: view["state"] == "dosed")
        await h.walk(lambda view, now: view["dose"]["hold"]["result"] == "spat")

        # The clearance is revoked while Sam is dosed: told, alarmed, and the watch goes on.
        page = await desk_of(h, "prescriber", "queue")
        await page.get_by_role("link", name="Sam Rivera").first.click()
        await page.get_by_role("button", name="Revoke the clearance").click()
        await page.get_by_text("the watch goes on until discharge").wait_for()
        await page.get_by_label("Reason").fill("A diagnosis came in.")
        await page.locator("form").get_by_role("button", name="Revoke the clearance").click()
        await page.locator("form").get_by_role("button", name="Yes: revoke the clearance").click()
        await page.get_by_text("revoked: A diagnosis came in.").wait_for()
        await page.close()
        view = await h.until("therapist", lambda view: view["course"]["clearance"] == "revoked")
        assert view["state"] == "dosed"
        await h.until("therapist", lambda view: "clearance_changed" in {one["kind"] for one in view["alarms"]})

        # Ben has to leave: Lou, seen on video and rung, becomes the support person.
        therapist = await h.front("therapist")
        await therapist.keyboard.press("m")
        await therapist.get_by_role("button", name="Another support person").click()
        form = therapist.get_by_role("form", name="Another support person")
        await form.get_by_role("radio", name=re.compile("Lou Rivera")).click()
        await form.get_by_role("radio", name="Yes").click()
        await form.get_by_role("button", name="Another support person").click()
        view = await h.until(
            "therapist", lambda view: any(one["name"] == "Lou Rivera" for one in view["people"]), within=15
        )
        kim = await desk_of(h, "dispatcher", "clinic#today")
        await expect(kim.locator(".run").filter(has_text="Sam Rivera")).to_contain_text("Lou Rivera")
        await kim.close()

        # Ana's line goes; Jo takes over in the cockpit and is the therapist from that moment.
        await h["therapist"].close()
        del h.pages["therapist"]
        standin = await h.front("standin")
        await standin.get_by_role("button", name="Take over the cockpit").first.click()
        await standin.locator("form").get_by_role("button", name="Take over the cockpit").click()
        await h.until("standin", lambda view: view["me"]["role"] == "therapist")
        h.pages["therapist"] = h.pages.pop("standin")

        # Too early to finish: the button says what is missing, and so does the server.
        assert {"floor", "assessments"} <= await h.refused("therapist", "discharge")
        await let_lou_in(h)
        floor = (await h.view("therapist"))["dose"]["floor"]["at"]
        first = await h.walk_to(floor)
        await h.assess("therapist", "support")
        assert "second_assessment" in await h.refused("therapist", "discharge")

        # What is still open is answered: misses with a reason, alarms with another.
        await h.walk_to(first + 15 * MINUTE)
        await h.assess("therapist")
        await settle(h)
        view = await h.view("therapist")
        assert view["state"] == "dosed", "the alarms of the story keep a therapist from finishing alone"
        await h.say("prescriber", "early-release", adult="Lou Rivera", reason="Clearance revoked; twice well.")
        await (await h.front("client")).get_by_text("safe").first.wait_for()
        # Nobody signs over an open alarm: the revocation's own is resolved last, with a reason.
        assert "alarm_clearance_changed" in await h.refused("therapist", "signature")
        await settle(h)
        await h.say("therapist", "signature")
        assert (await h.view("therapist"))["state"] == "closed"

    verify = [sys.executable, "-m", "telekap", "verify", "--data", str(own_clinic.data)]
    done = await asyncio.to_thread(subprocess.run, verify, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
