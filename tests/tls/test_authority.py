"""The CA: one for each folder, good for lusha.com alone, and certificates that are made again in time."""

from __future__ import annotations

import importlib
import ssl
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from tls.handshakes import agree, trusting

from mock_lusha.clock import Clock
from mock_lusha.config.environment import state_folder
from mock_lusha.errors import ConfigError
from mock_lusha.tls.authority import CERTIFICATE_FILE, KEY_FILE, Authority
from mock_lusha.tls.contexts import Contexts

if TYPE_CHECKING:
    from pathlib import Path

DAY = 86_400.0
NOW = Clock().now()


def test_its_key_is_for_its_owner_alone_and_its_certificate_for_everybody(folder: Path) -> None:
    authority = Authority.open(folder, NOW)

    assert (folder / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o077 == 0
    assert authority.certificate_path.read_bytes() == authority.pem
    assert b"PRIVATE" not in authority.pem
    assert {path.name for path in folder.iterdir()} == {KEY_FILE, CERTIFICATE_FILE, ".lock"}


def test_it_is_made_once(folder: Path) -> None:
    with ThreadPoolExecutor(8) as pool:  # each locks for itself, as processes do
        fingerprints = {ca.fingerprint for ca in pool.map(lambda _: Authority.open(folder, NOW), range(8))}

    assert fingerprints == {Authority.open(folder, NOW + 365 * DAY).fingerprint}


def test_one_that_ends_soon_is_made_again(folder: Path) -> None:
    first = Authority.open(folder, NOW)
    later = Authority.open(folder, NOW + (3 * 365 - 29) * DAY)

    assert later.fingerprint != first.fingerprint
    assert later.certificate_path.read_bytes() == later.pem


@pytest.mark.parametrize("host", ["api.lusha.com", "lusha.com", "dashboard-services.eu.lusha.com"])
def test_clients_that_trust_it_take_its_certificates_for_hosts_of_lusha(
    authority: Authority, host: str
) -> None:
    agreed = agree(trusting(authority), Contexts(authority, Clock().now).first, host)

    certificate = agreed.getpeercert()
    assert certificate is not None
    assert certificate["subjectAltName"] == (("DNS", host),)


@pytest.mark.parametrize("host", ["example.com", "lusha.com.example.com", "notlusha.com", "xn--lush-1na.com"])
def test_nobody_takes_a_certificate_that_it_signs_for_another_host(
    authority: Authority, host: str, tmp_path: Path
) -> None:
    (tmp_path / "leaf.pem").write_bytes(authority.leaf(host, NOW))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(tmp_path / "leaf.pem")

    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        agree(trusting(authority), server, host)


def test_a_certificate_is_made_again_before_it_ends(authority: Authority) -> None:
    moment = Clock().now() - 4 * DAY  # clients go by the machine's clock
    contexts = Contexts(authority, lambda: moment)

    client = trusting(authority)

    def shown(host: str) -> bytes | None:
        return agree(client, contexts.first, host).getpeercert(binary_form=True)

    first = {host: shown(host) for host in ("api.lusha.com", "www.lusha.com")}
    assert {host: shown(host) for host in first} == first
    moment += 4 * DAY
    assert not {host: shown(host) for host in first}.items() & first.items()


@pytest.mark.parametrize(
    "content", [b"", b"no PEM", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_file_that_is_no_ca_is_left_alone_and_named(folder: Path, content: bytes) -> None:
    folder.mkdir(parents=True)
    (folder / KEY_FILE).write_bytes(content)

    with pytest.raises(ConfigError, match=r"ca-key.pem is not a CA's key and certificate; remove it"):
        Authority.open(folder, NOW)

    assert (folder / KEY_FILE).read_bytes() == content


def test_the_key_of_another_ca_is_none_of_this_one(folder: Path, authority: Authority) -> None:
    Authority.open(folder, NOW)
    key = (folder / KEY_FILE).read_bytes().partition(b"-----BEGIN CERT")[0]
    (folder / KEY_FILE).write_bytes(key + authority.pem)

    with pytest.raises(ConfigError, match="is not a CA's key and certificate"):
        Authority.open(folder, NOW)


def test_a_folder_that_cannot_be_made_is_named_with_what_would_work(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ConfigError, match=r"cannot be kept in .*file/ca \(Not a directory\); .*--tls-folder"):
        Authority.open(tmp_path / "file" / "ca", NOW)


def test_one_in_memory_signs_as_any_other_and_has_no_folder() -> None:
    authority = Authority.in_memory(NOW)

    assert b"PRIVATE KEY" in authority.leaf("api.lusha.com", NOW)
    assert b"PRIVATE KEY" not in authority.pem
    with pytest.raises(ConfigError, match="--tls-folder"):
        _ = authority.folder


def test_without_the_extra_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    monkeypatch.delitem(sys.modules, "mock_lusha.tls.authority")

    with pytest.raises(ConfigError, match=r"pip install 'mock-lusha\[tls\]'"):
        importlib.import_module("mock_lusha.tls.authority")


@pytest.mark.skipif(sys.platform != "linux", reason="other platforms have other folders")
def test_it_is_kept_where_the_user_keeps_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    assert state_folder() == tmp_path / ".local/state/mock-lusha"

    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    assert state_folder() == tmp_path / ".local/state/mock-lusha"

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "kept"))
    assert state_folder() == tmp_path / "kept/mock-lusha"
