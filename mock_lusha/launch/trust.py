"""Files that make a CA trusted: beside the certificates that a program trusted before, not in their place."""

from __future__ import annotations

import re
import ssl
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.utils import CryptographyDeprecationWarning

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

BUNDLE_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Name a file of all certificates that are trusted: of OpenSSL (Python, Ruby, PHP) and Go, requests, curl."""
STORE_PASSWORD = "changeit"  # noqa: S105 - Java's own; the store holds nothing secret
_BLOCK = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_USUAL_FILES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
    "/etc/ssl/ca-bundle.pem",
)


def bundle(environ: Mapping[str, str], pem: bytes) -> bytes:
    """The certificates that a program with this environment trusts, and another one, as PEM."""
    named = [Path(environ[name]) for name in BUNDLE_VARIABLES if environ.get(name)]
    return _joined([pem, *_contents(named), _system_roots()])


def extended(path: str | None, pem: bytes) -> bytes:
    """The certificates of a file, if one is named and can be read, and another one, as PEM."""
    return _joined([pem, *_contents([Path(path)] if path else [])])


def trust_store(pem: bytes, password: str) -> bytes:
    """A trust store for Java (PKCS #12) with the certificates of a bundle that can be read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)  # some roots are old, see below
        certificates = list(_readable(pem))
    return pkcs12.serialize_java_truststore(certificates, BestAvailableEncryption(password.encode()))


def _readable(pem: bytes) -> Iterator[pkcs12.PKCS12Certificate]:
    for number, block in enumerate(_BLOCK.findall(pem)):
        try:
            certificate = x509.load_pem_x509_certificate(block)
            name = f"{number} {certificate.subject.rfc4514_string()}"[:100]
        except ValueError:  # old roots have serial numbers that the standards forbid
            continue
        yield pkcs12.PKCS12Certificate(certificate, name.encode())


def _joined(parts: Iterable[bytes]) -> bytes:
    blocks = dict.fromkeys(block.replace(b"\r", b"") for part in parts for block in _BLOCK.findall(part))
    return b"".join([block + b"\n" for block in blocks])


def _contents(paths: Iterable[Path]) -> list[bytes]:
    contents = []
    for path in paths:
        try:
            contents.append(path.read_bytes())
        except OSError:  # a folder, or a file that is gone: nothing was trusted by it
            continue
    return contents


def _system_roots() -> bytes:
    """What the system trusts; where it has no file of that, what Python's packages bring."""
    for name in (ssl.get_default_verify_paths().openssl_cafile, *_USUAL_FILES):
        path = Path(name)
        if path.is_file():
            return path.read_bytes()
    import certifi  # noqa: PLC0415 - httpx brings it; few systems need it

    return Path(certifi.where()).read_bytes()
