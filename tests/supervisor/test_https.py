"""HTTPS with a certificate made here: phones in the same Wi-Fi can join, and nothing answers without it."""

import json
import shutil
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from cryptography import x509
from websockets.sync.client import connect
from websockets.typing import Origin

from telekap import tls
from telekap.refusals import CannotStart
from telekap.settings import Settings
from telekap.witness import web_is_ready

ROOT = Path(__file__).parents[2]


def settings(data: Path, **more: object) -> Settings:
    return Settings(data=data, https=True, **more)  # type: ignore[arg-type]


def test_the_certificate_holds_every_name_it_is_asked_by_and_is_kept(tmp_path: Path) -> None:
    wanted = settings(tmp_path, public_url="https://192.168.1.20:8443", host="192.168.1.20")

    files = tls.prepare(wanted)

    assert files is not None
    found = x509.load_pem_x509_certificate(files.chain.read_bytes())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {str(one) for one in names.get_values_for_type(x509.IPAddress)} >= {"192.168.1.20", "127.0.0.1"}
    assert "localhost" in names.get_values_for_type(x509.DNSName)
    assert found.not_valid_after_utc - datetime.now(UTC) < timedelta(days=825)
    assert files.key.stat().st_mode & 0o077 == 0
    before = files.chain.read_bytes()
    assert tls.prepare(wanted) == files and files.chain.read_bytes() == before
    tls.prepare(settings(tmp_path, public_url="https://clinic.example"))  # another name: another certificate
    assert files.chain.read_bytes() != before


def test_the_key_of_the_authority_is_nowhere(tmp_path: Path) -> None:
    files = tls.prepare(settings(tmp_path))

    assert files is not None
    assert sorted(path.name for path in files.chain.parent.iterdir()) == ["ca.crt", "site.crt", "site.key"]
    root = x509.load_pem_x509_certificate(files.trust.read_bytes()).public_key()
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    own = load_pem_private_key(files.key.read_bytes(), None).public_key()
    assert own != root


@pytest.mark.parametrize("missing", ["chain", "key", "both wrong"])
def test_a_given_certificate_that_cannot_be_used_is_refused_in_a_sentence(tmp_path: Path, missing: str) -> None:
    made = tls.prepare(settings(tmp_path))
    assert made is not None
    chain, key = tmp_path / "given.crt", tmp_path / "given.key"
    if missing != "chain":
        shutil.copy(made.chain, chain)
    if missing == "both wrong":
        key.write_text("no key at all")

    with pytest.raises(CannotStart) as refused:
        tls.prepare(Settings(data=tmp_path, tls_certificate=chain, tls_key=key))

    assert str(chain) in refused.value.sentences[0]


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A demo clinic that speaks HTTPS on a loopback port: (its address, its folder)."""
    data = tmp_path_factory.mktemp("secure") / "data"
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    command = [sys.executable, "-m", "telekap", "demo", "--data", str(data), "--port", str(port), "--https"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        end = time.monotonic() + 90
        while not web_is_ready(
            f"https://127.0.0.1:{port}", data / "tls" / "ca.crt" if (data / "tls").exists() else None
        ):
            assert process.poll() is None and time.monotonic() < end
            time.sleep(0.2)
        yield f"https://localhost:{port}", data
    finally:
        process.terminate()
        process.wait(30)


def ask(url: str, trust: Path | None) -> dict[str, object]:
    context = ssl.create_default_context(cafile=str(trust) if trust is not None else None)
    with urllib.request.urlopen(url, timeout=10, context=context) as reply:
        body: dict[str, object] = json.loads(reply.read()) | {"hsts": reply.headers["strict-transport-security"]}
    return body


def test_whoever_installed_the_authority_is_asked_nothing_and_others_are_warned(
    secure: tuple[str, Path],
) -> None:
    url, data = secure

    assert ask(f"{url}/readyz", data / "tls" / "ca.crt")["ready"] is True
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        ask(f"{url}/readyz", None)


def test_browsers_are_not_told_to_insist_on_a_certificate_that_will_change(secure: tuple[str, Path]) -> None:
    url, data = secure

    assert ask(f"{url}/readyz", data / "tls" / "ca.crt")["hsts"] is None


def entered(url: str, data: Path) -> tuple[urllib.request.OpenerDirector, CookieJar, str]:
    """The therapist, through the ready link: (browser, its cookies, the page's address)."""
    told = json.loads((data / "demo.json").read_text())
    link = next(one["path"] for one in told["links"] if one["role"] == "therapist")
    jar = CookieJar()
    browser = urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=trusting(data)), urllib.request.HTTPCookieProcessor(jar)
    )
    page = browser.open(urllib.request.Request(url + link, b"", {"Origin": url}), timeout=10)
    return browser, jar, page.url


def trusting(data: Path) -> ssl.SSLContext:
    """A phone that installed the authority."""
    return ssl.create_default_context(cafile=str(data / "tls" / "ca.crt"))


def test_the_witness_on_this_machine_asks_over_https_too(secure: tuple[str, Path]) -> None:
    url, data = secure
    browser, jar, page = entered(url, data)
    where = page.replace("/as/", "/api/v1/as/").replace("/s/", "/sessions/")

    def watch_gate() -> str:
        view = json.loads(browser.open(where, timeout=10).read())["view"]
        return str(next(gate["colour"] for gate in view["gates"] if gate["gate"] == "watch"))

    end = time.monotonic() + 40
    while (colour := watch_gate()) == "red" and time.monotonic() < end:
        time.sleep(0.5)
    assert colour != "red"  # heard: without a witness this gate is red, whatever else is well
    assert all(cookie.secure for cookie in jar)


def test_a_live_socket_goes_over_tls_too(secure: tuple[str, Path]) -> None:
    url, data = secure
    _, jar, page = entered(url, data)
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)
    address = page.replace("https://", "wss://").replace("/as/", "/live/as/")

    with connect(
        address, ssl=trusting(data), origin=Origin(url), additional_headers={"Cookie": cookies}, proxy=None
    ) as socket:
        assert json.loads(socket.recv(timeout=15))["type"] == "snapshot"


def test_nothing_answers_in_plain_text(secure: tuple[str, Path]) -> None:
    url, _ = secure

    with pytest.raises((OSError, ValueError)):
        urllib.request.urlopen(url.replace("https", "http") + "/readyz", timeout=5)


def test_the_ready_links_are_the_addresses_that_people_can_open(secure: tuple[str, Path]) -> None:
    url, data = secure
    told = json.loads((data / "demo.json").read_text())

    context = ssl.create_default_context(cafile=str(data / "tls" / "ca.crt"))
    with urllib.request.urlopen(url + told["links"][0]["path"], timeout=10, context=context) as reply:
        assert reply.status == 200
