"""Image and compose file without an engine: their schema, and every command and health check in them, really run."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if "build" in service]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
VOLUME = "/var/lib/telekap"
CHOSEN = {"TELEKAP_WITNESS_KEY": "a word both know"}
"""What whoever runs compose has to set (``${NAME:?…}``)."""


def instructions(name: str) -> list[str]:
    """The arguments of every instruction of this name in the Dockerfile, continued lines joined."""
    lines = DOCKERFILE.replace("\\\n", " ").splitlines()
    return [line.split(maxsplit=1)[1] for line in lines if line.startswith(f"{name} ")]


def interpolated(value: str) -> str:
    """As compose reads ``${NAME:-default}`` and ``${NAME:?complaint}``."""
    return re.sub(
        r"\$\{(\w+)(?::([-?])([^}]*))?\}",
        lambda match: CHOSEN.get(match[1], match[3] if match[2] == "-" else ""),
        value,
    )


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def here(service: str, data: Path, port: int) -> dict[str, str]:
    """The service's environment, moved from its container to a folder and a loopback port of this machine."""
    own = {name: interpolated(str(value)) for name, value in SERVICES[service]["environment"].items()}
    own = {name: value.replace(VOLUME, str(data)) for name, value in own.items()}
    own["TELEKAP_PORT"] = str(port)
    own["TELEKAP_HOST"] = "127.0.0.1"
    own["TELEKAP_MEDIA_ADDRESS"] = "127.0.0.1"
    own["TELEKAP_MEDIA_UDP_PORT"] = "0"
    if "TELEKAP_WITNESS_URL" in own:
        own["TELEKAP_WITNESS_URL"] = f"http://127.0.0.1:{port}"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TELEKAP_")}
    return clean | own


def as_here(command: list[str], data: Path) -> list[str]:
    """A container's command with this environment's Python and the volume's folder."""
    return [sys.executable if word == "python" else word.replace(VOLUME, str(data)) for word in command]


@contextmanager
def running(service: str, data: Path, port: int) -> Iterator[dict[str, str]]:
    """The service as the image starts it: entry point and command; its environment."""
    entry = yaml.safe_load(instructions("ENTRYPOINT")[0])
    environment = here(service, data, port)
    with (data.parent / f"{service}.log").open("wb") as output:
        process = subprocess.Popen(
            as_here(entry + SERVICES[service]["command"], data), cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    try:
        yield environment
        assert process.poll() is None, (data.parent / f"{service}.log").read_text()[-3000:]
    finally:
        process.terminate()
        try:
            # Stopped before it could listen for the signal is stopped, too.
            assert process.wait(12) in {0, -signal.SIGTERM}
        finally:
            process.kill()


def health(service: str, data: Path, environment: dict[str, str]) -> int:
    """Exit code of the service's health check."""
    kind, *command = SERVICES[service]["healthcheck"]["test"]
    assert kind == "CMD"
    return subprocess.run(as_here(command, data), cwd=ROOT, env=environment, capture_output=True, timeout=10).returncode


def wait_healthy(service: str, data: Path, environment: dict[str, str], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while health(service, data, environment) != 0:
        assert time.monotonic() < end, f"{service} is not healthy after {seconds} s"
        time.sleep(0.2)


def test_the_compose_file_follows_its_schema() -> None:
    checked = subprocess.run(
        [
            str(Path(sys.executable).with_name("check-jsonschema")),
            "--builtin-schema",
            "vendor.compose-spec",
            str(ROOT / "docker-compose.yml"),
        ],
        capture_output=True,
        text=True,
    )

    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("service", OURS)
def test_each_service_starts_a_command_that_exists_and_has_a_health_check(service: str) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "telekap", *SERVICES[service]["command"], "--help"], cwd=ROOT, capture_output=True
    )

    assert told.returncode == 0
    assert SERVICES[service]["healthcheck"]["test"][0] == "CMD"


def test_every_setting_in_the_compose_file_is_one_the_program_reads() -> None:
    from telekap.settings import PREFIX, Settings

    known = {PREFIX + name.upper() for name in Settings.model_fields}
    used = {name for service in OURS for name in SERVICES[service]["environment"]}

    assert used - known == set()


def test_the_services_run_and_their_health_checks_tell_the_truth(tmp_path: Path) -> None:
    record, notes, port = tmp_path / "record", tmp_path / "witness", free_port()
    notes.mkdir()
    prepared = subprocess.run(
        [sys.executable, "-m", "telekap", "prepare"], cwd=ROOT, env=here("telekap", record, port), capture_output=True
    )
    assert prepared.returncode == 0
    assert health("telekap", record, here("telekap", record, port)) != 0, "not running must not look healthy"

    with running("telekap", record, port) as environment:
        wait_healthy("telekap", record, environment)

        with running("witness", notes, port) as beside:
            assert health("witness", notes, beside) == 0
            (notes / "witness-alarm.json").write_text("{}")
            assert health("witness", notes, beside) != 0, "an alarm must not look healthy"

    assert health("telekap", record, environment) != 0


def test_the_image_checks_the_same_health_as_the_compose_file() -> None:
    (check,) = instructions("HEALTHCHECK")

    assert yaml.safe_load(check.partition("CMD")[2]) == SERVICES["telekap"]["healthcheck"]["test"][1:]


def test_the_image_copies_only_what_is_there_and_runs_as_nobody_special() -> None:
    sources = [source for line in instructions("COPY") for source in line.split()[:-1]]

    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert instructions("USER") == ["10001"], "a number, so that an engine can prove it is not root"
    assert DOCKERFILE.index("USER 10001") > DOCKERFILE.index("COPY static"), "the program belongs to root"
    assert "--require-hashes" in DOCKERFILE


def test_the_image_holds_its_modules_compiled_since_nobody_in_it_may_write_any(tmp_path: Path) -> None:
    (compiles,) = [command for command in instructions("RUN") if "compileall" in command]
    shutil.copytree(ROOT / "telekap", tmp_path / "telekap", ignore=shutil.ignore_patterns("__pycache__"))

    subprocess.run(as_here(compiles.split(), tmp_path), cwd=tmp_path, env={"PYTHONDONTWRITEBYTECODE": "1"}, check=True)

    written = {path.name.partition(".")[0] for path in tmp_path.rglob("*.pyc")}
    assert written == {path.stem for path in tmp_path.rglob("*.py")}
    assert DOCKERFILE.index("compileall") > DOCKERFILE.index("COPY telekap")


@pytest.mark.parametrize("service", OURS)
def test_each_service_runs_with_as_few_rights_as_it_can(service: str) -> None:
    told = SERVICES[service]

    assert told["read_only"] is True
    assert told["cap_drop"] == ["ALL"]
    assert told["security_opt"] == ["no-new-privileges:true"]


def test_nothing_of_the_clinic_listens_to_the_world_without_a_proxy() -> None:
    published = SERVICES["telekap"]["ports"]

    assert [port for port in published if "/udp" not in port and not port.startswith("127.0.0.1:")] == []
