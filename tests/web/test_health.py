"""Health is told as it is: a late watch makes the house not ready, and only a real witness counts."""

from pathlib import Path

from telekap.web.health import KEY_HEADER, LATE
from telekap.witness import KEY_HEADER as WITNESS_HEADER
from tests.web.serving import WITNESS_KEY, Serving, browser_for, serving


async def test_a_served_house_is_ready_and_says_how_it_keeps_the_record(shared: Serving) -> None:
    ready = await shared.browser.get("/readyz")
    health = (await shared.browser.get("/healthz")).json()

    assert ready.status_code == 200
    assert health["engine"]["name"] == "sqlite"
    assert health["durability"] == {"journal_mode": "wal", "synchronous": "full"}
    assert health["workers"] == [{"name": "media-0", "connected": False}]
    assert 0 <= health["watch"]["finished_age_ms"] < 2_000


async def test_a_watch_that_does_not_finish_makes_the_house_not_ready(clinic: Serving) -> None:
    clinic.house.watch.cycle = never  # type: ignore[method-assign]
    clinic.house.handler.health.finished = clinic.house.clock.real() - LATE - 1

    reply = await clinic.browser.get("/readyz")

    assert reply.status_code == 503
    assert "watch" in reply.json()["reasons"][0]


async def never() -> None:
    """A cycle that fails each time."""
    raise OSError


async def test_only_the_witness_counts_as_the_witness(shared: Serving) -> None:
    health = shared.house.handler.health

    for path, key in [
        ("/healthz?witness=elsewhere", ""),
        ("/healthz?witness=elsewhere", "guess"),
        ("/healthz?witness=mars", WITNESS_KEY),
        ("/healthz", WITNESS_KEY),
    ]:
        await shared.browser.get(path, headers={KEY_HEADER: key})
    assert health.witness == "none" and health.asked is None

    await shared.browser.get("/healthz?witness=here", headers={KEY_HEADER: WITNESS_KEY})
    assert health.witness == "here" and health.asked is not None


def test_web_and_witness_mean_the_same_header() -> None:
    assert KEY_HEADER == WITNESS_HEADER


async def test_the_demos_addresses_do_not_exist_in_a_real_clinic(tmp_path: Path) -> None:
    from telekap.app import build, life
    from tests.web.serving import settings_for

    settings = settings_for(tmp_path / "data").model_copy(update={"demo": False})
    house, app = build(settings)
    async with life(house), browser_for(app) as browser:
        replies = [
            await browser.get("/api/v1/demo"),
            await browser.post("/api/v1/demo/jump", json={"session": "x"}),
            await browser.post("/api/v1/demo/answer", json={"session": "x", "gate": "oxygen"}),
            await browser.post("/api/v1/demo/pages", json={"session": "x"}),
        ]

    assert [reply.status_code for reply in replies] == [404] * 4


async def test_a_second_start_goes_on_with_the_same_session(tmp_path: Path) -> None:
    async with serving(tmp_path / "data") as first:
        session, version = first.session, await first.version()
    async with serving(tmp_path / "data") as second:
        assert second.session == session
        assert await second.version() >= version
