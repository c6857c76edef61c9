"""The supervisor over small real programs: it starts again, stops whole, and leaves nothing behind."""

import os
import signal
import time
from pathlib import Path

from tests.supervisor.processes import BREEDS, DEAF, REFUSES, STAYS, STUMBLES, alive, pids_in, supervisor_of, until


def test_a_killed_child_is_started_again_and_its_siblings_are_not_touched(tmp_path: Path) -> None:
    with supervisor_of(tmp_path, web=STAYS, media=STAYS):
        until(lambda: pids_in(tmp_path / "web") and pids_in(tmp_path / "media"))
        (web,), (media,) = pids_in(tmp_path / "web"), pids_in(tmp_path / "media")

        os.kill(web, signal.SIGKILL)
        until(lambda: len(pids_in(tmp_path / "web")) == 2)

        assert pids_in(tmp_path / "media") == [media]
        assert alive(media)
        assert not alive(web)


def test_the_first_restart_is_at_once_and_later_ones_wait_longer(tmp_path: Path) -> None:
    with supervisor_of(tmp_path, web=STUMBLES, media=STAYS):
        until(lambda: len(pids_in(tmp_path / "web")) >= 4, 15)
        began = time.monotonic()
        until(lambda: len(pids_in(tmp_path / "web")) >= 5, 15)

        # 0.1, 0.2, 0.4, then 0.8 s before the fifth start
        assert time.monotonic() - began >= 0.5


def test_sigint_stops_everything_it_started(tmp_path: Path) -> None:
    with supervisor_of(tmp_path, web=STAYS, media=STAYS) as supervisor:
        until(lambda: pids_in(tmp_path / "web") and pids_in(tmp_path / "media"))
        children = pids_in(tmp_path / "web") + pids_in(tmp_path / "media")

        supervisor.send_signal(signal.SIGINT)

        assert supervisor.wait(5) == 0
        assert [pid for pid in children if alive(pid)] == []


def test_a_child_that_does_not_hear_is_killed_after_a_while(tmp_path: Path) -> None:
    with supervisor_of(tmp_path, web=DEAF) as supervisor:
        until(lambda: pids_in(tmp_path / "web"))
        (deaf,) = pids_in(tmp_path / "web")
        began = time.monotonic()

        supervisor.send_signal(signal.SIGTERM)

        assert supervisor.wait(10) == 0
        assert 5 <= time.monotonic() - began <= 9
        assert not alive(deaf)


def test_kill_minus_nine_of_the_supervisor_leaves_no_orphan(tmp_path: Path) -> None:
    with supervisor_of(tmp_path, web=STAYS, media=DEAF) as supervisor:
        until(lambda: pids_in(tmp_path / "web") and pids_in(tmp_path / "media"))
        children = pids_in(tmp_path / "web") + pids_in(tmp_path / "media")

        supervisor.kill()

        until(lambda: not any(alive(pid) for pid in children), 3)
        assert supervisor.wait(1) == -signal.SIGKILL


def test_what_a_child_started_itself_ends_with_it(tmp_path: Path) -> None:
    with supervisor_of(tmp_path, web=BREEDS) as supervisor:
        until(lambda: len(pids_in(tmp_path / "web")) == 2)
        grandchildren = pids_in(tmp_path / "web")

        supervisor.send_signal(signal.SIGTERM)
        supervisor.wait(10)

        assert [pid for pid in grandchildren if alive(pid)] == []


def test_a_child_that_refuses_stops_the_whole_with_its_sentence(tmp_path: Path) -> None:
    with supervisor_of(tmp_path, web=REFUSES, media=STAYS) as supervisor:
        assert supervisor.wait(10) == 2

        assert "The moon is not full." in (tmp_path / "supervisor.log").read_text()
        assert [pid for pid in pids_in(tmp_path / "media") if alive(pid)] == []


def test_a_refusal_after_a_good_start_does_not_take_down_what_still_works(tmp_path: Path) -> None:
    once = f"import pathlib, sys; exec({REFUSES!r} if pathlib.Path(sys.argv[1]).exists() else {STAYS!r})"
    with supervisor_of(tmp_path, web=once, media=STAYS) as supervisor:
        until(lambda: pids_in(tmp_path / "web") and pids_in(tmp_path / "media"))
        (media,) = pids_in(tmp_path / "media")

        os.kill(pids_in(tmp_path / "web")[0], signal.SIGKILL)
        until(lambda: (tmp_path / "supervisor.log").read_text().count("The moon is not full.") >= 2)

        assert supervisor.poll() is None
        assert alive(media)
