"""The certificate authority (CA) of this machine: made once, kept in a folder, good for lusha.com alone.

Whoever gets its key can impersonate nobody but Lusha, and only to programs that were told to trust it.
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import TYPE_CHECKING

from mock_lusha.config.environment import state_folder
from mock_lusha.errors import ConfigError, shorten
from mock_lusha.private_files import alone, write_whole
from mock_lusha.tls.hosts import DOMAIN

try:
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        load_pem_private_key,
    )
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
except ImportError as error:
    raise ConfigError(
        f"TLS needs the package cryptography ({error}): pip install 'mock-lusha[tls]'"
    ) from error

if TYPE_CHECKING:
    from pathlib import Path

KEY_FILE = "ca-key.pem"
"""The key with its certificate: one file, so that no process sees one without the other."""
CERTIFICATE_FILE = "ca.pem"
_YEARS = 3
_LEAST_LEFT = timedelta(days=30)
"""A CA that ends sooner is made again."""
LEAF_DAYS = 7
_BACK = timedelta(days=1)
"""How long before it was made a certificate is valid: clocks differ, of containers for instance."""


class NoFolderError(ConfigError):
    """There is no folder to keep a CA in: the user has no home, or it may not be written to."""


class Authority:
    """A CA: its certificate, and the key that signs certificates of hosts. It may be in memory alone."""

    def __init__(
        self, folder: Path | None, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey
    ) -> None:
        self._folder = folder
        self.certificate = certificate
        self._key = key

    @classmethod
    def open(cls, folder: Path | None, now: float) -> Authority:
        """The CA of a folder, or of the user's; it is made where there is none, and where it ends soon.

        ``now`` is in seconds since the epoch, of the machine: whoever checks certificates goes by that.

        Raises:
            NoFolderError: the folder cannot be used.
            ConfigError: what is in it is no CA.
        """
        if folder is None:
            try:
                folder = state_folder()
            except ConfigError as error:
                raise NoFolderError(str(error)) from None
        moment = datetime.fromtimestamp(now, UTC)
        try:
            authority = cls._read(folder, moment)
            if authority is None:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                with alone(folder):
                    authority = cls._read(folder, moment) or cls._made(folder, moment)
        except OSError as error:
            why = error.strerror or error
            raise NoFolderError(
                f"the CA cannot be kept in {shorten(str(folder), 200)} ({why}); "
                "name another folder with --tls-folder"
            ) from None
        authority._publish()
        return authority

    @classmethod
    def _read(cls, folder: Path, moment: datetime) -> Authority | None:
        path = folder / KEY_FILE
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            certificate = x509.load_pem_x509_certificate(content)
            key = load_pem_private_key(content, password=None)
            fits = key.public_key() == certificate.public_key()
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise _no_authority(path) from None
        if not fits or not isinstance(key, ec.EllipticCurvePrivateKey):
            raise _no_authority(path)
        ends_soon = certificate.not_valid_after_utc - moment < _LEAST_LEFT
        return None if ends_soon else cls(folder, certificate, key)

    @classmethod
    def in_memory(cls, now: float) -> Authority:
        """A new CA that nobody else can open: it ends with this process. ``now`` is as for ``open``."""
        return cls._made(None, datetime.fromtimestamp(now, UTC))

    @classmethod
    def _made(cls, folder: Path | None, moment: datetime) -> Authority:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "mock-lusha"),
                x509.NameAttribute(NameOID.COMMON_NAME, f"mock-lusha, for {DOMAIN} on this machine"),
            ]
        )
        constraints = x509.NameConstraints(
            permitted_subtrees=[x509.DNSName(DOMAIN)],
            # What is permitted of one kind of names says nothing about the others.
            excluded_subtrees=[x509.IPAddress(ip_network(every)) for every in ("0.0.0.0/0", "::/0")],
        )
        public = key.public_key()
        certificate = (
            _builder(name, name, public, moment, timedelta(days=365 * _YEARS))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(constraints, critical=True)
            .sign(key, hashes.SHA256())
        )
        authority = cls(folder, certificate, key)
        if folder is not None:
            write_whole(folder / KEY_FILE, _private(key) + authority.pem, 0o600)
        return authority

    @property
    def is_kept(self) -> bool:
        """Whether it is in a folder, where others can open it."""
        return self._folder is not None

    @property
    def folder(self) -> Path:
        """The folder that it is kept in.

        Raises:
            NoFolderError: it is in memory.
        """
        if self._folder is None:
            raise NoFolderError("the CA is in memory: name a folder for it with --tls-folder")
        return self._folder

    def _publish(self) -> None:
        """Have the certificate in a file of its own, where the folder may be written to."""
        path = self.folder / CERTIFICATE_FILE
        with contextlib.suppress(OSError):
            if not path.exists() or path.read_bytes() != self.pem:
                write_whole(path, self.pem, 0o644)

    @property
    def certificate_path(self) -> Path:
        """The file of the certificate alone.

        Raises:
            ConfigError: it is not there, and the folder may not be written to.
        """
        path = self.folder / CERTIFICATE_FILE
        if not path.is_file():
            raise ConfigError(
                f"{shorten(str(path), 200)} could not be written; `mock-lusha ca pem` prints it"
            )
        return path

    @property
    def pem(self) -> bytes:
        """The certificate, which is what others trust."""
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the certificate, as tools show it."""
        return self.certificate.fingerprint(hashes.SHA256()).hex(":").upper()

    def leaf(self, host: str, now: float) -> bytes:
        """The key and certificate of a host of Lusha as PEM, valid for ``LEAF_DAYS`` from now on."""
        key = ec.generate_private_key(ec.SECP256R1())
        moment = datetime.fromtimestamp(now, UTC)
        longest = self.certificate.not_valid_after_utc - moment
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)] if len(host) <= 64 else [])
        certificate = (
            _builder(
                subject,
                self.certificate.subject,
                key.public_key(),
                moment,
                min(longest, timedelta(days=LEAF_DAYS)),
            )
            # Where there is no subject the name must be read, whoever reads it.
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=not subject.rdns)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )
        return _private(key) + certificate.public_bytes(Encoding.PEM)


def _no_authority(path: Path) -> ConfigError:
    return ConfigError(
        f"{shorten(str(path), 200)} is not a CA's key and certificate; remove it to have one made"
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    moment: datetime,
    valid: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - _BACK)
        .not_valid_after(moment + valid)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
