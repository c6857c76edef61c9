"""The record as a page: it says what it leaves out, prints black on white, and leads to both files."""

import re

import pytest
from playwright.async_api import Browser, expect

from tests.pages import record_told
from tests.pages.browser import DESK, ask, visit
from tests.pages.staff_stub import Stub, stub_clinic

pytestmark = pytest.mark.browser

WHERE = "api/v1/as/lo/sessions/se/record"


MARKED = """document.querySelectorAll("tbody tr").forEach((row, n) => {
  for (const cell of row.cells) for (const end of ["prepend", "append"]) {
    const mark = document.createElement("a");
    [mark.href, mark.textContent] = [`row:${n}`, "."];
    cell[end](mark);
  }
})"""
"""A link at both ends of every cell of every row: a PDF says of each on which sheet it is."""


def sheets_of_rows(printed: bytes) -> tuple[dict[int, set[int]], int]:
    """Row → the sheets on which something of it stands, and how many sheets there are."""
    parts = dict(re.findall(rb"(\d+) 0 obj\n(.*?)\nendobj", printed, re.DOTALL))
    sheets = [part for part in parts.values() if b"/Type /Page\n" in part]
    rows: dict[int, set[int]] = {}
    for n, sheet in enumerate(sheets):
        links = re.search(rb"/Annots \[(.*?)\]", sheet, re.DOTALL)
        for link in re.findall(rb"(\d+) 0 R", links[1]) if links else ():
            if row := re.search(rb"row:(\d+)", parts[link]):
                rows.setdefault(int(row[1]), set()).add(n)
    return rows, len(sheets)


async def test_the_record_is_read_printed_and_taken_along(browser: Browser) -> None:
    told = record_told.told()
    stub = Stub(page="record.html", reads={WHERE: (503, {"error": "not_ready"})})
    async with stub_clinic(stub), visit(browser) as one:
        one.allow("503")
        page = await one.open(f"{stub.base}/as/lo/s/se/record", DESK)
        await expect(page.get_by_text("The server is not ready.")).to_be_visible()
        stub.reads[WHERE] = told
        await page.get_by_role("button", name="Ask again").click()
        await page.get_by_role("heading", name="Sam Rivera, dosing session").wait_for()

        assert await page.title() == "Record se", "no name and no health word"
        for name, end in (("Timeline as a table", "timeline"), ("Facts as they stand", "facts")):
            link = page.get_by_role("link", name=name)
            assert await link.get_attribute("href") == f"/{WHERE}/{end}"
            assert await link.get_attribute("download") is not None

        lines = page.get_by_role("region", name="Timeline").locator("tbody tr")
        machines = sum(line["machine"] for line in told["lines"])
        await expect(lines).to_have_count(len(told["lines"]) - machines)
        await expect(page.get_by_text(f"{machines} lines that the house wrote of itself")).to_be_visible()
        await page.get_by_role("button", name="Show them").click()
        await expect(lines).to_have_count(len(told["lines"]))
        added = page.get_by_role("region", name="Added after the signature")
        await expect(added.locator("tbody tr")).to_have_count(1)
        await expect(page.get_by_role("region", name="Is this what was written?")).to_contain_text(
            told["chain"]["hash"]
        )

        await page.emulate_media(media="print", color_scheme="dark")
        await expect(page.get_by_role("button", name="Print")).to_be_hidden()
        assert await ask(page, "getComputedStyle(document.documentElement).color") == "rgb(0, 0, 0)"
        await ask(page, MARKED)
        rows, sheets = sheets_of_rows(await page.pdf(prefer_css_page_size=True))
        assert len(rows) > 100 and sheets > 5
        assert {row: found for row, found in rows.items() if len(found) > 1} == {}, "no row is cut in two"
        (named,) = await ask(page, "document.adoptedStyleSheets.map((one) => one.cssRules[0].cssText)")
        assert "Sam Rivera, dosing session of 2026-06-15" in named, "on every sheet stands whose it is"
