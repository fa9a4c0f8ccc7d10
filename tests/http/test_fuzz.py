"""Requests nobody would think of: whatever is sent, the answer is one the contract knows, and no defect."""

from __future__ import annotations

import copy
import json
import warnings
from typing import TYPE_CHECKING, Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance
from support import CheckedClient

from mock_lusha.contract.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployment import NewApp
    from starlette.applications import Starlette
    from support import AnswerCheck

    from mock_lusha.contract.document import Operation

KEY, LOOSE_KEY = "fuzzing-key-0123456789", "loose-key-0123456789"
REGISTRY = Registry.load()
ALL = [operation for operation in REGISTRY.operations.values() if not operation.unserved]
POSTS = [operation for operation in ALL if operation.method == "POST" and operation.body is not None]
WHITELISTED = [operation for operation in POSTS if operation.whitelisted]


@pytest.fixture(scope="module")
def app(new_module_app: NewApp) -> Starlette:
    """A small world without limits, in which nothing runs out."""
    app: Starlette = new_module_app(limits="off", credits=None, people=500, companies=60)
    return app


@pytest.fixture(scope="module")
def fuzzed(app: Starlette, answer_check: AnswerCheck) -> Iterator[CheckedClient]:
    client = CheckedClient(app, answer_check, KEY)
    yield client
    client.close()


@pytest.fixture(scope="module")
def loose(app: Starlette, answer_check: AnswerCheck) -> Iterator[CheckedClient]:
    """A client that may send properties nobody knows."""
    client = CheckedClient(app, answer_check, LOOSE_KEY)
    client.post("/_mock/accounts", json={"key": LOOSE_KEY, "strict": "no"})
    yield client
    client.close()


def expect_no_defect(status: int, operation: Operation) -> None:
    assert status < 500, operation.id


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=12)
    | st.sampled_from(["", " ", "jane.doe@acme.com", "acme.com", "2026-02-30", "promotion", "Ada Quill"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


def examples_of(operation: Operation) -> list[Any]:
    """The documented bodies of an operation."""
    item = REGISTRY.contract_of(operation).document["paths"][operation.path][operation.method.lower()]
    found = item["requestBody"]["content"]["application/json"]["examples"]
    return [example["value"] for example in found.values()]


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of each value in a JSON value, the top included."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for key, each in inner for place in places(each, (*at, key)))]


@st.composite
def mutated(draw: st.DrawFn, bodies: list[Any]) -> Any:
    """A documented body with one to three values replaced, removed, doubled or joined by another."""
    body = copy.deepcopy(draw(st.sampled_from(bodies)))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(places(body)))
        if not place:
            if draw(st.integers(0, 9)) == 0:
                body = draw(json_values)
            continue
        *path, last = place
        holder = body
        for step in path:
            holder = holder[step]
        match draw(st.sampled_from(["replace", "remove", "double", "add"])):
            case "replace":
                holder[last] = draw(json_values)
            case "remove":
                del holder[last]
            case "double" if isinstance(holder, list):
                holder.append(copy.deepcopy(holder[last]))
            case _ if isinstance(holder, dict):
                holder[draw(st.text(st.characters(codec="utf-8"), max_size=6))] = draw(json_values)
            case _:
                holder.append(draw(json_values))
    return body


@pytest.mark.parametrize("operation", POSTS, ids=lambda operation: operation.id)
def test_a_documented_body_with_something_changed(fuzzed: CheckedClient, operation: Operation) -> None:
    statuses: set[int] = set()

    @settings(max_examples=3 * settings().max_examples)
    @given(mutated(examples_of(operation)))
    def run(body: Any) -> None:
        answer = fuzzed.post(operation.path, json=body)
        statuses.add(answer.status_code)

        expect_no_defect(answer.status_code, operation)

    run()

    # Of operations on one table the path names none that there is, and a name is taken after the first time,
    # as is the one subscription to opt-outs.
    is_served = "{" not in operation.path and not operation.path.endswith(("/tables", "/opt-out"))
    assert 400 in statuses
    assert statuses & {200, 201} or not is_served


@pytest.mark.parametrize("operation", WHITELISTED, ids=lambda operation: operation.id)
def test_a_documented_body_with_something_added_or_changed_where_nothing_is_strict(
    loose: CheckedClient, operation: Operation
) -> None:
    @given(mutated(examples_of(operation)))
    def run(body: Any) -> None:
        expect_no_defect(loose.post(operation.path, json=body).status_code, operation)

    run()


@pytest.mark.parametrize("operation", POSTS, ids=lambda operation: operation.id)
def test_any_json(fuzzed: CheckedClient, operation: Operation) -> None:
    @given(json_values)
    def run(body: Any) -> None:
        answer = fuzzed.post(operation.path, json=body)

        assert answer.status_code == 400

    run()


@pytest.mark.parametrize("operation", POSTS, ids=lambda operation: operation.id)
def test_any_bytes(fuzzed: CheckedClient, operation: Operation) -> None:
    start = json.dumps(examples_of(operation)[0]).encode()

    @given(
        st.binary(max_size=200)
        | st.tuples(st.integers(0, len(start)), st.binary(max_size=3)).map(
            lambda cut: start[: cut[0]] + cut[1] + start[cut[0] + len(cut[1]) :]
        )
    )
    def run(content: bytes) -> None:
        answer = fuzzed.post(operation.path, content=content, headers={"content-type": "application/json"})

        expect_no_defect(answer.status_code, operation)

    run()


@pytest.mark.parametrize(
    "operation",
    [operation for operation in ALL if operation.method == "GET"],
    ids=lambda operation: operation.id,
)
def test_any_query(fuzzed: CheckedClient, operation: Operation) -> None:
    names = [p["name"] for p in operation.parameters] + ["foo", "signals[]", ""]
    likely = st.sampled_from(
        [
            "true",
            "false",
            "jane.doe@acme.com",
            "acme.com",
            "Ada",
            "2026-01-01",
            "promotion",
            "riskNews",
            "4711",
            "https://www.linkedin.com/in/jane-doe",
            "emailAddresses",
            "allSignals,x",
        ]
    )

    @given(
        st.lists(
            st.tuples(st.sampled_from(names), likely | st.text(st.characters(codec="utf-8"), max_size=20)),
            max_size=6,
        )
    )
    def run(pairs: list[tuple[str, str]]) -> None:
        answer = fuzzed.get(operation.path, params=pairs)

        expect_no_defect(answer.status_code, operation)

    run()


def test_any_raw_query(fuzzed: CheckedClient) -> None:
    @given(st.text("abemil=&%+;[]0Ff@.,\u00e9", max_size=30))
    def run(query: str) -> None:
        answer = fuzzed.get(f"/v2/person?email=a@b.co&{query}")

        assert answer.status_code in {200, 400}

    run()


def test_any_method_and_path(fuzzed: CheckedClient) -> None:
    known = sorted({path for operation in ALL for path in operation.paths})

    @given(
        st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"]),
        st.sampled_from([*known, "/", "/_mock/", "/v2/", "/v3/"]),
        st.sampled_from(["", "/", "x", "/x"]) | st.text("/.%2eF0a{}", max_size=8),
    )
    def run(method: str, path: str, tail: str) -> None:
        answer = fuzzed.request(method, path + tail)

        assert answer.status_code in {200, 400, 404}

    run()


@pytest.mark.in_process("a server takes some keys for no HTTP")
def test_any_key(app: Starlette, answer_check: AnswerCheck) -> None:
    client = CheckedClient(app, answer_check, None)

    @given(st.binary(max_size=40).filter(lambda key: not {0, 10, 13} & set(key)))
    def run(key: bytes) -> None:
        answer = client.get("/account/usage", headers=[(b"api_key", key)])

        assert answer.status_code == (200 if key.strip() else 401)

    run()
    client.close()


@pytest.fixture(scope="module")
def schema(fuzzed: CheckedClient) -> Any:
    with warnings.catch_warnings():
        # Of the tool's own dependencies; nothing of ours runs in here.
        warnings.simplefilter("ignore")
        return schemathesis.openapi.from_dict(fuzzed.get("/_mock/openapi.json").json())


@pytest.mark.parametrize("operation", ALL, ids=lambda operation: operation.id)
@pytest.mark.parametrize(
    "mode",
    [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE],
    ids=["valid", "invalid"],
)
def test_what_our_own_document_generates(
    fuzzed: CheckedClient, schema: Any, operation: Operation, mode: Any
) -> None:
    statuses: set[int] = set()

    # What the tool draws costs far more than what the application does with it.
    @settings(max_examples=settings().max_examples // 4, suppress_health_check=list(HealthCheck))
    @given(schema[operation.path][operation.method].as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        sent: Any = requests.Request(**case.as_transport_kwargs(base_url="http://double.localhost")).prepare()
        answer = fuzzed.request(sent.method, sent.url, content=sent.body, headers=dict(sent.headers))
        statuses.add(answer.status_code)

        case.validate_response(answer, checks=[response_schema_conformance, not_a_server_error])

    run()

    assert statuses & {200, 201, 400, 401, 403, 404, 412}
