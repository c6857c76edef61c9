"""`telekap serve` says in plain sentences what is missing, ends with 2, and has started nothing."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from telekap.record.crypto import Keys
from telekap.refusals import CannotStart, hold_installation, private_folder, reasons_not_to_start
from telekap.settings import SHIPPED_PROTOCOL, SOCKET_PATH_MOST, Settings
from tests.supervisor.processes import ROOT, running_with


def telekap(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command line, as a person types it."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TELEKAP_")}
    return subprocess.run(
        [sys.executable, "-m", "telekap", *arguments],
        cwd=ROOT,
        env=clean | {f"TELEKAP_{name}": value for name, value in environment.items()},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def well(tmp_path: Path) -> Settings:
    """An installation that could start."""
    settings = Settings(data=tmp_path / "clinic", port=0)
    settings.data.mkdir()
    Keys.create(settings.master_key)
    return settings


def test_a_prepared_installation_has_nothing_missing(well: Settings) -> None:
    assert reasons_not_to_start(well) == ()


def test_serve_without_a_data_folder_says_so_and_ends_with_two(tmp_path: Path) -> None:
    done = telekap("serve", DATA=str(tmp_path / "nowhere"), PORT="0")

    assert done.returncode == 2
    assert f"There is no data folder {tmp_path / 'nowhere'}" in done.stderr
    assert "telekap prepare" in done.stderr
    assert "Traceback" not in done.stderr
    assert running_with(str(tmp_path)) == []


def test_everything_that_is_missing_is_said_at_once(well: Settings) -> None:
    well.master_key.unlink()
    broken = well.data / "protocol.toml"
    broken.write_text("this is no protocol")

    done = telekap("serve", DATA=str(well.data), PORT="0", PROTOCOL=str(broken))

    assert done.returncode == 2
    assert "There is no key file" in done.stderr
    assert "protocol" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 2


def test_a_key_file_others_can_read_is_refused(well: Settings) -> None:
    well.master_key.chmod(0o644)

    (reason,) = reasons_not_to_start(well)

    assert reason.endswith(f"run `chmod 600 {well.master_key}`.")


def test_a_protocol_that_cannot_be_read_is_refused(well: Settings) -> None:
    (reason,) = reasons_not_to_start(well.model_copy(update={"protocol": well.data / "gone.toml"}))

    assert "cannot be read" in reason


def test_a_taken_port_is_named(well: Settings) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        (reason,) = reasons_not_to_start(well.model_copy(update={"port": port}))

    assert reason.startswith(f"Port {port} is taken")


def test_a_second_process_on_the_same_clinic_is_refused(well: Settings) -> None:
    with hold_installation(well.data):
        done = telekap("serve", DATA=str(well.data), PORT="0")

    assert done.returncode == 2
    assert f"already running as process {os.getpid()}" in done.stderr


def test_the_lock_is_free_again_when_its_holder_is_gone(well: Settings) -> None:
    hold_installation(well.data).close()

    with hold_installation(well.data) as lock:
        assert lock.readable()


def test_a_setting_that_cannot_be_used_is_named(well: Settings) -> None:
    done = telekap("serve", DATA=str(well.data), PORT="seventy")

    assert done.returncode == 2
    assert "TELEKAP_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_prepare_makes_a_key_once_and_never_over_another(tmp_path: Path) -> None:
    data = tmp_path / "clinic"

    first = telekap("prepare", DATA=str(data))
    key = (data / "keys" / "master.key").read_bytes()
    second = telekap("prepare", DATA=str(data))

    assert first.returncode == 0
    assert (data / "keys" / "master.key").stat().st_mode & 0o077 == 0
    assert second.returncode == 2
    assert (data / "keys" / "master.key").read_bytes() == key


def test_the_protocol_check_says_what_is_wrong_in_sentences(tmp_path: Path) -> None:
    broken = tmp_path / "protocol.toml"
    broken.write_text("[release]\n")

    wrong = telekap("protocol", "check", str(broken))
    right = telekap("protocol", "check", str(SHIPPED_PROTOCOL))

    assert wrong.returncode == 1
    assert len(wrong.stdout.splitlines()) > 3
    assert right.returncode == 0, right.stdout


def test_a_socket_path_too_long_for_the_system_moves_to_a_short_private_folder(tmp_path: Path) -> None:
    deep = Settings(data=tmp_path / ("d" * 60) / ("e" * 60))

    path = deep.media_socket()

    assert len(os.fsencode(path)) <= SOCKET_PATH_MOST
    assert path == Settings(data=deep.data).media_socket()
    assert path != Settings(data=deep.data / "other").media_socket()


def test_a_private_folder_that_is_a_link_to_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")

    with pytest.raises(CannotStart):
        private_folder(tmp_path / "link")


def test_settings_survive_the_way_to_a_child(well: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = well.model_copy(update={"speed": 6.0, "demo": True, "port": 4711})
    for name, value in chosen.environment().items():
        monkeypatch.setenv(name, value)

    assert Settings() == chosen
