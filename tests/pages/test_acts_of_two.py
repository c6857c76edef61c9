"""What two administrators do together, each on their own page: erase somebody, find a restored record right."""

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from telekap.record import put_back
from tests.conftest import RunningClinic, start_clinic
from tests.pages.browser import DESK
from tests.pages.hands import Person, people

pytestmark = pytest.mark.browser


@pytest.fixture
def empty_clinic(tmp_path: Path) -> Iterator[RunningClinic]:
    """A clinic with its staff, and nobody written down."""
    running = start_clinic(tmp_path / "data", 0, 1.0, "--empty")
    yield running
    running.stop()


async def registered(kim: Person, name: str) -> None:
    await kim.follow("Board, bookings, roster")
    await kim.follow("Clients")
    await kim.press("Register a client")
    await kim.page.get_by_label("Full name").fill(name)
    await kim.page.get_by_label("Own phone").fill("+15550123")
    await kim.page.get_by_label("Time zone").select_option("America/Los_Angeles")
    await kim.press("Register")
    await kim.reads(name)


async def team_page(one: Person) -> None:
    """From wherever they are."""
    login = one.page.url.split("/as/")[1].split("/")[0]
    await one.open(f"{one.clinic.url}/as/{login}/team")
    await one.reads("Acts of two")


async def let_administer(kim: Person, name: str) -> None:
    """Kim ticks "Administrator" in the rights of another."""
    row = kim.page.locator("li").filter(has=kim.page.get_by_role("heading", name=name))
    await kim.press("Rights", within=row)
    await row.get_by_label("Administrator").check()
    await kim.press("Save rights", within=row)
    await expect(row.get_by_text("Administrator")).to_be_visible()


def put_back_now(clinic: RunningClinic) -> None:
    """As a restore leaves the record."""
    found = next(path for path in clinic.data.rglob("*.db") if path.stat().st_size > 0)
    with closing(sqlite3.connect(found, timeout=10)) as record, record:
        told = json.dumps({"as_of": 1, "at": 2, "why": "restored", "suspended": True})
        record.execute("insert into meta (name, value) values (?, ?)", (put_back.MARK, told))


async def test_two_administrators_erase_somebody_and_find_a_restored_record_right(
    browser: Browser, empty_clinic: RunningClinic
) -> None:
    cast = (("Kim", DESK, "kim", "dispatcher"), ("Ana", DESK, "ana", "therapist"))
    async with people(browser, empty_clinic, *cast) as (kim, ana):
        await asyncio.gather(kim.sign_in(), ana.sign_in())
        await registered(kim, "Nora Fields")
        await team_page(kim)
        await let_administer(kim, "Ana Ruiz")

        await kim.press("Erase somebody’s data")
        await kim.page.get_by_label("Full name, as it stands under Clients").fill("Nora")
        await kim.press("Ask for it")
        await kim.reads("Nobody has this name.")
        await kim.page.get_by_label("Full name, as it stands under Clients").fill("nora  fields")
        await kim.press("Ask for it")
        await kim.reads("Another administrator confirms it on this page, within a day.")
        assert not await kim.page.get_by_role("button", name="Erase it for ever").count(), "not by who asked"

        await team_page(ana)
        await ana.reads("Nora Fields")
        erase = ana.page.get_by_role("button", name="Erase it for ever")
        await expect(erase).to_have_attribute("aria-disabled", "true")
        await ana.page.get_by_label("nobody can undo it").check()
        await erase.click()
        await ana.reads("It is gone, also from the running clinic.")
        await ana.loses("Nora Fields")

        put_back_now(empty_clinic)
        await asyncio.sleep(2.5)  # how often a running clinic looks
        await team_page(kim)
        await kim.press("I looked: it is right")
        await kim.reads("Another administrator looks too")
        await team_page(ana)
        await ana.press("I looked too: it is right")
        await ana.reads("The watch gate opens")
        await ana.loses("This record was put back from a backup.")
