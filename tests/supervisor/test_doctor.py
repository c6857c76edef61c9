"""`telekap doctor` says in sentences what an installation lacks, and changes nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from telekap import tls
from telekap.doctor import examine, report
from telekap.record.crypto import Keys
from telekap.settings import Settings
from tests.supervisor.test_staff_commands import add


def told(settings: Settings, state: str) -> dict[str, str]:
    """What is said about each thing in this state."""
    return {one.about: one.sentence for one in examine(settings) if one.state == state}


def test_a_folder_with_nothing_in_it_lacks_everything_and_stays_as_it_was(tmp_path: Path) -> None:
    missing = told(Settings(data=tmp_path), "missing")

    assert {"key", "address", "staff", "mail", "backup"} <= missing.keys()
    assert "telekap prepare" in missing["key"]
    assert "TELEKAP_PUBLIC_URL" in missing["address"]
    assert list(tmp_path.iterdir()) == []


def test_people_who_can_sign_in_are_counted_by_what_they_work_as(tmp_path: Path) -> None:
    Keys.create(Settings(data=tmp_path).master_key)
    add(tmp_path, "ana", "--role", "therapist")

    findings = [one for one in examine(Settings(data=tmp_path)) if one.about == "staff"]

    sentences = " ".join(one.sentence for one in findings)
    assert "no prescriber" in sentences and "no coordinator" in sentences
    assert "no therapist" not in sentences and "Nobody administers" not in sentences
    assert "ana is licensed in no state" in sentences
    assert "1 can sign in" in sentences
    assert "Ana" not in sentences  # no names


def test_a_licence_that_ends_soon_or_has_ended_is_said(tmp_path: Path) -> None:
    Keys.create(Settings(data=tmp_path).master_key)
    soon = (datetime.now(UTC) + timedelta(days=20)).date()
    add(tmp_path, "ada", "--role", "prescriber", "--licensed", f"CA:{soon}", "--licensed", "DEA:2020-01-01")

    said = " ".join(one.sentence for one in examine(Settings(data=tmp_path)) if one.about == "staff")

    assert "ada: CA ends in" in said and "ada has no DEA registration" in said


def test_a_key_that_others_can_read_or_that_lies_with_the_record_is_named(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    Keys.create(settings.master_key)
    settings.master_key.chmod(0o644)

    assert "chmod 600" in told(settings, "missing")["key"]
    settings.master_key.chmod(0o600)
    assert "Move it away" in told(settings, "look")["key"]


@pytest.mark.parametrize(
    ("settings", "about", "words"),
    [
        ({"public_url": "http://192.168.1.20:8000", "host": "0.0.0.0"}, "tls", "A camera needs HTTPS"),
        ({"public_url": "https://no-such-name.invalid"}, "address", "Nobody finds the name"),
        ({"public_url": "https://192.168.1.20:8443", "https": True}, "address", "TELEKAP_HOST"),
        ({"tls_certificate": Path("/nowhere.crt"), "public_url": "https://127.0.0.2"}, "tls", "is not there"),
    ],
    ids=["no TLS", "no name", "loopback only", "no certificate"],
)
def test_what_keeps_phones_out_is_named(tmp_path: Path, settings: dict[str, object], about: str, words: str) -> None:
    missing = [one for one in examine(Settings(data=tmp_path, **settings)) if one.state == "missing"]  # type: ignore[arg-type]

    assert any(one.about == about and words in one.sentence for one in missing), missing


def test_a_given_certificate_is_asked_for_the_name_people_type(tmp_path: Path) -> None:
    made = tls.prepare(Settings(data=tmp_path, https=True, public_url="https://127.0.0.2"))
    assert made is not None

    def about(url: str) -> list[str]:
        given = Settings(data=tmp_path, tls_certificate=made.chain, tls_key=made.key, public_url=url)
        return [f"{one.state}: {one.sentence}" for one in examine(given) if one.about == "tls"]

    assert about("https://127.0.0.2")[0].startswith("ok: The certificate ends in 8")
    assert about("https://127.0.0.3")[0].startswith("missing: The certificate is not for 127.0.0.3")


def test_it_ends_with_1_as_long_as_something_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report(Settings(data=tmp_path)) == 1

    printed = capsys.readouterr().out
    assert "MISSING  key: There is no key file" in printed
    assert "missing," in printed.splitlines()[-1]
