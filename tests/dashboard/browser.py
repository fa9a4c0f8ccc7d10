"""A real browser that looks at the page: the system's Chromium, driven by Playwright."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support import IN_CI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
AXE = Path(__file__).parent.parent / "js" / "node_modules" / "axe-core" / "axe.min.js"
VIEWS = (
    "calls", "accounts", "ledger", "scenarios", "world", "webhooks", "tables", "conduct", "settings", "api",
)  # fmt: skip
_QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip


def missing() -> str | None:
    """Why no browser can be started here, None where one can."""
    if CHROMIUM is None or find_spec("playwright") is None or not AXE.exists():
        return "needs Chromium (apt-get install chromium) and `npm install` in tests/js"
    return None


@contextmanager
def started() -> Iterator[Browser]:
    """A browser; in a run of .ci/run it may not be missing."""
    reason = missing()
    if reason is not None:
        assert not IN_CI, reason
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - it may be missing

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*_QUIET])
        yield browser
        browser.close()


class Look:
    """A page, and whatever it complained of: errors, refused policies, and requests to elsewhere."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.url = url
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page: Page = context.new_page()
        self.page.set_default_timeout(15_000)
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))

    def _note(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def open(self, view: str = "calls") -> Page:
        """Go to a view, and wait until the stream is there."""
        self.page.goto(f"{self.url}/_mock/#{view}")
        self.page.locator(".live", has_text="live").wait_for()
        self.page.locator(f"nav a[href='#{view}'][aria-current]").wait_for()
        return self.page

    def button(self, name: str, *, exact: bool = True) -> Any:
        return self.page.get_by_role("button", name=name, exact=exact)

    def field(self, name: str) -> Any:
        return self.page.get_by_label(name, exact=True)

    def says(self, text: str) -> None:
        """Wait until the notice at the bottom says this."""
        self.page.locator(".notice", has_text=text).wait_for()

    def violations(self) -> list[str]:
        """What axe finds against what is shown."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:200]}" for each in found["violations"]
        ]
