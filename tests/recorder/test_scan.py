"""What a scan finds in a cassette, without the key."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.contract.registry import Registry
from mock_lusha.recorder.cassette import Cassette, dumps
from mock_lusha.recorder.interaction import Interaction
from mock_lusha.recorder.redaction import Redactor
from mock_lusha.recorder.scan import Leak, scan, scan_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support import CheckedClient

REGISTRY = Registry.load()
REDACTOR = Redactor(b"a key of the tests", REGISTRY)
PLANTED = (
    "Jane Doe", "jane.doe@acme.com", "+1 415 867 5309", "054-123-4567",
    "https://www.linkedin.com/in/jane-doe/", "x.com/jane", "ask jane.doe@acme.com or 4158675309",
    "api_key=0123456789", "a@x.com; b@x.com", "...@acme.com", "b018a277-3a46-3bec-7c54-fa2fa175b73b",
    "4711", "2026-07-31", "10001 - 100000", "Invalid API key",
)  # fmt: skip
FIELDS = (
    "firstName", "lastName", "fullName", "name", "email", "emails", "emailAddresses", "phones", "number",
    "linkedin", "xUrl", "url", "verifyUrl", "id", "personId", "contactId", "requestId", "companyId",
    "data", "contact", "contacts", "companies", "company", "companyName", "description", "summary",
    "title", "value", "message", "error", "errors", "api_key", "token", "nickname", "max", "updateDate",
    "location", "Jane Doe", "4711", "jane@acme.com", "",
)  # fmt: skip
TEXTS = st.sampled_from(PLANTED) | st.text(max_size=20)
BODIES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.floats(allow_nan=False) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=15,
)
INTERACTIONS = st.builds(
    Interaction,
    st.just("POST"),
    st.sampled_from(["/v2/person", "/v2/person/jane%20doe", "/", "/api/signals/filters/jane"])
    | st.text(max_size=9),
    st.sampled_from([200, 400]),
    st.sampled_from([*REGISTRY.operations, None]),
    st.lists(st.tuples(st.sampled_from(FIELDS) | st.text(max_size=5), TEXTS), max_size=3).map(tuple),
    BODIES,
    st.just(True),
    st.dictionaries(st.sampled_from(["content-type", "sunset"]), TEXTS, max_size=2),
    BODIES,
    st.just(True),
    st.none() | TEXTS,
)


def found(**fields: Any) -> list[Leak]:
    """The findings in one interaction."""
    given_ = {
        "method": "GET",
        "path": "/v2/person",
        "status": 200,
        "operation": "searchSingleContact",
        **fields,
    }
    return scan(Cassette((Interaction("GET", "/v2/person", 200), Interaction(**given_))), REGISTRY)


@given(INTERACTIONS)
def test_nothing_is_found_after_redaction(raw: Interaction) -> None:
    assert scan(Cassette((REDACTOR.interaction(raw, ["0123456789"]),)), REGISTRY) == []


CONTACT = ("contact", "data")


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("firstName", "Jane", "first-name"),
        ("emails", ["jane@acme-com.example"], "email"),
        ("emails", ["lomitax@acme.com"], "email"),
        ("phones", ["+1 415 867 5309"], "phone"),
        ("phones", [14158675309], "phone"),
        ("contactTags", [{"name": "friend of Jane"}], "free-text"),
        ("socialLinks", {"linkedin": "https://www.linkedin.com/in/jane"}, "linkedin"),
        ("socialLinks", {"linkedin": "https://www.linkedin.com/in/mock-lusha-jane-doe"}, "linkedin"),
        ("socialLinks", {"xUrl": "https://x.com/jane"}, "url"),
        ("companyId", "of Jane", "company-id"),
        ("updateDate", "of Jane", "date"),
        ("token", "x", "key"),
        ("nickname", "Jane", "unknown-field"),
        ("company", {"description": "call 054-123-4567"}, "company-text"),
        ("company", {"name": "ask jane@acme.com"}, "label"),
        ("company", {"mainIndustry": "Jane's"}, "company-text"),
        ("company", {"fqdn": "jane.quixmark"}, "domain"),
        ("whatsapp", 14157654321, "phone"),
        ("amount2", 14157654321, "number"),
        ("requestId", "b018a277-3a46-3bec-7c54-fa2fa175b73b", "request-id"),
        ("Jane Doe", 1, "unknown-field"),
    ],
)
def test_what_redaction_would_not_leave_is_found(name: str, value: Any, kind: str) -> None:
    findings = found(answer={"contact": {"data": {name: value}}}, has_answer=True)

    assert [each.kind for each in findings] == [kind]
    assert findings[0].where.startswith("interactions[1].response.body.contact.data")


def test_a_finding_names_its_place_and_does_not_tell_what_it_found() -> None:
    (finding,) = found(
        operation="searchProspectingContacts", answer={"data": [{"name": "Lomitax"}, {"name": "Jane Doe"}]}
    )

    assert finding == Leak("interactions[1].response.body.data[1].name", "full-name", "J*** (8 characters)")
    assert str(finding) == "interactions[1].response.body.data[1].name: full-name J*** (8 characters)"


def test_a_name_in_the_place_is_masked_too() -> None:
    findings = found(
        operation="searchMultipleContacts",
        answer={"contacts": {"jane-doe": {"nickname": "Jane"}, "4711": {}}},
    )

    assert [each.kind for each in findings] == ["caller-id", "unknown-field"]
    assert not any("doe" in str(each) or "Jane" in str(each) for each in findings)


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"path": "/v2/person/jane"}, "request.path"),
        ({"query": (("firstName", "Jane"),)}, "request.query[0].value"),
        ({"query": (("a b", ""),)}, "request.query[0].name"),
        ({"body": {"contacts": [{"id": "jane"}]}, "operation": None}, "request.body.contacts[0].id"),
        ({"text": "<p>jane@acme.com</p>"}, "response.text"),
        ({"text": '{"firstName": "Ja'}, "response.text"),
        ({"headers": {"content-type": "jane@acme.com"}}, "response.headers.content-type"),
        ({"headers": {"retry-after": "Jane"}}, "response.headers.retry-after"),
        ({"headers": {"x-jane": "1"}}, "response.headers.x*** (6 characters)"),
        ({"method": "JANE"}, "request.method"),
        ({"operation": "searchJane"}, "operation"),
        ({"text": "Jane"}, "response.text"),
        ({"status": 404, "answer": {"message": "no Jane"}}, "response.body.message"),
    ],
)
def test_every_part_of_an_interaction_is_looked_at(fields: dict[str, Any], where: str) -> None:
    assert [each.where for each in found(**fields)] == [f"interactions[1].{where}"]


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"plan": "Jane"}, "plan"),
        ({"recorded_at": "by Jane"}, "recorded_at"),
        ({"contract": "Jane"}, "contract"),
        ({"redaction": {"key": "Jane"}}, "redaction.key"),
        ({"redaction": {"kinds": ["Jane"]}}, "redaction.kinds"),
        ({"redaction": {"Jane": 1}}, "redaction.J*** (4 characters)"),
    ],
)
def test_what_a_cassette_says_of_itself_is_looked_at(fields: dict[str, Any], where: str) -> None:
    clean = Cassette(recorded_at="2026-11-30T07:00:00Z", plan="pro", redaction=REDACTOR.manifest())

    assert scan(clean, REGISTRY) == []
    assert [each.where for each in scan(replace(clean, **fields), REGISTRY)] == [where]


def test_texts_may_stay_where_a_cassette_says_so_but_for_what_reaches_somebody() -> None:
    def left(text: str, *, keep_text: bool) -> int:
        answer = {"data": {"description": text}}
        each = Interaction("GET", "/v2/company", 200, "searchSingleCompanyV2", answer=answer, has_answer=True)
        return len(scan(Cassette((each,), redaction={"keep_text": keep_text}), REGISTRY))

    assert left("Acme sells anvils.", keep_text=True) == 0
    assert left("Acme sells anvils.", keep_text=False) == 1
    assert left("Acme sells. Ask jane [at] acme [dot] com", keep_text=True) == 1


def test_what_the_double_answers_has_no_findings_once_redacted(
    make_client: Callable[..., CheckedClient],
) -> None:
    client = make_client(people=400, companies=40)
    people = {
        "contacts": [
            {"contactId": "1", "fullName": "Jane Doe", "companies": [{"name": "Acme", "isCurrent": True}]}
        ]
    }
    search = {
        "filters": {"contacts": {"include": {"departments": ["Sales"]}}},
        "pages": {"page": 0, "size": 10},
    }
    recorded = [
        ("searchSingleContact", client.get("/v2/person?email=jane.doe@acme.com&signals=allSignals")),
        ("searchMultipleContacts", client.post("/v2/person", json=people)),
        ("searchSingleCompanyV2", client.get("/v2/company?domain=acme.com&signals=allSignals")),
        ("searchProspectingContacts", client.post("/prospecting/contact/search", json=search)),
        ("getCompanyIndustries", client.get("/prospecting/filters/companies/industries_labels")),
        ("getContactCountries", client.get("/prospecting/filters/contacts/all_countries")),
        ("searchSingleContact", client.get("/v2/person?firstName=Jane")),
    ]  # fmt: skip

    raw = [
        Interaction("GET", "/v2/person", r.status_code, o, answer=r.json(), has_answer=True)
        for o, r in recorded
    ]
    made = [REDACTOR.interaction(each) for each in raw]

    assert [bool(scan(Cassette((each,)), REGISTRY)) for each in raw] == [
        True,
        True,
        True,
        True,
        False,
        False,
        False,
    ]
    assert scan(Cassette(tuple(made)), REGISTRY) == []
    # What names nobody is untouched: filters, and the error in the API's words.
    assert [each.answer for each in made[4:]] == [each.answer for each in raw[4:]]


# The whole file

INVENTED = Interaction(
    "GET", "/v2/person", 200, "searchSingleContact", answer={"contact": {"data": {"updateDate": "2026"}}},
    has_answer=True, run="0a1b2c3d",
)  # fmt: skip


@pytest.fixture
def text() -> str:
    """The text of a cassette in which nothing is left."""
    return dumps(Cassette((INVENTED,), recorded_at="2026-11-30T09:00:00Z"))


def found_in(path: Path, text: str) -> list[str]:
    """What is found in the file of a cassette: where, and what it is."""
    path.write_text(text, encoding="utf-8")
    return [f"{each.where}: {each.kind}" for each in scan_file(path, REGISTRY)[1]]


@pytest.mark.parametrize(
    "text_of", [str, lambda text: f"\ufeff{text}", lambda text: text.replace("\n", "\r\n")]
)
def test_nothing_is_found_in_a_clean_file(tmp_path: Path, text: str, text_of: Callable[[str], str]) -> None:
    assert found_in(tmp_path / "a.yaml", text_of(text)) == []


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("---\n", "# Jane Doe\n---\n", "line 1: comment"),
        ("interactions: []\n", "interactions: [] # für Jane Doe\n", "line 4: comment"),
        ("\n...\n---", "\n... # Jane Doe\n---", "line 8: comment"),
        ("format: 2\n", "format: &JaneDoe 2\n", "line 3: comment"),
        ("---\n", "%TAG !jane! tag:jane,2026:\n---\n", "line 1: comment"),
        ("method: GET\n", "method: |- # Jane Doe\n      GET\n", "line 16: comment"),
        ("run: 0a1b2c3d", "run: Jane Doe", "interactions[0].run: unknown-field"),
        ("status: 200", "status: 14157654321", "interactions[0].response.status: number"),
        ("credits: null", "credits: 14157654321", "interactions[0].credits: number"),
        ("ms: 0.0", "ms: 14157654321.0", "interactions[0].ms: number"),
        ("plan: null", "plan: Jane Doe", "plan: unknown-field"),
    ],
)
def test_what_stands_around_the_exchanges_is_found(
    tmp_path: Path, text: str, old: str, new: str, where: str
) -> None:
    assert old in text
    assert found_in(tmp_path / "a.yaml", text.replace(old, new, 1)) == [where]


def test_what_a_later_run_replaced_is_found(tmp_path: Path, text: str) -> None:
    old = replace(INVENTED, run="ffffffff", answer={"contact": {"data": {"firstName": "Jane"}}})

    found = found_in(tmp_path / "a.yaml", dumps(Cassette((old,), recorded_at="of Jane")) + text)

    assert found == [
        "replaced[0].response.body.contact.data.firstName: first-name",
        "recorded_at: unknown-field",
    ]


@pytest.mark.parametrize("cut", ["---\nformat: 2\ninteractions:\n- Jane Doe", "\0\0", "Jane"])
def test_what_was_cut_at_the_end_is_found(tmp_path: Path, text: str, cut: str) -> None:
    assert found_in(tmp_path / "a.yaml", text + cut) == [f"line {text.count(chr(10)) + 1}: cut"]


def test_redaction_leaves_nothing_around_an_exchange() -> None:
    raw = replace(INVENTED, run="Jane Doe", credits=14157654321, ms=14157654321.0)

    made = REDACTOR.interaction(raw)

    assert scan(Cassette((made,)), REGISTRY) == []
    assert made.run != raw.run
    assert REDACTOR.interaction(made) == made


def test_a_method_that_is_none_of_http_is_replaced_once() -> None:
    made = REDACTOR.interaction(replace(INVENTED, method="JANE"))

    assert made.method == "REDACTED"
    assert scan(Cassette((made,)), REGISTRY) == []
