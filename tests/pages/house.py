"""Six people in six tabs of one browser, in a clinic that really runs: what a test of a whole session plays with.

``press`` and friends go through the pages as a person would. ``say`` sends the same request as the page of that role,
from inside that page, for the parts of a session that repeat what was already seen by hand.
"""

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.async_api import Locator, Page

from tests.cast_answers import WELL_LOOK
from tests.conftest import RunningClinic
from tests.pages.browser import DESK, PHONE, TABLET, Visit, ask

SIZES: Final[Mapping[str, tuple[int, int]]] = {
    "client": TABLET,
    "support": PHONE,
    "therapist": DESK,
    "standin": DESK,
    "prescriber": PHONE,
    "dispatcher": DESK,
}

WELL: Final[Mapping[str, Any]] = {
    **WELL_LOOK,
    "oriented": 4,
    "psychosis": "no",
    "measured": "yes",
    "walks": "yes",
    "vomiting": "no",
    "sips": "yes",
    "dissociation": "no",
    "q1": "no",
    "q2": "no",
    "q6": "no",
    "stays": "yes",
    "overnight": "yes",
    "instructions": "yes",
    "units_left": 0,
    "secured": "yes",
}
"""Field of a check-in, an assessment or the adult's list → what is seen of somebody who is well."""


@dataclass
class House:
    """The six pages of one session. ``pages``: role → tab."""

    clinic: RunningClinic
    visit: Visit
    pages: dict[str, Page] = field(default_factory=dict)

    def __getitem__(self, role: str) -> Page:
        return self.pages[role]

    async def enter(self, *roles: str) -> None:
        """Open the ready links of these roles and go in by their one button."""
        await asyncio.gather(*(self._enter(role) for role in roles or tuple(SIZES)))

    async def _enter(self, role: str) -> None:
        page = await self.visit.open(self.clinic.links[role], SIZES[role])
        await page.locator("form button").first.click()
        await page.wait_for_url("**/as/**/s/**")
        self.pages[role] = page

    async def front(self, role: str) -> Page:
        """The tab of this role, in front: a browser draws tabs behind it about once a second."""
        await self.pages[role].bring_to_front()
        return self.pages[role]

    async def view(self, role: str) -> dict[str, Any]:
        """What the server shows this role now."""
        view, _ = await self.view_and_now(role)
        return view

    async def view_and_now(self, role: str) -> tuple[dict[str, Any], int]:
        """What the server shows this role, and clinic time there, UTC ms.

        Asked with the cookies of the page's browser, but not by the page: it is asked some hundred times in a session,
        and a page that draws a call answers only when it is done with that.
        """
        address = self.pages[role].url.partition("#")[0].replace("/as/", "/api/v1/as/").replace("/s/", "/sessions/")
        answer = await self.pages[role].context.request.get(address)
        assert answer.status == 200, (role, answer.status, await answer.text())
        body = await answer.json()
        return body["view"], int(body["now"])

    async def say(self, role: str, noun: str, /, **fields: Any) -> dict[str, Any]:
        """One request from this role's page; asserts that it was taken."""
        body = await self._fetch(role, f"/{noun}", fields)
        assert body["status"] == 200, (role, noun, body)
        answer: dict[str, Any] = body["json"]
        return answer

    async def refused(self, role: str, noun: str, /, **fields: Any) -> set[str]:
        """One request that must be refused; the codes of the reasons."""
        body = await self._fetch(role, f"/{noun}", fields)
        assert body["status"] == 409, (role, noun, body)
        return {reason["code"] for reason in body["json"]["reasons"]}

    async def _fetch(self, role: str, path: str, fields: Mapping[str, Any] | None) -> dict[str, Any]:
        options: dict[str, Any] = {"method": "GET"}
        if fields is not None:
            options = {
                "method": "POST",
                "headers": {"Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex},
                "body": json.dumps(fields),
            }
        script = (
            "fetch(location.pathname.replace('/as/', '/api/v1/as/').replace('/s/', '/sessions/')"
            f" + {json.dumps(path)}, {json.dumps(options)})"
            ".then(async r => ({status: r.status, json: await r.json()}))"
        )
        answer: dict[str, Any] = await ask(self.pages[role], script)
        return answer

    async def until(self, role: str, true: Callable[[dict[str, Any]], Any], within: float = 10.0) -> dict[str, Any]:
        """Wait until what this role is shown fulfils ``true``; that view."""
        end = time.monotonic() + within
        while True:
            view = await self.view(role)
            if true(view):
                return view
            assert time.monotonic() < end, {k: view[k] for k in ("state", "step", "sentence", "next", "alarms")}
            await asyncio.sleep(0.25)  # every view costs the clinic that is being waited for

    async def now(self) -> int:
        """Clinic time, UTC ms."""
        _, now = await self.view_and_now("therapist")
        return now

    async def jump(self) -> dict[str, Any]:
        """Move clinic time to just before the session's next due, as the demo bar does; what is due there."""
        body = json.dumps({"session": self.clinic.session})
        script = (
            "fetch('/api/v1/demo/jump', {method: 'POST', headers: {'Content-Type': 'application/json'},"
            f" body: {json.dumps(body)}}}).then(r => r.json())"
        )
        to: dict[str, Any] = (await ask(self.pages["therapist"], script))["to"]
        return to

    async def walk(self, until: Callable[[dict[str, Any], int], bool]) -> None:
        """Jump from due to due, answering well whatever is asked, until ``until(view, now)``."""
        for _ in range(80):
            if until(*await self.view_and_now("therapist")):
                return
            await self.jump()
            await self.answer_due()  # whatever it landed on: on a slow machine a check-in has come meanwhile
        raise AssertionError("the walk does not get there")

    async def walk_to(self, utc: int) -> int:
        """Walk to a due moment, wait the last seconds, and say what time it is then (a moment later)."""
        await self.walk(lambda view, now: now >= utc - 4_000)
        await asyncio.sleep(max(0, utc + 500 - await self.now()) / 1000)
        return await self.now()

    async def duties(self) -> None:
        """The therapist sends test pages; the three who must be reachable answer them on their own pages."""
        for role in ("prescriber", "standin", "dispatcher"):
            await self.say("therapist", "test-pages", role=role)
            await (await self.front(role)).get_by_role("button", name="I am on duty").click()
            await self.until(role, lambda view: view["duty"]["fresh"])

    async def confirm(self, role: str) -> None:
        """ "Confirm it is me" in this role's demo bar: the second factor."""
        page = await self.front(role)
        button = page.get_by_role("button", name="Confirm it is me")
        if not await button.is_visible():
            await page.get_by_role("button", name="People, gates, codes").click()
        await button.click()
        await page.get_by_text("Confirmed: it is you.").wait_for()
        await page.get_by_role("button", name="Less").click()

    async def open_gates(self) -> None:
        """Everything up to an open board, by the pages' own means."""
        await self.duties()
        therapist = await self.front("therapist")
        await therapist.get_by_role("button", name="People, gates, codes").click()
        await therapist.get_by_role("button", name="Answer all gates well").click()
        await (
            therapist.get_by_text("Every gate that can be answered is.")
            .or_(therapist.get_by_text("Answered, except"))
            .wait_for(timeout=40_000)
        )
        await therapist.get_by_role("button", name="Less").click()
        await self.decide("watch")
        await self.confirm("therapist")
        await self.until("therapist", lambda view: view["release"]["may"])

    async def decide(self, gate: str) -> None:
        """The prescriber lets one amber gate proceed, with a reason, on her own page."""
        page = await self.front("prescriber")
        await page.get_by_label("Reason, for all three").fill("One machine for this demonstration.")
        await page.get_by_role("button", name="Proceed").click()
        await page.get_by_label("Confirm that it is you.").wait_for()
        await self.confirm("prescriber")  # a decision is signed: the code counts for this very one
        await self.until(
            "therapist",
            lambda view: next(one for one in view["gates"] if one["gate"] == gate)["decided"],
            within=30,
        )

    async def release(self) -> None:
        """The therapist holds the release button for its 1.5 s."""
        await hold((await self.front("therapist")).locator("#release"))
        await self.until("therapist", lambda view: view["state"] == "released")

    async def answer_due(self, roles: tuple[str, ...] = ("support", "therapist")) -> str:
        """These roles answer, as well, the check-in that waits for them; its id, '' if none does."""
        answered = ""
        for role in roles:
            view = await self.view(role)
            due = [one for one in view["check_ins"] if one["form"] and one["status"] in ("later", "due", "overdue")]
            if not due:
                continue
            answered = due[0]["id"]
            values = {one["name"]: WELL[one["name"]] for one in due[0]["form"] if one["name"] in WELL}
            if any(one["name"] == "code" for one in due[0]["form"]):
                values["code"] = (await self.view("client"))["code"]
            await self.say(role, "check-ins", check_in=answered, values=values)
        return answered

    async def let_pass(self, until: Callable[[dict[str, Any]], Any]) -> None:
        """Jump to each due and let it go by, answering nothing, until ``until(view)``."""
        for _ in range(12):
            if until(await self.view("therapist")):
                return
            await self.jump()
            await asyncio.sleep(2.3)  # a jump lands 2 s before
        assert until(await self.view("therapist"))

    async def look_in(self) -> None:
        """Ben looks, on his phone: one question a screen, the code from the client's screen at the end."""
        phone = await self.front("support")
        await phone.get_by_role("button", name="Look in now").click()
        for answer in ("Yes, calm and even", "Yes, as always", "On the side"):
            await phone.get_by_role("button", name=answer).click()
        for digit in (await self.view("client"))["code"]:
            await phone.get_by_role("button", name=digit, exact=True).click()

    async def assess(self, *roles: str) -> None:
        """A well assessment by the therapist, or the list of the adult who stays."""
        for role in roles or ("therapist",):
            form = (await self.view(role))["discharge"]["form"]
            values = {one["name"]: WELL[one["name"]] for one in form if one["name"] in WELL}
            await self.say(role, "assessments", values=values)

    async def frames(self, role: str) -> int:
        """Frames this page has decoded of others' pictures (its own picture is no decoding)."""
        script = (
            "Promise.all((window.__peers ?? []).map(one => one.getStats()))"
            ".then(all => all.flatMap(stats => [...stats.values()])"
            ".filter(one => one.type === 'inbound-rtp' && one.kind === 'video')"
            ".reduce((sum, one) => sum + (one.framesDecoded ?? 0), 0))"
        )
        return int(await ask(self.pages[role], script) or 0)


async def hold(button: Locator, ms: int = 1_700) -> None:
    """Press and hold, once the page shows it open."""
    page = button.page
    await button.and_(page.locator(":not([aria-disabled])")).wait_for()
    await button.hover()
    await page.mouse.down()
    await asyncio.sleep(ms / 1000)
    await page.mouse.up()


@asynccontextmanager
async def house(clinic: RunningClinic, visit: Visit, *roles: str) -> AsyncIterator[House]:
    """A house whose tabs count the frames they decode."""
    # The browser's own counters, of every connection a page makes: nothing of the page is asked or changed.
    await visit.context.add_init_script(
        "window.__peers = []; const Native = RTCPeerConnection;"
        " window.RTCPeerConnection = class extends Native {"
        " constructor(...a) { super(...a); window.__peers.push(this); } };"
    )
    one = House(clinic, visit)
    await one.enter(*roles)
    yield one
