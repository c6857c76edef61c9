"""What runs today, in one line a session."""

from telekap.care.people import Role
from tests.web.kims_desk import Desk


async def test_today_tells_what_runs_in_one_line(desk: Desk) -> None:
    await desk.clinic.act(Role.SUPPORT, "doses", {"units": [1]})

    (line,) = [one for one in (await desk.get("today"))["sessions"] if one["state"] == "dosed"]

    assert line["t0"] and line["next"]["id"] == "hold"
    assert line["people"]["therapist"]["name"] == "Ana Ruiz"
    assert "dose_outside_release" in {alarm["kind"] for alarm in line["alarms"]}
