"""What a program is told: for each runtime what it reads, beside what was there."""

from __future__ import annotations

import json
import shlex
import ssl
import subprocess
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12

from mock_lusha.clock import Clock
from mock_lusha.errors import ConfigError
from mock_lusha.launch.environment import (
    ProgramEnvironment,
    host_and_port,
    obstacles,
    program_environment,
    written,
)
from mock_lusha.launch.trust import STORE_PASSWORD, trust_store
from mock_lusha.tls.authority import Authority

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

URL = "http://127.0.0.1:8181"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.open(tmp_path_factory.mktemp("ca"), Clock().now())


@pytest.fixture(scope="module")
def corporate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a certificate that the user trusted before."""
    return Authority.open(tmp_path_factory.mktemp("corporate"), Clock().now()).certificate_path


def environment(
    authority: Authority, folder: Path, environ: Mapping[str, str] | None = None, url: str = URL
) -> ProgramEnvironment:
    folder.mkdir(exist_ok=True)
    return program_environment(environ or {}, url, authority.pem, folder, "a-key")


def roots(path: str) -> set[bytes]:
    """The certificates that a file makes trusted."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(path)
    return set(context.get_ca_certs(binary_form=True))


def test_the_double_is_named_to_those_who_let_it_be_set_and_to_proxies(
    authority: Authority, tmp_path: Path
) -> None:
    result = environment(authority, tmp_path)

    assert result.warnings == ()
    assert {result.variables[name] for name in ("HTTPS_PROXY", "https_proxy", "LUSHA_API_URL")} == {URL}
    assert result.variables["LUSHA_API_KEY"] == "a-key"
    assert "HTTP_PROXY" not in result.variables


def test_an_address_of_version_6_keeps_its_brackets(authority: Authority, tmp_path: Path) -> None:
    variables = environment(authority, tmp_path, url="http://[::1]:81").variables

    assert variables["HTTPS_PROXY"] == "http://[::1]:81"
    assert "-Dhttps.proxyHost=::1 -Dhttps.proxyPort=81" in variables["JAVA_TOOL_OPTIONS"]


def test_what_was_trusted_before_still_is(authority: Authority, corporate: Path, tmp_path: Path) -> None:
    environ = {"REQUESTS_CA_BUNDLE": str(corporate), "NODE_EXTRA_CA_CERTS": str(corporate)}
    variables = environment(authority, tmp_path, environ).variables
    own, before = roots(str(authority.certificate_path)), roots(str(corporate))

    bundle = roots(variables["SSL_CERT_FILE"])
    assert variables["SSL_CERT_FILE"] == variables["REQUESTS_CA_BUNDLE"] == variables["CURL_CA_BUNDLE"]
    assert own | before < bundle
    assert len(bundle) > 50  # those of the system
    assert roots(variables["NODE_EXTRA_CA_CERTS"]) == own | before


@pytest.mark.parametrize("path", ["/nowhere/at-all.pem", "/", "not a path\n"])
def test_a_file_that_cannot_be_read_was_trusted_for_nothing(
    authority: Authority, tmp_path: Path, path: str
) -> None:
    variables = environment(
        authority, tmp_path, {"SSL_CERT_FILE": path, "NODE_EXTRA_CA_CERTS": path}
    ).variables

    assert len(roots(variables["NODE_EXTRA_CA_CERTS"])) == 1
    assert len(roots(variables["SSL_CERT_FILE"])) > 50


def test_options_that_were_there_stay_before_ours(authority: Authority, tmp_path: Path) -> None:
    environ = {"NODE_OPTIONS": "--max-old-space-size=99", "JAVA_TOOL_OPTIONS": "-Xmx64m -Dx='a b'"}
    variables = environment(authority, tmp_path, environ).variables
    again = environment(authority, tmp_path, {**environ, **variables}).variables

    assert variables["NODE_OPTIONS"].startswith("--max-old-space-size=99 --require=/")
    assert variables["JAVA_TOOL_OPTIONS"].startswith("-Xmx64m -Dx='a b' -Dhttps.proxyHost=127.0.0.1 ")
    assert {name: again[name] for name in environ} == {name: variables[name] for name in environ}


def test_a_folder_with_spaces_is_quoted_as_each_runtime_reads_it(
    authority: Authority, tmp_path: Path
) -> None:
    folder = tmp_path / 'a "quoted" \\ folder'
    variables = environment(authority, folder).variables

    escaped = str(folder).replace("\\", "\\\\").replace('"', '\\"')
    assert variables["NODE_OPTIONS"] == f'--require="{escaped}/node-preload.cjs"'
    assert f"'-Djavax.net.ssl.trustStore={folder}/java-trust.p12'" in variables["JAVA_TOOL_OPTIONS"]


def test_folders_that_were_there_stay_and_ours_is_not_added_twice(
    authority: Authority, tmp_path: Path
) -> None:
    environ = {"PHP_INI_SCAN_DIR": "/etc/mine", "RUBYLIB": "/my/lib", "RUBYOPT": "-W1"}
    variables = environment(authority, tmp_path, environ).variables
    again = environment(authority, tmp_path, {**environ, **variables}).variables

    assert variables["PHP_INI_SCAN_DIR"] == f"/etc/mine:{tmp_path}"
    assert variables["RUBYLIB"] == f"{tmp_path}:/my/lib"
    assert variables["RUBYOPT"] == "-W1 -rmock_lusha_sockets"
    assert {name: again[name] for name in environ} == {name: variables[name] for name in environ}


def test_php_reads_its_own_files_before_ours_where_no_folder_was_named(
    authority: Authority, tmp_path: Path
) -> None:
    variables = environment(authority, tmp_path).variables

    assert variables["PHP_INI_SCAN_DIR"] == f":{tmp_path}"
    assert f"curl.cainfo = '{variables['SSL_CERT_FILE']}'\n" in (tmp_path / "php-trust.ini").read_text()


@pytest.mark.parametrize("named", [True, False])
def test_wget_is_told_what_its_user_told_it_but_for_the_certificates(
    authority: Authority, tmp_path: Path, *, named: bool
) -> None:
    (tmp_path / ".wgetrc").write_text("tries = 1\nca_certificate = /mine.pem")
    environ = {"WGETRC": str(tmp_path / ".wgetrc")} if named else {"HOME": str(tmp_path)}
    variables = environment(authority, tmp_path / "ours", environ).variables

    text = (tmp_path / "ours" / "wgetrc").read_text()
    assert text == f"tries = 1\nca_certificate = {variables['SSL_CERT_FILE']}\n"


def test_a_folder_that_no_option_of_java_can_name_is_refused(authority: Authority, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="name a folder without quotes"):
        environment(authority, tmp_path / 'it\'s "both"')


OWN = ("127.0.0.1", 8080)
HIDING = ["*", "lusha.com", ".lusha.com", "api.lusha.com", "API.Lusha.com:443", "*.lusha.com", "a.b, .com"]


@pytest.mark.parametrize("value", HIDING)
@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_it_is_said_where_no_proxy_hides_the_api(name: str, value: str) -> None:
    (warning,) = obstacles({name: value}, OWN)

    assert warning.startswith(f"{name} has {value.rpartition(' ')[2]}, so calls to api.lusha.com may go past")


@pytest.mark.parametrize("value", ["", "localhost,127.0.0.1", "www.lusha.com", "notlusha.com", "10.0.0.0/8"])
def test_another_exception_of_proxies_is_none_of_our_business(value: str) -> None:
    assert obstacles({"NO_PROXY": value}, OWN) == []


def test_a_proxy_that_is_replaced_is_named_without_its_password(authority: Authority, tmp_path: Path) -> None:
    environ = {"HTTPS_PROXY": "http://me:s3cret@proxy.example:3128"}
    (warning,) = environment(authority, tmp_path, environ).warnings

    assert "the proxy http://proxy.example:3128 is replaced" in warning


def test_a_proxy_that_is_this_double_is_not_replaced(authority: Authority, tmp_path: Path) -> None:
    environ = dict(environment(authority, tmp_path).variables)
    assert environment(authority, tmp_path, environ).warnings == ()

    environ["https_proxy"] = "http://proxy.example:3128"
    (warning,) = environment(authority, tmp_path, environ).warnings
    assert "http://proxy.example:3128 is replaced" in warning


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1:0", "no server listens on port 0"),
        ("http://[::1]:0", "no server listens on port 0"),
        ("http://evil;rm:80", "it takes an IP address"),
        ("http://../../up:80", "it takes an IP address"),
        ("http://..:80", "it takes an IP address"),
        ("http://a b:80", "it takes an IP address"),
        ("http://127.0.0.256", "it takes an IP address"),
        ("http://m\u00fcller:80", "it takes an IP address"),
        ("http://me:hush@h", "leave user and password out"),
    ],
)
def test_an_address_where_no_server_can_be_is_refused(url: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why) as caught:
        host_and_port(url)

    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://127.0.0.1", ("127.0.0.1", 80)),
        ("http://[::1]:8080/", ("::1", 8080)),
        ("http://mock_lusha.test.:1", ("mock_lusha.test.", 1)),
    ],
)
def test_any_other_address_is_read(url: str, address: tuple[str, int]) -> None:
    assert host_and_port(url) == address


@pytest.mark.parametrize("url", ["https://localhost:8080", "localhost:8080", "", "http://", "http://h:port"])
def test_an_address_that_is_not_plain_http_is_refused(authority: Authority, tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError, match="address is http://HOST:PORT"):
        environment(authority, tmp_path, url=url)


AWKWARD = {"A": "it's", "B": 'a "b" $HOME `id`', "C": "\\", "D": ""}


def test_a_shell_reads_what_is_written_for_it() -> None:
    script = written(AWKWARD, "sh") + '\nfor name in A B C D; do eval "printf \'%s\\n\' \\"\\$$name\\""; done'
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines() == list(AWKWARD.values())
    assert [shlex.split(line)[1] for line in written(AWKWARD, "sh").splitlines()] == [
        f"{name}={value}" for name, value in AWKWARD.items()
    ]


def test_programs_and_github_read_what_is_written_for_them() -> None:
    assert json.loads(written(AWKWARD, "json")) == AWKWARD
    assert written({"A": "1", "B": "x=y z"}, "github") == "A=1\nB=x=y z"


def test_a_store_for_java_has_every_certificate_of_a_bundle(authority: Authority, corporate: Path) -> None:
    broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    store = trust_store(authority.pem + broken + corporate.read_bytes(), STORE_PASSWORD)

    loaded = pkcs12.load_pkcs12(store, STORE_PASSWORD.encode())
    assert loaded.key is None
    assert loaded.additional_certs[0].certificate == authority.certificate
    assert len(loaded.additional_certs) == 2
