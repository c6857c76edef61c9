"""`telekap staff`: the first of the staff becomes administrator, and whoever lost everything gets a new link."""

import re
import subprocess
import sys
from pathlib import Path

import pyotp
import pytest

from telekap.app import build, life
from telekap.clock import Clock
from telekap.record import door_diary, people
from telekap.record.crypto import Keys
from telekap.record.store import open_record
from telekap.settings import Settings
from tests.web.serving import browser_for
from tests.web.staff_life import sign_in

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse battery"


def telekap(data: Path, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """One command, as typed in a terminal."""
    command = [sys.executable, "-m", "telekap", *words, "--data", str(data)]
    return subprocess.run(command, cwd=ROOT, input=typed, capture_output=True, text=True, timeout=120)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A prepared clinic that nobody works in yet."""
    Keys.create(Settings(data=tmp_path).master_key)
    return tmp_path


def add(data: Path, handle: str, *more: str, typed: str = PASSWORD) -> subprocess.CompletedProcess[str]:
    words = ("staff", "add", "--handle", handle, "--name", "Kim Osei", "--phone", "+15550106", *more)
    return telekap(data, *words, typed=f"{typed}\n")


async def test_the_first_becomes_administrator_and_signs_in_with_what_was_printed(data: Path) -> None:
    added = add(data, "kim", "--role", "dispatcher")
    second = add(data, "ana", "--role", "therapist", "--licensed", "CA:2029-12-31")

    assert (added.returncode, second.returncode) == (0, 0), added.stderr + second.stderr
    assert "kim is administrator" in added.stdout
    assert "administrator" not in second.stdout
    secret = added.stdout.split("secret=")[1].split("&")[0]
    codes = re.findall(r"\b[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}\b", added.stdout)
    assert added.stdout.split("by itself: ")[1].splitlines()[0].replace(" ", "") == secret
    assert len(codes) == 10
    house, app = build(Settings(data=data))
    async with life(house), browser_for(app) as kim:
        code = pyotp.TOTP(secret).at(Clock().wall() // 1000)
        entered = await sign_in(kim, "kim", PASSWORD, code)
        assert entered.status_code == 200, entered.text
        team = (await kim.get(f"/api/v1{entered.json()['next'].rstrip('/')}/team")).json()
        by_paper = await sign_in(kim, "kim", PASSWORD, codes[0])

    assert {one["handle"]: one["administers"] for one in team["staff"]} == {"kim": True, "ana": False}
    assert [line["by"] for line in team["diary"]] == ["the command line"] * 2
    assert by_paper.status_code == 200


def test_the_first_needs_no_role_to_be_the_administrator_and_the_second_does(data: Path) -> None:
    first, second = add(data, "mia"), add(data, "kim")

    assert first.returncode == 0, first.stderr
    assert "mia is administrator" in first.stdout
    assert (second.returncode, second.stderr.strip()) == (2, "Name a role, or make them an administrator.")


def test_everything_that_is_wrong_is_said_at_once_and_nobody_is_written_down(data: Path) -> None:
    refused = add(data, "Kim!", "--role", "client", "--licensed", "California", "--zone", "Mars", typed="short")

    assert refused.returncode == 2
    assert len(refused.stderr.strip().splitlines()) == 5
    assert "Traceback" not in refused.stderr
    assert "short" not in refused.stderr.replace("short password", "")
    store = open_record(Settings(data=data).record, Keys.load(Settings(data=data).master_key))
    assert store.submit(people.team).result() == []
    store.close()


def test_a_handle_is_given_once(data: Path) -> None:
    add(data, "kim", "--role", "dispatcher")

    again = add(data, "kim", "--role", "dispatcher")

    assert again.returncode == 2
    assert again.stderr.strip() == "There is somebody with the handle kim already."


def test_a_running_clinic_is_left_alone(data: Path) -> None:
    settings = Settings(data=data)
    store = open_record(settings.record, Keys.load(settings.master_key))
    try:
        refused = add(data, "kim", "--role", "dispatcher")
    finally:
        store.close()

    assert refused.returncode == 2
    assert "already has the record" in refused.stderr


def test_whoever_lost_everything_gets_a_new_link_and_the_diary_a_line(data: Path) -> None:
    add(data, "kim", "--role", "dispatcher")

    reset = telekap(data, "staff", "reset", "kim")
    unknown = telekap(data, "staff", "reset", "nobody")

    assert reset.returncode == 0, reset.stderr
    assert reset.stdout.startswith("http://localhost:8000/e/")
    assert (unknown.returncode, unknown.stderr.strip()) == (2, "There is nobody with the handle nobody.")
    store = open_record(Settings(data=data).record, Keys.load(Settings(data=data).master_key))
    assert [line.what for line in store.submit(door_diary.newest).result()] == ["reset", "added"]
    store.close()
