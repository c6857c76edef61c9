"""A whole supervised session in a real browser: six people, real video through the server, a record that verifies."""

import asyncio
import subprocess
import sys
import time

import pytest

from telekap.care.instant import MINUTE
from tests.conftest import ROOT, RunningClinic
from tests.pages.browser import chromium, visit
from tests.pages.house import House, hold, house

pytestmark = pytest.mark.browser

NEW_FRAMES = 5
"""So many more decoded frames are a moving picture; behind other tabs a browser draws about one a second."""
REFUSED = "status of 409"
"""Refusals are part of the story; the browser writes each to its console."""
GONE = ("WebSocket", "ERR_CONNECTION", "status of 503", "Failed to fetch", "net::")
"""What a console says while the web process is being killed."""


async def both_see_each_other(h: House) -> None:
    """New frames are decoded on both sides."""
    for role in ("client", "therapist"):
        before, end = await h.frames(role), time.monotonic() + 10
        while await h.frames(role) < before + NEW_FRAMES:
            assert time.monotonic() < end, f"the {role} decodes no new picture"
            await asyncio.sleep(0.1)


async def flowing(h: House) -> None:
    """The server itself sees both pictures and their way back."""
    await h.until(
        "therapist",
        lambda view: all(one["video"] == "flowing" for one in view["people"] if one["role"] in ("client", "therapist")),
    )


async def test_a_session_from_shut_gates_to_a_record_that_verifies(own_clinic: RunningClinic) -> None:
    async with chromium() as browser, visit(browser) as v, house(own_clinic, v) as h:
        v.allow(REFUSED)
        await flowing(h)
        await both_see_each_other(h)

        # Too early: the button is shut and says why, and the server refuses the same request.
        assert await h["therapist"].locator("#release").get_attribute("aria-disabled") == "true"
        assert {"identity", "pressure", "on_call", "watch"} <= await h.refused("therapist", "release")
        assert (await h.view("client"))["state"] == "arriving"

        await h.open_gates()
        await h.release()
        await (await h.front("client")).get_by_role("button", name="I took both").click()
        view = await h.until("therapist", lambda view: view["state"] == "dosed")
        assert [unit["planned"] for unit in view["dose"]["units"]] == [True, True]
        t0 = view["dose"]["t0"]

        # The web process dies. The picture goes on, and every page comes back by itself.
        v.allow(*GONE)
        own_clinic.kill("web")
        await both_see_each_other(h)
        await asyncio.to_thread(own_clinic.wait_ready)
        await h["therapist"].get_by_text("Not live.", exact=True).wait_for(state="detached")
        assert (await h.view("therapist"))["dose"]["t0"] == t0
        await flowing(h)

        # The first look-in is missed: an alarm, with an owner.
        await h.walk(lambda view, now: view["dose"]["hold"]["result"] == "spat")
        await h.let_pass(lambda view: view["alarms"])
        (alarm,) = (await h.view("therapist"))["alarms"]
        assert (alarm["kind"], alarm["owner"]["role"]) == ("check_in_overdue", "therapist")
        assert alarm["order"] == "" and not alarm["may"]["resolve"]
        await (await h.front("therapist")).keyboard.press("a")
        await h.until("therapist", lambda view: view["alarms"][0]["acked"])
        assert await h.refused("therapist", "resolutions", alarm=alarm["id"], reason="I have it.") == {"still_true"}

        # Ana looks at the picture, Ben looks at the bed; only then can it be resolved.
        await h.answer_due(("therapist",))
        await h.look_in()
        await h.until("therapist", lambda view: view["alarms"][0]["over"])
        therapist = await h.front("therapist")
        await therapist.get_by_role("button", name="Resolve", exact=True).click()
        await therapist.get_by_label("Reason", exact=True).fill("Ben looked: seen and well.")
        await therapist.keyboard.press("Enter")
        await h.until("therapist", lambda view: not view["alarms"])

        # Too early to finish: refused, with the list of what is missing.
        assert {"floor", "assessments", "adult"} <= await h.refused("therapist", "discharge")
        for part in ("support", "therapist"):
            await h.say("therapist", "misses", check_in="t15", part=part, reason="The bell was off.")

        floor = (await h.view("therapist"))["dose"]["floor"]["at"]
        first = await h.walk_to(floor)
        await h.assess("therapist", "support")
        assert "second_assessment" in await h.refused("therapist", "discharge")
        await h.walk_to(first + 15 * MINUTE)
        await h.assess("therapist")
        await h.until("therapist", lambda view: view["discharge"]["may"])
        await h["therapist"].get_by_role("button", name="Discharge", exact=True).click()
        await hold(h["therapist"].locator("#finish"))
        await h["client"].get_by_text("safe").first.wait_for()
        await h.say("therapist", "signature")
        assert (await h.view("therapist"))["state"] == "closed"

    verify = [sys.executable, "-m", "telekap", "verify", "--data", str(own_clinic.data)]
    done = await asyncio.to_thread(subprocess.run, verify, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


async def test_a_dose_without_release_is_watched_like_any_other_and_is_an_incident(own_clinic: RunningClinic) -> None:
    async with chromium() as browser, visit(browser) as v, house(own_clinic, v, "client", "support", "therapist") as h:
        v.allow(REFUSED)
        await flowing(h)

        # Ben's phone has one way to say it in every state; nobody refuses it.
        await h.say("support", "doses", units=[1], how="said")

        view = await h.until("therapist", lambda view: view["state"] == "dosed")
        assert [unit["planned"] for unit in view["dose"]["units"]] == [False]
        assert view["dose"]["floor"]["prescriber_only"]
        assert {"dose_outside_release"} <= {alarm["kind"] for alarm in view["alarms"]}
        assert [one["id"] for one in view["check_ins"][:4]] == ["hold", "t15", "t30", "t40"]
        await h["therapist"].get_by_text("took medicine outside the plan").first.wait_for()
        assert view["course"]["clearance"] == "suspended"
        assert "prescriber_only" in await h.refused("therapist", "discharge")


async def test_a_release_whose_picture_is_cut_and_nobody_answers_is_presumed_dosed(own_clinic: RunningClinic) -> None:
    async with chromium() as browser, visit(browser) as v, house(own_clinic, v) as h:
        v.allow(REFUSED)
        await flowing(h)
        await h.open_gates()
        await h.release()

        # The client's device goes dark. Within seconds of the limit every page says "do not take it".
        await h["client"].close()
        del h.pages["client"]
        view = await h.until("therapist", lambda view: view["question"], within=25)
        assert not view["release"]["given"]
        await h["support"].get_by_text("Do not let Sam take it.").first.wait_for()
        await h["therapist"].get_by_text("Was anything taken?").first.wait_for()

        # Two minutes, and nobody answers.
        await h.let_pass(lambda view: view["state"] == "dosed")
        view = await h.view("therapist")
        assert view["dose"]["presumed"]
        assert view["dose"]["units"][0]["mg"] is None
        assert "dose_presumed" in {alarm["kind"] for alarm in view["alarms"]}
        assert view["check_ins"]
