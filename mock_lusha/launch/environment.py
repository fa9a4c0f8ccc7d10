"""The variables of a program whose calls to api.lusha.com are to reach the double: those that it reads."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from mock_lusha.client.address import parse_address
from mock_lusha.client.variables import program_variables
from mock_lusha.errors import ConfigError, shorten
from mock_lusha.launch.trust import BUNDLE_VARIABLES, STORE_PASSWORD, bundle, extended, trust_store
from mock_lusha.tls.hosts import API_HOST, DOMAIN
from mock_lusha.values import frozen
from mock_lusha.wording import without_user

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMS = ("sh", "json", "github")
_HTTP_PORT = 80
_BUNDLE = "ca-bundle.pem"
_PHP_SETTINGS = ("curl.cainfo", "openssl.cafile")
_PROXIES = ("HTTPS_PROXY", "https_proxy")
_NO_PROXIES = ("NO_PROXY", "no_proxy")
_PRELOAD = """\
'use strict';
// Written by mock-lusha: sockets to hosts of lusha.com lead to the double, which speaks TLS as them.
const { Socket } = require('net');
const [host, port] = ADDRESS;
const isLushas = (name) => typeof name === 'string' && /^([a-z0-9_-]+\\.)*lusha\\.com\\.?$/i.test(name);
const { connect } = Socket.prototype;
Socket.prototype.connect = function (...args) {
  const list = Array.isArray(args[0]) ? args[0] : args; // Node passes on what it has sorted out as an array
  const first = list[0];
  if (first && typeof first === 'object' && isLushas(first.host)) {
    list[0] = { ...first, host, port, lookup: undefined };
  } else if (isLushas(list[1])) {
    list[0] = port;
    list[1] = host;
  }
  return connect.apply(this, args);
};
"""
_RUBY_FEATURE = "mock_lusha_sockets"
# Net::HTTP looks for http_proxy alone, also for https; to set that would lead calls to other services astray.
_RUBY = """\
# Written by mock-lusha: sockets to hosts of lusha.com lead to the double, which speaks TLS as them.
require "socket"

module MockLushaSockets
  HOST, PORT = ADDRESS
  LUSHAS = /\\A([a-z0-9_-]+\\.)*lusha\\.com\\.?\\z/i

  %i[tcp open new].each do |name|
    define_method(name) do |host, port, *rest, **options, &block|
      host, port = HOST, PORT if host.is_a?(String) && LUSHAS.match?(host)
      super(host, port, *rest, **options, &block)
    end
  end
end
Socket.singleton_class.prepend(MockLushaSockets.dup.tap { |tcp| tcp.send(:remove_method, :open, :new) })
TCPSocket.singleton_class.prepend(MockLushaSockets.dup.tap { |own| own.send(:remove_method, :tcp) })
"""


@frozen
class ProgramEnvironment:
    """What is set for a program, and what may be in the way of it."""

    variables: Mapping[str, str]
    warnings: tuple[str, ...]


def program_environment(
    environ: Mapping[str, str], url: str, pem: bytes, folder: Path, api_key: str
) -> ProgramEnvironment:
    """The variables for a server at a plain URL whose CA is ``pem``; their files are written into ``folder``.

    The key replaces one that is there: should a call go past the double, it must not cost real credits.

    Raises:
        ConfigError: a path cannot be said in a variable.
        OSError: the files cannot be written.
    """
    host, port = host_and_port(url)
    roots = bundle(environ, pem)
    contents = {
        _BUNDLE: roots,
        "node-extra.pem": extended(environ.get("NODE_EXTRA_CA_CERTS"), pem),
        "node-preload.cjs": _PRELOAD.replace("ADDRESS", json.dumps([host, port])).encode(),
        "java-trust.p12": trust_store(roots, STORE_PASSWORD),
        "deno-extra.pem": extended(environ.get("DENO_CERT"), pem),
        f"{_RUBY_FEATURE}.rb": _RUBY.replace("ADDRESS", json.dumps([host, port])).encode(),
        "php-trust.ini": _php_settings(folder / _BUNDLE),
        "wgetrc": _wgetrc(environ) + f"ca_certificate = {folder / _BUNDLE}\n".encode(),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    files = {name: str(folder / name) for name in contents}
    shown = f"[{host}]" if ":" in host else host
    java = (
        f"-Dhttps.proxyHost={host}",
        f"-Dhttps.proxyPort={port}",
        f"-Djavax.net.ssl.trustStore={files['java-trust.p12']}",
        "-Djavax.net.ssl.trustStoreType=PKCS12",
        f"-Djavax.net.ssl.trustStorePassword={STORE_PASSWORD}",
    )
    variables = {
        **program_variables(url, api_key),
        **dict.fromkeys(_PROXIES, f"http://{shown}:{port}"),
        **dict.fromkeys(BUNDLE_VARIABLES, files[_BUNDLE]),
        "NODE_EXTRA_CA_CERTS": files["node-extra.pem"],
        "NODE_OPTIONS": _added(
            environ.get("NODE_OPTIONS"), f"--require={_node_word(files['node-preload.cjs'])}"
        ),
        "JAVA_TOOL_OPTIONS": _added(environ.get("JAVA_TOOL_OPTIONS"), *map(_java_word, java)),
        "DENO_CERT": files["deno-extra.pem"],
        "RUBYLIB": _with_folder(folder, environ.get("RUBYLIB")),
        "RUBYOPT": _added(environ.get("RUBYOPT"), f"-r{_RUBY_FEATURE}"),
        # An empty entry is the folder that PHP was built with. The last file that says something counts.
        "PHP_INI_SCAN_DIR": _without(folder, environ.get("PHP_INI_SCAN_DIR", "")) + os.pathsep + str(folder),
        "WGETRC": files["wgetrc"],
    }
    return ProgramEnvironment(variables, tuple(obstacles(environ, (host, port))))


def host_and_port(url: str) -> tuple[str, int]:
    """Where a plain URL leads.

    Raises:
        ConfigError: it is none.
    """
    try:
        address = parse_address(url, ["http"])
    except ConfigError as error:
        raise ConfigError(f"{error}; the server's address is http://HOST:PORT, also for TLS") from None
    return address.host, _HTTP_PORT if address.port is None else address.port


def written(variables: Mapping[str, str], form: str) -> str:
    """Variables for a shell (``sh``), for programs (``json``) or for ``$GITHUB_ENV`` (``github``)."""
    if form == "json":
        return json.dumps(variables, indent=2)
    if form == "github":
        return "\n".join(f"{name}={value}" for name, value in variables.items())
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in variables.items())


def _added(value: str | None, *words: str) -> str:
    """Words behind what is there already; ours again are not added twice."""
    before = (value or "").strip()
    return " ".join([*([before] if before else []), *(word for word in words if word not in before)])


def _without(folder: Path, value: str) -> str:
    """A list of folders without ours, which is there where a program that was run runs another."""
    return os.pathsep.join(entry for entry in value.split(os.pathsep) if entry != str(folder))


def _with_folder(folder: Path, value: str | None) -> str:
    """A list of folders with ours before them."""
    rest = _without(folder, value or "")
    return f"{folder}{os.pathsep}{rest}" if rest else str(folder)


def _wgetrc(environ: Mapping[str, str]) -> bytes:
    """What wget is told by its user's file; the variable that names ours replaces it."""
    home = environ.get("HOME")
    path = environ.get("WGETRC") or (str(Path(home) / ".wgetrc") if home else "")
    try:
        content = Path(path).read_bytes()
    except (OSError, ValueError):
        return b""
    lines = content.splitlines()
    return b"".join(line + b"\n" for line in lines if line.partition(b"=")[0].strip() != b"ca_certificate")


def _node_word(path: str) -> str:
    """A word of NODE_OPTIONS, which knows double quotes and backslashes."""
    if not any(character in path for character in ' "\\'):
        return path
    quoted = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'


def _php_settings(path: Path) -> bytes:
    """A file of settings of PHP, where single quotes keep all that is in them but their like."""
    quote = "'" if "'" not in str(path) else '"'
    return "".join(f"{name} = {quote}{path}{quote}\n" for name in _PHP_SETTINGS).encode()


def _java_word(word: str) -> str:
    """A word of JAVA_TOOL_OPTIONS, which knows quotes and no way to write one inside its like."""
    if not any(character.isspace() or character in "'\"" for character in word):
        return word
    quote = next((each for each in "'\"" if each not in word), None)
    if quote is None:
        raise ConfigError(f"no option for Java can say {shorten(word, 120)}: name a folder without quotes")
    return f"{quote}{word}{quote}"


def obstacles(environ: Mapping[str, str], own: tuple[str, int]) -> list[str]:
    """What of an environment keeps calls from the double at a host and port, or is replaced."""
    warnings = []
    for name in _NO_PROXIES:
        hiding = [entry for entry in environ.get(name, "").replace(",", " ").split() if _hides(entry)]
        if hiding:
            warnings.append(
                f"{name} has {shorten(hiding[0])}, so calls to {API_HOST} may go past the double: take it out"
            )
    proxies = [environ[name] for name in _PROXIES if environ.get(name)]
    # One that is this double, as where a program that was run runs another, is no loss.
    proxy = next((proxy for proxy in proxies if _leads_to(proxy) != own), None)
    if proxy is not None:
        warnings.append(
            f"the proxy {shorten(without_user(proxy), 100)} is replaced for this program: the double "
            f"refuses all hosts but {API_HOST}"
        )
    return warnings


def _leads_to(proxy: str) -> tuple[str, int] | None:
    try:
        return host_and_port(proxy)
    except ConfigError:  # with a user, a scheme of its own, or none: another proxy
        return None


def _hides(entry: str) -> bool:
    """Whether an entry of NO_PROXY is about the host of the API."""
    name = entry.lower().partition(":")[0].removeprefix("*").strip(".")
    return name in {"", "com", DOMAIN, API_HOST}
