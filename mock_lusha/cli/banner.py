"""What ``mock-lusha serve`` says when it serves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.contract.registry import Registry
from mock_lusha.version import __version__
from mock_lusha.wording import noun

if TYPE_CHECKING:
    from mock_lusha.cli.serve_log import ServeLog
    from mock_lusha.config import Settings


def announce(log: ServeLog, settings: Settings, url: str, protocol: Any) -> None:
    """Say where it serves, and what: in JSON as fields, for people with a call to try."""
    served = len(Registry.load().served())
    begin = f"mock-lusha {__version__} serves {served} operations at {url}"
    if log.as_json:
        names = ("seed", "companies", "people", "plan", "credits", "limits")
        fields = {name: getattr(settings, name) for name in names}
        fields |= {"workers": settings.workers} if settings.workers > 1 else {}
        log.say(begin, url=url, version=__version__, **fields)
        return
    credits_ = "unlimited" if settings.credits is None else settings.credits
    headers = "-H 'api_key: any-key' -H 'Content-Type: application/json'"
    speaks = f", and TLS as api.lusha.com ({protocol.trust()})" if settings.tls else ""
    workers = f", {settings.workers} workers" if settings.workers > 1 else ""
    body = '{"contacts": [{"email": "ada.quill@quill-works.example"}]}'
    page = f"  page {url}/_mock/\n" if settings.control else ""
    log.say(
        f"{begin}{speaks}\n"
        f"  seed {settings.seed}, {settings.companies} {noun(settings.companies, 'company', 'companies')}, "
        f"{settings.people} {noun(settings.people, 'person', 'people')}\n"
        f"  plan {settings.plan}, {credits_} credits a key, limits {settings.limits}{workers}\n"
        f"{page}"
        f"  curl {url}/v3/contacts/search-and-enrich {headers} -d '{body}'"
    )
