"""The demo bar, where a clinic says it is a demo: everybody's page, the code a page asks for, and beginning anew."""

import json
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.conftest import RunningClinic
from tests.pages import staff_views as told
from tests.pages.browser import DESK, PHONE, ask, visit
from tests.pages.desk_page import COURSE, amber
from tests.pages.home_views import PROMISED, SUPPORT
from tests.pages.staff_stub import NOW, Stub, stub_clinic

pytestmark = pytest.mark.browser

ADA: dict[str, Any] = {
    "me": {"person": "p-prescriber", "name": "Dr Ada Okafor", "roles": ["prescriber"]},
    "sessions": [],
}
LINK = {"role": "prescriber", "name": "Dr Ada Okafor", "url": "http://127.0.0.1/t/x"}
DEMO = {"session": "se", "links": [LINK], "clock": {"now": NOW, "rate": 1}, "codes": {"prescriber": "906080"}}


async def test_who_came_by_a_link_of_the_demo_finds_the_code_that_a_covered_page_asks_for(browser: Browser) -> None:
    stub = Stub(page="unlock.html", home=ADA, reads={"demo": DEMO}, answers={"second-factor": lambda _: (204, {})})
    async with stub_clinic(stub), visit(browser) as one:
        page = await one.open(f"{stub.base}/as/lo/queue", DESK)
        await page.get_by_role("button", name="The code this page asks for is 906080: fill it in").click()
        assert await stub.until("second-factor") == [{"code": "906080"}]


async def test_where_the_demo_goes_on_is_said_when_its_session_is_over(browser: Browser) -> None:
    reads = {"demo": DEMO | {"session": "s-next"}}
    stub = Stub(page="prescriber.html", view=amber(), entries=told.record(), course=COURSE, home=ADA, reads=reads)
    async with stub_clinic(stub), visit(browser) as one:
        one.allow("404")
        page = await one.open(stub.url, DESK)
        bar = page.get_by_label("Demo")
        await expect(bar).to_contain_text("This session is over. The next one is ready")
        await expect(bar.get_by_role("link", name="open it")).to_have_attribute("href", "/as/lo/s/s-next")


EVERYBODY = {
    "client": "Sam Rivera",
    "support": "Ben Ortiz",
    "therapist": "Ana Ruiz",
    "standin": "Jo Tran",
    "prescriber": "Dr Ada Okafor",
    "dispatcher": "Kim Osei",
}
LINKS = [{"role": role, "name": name, "url": f"http://127.0.0.1/x/{role}"} for role, name in EVERYBODY.items()]
IN_REACH = """JSON.stringify([...document.querySelectorAll(".page > .acts :is(button, a)")].map((one) => {
  const { left, right, top, bottom } = one.getBoundingClientRect();
  const at = (y) => one.contains(document.elementFromPoint((left + right) / 2, y));
  const seen = [top + 3, (top + bottom) / 2, bottom - 3].every(at);
  return [one.textContent.trim(), seen];
}))"""


@pytest.mark.parametrize("state", ["promise", "ready", "released", "due", "alarm"])
async def test_the_bar_takes_one_line_of_a_phone_and_hides_no_act_of_the_page(browser: Browser, state: str) -> None:
    stub = Stub(page="support.html", view=SUPPORT["ready" if state == "promise" else state])
    stub.reads["demo"] = DEMO | {"links": LINKS}
    async with stub_clinic(stub), visit(browser) as one:
        page = await one.open(stub.url, PHONE, {} if state == "promise" else PROMISED)
        bar = page.get_by_label("Demo", exact=True)
        await expect(bar.get_by_role("link")).to_have_count(6)
        box = await bar.bounding_box()
        assert box is not None and box["height"] <= 40, box
        acts: list[tuple[str, bool]] = json.loads(await ask(page, IN_REACH))
        assert len(acts) > 1
        assert all(seen for _, seen in acts), acts
        for link in await bar.get_by_role("link").all():
            await expect(link).to_be_in_viewport(ratio=0.99)


async def test_everybodys_page_is_one_press_away_and_pressed_again_is_the_same_tab(
    browser: Browser, clinic: RunningClinic
) -> None:
    async with visit(browser) as one:
        door = await one.open(clinic.links["support"], PHONE)
        await door.get_by_role("button", name="Come in").click()
        bar = door.get_by_label("Demo", exact=True)
        async with one.context.expect_page() as opened:
            await bar.get_by_role("link", name="Sam").click()
        sam = await opened.value
        await sam.wait_for_url("**/as/**/s/**")
        await expect(sam.get_by_role("button", name="I can see myself")).to_be_visible()
        inside = sam.url
        await bar.get_by_role("link", name="Sam").click()
        await expect(sam.get_by_role("button", name="I can see myself")).to_be_visible()
        assert (sam.url, len(one.context.pages)) == (inside, 2)


async def test_begun_anew_the_demo_has_another_client_and_every_open_page_leads_there(
    browser: Browser, clinic: RunningClinic
) -> None:
    async with visit(browser) as one:
        sam = await one.open(clinic.links["client"], PHONE)
        await sam.get_by_role("button", name="Come in").click()
        ben = await one.open(clinic.links["support"], PHONE)
        await ben.get_by_role("button", name="Come in").click()
        before = ben.url
        await ben.get_by_role("button", name="People, gates, codes").click()
        await ben.get_by_role("button", name="Begin anew").click()
        await ben.get_by_role("button", name="Yes, begin anew").click()
        await expect(ben.get_by_role("heading", name="Eli, you are Noor’s support today.")).to_be_visible()
        assert ben.url.split("/")[-1] != before.split("/")[-1]

        await sam.bring_to_front()
        await sam.get_by_role("link", name="open it as Noor").click()
        await expect(sam.get_by_text("For Eli’s phone")).to_be_visible()
