"""What somebody sees and does who opens the page in a real browser."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from dashboard.browser import VIEWS, Look, started
from raw_http import running

from mock_lusha import Control, MockLusha, MockServer, Settings
from mock_lusha.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

ADA = "ada.quill@quill-works.example"
BOTH = "/v3/contacts/search-and-enrich"
USAGE = "/v3/account/usage"
SMALL = {"people": 400, "companies": 40}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.fixture(scope="module")
def double() -> Iterator[MockServer]:
    """A server that all tests look at, each with an account of its own."""
    with MockServer(Settings(port=0, **SMALL)) as server:  # type: ignore[arg-type] # numbers, as they should be
        yield server


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Look]]:
    """Opens tabs of one browser session each test; at the end nothing may have been complained of."""
    contexts: list[Any] = []
    looks: list[Look] = []

    def visit(url: str, *, tab_of: Look | None = None, **options: Any) -> Look:
        if tab_of is None:
            contexts.append(browser.new_context(viewport={"width": 1280, "height": 800}, **options))
        looks.append(Look(contexts[-1] if tab_of is None else tab_of.page.context, url))
        return looks[-1]

    yield visit
    complaints = [text for look in looks for text in look.complaints]
    elsewhere = [sent for look in looks for sent in look.requests if not sent.startswith(look.url)]
    for context in contexts:
        context.close()
    assert complaints == []
    assert [sent for sent in elsewhere if not sent.startswith(("blob:", "data:"))] == []


@pytest.fixture
def call(double: MockServer, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """A client of the server with a key of its own."""
    key = f"{request.node.name[:40]}-4711"
    with httpx.Client(base_url=double.url, headers={"api_key": key}, trust_env=False) as client:
        yield client
    with Control(double.url) as control:
        control.reset()


def people(client: httpx.Client, *emails: str, **more: Any) -> httpx.Response:
    contacts = [{"email": email} for email in emails]
    return client.post(BOTH, json={"contacts": contacts, "reveal": ["emails", "phones"], **more})


def test_a_stranger_sees_a_refusal_finds_out_why_mends_it_and_takes_a_test_home(
    double: MockServer, call: httpx.Client, visit: Callable[..., Look]
) -> None:
    look = visit(double.url, permissions=["clipboard-read", "clipboard-write"])
    look.page.goto(double.url)
    look.page.get_by_text("No call yet").wait_for()
    with Control(double.url, account=call.headers["api_key"]) as control:
        control.drain(leave=2)

    people(call, ADA)
    look.page.get_by_role("button", name="searchAndEnrichContacts, 402", exact=False).click()
    look.page.get_by_text("this request costs 7, and 2 of 10000 credits are left").first.wait_for()
    look.button("Copy as pytest").click()
    look.says("copied")
    copied = look.page.evaluate("navigator.clipboard.readText()")
    look.page.get_by_role("link", name="Accounts").click()
    look.button("Refill").click()
    look.says("refilled")

    assert people(call, ADA).status_code == 200
    space: dict[str, Any] = {}
    exec(copied, space)
    (test,) = [each for name, each in space.items() if name.startswith("test_")]
    with MockLusha(in_process=True) as lusha:
        test(lusha)
        assert lusha.calls[-1].status == 402


def test_calls_that_come_by_the_thousand_are_all_counted_while_one_is_looked_at(
    double: MockServer, call: httpx.Client, visit: Callable[..., Look]
) -> None:
    look = visit(double.url)
    call.get(USAGE)
    page = look.open()
    page.get_by_role("button", name="getAccountUsage, 200", exact=False).click()
    page.get_by_role("heading", name="Why").wait_for()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: call.get(f"/nowhere/{number}"), range(1_500)))

    page.get_by_text("1501 calls; paused, 1500 new").wait_for()
    assert page.locator("tr.open button").inner_text() == page.locator(".detail h2").inner_text()[5:]
    assert page.locator(".calls tbody tr").count() == 1
    look.button("Follow").click()
    page.get_by_text("/nowhere/1499").wait_for()
    assert page.locator(".calls tbody tr").count() == 200
    assert "skipped" not in page.locator(".tally").inner_text()


def test_calls_are_filtered_by_what_one_knows_of_them(
    double: MockServer, call: httpx.Client, visit: Callable[..., Look]
) -> None:
    call.get(USAGE)
    call.get("/nowhere")
    people(call, "gdpr@acme.com")
    look = visit(double.url)
    page = look.open()
    rows = page.locator(".calls tbody tr")
    page.get_by_text("3 calls").wait_for()
    shown = "n => document.querySelectorAll('.calls tbody tr').length === n"

    for field, text, expected in (
        ("Status", "4xx", ["404"]), ("Operation", "usage", ["200"]), ("Text", "NOWHERE", ["404"]),
    ):  # fmt: skip
        look.field(field).fill(text)
        page.wait_for_function(shown, arg=1)
        assert [row.split("\t")[2] for row in rows.all_inner_texts()] == expected
        look.field(field).fill("")
        page.wait_for_function(shown, arg=3)  # the next filter is not to find the row of this one
    look.button("More filters").click()
    look.field("Credits").select_option("charged")
    page.get_by_text("No call fits the filter.").wait_for()
    look.field("Credits").select_option("")
    look.field("Rule").fill("gdpr")
    page.wait_for_function("() => document.querySelectorAll('.calls tbody tr').length === 1")
    assert "magic/gdpr" in rows.first.inner_text()
    look.field("Text").fill("nobody sent this")
    page.get_by_text("No call fits the filter.").wait_for()


def test_the_keyboard_goes_through_calls(
    double: MockServer, call: httpx.Client, visit: Callable[..., Look]
) -> None:
    for number in range(3):
        call.get(f"/nowhere/{number}")
    look = visit(double.url)
    page = look.open()
    page.locator(".calls tbody button").first.focus()

    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")

    page.get_by_text("GET /nowhere/1").last.wait_for()
    assert page.evaluate("document.activeElement.textContent") == page.locator("tr.open button").inner_text()
    page.keyboard.press("Escape")
    page.locator(".detail").wait_for(state="detached")


def test_what_a_client_sent_is_shown_as_text_and_is_no_markup(
    double: MockServer, call: httpx.Client, visit: Callable[..., Look]
) -> None:
    evil = "<img src=x onerror=document.title='taken'><script>document.title='taken'</script>"
    call.get(f"/{evil}")
    people(call, ADA, **{evil: evil})
    with Control(double.url, account=call.headers["api_key"]) as control:
        control.change(label=evil[:60])
    look = visit(double.url)
    page = look.open()

    for number in range(2):
        page.locator(".calls tbody button").nth(number).click()
        page.get_by_role("heading", name="Why").wait_for()
    page.get_by_role("link", name="Accounts").click()
    page.get_by_role("heading", name="Credits and limits").wait_for()

    assert page.title() == "Accounts · mock-lusha"
    assert page.locator("img[src=x]").count() == 0
    assert page.evaluate(
        "(() => { try { document.body.innerHTML = '<b>x</b>' } catch (e) { return e.name } })()"
    ) == ("TypeError")
    look.complaints = [text for text in look.complaints if "TrustedHTML" not in text]


def test_of_several_tabs_one_reads_the_stream_and_another_goes_on_when_it_is_closed(
    double: MockServer, call: httpx.Client, visit: Callable[..., Look]
) -> None:
    first = visit(double.url)
    first.open()
    second = visit(double.url, tab_of=first)
    second.open()

    call.get("/nowhere/1")
    for look in (first, second):
        look.page.get_by_text("/nowhere/1").wait_for()
    assert [sum("events?" in sent for sent in look.requests) for look in (first, second)] == [1, 0]
    first.page.close()
    call.get("/nowhere/2")
    second.page.get_by_text("/nowhere/2").wait_for()
    assert sum("events?" in sent for sent in second.requests) == 1
    assert "2 calls" in second.page.locator(".tally").inner_text()


def test_the_page_finds_the_server_again_after_a_restart(visit: Callable[..., Look]) -> None:
    with MockServer(Settings(port=0)) as server:
        url = server.url
        look = visit(url)
        look.open()
        httpx.get(f"{url}/before", trust_env=False)
        look.page.get_by_text("/before").wait_for()
    look.page.locator(".live.not").wait_for()

    with MockServer(Settings(port=int(url.rpartition(":")[2]))):
        httpx.get(f"{url}/after", trust_env=False)
        look.page.get_by_text("/after").wait_for()
        assert look.page.get_by_text("/before").count() == 0
    look.complaints = [text for text in look.complaints if "net::ERR_" not in text]


def test_a_token_is_asked_for_and_stays_in_the_tab(visit: Callable[..., Look]) -> None:
    with MockServer(Settings(port=0, control_token="s3cret-token-4711")) as server:
        look = visit(server.url)
        look.page.goto(f"{server.url}/_mock/")
        look.field("Control token").fill("wrong")
        look.button("Use it").click()
        look.page.get_by_text("The one that was given is not it.").wait_for()
        look.field("Control token").fill("s3cret-token-4711")
        look.button("Use it").click()
        look.page.get_by_text("No call yet").wait_for()

        assert look.page.context.cookies() == []
        assert not [sent for sent in look.requests if "s3cret" in sent]
        assert look.page.evaluate("localStorage.length") == 0
    look.complaints = [text for text in look.complaints if "401" not in text and "net::ERR_" not in text]


def test_it_works_behind_a_path(visit: Callable[..., Look]) -> None:
    app = create_app(Settings(**SMALL))  # type: ignore[arg-type] # numbers, as they should be

    async def below(scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"].removeprefix("/tools/lusha")
        await app({**scope, "path": path, "raw_path": path.encode()}, receive, send)

    with running(below, readiness=app.state.readiness) as found:
        url = f"http://127.0.0.1:{found.port}/tools/lusha"
        look = visit(url)
        httpx.get(f"{url}{USAGE}", headers={"api_key": "behind-a-path-4711"}, trust_env=False)

        look.open("accounts").get_by_role("heading", name="Rate windows").or_(
            look.page.get_by_text("Rate windows")
        ).first.wait_for()
        look.open("api")
        look.button("GET getAccountUsage").click()
        look.button("Send").click()
        look.page.get_by_text(re.compile(r"^200 after")).wait_for()


def test_a_scenario_is_checked_with_the_words_of_the_command_and_tried(
    double: MockServer, call: httpx.Client, visit: Callable[..., Look]
) -> None:
    look = visit(double.url)
    page = look.open("scenarios")
    editor = look.field("Scenario file (YAML)")

    editor.fill("name: mine\nrules:\n  - when: {nth: 0}\n    respond: gdp\n")
    look.button("Check").click()
    page.get_by_text("line 3: nth is a whole number from 1 up, not 0").wait_for()
    editor.fill("name: mine\nrules:\n  - name: quota\n    when: {nth: 1}\n    respond: daily-quota\n")
    look.button("Start it for all accounts").click()
    look.says("mine began for all accounts")
    assert call.get(USAGE).status_code == 429
    page.get_by_role("combobox", name="Account").select_option(index=1)
    page.get_by_role("cell", name="quota").wait_for()
    look.field("Open a scenario").select_option("flaky")
    page.wait_for_function("() => document.querySelector('textarea').value.includes('name: flaky')")
    assert "name: flaky" in editor.input_value()


def test_an_account_is_steered(double: MockServer, call: httpx.Client, visit: Callable[..., Look]) -> None:
    people(call, ADA)
    look = visit(double.url)
    page = look.open("accounts")
    with Control(double.url, account=call.headers["api_key"]) as control:
        began = control.clock()["now"]
        for button, said in (
            ("Drain", "drained"), ("Advance an hour", "an hour later"), ("Freeze clock", "time stands still"),
        ):  # fmt: skip
            look.button(button).click()
            look.says(said)
        account = control.accounts()
        assert account["credits"]["remaining"] == 0
        assert account["clock"]["frozen"]
        assert account["clock"]["now"][:13] != began[:13]
        page.get_by_role("combobox", name="Scenario").select_option("gdpr")
        look.button("Start scenario").click()
        look.says("gdpr began")
        assert control.accounts()["scenario"] == "gdpr"
        page.get_by_role("link", name="Ledger").first.click()
        page.get_by_role("cell", name="phone", exact=True).wait_for()
        page.get_by_role("link", name="Accounts").click()
        look.button("Reset account").click()
        look.says("reset")
        assert control.accounts()["requests"] == 0


def test_webhooks_are_seen_on_their_way(
    double: MockServer, call: httpx.Client, visit: Callable[..., Look]
) -> None:
    call.post("/api/account/secret/regenerate")
    (ada,) = call.post("/v3/contacts/search", json={"contacts": [{"email": ADA}]}).json()["results"]
    where = {
        "url": f"{double.url}/_mock/inbox/mine",
        "entityType": "contact",
        "signalTypes": ["companyChange"],
    }
    call.post("/api/subscriptions", json={"defaults": where, "subscriptions": [{"entityId": ada["id"]}]})
    look = visit(double.url)
    page = look.open("webhooks")
    page.get_by_role("cell", name="companyChange", exact=True).wait_for()

    with Control(double.url, account=call.headers["api_key"]) as control:
        control.trigger("companyChange", "contact", find={"email": ADA})
    page.get_by_role("cell", name="success", exact=True).wait_for()
    look.field("Name of the inbox").fill("mine")
    page.get_by_role("table", name="Received").get_by_text('"companyChange"').first.wait_for()
    page.get_by_role("button", name="Resend").click()
    look.says("sent again")
    page.wait_for_function("() => document.querySelectorAll('pre[aria-label=Body]').length === 2")


def test_tables_are_seen_with_their_rows(
    double: MockServer, call: httpx.Client, visit: Callable[..., Look]
) -> None:
    with Control(double.url, account=call.headers["api_key"]) as control:
        control.create_table("Prospects", "contacts", [ADA])
    look = visit(double.url)
    look.open("tables")

    look.button("Prospects").click()

    look.page.get_by_role("heading", name="Prospects").wait_for()
    look.page.get_by_text("page 1 of 1").wait_for()


def test_settings_say_where_they_come_from(double: MockServer, visit: Callable[..., Look]) -> None:
    look = visit(double.url)
    page = look.open("settings")

    look.field("Find a setting").fill("companies")

    page.get_by_role("row", name="companies 40 program").wait_for()


def test_somebody_is_found_changed_and_erased(
    double: MockServer, call: httpx.Client, visit: Callable[..., Look]
) -> None:
    people(call, ADA)
    look = visit(double.url)
    page = look.open("world")
    page.get_by_role("combobox", name="Account").select_option(index=1)

    look.field("Country").fill("canada")
    page.get_by_role("table", name="People").get_by_role("cell", name="Canada").first.wait_for()
    look.field("E-mail, LinkedIn, id or domain").fill(ADA)
    look.button("What would I get?").click()
    page.get_by_role("heading", name="Found by email").wait_for()
    page.get_by_text("Revealing costs this account now: emails 0, phones 0").wait_for()
    look.button("Change").first.click()
    editor = look.field("Entities (JSON, as in a fixtures file)")
    page.wait_for_function("() => document.querySelector('textarea').value.includes('Head of Archives')")
    editor.fill(editor.input_value().replace("Head of Archives", "Keeper of Keys"))
    look.button("Change for the account").click()
    look.says("changed")
    assert people(call, ADA).json()["results"][0]["jobTitle"]["title"] == "Keeper of Keys"
    look.button("Erase").click()
    look.button("Erase for the account").click()
    look.says("erased")
    page.get_by_role("heading", name="Not found").wait_for()
    assert call.get(USAGE).json()["credits"]["used"] == 7 + 1  # both calls; whoever looks pays nothing


def test_what_was_not_tried_is_told_with_the_line_for_it(
    double: MockServer, call: httpx.Client, visit: Callable[..., Look]
) -> None:
    for name in ("lee", "kim", "sam", "max", "eve", "uma"):
        people(call, f"{name}@acme.com")
    look = visit(double.url, permissions=["clipboard-read", "clipboard-write"])
    page = look.open("conduct")

    page.get_by_role("table", name="Verdicts").wait_for()
    page.get_by_role("button", name="Copy lusha.", exact=False).first.click()
    look.says("copied")
    assert "lusha." in page.evaluate("navigator.clipboard.readText()")
    page.get_by_role("button", name="Look at call", exact=False).first.click()
    page.get_by_role("heading", name="Why").wait_for()


def test_an_operation_is_read_priced_and_tried(double: MockServer, visit: Callable[..., Look]) -> None:
    look = visit(double.url)
    page = look.open("api")
    look.field("Find an operation").fill("SearchAndEnrichContacts")
    look.button("POST searchAndEnrichContacts").click()
    look.field("API key").fill("tried-from-the-page-4711")

    look.button("What would it cost?").click()
    page.get_by_role("heading", name="It would cost").wait_for()
    with Control(double.url, account="tried-from-the-page-4711") as control:
        assert control.accounts()["credits"]["used"] == 0
        look.button("Send").click()
        page.get_by_text(re.compile(r"^200 after")).wait_for()
        used = control.accounts()["credits"]["used"]
    assert used > 0
    assert f"credits\n{used}" in page.locator("dl.facts").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_view(
    scheme: str, double: MockServer, call: httpx.Client, visit: Callable[..., Look]
) -> None:
    people(call, ADA, "gdpr@acme.com")
    call.get("/nowhere")
    with Control(double.url, account=call.headers["api_key"]) as control:
        control.create_table("Prospects", "contacts", [ADA])
    look = visit(double.url, color_scheme=scheme)

    found = []
    for view in VIEWS:
        page = look.open(view)
        if view == "calls":
            page.locator(".calls tbody button").last.click()
            page.get_by_role("heading", name="Cost").wait_for()
        elif view == "api":
            look.button("POST searchAndEnrichContacts").click()
            page.get_by_role("heading", name="Try it").wait_for()
        found += [f"{view}: {text}" for text in look.violations()]
    assert found == [], "\n".join(found)
