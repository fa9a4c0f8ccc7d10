"""Which requests are those of a web page of somewhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.web_origin import is_loopback_host, refusal

HERE = "127.0.0.1:8080"


def sent(
    host: str | None = HERE, origin: str | None = None, site: str | None = None
) -> list[tuple[bytes, bytes]]:
    named = {"host": host, "origin": origin, "sec-fetch-site": site, "api_key": "a-key"}
    return [(name.encode(), value.encode("latin-1")) for name, value in named.items() if value is not None]


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", HERE, "127.9.9.9:1", "localhost", "LocalHost:8080", "a.b.localhost:65535", "[::1]",
        "[::1]:8080", "[0:0:0:0:0:0:0:1]:80", "[::ffff:127.0.0.1]:8080", "localhost:", " localhost ",
    ],
)  # fmt: skip
def test_a_program_of_this_machine_may_call(host: str) -> None:
    assert refusal(sent(host)) is None


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.nip.io", "notlocalhost",
        "10.0.0.1", "0.0.0.0", "127.1", "2130706433", "0x7f000001", "127.0.0.01", "[::]",
        "[::2]:8080", "[::ffff:10.0.0.1]",
        "localhost.", "recorder:8081",
    ],
)  # fmt: skip
def test_a_name_that_is_not_this_machine_may_have_been_rebound_to_it(host: str) -> None:
    reason = refusal(sent(host))
    assert reason is not None
    assert host in reason
    assert "is not this machine: call it as localhost" in reason
    assert refusal(sent(host), any_host=True) is None


@pytest.mark.parametrize(
    "host",
    [
        "", "[::1", "::1", "[]", "[::1]x", "[127.0.0.1]:80", "[::1%25lo]", "127.0.0.1:x", "127.0.0.1:0",
        "127.0.0.1:65536", "127.0.0.1:999999", "localhost:80:80", "a@localhost", "localhost/", "http://localhost",
        "local host", "\x00", "localhost\x00", "xn--\xff", "localhost,evil.example:80/", "٣",
    ],
)  # fmt: skip
@pytest.mark.parametrize("any_host", [False, True])
def test_a_host_that_is_none_is_refused_whoever_sends_it(host: str, any_host: bool) -> None:
    headers = [(b"host", host.encode())]
    reason = refusal(headers, any_host=any_host)
    assert reason is not None
    assert "is no host" in reason


def test_there_is_one_host() -> None:
    assert refusal([]) == "the request has no Host: call it as localhost or 127.0.0.1"
    assert refusal([], any_host=True) is None
    twice = [(b"Host", b"localhost"), (b"host", b"evil.example")]
    assert refusal(twice) == "the request has 2 Hosts ('localhost', 'evil.example'): send one"


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        (HERE, "http://127.0.0.1:8080"),
        (HERE, "HTTPS://127.0.0.1:8080"),
        ("localhost", "http://localhost"),
        ("localhost", "http://localhost:80"),
        ("localhost:80", "http://LOCALHOST"),
        ("localhost:443", "https://localhost"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("[0:0::1]:8080", "http://[::1]:8080"),
    ],
)
def test_a_page_of_the_server_itself_may_call(host: str, origin: str) -> None:
    served, other = ("https", "http") if origin.lower().startswith("https") else ("http", "https")
    for site in (None, "same-origin", "none"):
        assert refusal(sent(host, origin, site), scheme=served) is None
        # What another scheme serves there is another server's page.
        assert refusal(sent(host, origin, site), scheme=other) == (
            f"a page of another origin, '{origin}', may not call this server"
        )
        assert refusal(sent(host, origin, site), scheme=other, allowed_origins=[origin]) is None


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example", "http://127.0.0.1", "http://127.0.0.1:3000", "http://localhost:8080",
        "http://127.0.0.1.evil.example:8080", "http://[::1]:8080", "https://127.0.0.1",
    ],
)  # fmt: skip
def test_a_page_of_another_origin_may_not_call(origin: str) -> None:
    for any_host in (False, True):
        reason = refusal(sent(HERE, origin), any_host=any_host)
        assert reason == f"a page of another origin, '{origin}', may not call this server"


@pytest.mark.parametrize(
    "origin",
    [
        "", "null", "NULL", "http://[::1", "http://", "http:127.0.0.1:8080", "127.0.0.1:8080", "ftp://127.0.0.1:8080",
        "file://", "chrome-extension://abc", "http://127.0.0.1:8080/", "http://127.0.0.1:8080/a",
        "http://a@127.0.0.1:8080", "http://127.0.0.1:8080@evil.example",
        "http://127.0.0.1:8080 http://evil.example", "http://127.0.0.1:99999",
        "http://127.0.0.1:8080\x00", "http://127.0.0.1:8080\xff", "*",
    ],
)  # fmt: skip
def test_an_origin_that_is_none_is_refused(origin: str) -> None:
    for allowed in ((), (origin,), ("null", "*")):
        reason = refusal(sent(HERE, origin), allowed_origins=allowed, any_host=True)
        assert reason is not None
        assert reason.startswith("the Origin ")


def test_the_origin_is_sent_once() -> None:
    twice = [*sent(HERE, "http://127.0.0.1:8080"), (b"Origin", b"http://evil.example")]
    reason = refusal(twice, allowed_origins=["http://evil.example"], any_host=True)
    assert reason == "the request has 2 Origins ('http://127.0.0.1:8080', 'http://evil.example')"


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "same-origin, none", "Cross-Site", "\xff"])
def test_only_the_same_site_and_a_typed_address_may_call(site: str) -> None:
    for origin in (None, "http://127.0.0.1:8080"):
        reason = refusal(sent(HERE, origin, site), any_host=True)
        assert reason is not None
        assert reason.startswith("a page of another site (Sec-Fetch-Site: ")
    assert refusal([*sent(site="none"), (b"sec-fetch-site", site.encode("latin-1"))]) is not None


@pytest.mark.parametrize("site", [None, "none", "same-origin", "same-site", "cross-site"])
def test_an_origin_that_is_named_may_call(site: str | None) -> None:
    named = ["http://localhost:3000", "https://app.example"]
    assert refusal(sent(HERE, "http://LOCALHOST:3000", site), allowed_origins=named) is None
    assert refusal(sent(HERE, "https://app.example:443", site), allowed_origins=named) is None
    assert refusal(sent("evil.example", "https://app.example", site), allowed_origins=named) is not None
    assert refusal(sent(HERE, "http://localhost:3001", site), allowed_origins=named) is not None
    assert refusal(sent(HERE, "http://app.example", site), allowed_origins=named) is not None


def test_what_was_sent_is_shown_in_one_short_line() -> None:
    for headers in (sent("\x1b[31m\n" * 99), sent(HERE, "\r\n" * 99), sent(HERE, None, "\xe9" * 999)):
        reason = refusal(headers)
        assert reason is not None
        assert reason.isprintable()
        assert reason.isascii()
        assert len(reason) < 500


@given(
    st.lists(
        st.tuples(
            st.sampled_from([b"host", b"Host", b"origin", b"sec-fetch-site", b"x"]),
            st.binary(max_size=20)
            | st.sampled_from([b"localhost", b"http://localhost", b"http://[::1", b"[::1]"]),
        )
    ),
    st.booleans(),
)
def test_no_header_is_an_error(headers: list[tuple[bytes, bytes]], any_host: bool) -> None:
    reason = refusal(headers, any_host=any_host, allowed_origins=["http://[", "http://localhost"])
    assert reason is None or reason


@pytest.mark.parametrize(
    ("host", "own"),
    [("localhost", True), ("a.localhost", True), ("::1", True), ("127.0.0.2", True), ("", False),
     ("[::1]", False), ("example.com", False), ("localhost:80", False)],
)  # fmt: skip
def test_a_host_of_this_machine(host: str, own: bool) -> None:
    assert is_loopback_host(host) is own
