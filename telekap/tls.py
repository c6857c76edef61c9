"""HTTPS of this installation: a given certificate, or a self-made one so that phones in the same Wi-Fi can join.

A camera needs a secure address, and a bare ``http://192.168.…`` is none. The self-made certificate is signed by an
authority of its own whose key is thrown away at once: a phone that trusts ``ca.crt`` trusts this one certificate and
nothing that anybody could make later. Phones that do not install it ask once and go on.
"""

import ipaddress
import os
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from telekap.refusals import CannotStart, private_folder
from telekap.settings import Settings

LASTS: Final = timedelta(days=820)
"""iPhones take no server certificate of more than 825 days."""
RENEW: Final = timedelta(days=30)
"""Made anew when less than this is left."""
LOCAL: Final = ("localhost", "127.0.0.1", "::1")
"""Always in it: web's neighbours on this machine ask there."""


@dataclass(frozen=True, slots=True)
class Files:
    """``chain``: certificate first. ``trust``: what proves it to whoever asks on this machine."""

    chain: Path
    key: Path
    trust: Path


def files_of(settings: Settings) -> Files | None:
    """Where the certificate is; None for plain HTTP (a proxy with TLS stands in front, or it is this machine alone)."""
    if settings.tls_certificate is not None:
        key = settings.tls_key or settings.tls_certificate
        return Files(settings.tls_certificate, key, settings.tls_certificate)
    if not settings.https:
        return None
    folder = settings.data / "tls"
    return Files(folder / "site.crt", folder / "site.key", folder / "ca.crt")


def prepare(settings: Settings) -> Files | None:
    """Make a certificate here if there is none that fits. Raises ``CannotStart`` for a given one that is unusable."""
    files = files_of(settings)
    if files is None:
        return None
    if settings.tls_certificate is None:
        private_folder(files.chain.parent)
        names = names_of(settings)
        if not fits(files, names, datetime.now(UTC)):
            make(files, names, datetime.now(UTC))
    if problem := unusable(files):
        raise CannotStart(problem)
    return files


def names_of(settings: Settings) -> tuple[str, ...]:
    """Every name and address under which the web of this installation is asked."""
    asked = (urlsplit(settings.url).hostname or "", settings.host if settings.host not in ("", "0.0.0.0", "::") else "")
    return tuple(dict.fromkeys((*filter(None, asked), *LOCAL)))


def unusable(files: Files) -> str | None:
    """Why a certificate cannot be used, in a sentence."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(files.chain, files.key)
    except FileNotFoundError:
        return f"The certificate {files.chain} or its key {files.key} is not there: see TELEKAP_TLS_CERTIFICATE."
    except (ssl.SSLError, OSError):
        return f"The certificate {files.chain} and the key {files.key} cannot be used together."
    return None


def fits(files: Files, names: tuple[str, ...], now: datetime) -> bool:
    """True if the certificate that is there is for all of ``names`` and lasts a while."""
    try:
        found = x509.load_pem_x509_certificate(files.chain.read_bytes())
        known = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    have = {*known.get_values_for_type(x509.DNSName), *map(str, known.get_values_for_type(x509.IPAddress))}
    return set(names) <= have and found.not_valid_after_utc - now > RENEW and files.key.is_file()


def expires(files: Files) -> datetime | None:
    """When the certificate ends; None if it cannot be read."""
    try:
        return x509.load_pem_x509_certificate(files.chain.read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        return None


def make(files: Files, names: tuple[str, ...], now: datetime) -> None:
    """A new authority, one certificate by it, and the authority's key is gone."""
    authority, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"telekap on {names[0]}, {now:%Y-%m-%d}")])
    root = (
        _builder(issuer, issuer, authority.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .sign(authority, hashes.SHA256())
    )
    site = (
        _builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])]), issuer, own.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([_name(one) for one in names]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(_usage(signs=False), critical=True)
        .sign(authority, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    _write(files.key, own.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain), 0o600)
    _write(files.trust, root.public_bytes(pem), 0o644)
    _write(files.chain, site.public_bytes(pem) + root.public_bytes(pem), 0o644)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # a phone's clock may be behind
        .not_valid_after(now + LASTS)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(not signs, False, False, False, False, signs, signs, False, False)


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _write(path: Path, content: bytes, mode: int) -> None:
    half = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    half.replace(path)
