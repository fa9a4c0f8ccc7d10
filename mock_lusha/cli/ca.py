"""The commands of ``ca``: the certificate authority of this machine, for programs that are to trust it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mock_lusha.cli.failure import fail
from mock_lusha.cli.groups import Commands
from mock_lusha.cli.server_options import SERVER_URL, form_option
from mock_lusha.config.environment import program_environ
from mock_lusha.errors import MockLushaError

if TYPE_CHECKING:
    from mock_lusha.tls.authority import Authority

_folder_option = click.option(
    "--tls-folder", "folder", envvar="MOCK_LUSHA_TLS_FOLDER", default=None, metavar="DIR",
    type=click.Path(path_type=Path), help="Folder of the CA. Default: in the user's state.",
)  # fmt: skip


@click.group(cls=Commands)
def ca() -> None:
    """What makes programs trust `serve --tls`.

    The CA of this machine is made when it is first asked for. It is good for lusha.com alone.
    """


def opened(folder: Path | None) -> Authority:
    """The CA of a folder, or of the user; the command ends with a message where there cannot be one."""
    try:
        from mock_lusha.clock import Clock  # noqa: PLC0415 - as below
        from mock_lusha.tls.authority import Authority  # noqa: PLC0415 - which loads cryptography

        return Authority.open(folder, Clock().now())
    except MockLushaError as error:
        fail(error)


@ca.command()
@_folder_option
def pem(folder: Path | None) -> None:
    """Print the certificate of the CA as PEM."""
    click.echo(opened(folder).pem, nl=False)


@ca.command()
@_folder_option
def path(folder: Path | None) -> None:
    """Print the file of the certificate."""
    try:
        click.echo(opened(folder).certificate_path)
    except MockLushaError as error:
        fail(error)


@ca.command()
@_folder_option
@click.option(
    "--output", "target", required=True, metavar="FILE", type=click.Path(path_type=Path),
    help="The file that is written; - is the standard output.",
)  # fmt: skip
@click.option("--password", default="changeit", show_default=True, metavar="TEXT", help="Its password.")
@click.option("--alone", is_flag=True, help="Without what the system trusts besides.")
def p12(folder: Path | None, target: Path, password: str, alone: bool) -> None:
    """Write a trust store for Java (PKCS #12): the CA, and what the system trusts."""
    authority = opened(folder)
    from mock_lusha.launch.trust import bundle, trust_store  # noqa: PLC0415 - which loads cryptography

    if not password:
        fail("--password: it is empty, and Java does not read a store without one")
    try:
        content = trust_store(authority.pem if alone else bundle(program_environ(), authority.pem), password)
        with click.open_file(str(target), "wb") as file:
            file.write(content)
    except (OSError, ValueError) as error:
        fail(f"{target} cannot be written: {getattr(error, 'strerror', None) or error}")


_FORM = form_option("sh", "json", "github", text="For a shell, for programs, or for $GITHUB_ENV.")


@ca.command(params=[SERVER_URL, _FORM])
@_folder_option
@click.option("--api-key", default=None, metavar="KEY", help="Key in LUSHA_API_KEY.")
def env(folder: Path | None, url: str, api_key: str | None, form: str) -> None:
    """Print the variables with which programs reach a server as api.lusha.com.

    \b
    eval "$(mock-lusha ca env)"
    """
    print_environment(folder, url, api_key, form)


def print_environment(folder: Path | None, url: str, api_key: str | None, form: str) -> None:
    """Print the variables for a server; their files stay in the folder of the CA, one set for each server."""
    authority = opened(folder)
    from mock_lusha.client.api_key import OWN_KEY, check_api_key  # noqa: PLC0415 - with its packages
    from mock_lusha.launch.environment import host_and_port, program_environment, written  # noqa: PLC0415

    try:
        check_api_key(api_key)
        host, port = host_and_port(url)
        target = authority.folder / "env" / f"{host.replace(':', '_')}-{port}"
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        result = program_environment(program_environ(), url, authority.pem, target, api_key or OWN_KEY)
    except (MockLushaError, OSError) as error:
        fail(error)
    for warning in result.warnings:
        click.echo(f"mock-lusha: {warning}", err=True)
    click.echo(written(result.variables, form))
