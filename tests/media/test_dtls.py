"""The contract with aiortc: the private names we use do what we rely on, in the version we pin."""

import asyncio
import importlib.metadata
import inspect
import re
from pathlib import Path
from typing import Any, cast

import pytest
from aiortc import RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport

from telekap.media import dtls
from telekap.media.dtls import BadSrtp, Certificate, Dtls, Srtp
from tests.media import probe
from tests.media.house import until

ROOT = Path(__file__).parents[2]


def test_the_version_is_the_one_the_contract_was_checked_with() -> None:
    assert importlib.metadata.version("aiortc") == dtls.AIORTC_VERSION
    assert f'"aiortc=={dtls.AIORTC_VERSION}"' in (ROOT / "pyproject.toml").read_text()


def test_the_private_names_are_there() -> None:
    for name in dtls.PRIVATE_NAMES:
        assert callable(getattr(RTCDtlsTransport, name))
    source = inspect.getsource(RTCDtlsTransport)
    for attribute in ("self._rx_srtp = Session(", "self._tx_srtp = Session(", 'self._role == "server"'):
        assert attribute in source
    assert "self.transport._recv()" in source and "self.transport._send(data)" in source


def test_no_other_file_of_ours_touches_a_private_name_of_aiortc() -> None:
    for path in (ROOT / "telekap").rglob("*.py"):
        if path.name != "dtls.py":
            assert not re.search(r"^\s*(from|import) (aiortc|aioice|pylibsrtp)\b", path.read_text(), re.MULTILINE), path


class Browser:
    """The other side of a handshake: aiortc's own client, joined by queues instead of a network."""

    def __init__(self, certificate: Certificate, fingerprint: str = "") -> None:
        self.pipe = dtls._Pipe(lambda data: server.feed(data) or None)
        self.client = RTCDtlsTransport(cast(Any, self.pipe), [probe.CERTIFICATE])
        self.client._set_role("client")
        self.keys: list[Srtp] = []
        self.ends = 0
        own = fingerprint or probe.CERTIFICATE.getFingerprints()[0].value
        self.server = server = Dtls(
            certificate, [("sha-256", own)], self.pipe.queue.put_nowait, self.keys.append, self._ended
        )
        self._remote = RTCDtlsParameters([RTCDtlsFingerprint("sha-256", certificate.fingerprint)])

    def _ended(self) -> None:
        self.ends += 1

    async def shake(self) -> None:
        await asyncio.wait_for(self.client.start(self._remote), 5)

    async def close(self) -> None:
        self.server.close()
        if self.client._task is not None:
            self.client._task.cancel()
            await asyncio.gather(self.client._task, return_exceptions=True)


async def test_a_handshake_ends_in_keys_that_fit_on_both_sides() -> None:
    browser = Browser(Certificate())
    await browser.shake()
    await until(lambda: browser.keys, 10, "keys")
    (keys,) = browser.keys
    packet = probe.rtp(5, 96, 1, 1, b"picture")
    assert keys.unprotect(browser.client._tx_srtp.protect(packet)) == packet
    assert browser.client._rx_srtp.unprotect(bytes(keys.protect(packet))) == packet
    profile = browser.client._ssl.get_selected_srtp_profile()  # type: ignore[union-attr]
    assert profile == b"SRTP_AEAD_AES_256_GCM"

    for bad in (b"", packet, bytes(2000), b"\x80\x60" + bytes(50)):
        with pytest.raises(BadSrtp):
            keys.unprotect(bad)
        with pytest.raises(BadSrtp):
            keys.unprotect_rtcp(bad)
    with pytest.raises(BadSrtp):
        keys.protect(bytes(1900))
    await browser.close()
    assert browser.ends == 0


async def test_another_certificate_than_the_offered_one_gets_no_keys() -> None:
    browser = Browser(Certificate(), fingerprint=":".join(["00"] * 32))
    await browser.shake()
    await until(lambda: browser.ends == 1, 10, "refused")
    assert browser.keys == []
    await browser.close()


async def test_the_browsers_good_bye_is_heard_once() -> None:
    browser = Browser(Certificate())
    await browser.shake()
    await browser.client.stop()
    await until(lambda: browser.ends == 1, 10, "good-bye")
    await browser.close()
    assert browser.ends == 1


async def test_noise_during_the_handshake_does_not_stop_it_and_cannot_pile_up() -> None:
    browser = Browser(Certificate())
    taken = [browser.server.feed(b"\x16\xfe\xfd" + probe.noise(60)) for _ in range(100)]
    assert taken.count(True) == dtls.QUEUE
    await asyncio.sleep(0.05)
    browser.server.feed(b"\x17\xfe\xfd" + probe.noise(60))
    await browser.shake()
    await until(lambda: browser.keys, 10, "keys")
    await browser.close()


async def test_a_handshake_that_never_finishes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dtls, "HANDSHAKE_SECONDS", 0.05)
    browser = Browser(Certificate())
    browser.server.feed(b"\x16\xfe\xfd" + bytes(60))
    await until(lambda: browser.ends == 1, 10, "given up")
    await browser.close()
