from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.replication.entry import LoggedRequest

METHODS = st.sampled_from(["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "BREW"])
NAMES = st.binary(min_size=1, max_size=20).map(bytes.lower).map(lambda name: b"x-" + name)
REQUESTS = st.builds(
    LoggedRequest,
    st.floats(0, 1e11),
    METHODS,
    st.text(st.characters(codec=None)).map(lambda text: "/" + text),
    st.binary(),
    st.lists(st.tuples(NAMES, st.binary(max_size=40)), max_size=5),
    st.none() | st.binary(),
    st.none() | st.integers(0, 2**32 - 1),
)


@given(REQUESTS)
def test_a_request_is_read_as_it_was_written(request: LoggedRequest) -> None:
    assert LoggedRequest.read(request.content()) == request


@given(REQUESTS)
def test_the_scope_of_a_request_is_written_as_the_request(request: LoggedRequest) -> None:
    again = LoggedRequest.of(request.scope(), request.body, request.time, request.digest)

    assert again.content() == request.content()


def test_headers_by_which_nothing_is_decided_are_left_out() -> None:
    kept = [(b"api_key", b"a"), (b"idempotency-key", b"b"), (b"api_key", b"\xff")]
    request = LoggedRequest(1.5, "POST", "/v3/x", b"a=%20", [(b"user-agent", b"c"), *kept], b"\n{}\n")

    assert LoggedRequest.read(request.content()) == dataclasses.replace(request, headers=kept)
