#!/usr/bin/env python
"""Takes a picture of each view of the page, in light and dark, into docs/images: after the page was changed.

Needs the system's Chromium and what `scripts/venv test` installs.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests")]

from dashboard.browser import VIEWS, Look, started  # noqa: E402 - it is found by the line above

from mock_lusha import Control, MockServer, Settings  # noqa: E402 - the same

IMAGES = ROOT / "docs" / "images"
ADA, GDPR = "ada.quill@quill-works.example", "gdpr@acme.com"
BOTH = "/v3/contacts/search-and-enrich"
USAGE = "/v3/account/usage"


def live(server: MockServer) -> None:
    """Let two programs call the server, as they do: one well, one until its credits are gone."""
    with httpx.Client(base_url=server.url, trust_env=False) as client, Control(server.url) as control:

        def call(key: str, *emails: str) -> None:
            body = {"contacts": [{"email": email} for email in emails], "reveal": ["emails", "phones"]}
            client.post(BOTH, json=body, headers={"api_key": key})

        control.create("crm-sync-7f3a-4711", plan="pro", label="CRM sync", credits=40)
        control.create("nightly-import-4712", plan="scale", label="nightly import")
        sync, nightly = control.of("crm-sync-7f3a-4711"), control.of("nightly-import-4712")
        sync.create_table("Prospects", "contacts", [ADA, "jane.doe@acme.com"])
        call("crm-sync-7f3a-4711", ADA, "jane.doe@acme.com")
        call("crm-sync-7f3a-4711", ADA)
        for name in ("lee", "kim", "sam", "max", "eve", "uma"):
            call("crm-sync-7f3a-4711", f"{name}@brightleaf.example")
        call("nightly-import-4712", ADA, GDPR)
        nightly.add_rules([{"name": "quota", "when": {"nth": 2}, "respond": "daily-quota"}])
        for path in (
            "/v3/account/usage",
            "/v3/contacts/prospecting/filters/departments",
            "/v3/account/usage",
        ):
            client.get(path, headers={"api_key": "nightly-import-4712"})
        client.post(BOTH, json={"contcts": []}, headers={"api_key": "nightly-import-4712"})
        headers = {"api_key": "nightly-import-4712"}
        client.post("/api/account/secret/regenerate", headers=headers)
        (ada,) = client.post(
            "/v3/contacts/search", json={"contacts": [{"email": ADA}]}, headers=headers
        ).json()["results"]
        where = {
            "url": f"{server.url}/_mock/inbox/crm",
            "entityType": "contact",
            "signalTypes": ["companyChange"],
        }
        client.post(
            "/api/subscriptions",
            json={"defaults": {**where, "name": "Moves"}, "subscriptions": [{"entityId": ada["id"]}]},
            headers=headers,
        )
        nightly.trigger("companyChange", "contact", find={"email": ADA})


def settle(look: Look, view: str) -> None:
    """Bring a view to where it shows what it is for."""
    page = look.page
    if view == "calls":
        page.get_by_role("button", name="searchAndEnrichContacts, 402", exact=False).first.click()
        page.get_by_role("heading", name="Cost").wait_for()
    elif view == "world":
        look.field("E-mail, LinkedIn, id or domain").fill(ADA)
        look.button("What would I get?").click()
        page.get_by_role("heading", name="Found").wait_for()
    elif view == "api":
        look.button("POST searchAndEnrichContacts").click()
        page.get_by_role("heading", name="Try it").wait_for()
    elif view in {"accounts", "ledger"}:
        page.get_by_role("combobox", name="Account").select_option(label="CRM sync (…4711)") if (
            view == "ledger"
        ) else look.button("CRM sync (…4711)").click()
    elif view in {"webhooks", "tables"}:
        who = "nightly import (…4712)" if view == "webhooks" else "CRM sync (…4711)"
        page.get_by_role("combobox", name="Account").select_option(label=who)
        if view == "tables":
            look.button("Prospects").click()
    page.locator("main table, main section, main textarea").first.wait_for()
    page.wait_for_timeout(1_500)


def main() -> None:
    """Take all pictures."""
    IMAGES.mkdir(exist_ok=True)
    settings: dict[str, Any] = {"now": "2026-03-31T12:00:00Z", "people": 2_000, "companies": 200, "port": 0}
    with MockServer(Settings(**settings)) as server, started() as browser:
        live(server)
        for scheme in ("light", "dark"):
            context = browser.new_context(viewport={"width": 1280, "height": 760}, color_scheme=scheme)
            look = Look(context, server.url)
            for view in VIEWS:
                look.open(view)
                settle(look, view)
                look.page.screenshot(path=IMAGES / f"{view}-{scheme}.png")
            context.close()
            assert look.complaints == [], look.complaints


if __name__ == "__main__":
    main()
