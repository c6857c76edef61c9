"""What media saw and the record did not take at first: said again, unless there is a newer word by then."""

import asyncio

import pytest

from telekap.care.commands import Command
from telekap.care.people import Actor, Role
from telekap.handler import Done
from telekap.live import observed
from telekap.live.observed import Observed
from telekap.record.errors import VersionLost
from tests.live.conftest import Live, eventually


async def test_a_picture_that_stopped_does_not_go_on_flowing_in_the_record_because_one_write_failed(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler, session = live.clinic.house.handler, live.clinic.session
    seen, fails, said = Observed(handler, live.clinic.house.clock), 0, []
    monkeypatch.setattr(observed, "AGAIN", 0.05)
    handle = handler.handle

    async def handling(session_id: str, command: Command, by: Actor, key: str | None = None) -> Done:
        nonlocal fails
        said.append(command)
        if fails:
            fails -= 1
            raise VersionLost(session_id)
        return await handle(session_id, command, by, key)

    async def recorded(state: str) -> bool:
        now, _ = await handler.session(session)
        sight = now.sight.get((Role.CLIENT, "video", "in"))
        return sight is not None and sight.state == state

    monkeypatch.setattr(handler, "handle", handling)
    seen.sight(session, Role.CLIENT, "video_in", {"state": "flowing", "newest_age_ms": 0})
    await eventually(lambda: recorded("flowing"), 5, "it flows")
    fails = 2
    seen.sight(session, Role.CLIENT, "video_in", {"state": "stopped", "newest_age_ms": 5_000})
    await eventually(lambda: recorded("stopped"), 5, "it stopped, although it was not taken at first")

    fails = 1
    seen.sight(session, Role.CLIENT, "video_in", {"state": "flowing", "newest_age_ms": 0})
    await asyncio.sleep(0.02)
    said.clear()
    seen.sight(session, Role.CLIENT, "video_in", {"state": "frozen", "newest_age_ms": 0})
    await eventually(lambda: recorded("frozen"), 5, "the newest word wins")
    assert [one.state for one in said] == ["frozen"], "what is no longer so is not said again"
    await seen.close()
