"""What the benchmarks ask: kinds of requests, each said once and written both for wrk and for Python.

People are numbered, and ``{n}`` in a shape stands for a number. A load whose numbers never begin anew asks
for other people in every request.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from processes import KEY
from tables import Bar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Ask = Callable[[str, str, str], Any]

OWN = KEY["api_key"]
PERSON = "jane.number{n}@acme.com"
COMPANY = "number{n}.com"
BULK = 100
JSON = "application/json"


class Request(NamedTuple):
    """One request: its key, method, path with query, and body (empty where there is none)."""

    key: str
    method: str
    path: str
    body: str


@dataclass(frozen=True)
class Shape:
    """A kind of request.

    A path may have one ``{n}``. With ``items`` the body is so many times ``item``, each with the next number
    for its one or two ``{n}``, between ``body`` and ``tail``. ``kind`` says what it is charged for, and
    ``status`` what it is answered with.
    """

    method: str
    path: str
    body: str = ""
    item: str = ""
    items: int = 0
    tail: str = ""
    kind: str = ""
    status: int = 200
    key: str = OWN

    @property
    def each(self) -> int:
        """How many numbers a request of it takes."""
        return self.items or int("{n}" in self.path)

    def request(self, first: int, people: int | None) -> Request:
        """The request of the numbers from ``first`` on, which begin anew after ``people``."""
        body = self.body
        if self.items:
            numbers = self.numbers(first, people)
            body += ",".join(self.item.replace("{n}", str(number)) for number in numbers) + self.tail
        (number,) = self.numbers(first, people) if self.each == 1 else (first,)
        return Request(self.key, self.method, self.path.replace("{n}", str(number)), body)

    def numbers(self, first: int, people: int | None) -> list[int]:
        """The numbers from ``first`` on, as many as a request takes."""
        return [n if people is None else n % people for n in range(first, first + self.each)]


@dataclass(frozen=True)
class Load:
    """Requests of some shapes in turn. The i-th is the same whoever makes it.

    ``people`` is after how many the numbers begin anew; None is never. ``bar`` is of the double's requests a
    second, as a share of bare Starlette's.
    """

    name: str
    shapes: Sequence[Shape]
    people: int | None = None
    bar: Bar | None = None

    @property
    def constant(self) -> bool:
        """Whether all requests are one."""
        (shape, *others) = self.shapes
        return not others and (not shape.each or self.people == shape.each)

    def shape(self, i: int) -> Shape:
        """The shape of the i-th request."""
        return self.shapes[i % len(self.shapes)]

    def first(self, i: int) -> int:
        """The first number of the i-th request."""
        return i // len(self.shapes) * self.shape(i).each

    def request(self, i: int) -> Request:
        """The i-th request."""
        return self.shape(i).request(self.first(i), self.people)

    def numbers(self, i: int) -> list[int]:
        """The numbers of the i-th request."""
        return self.shape(i).numbers(self.first(i), self.people)

    def script(self, start: int = 0) -> str:
        """The load for wrk, from the ``start``-th request on; it prints a line of JSON at the end.

        A constant load is one that wrk knows to be: it writes the request once and for all.
        """
        if self.constant:
            one = self.request(0)
            lines = [f"wrk.method = {_lua(one.method)}", f"wrk.path = {_lua(one.path)}"]
            lines += [f"wrk.headers[ {_lua(name)} ] = {_lua(value)}" for name, value in headers(one).items()]
            lines += [f"wrk.body = {_lua(one.body)}"] if one.body else []
            return "\n".join([*lines, _DONE])
        shapes = ",\n".join(_shape(shape) for shape in self.shapes)
        people = 0 if self.people is None else self.people
        return f"n = {start}\nlocal people = {people}\nlocal shapes = {{\n{shapes}\n}}\n{_REQUEST}{_DONE}"


def headers(request: Request) -> dict[str, str]:
    """The headers of a request."""
    return {"api_key": request.key} | ({"content-type": JSON} if request.body else {})


def _lua(text: str) -> str:
    if "]==]" in text or text.startswith("\n"):
        raise ValueError(text)
    return f"[==[{text}]==]"


def _shape(shape: Shape) -> str:
    """A shape as a table of Lua; what has numbers in it is a format there."""
    path = _format(shape.path) if shape.each == 1 else shape.path
    texts = {"method": shape.method, "path": path, "body": shape.body, "item": _format(shape.item)}
    fields = [f"{name} = {_lua(text)}" for name, text in {**texts, "tail": shape.tail}.items()]
    told = headers(shape.request(0, None))
    sent = ", ".join(f"[ {_lua(name)} ] = {_lua(value)}" for name, value in told.items())
    return f"  {{{', '.join(fields)}, items = {shape.items}, each = {shape.each}, headers = {{{sent}}}}}"


def _format(text: str) -> str:
    return text.replace("%", "%%").replace("{n}", "%d")


_REQUEST = """
local format, concat, floor = string.format, table.concat, math.floor
local function number(k)
  if people > 0 then return k % people end
  return k
end
request = function()
  local shape = shapes[n % #shapes + 1]
  local first = floor(n / #shapes) * shape.each
  n = n + 1
  if shape.whole then return shape.whole end
  local path, body = shape.path, shape.body
  if shape.items > 0 then
    local items, item = {}, shape.item
    for i = 1, shape.items do
      local k = number(first + i - 1)
      items[i] = format(item, k, k)
    end
    body = body .. concat(items, ",") .. shape.tail
  elseif shape.each > 0 then
    path = format(path, number(first))
  end
  if body == "" then body = nil end
  local made = wrk.format(shape.method, path, shape.headers, body)
  if shape.each == 0 then shape.whole = made end
  return made
end
"""
_DONE = """
setup = function(thread) asking = thread end
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\\nRESULT {"requests": %d, "microseconds": %d, "p99": %d, "made": %d, "refused": %d, "broken": %d}\\n',
    summary.requests, summary.duration, latency:percentile(99), asking:get("n") or 0, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
"""

_ITEM = f'{{"contactId":"{{n}}","email":"{PERSON}"}}'
ONE = Shape("GET", f"/v2/person?email={PERSON}", kind="person")
MANY = Shape("POST", "/v2/person", '{"contacts":[', _ITEM, BULK, "]}", kind="person")
LIST = Shape("GET", "/prospecting/filters/contacts/departments")

FILTERS: Sequence[dict[str, Any]] = (
    {"contacts": {"include": {"departments": ["Sales"]}}},
    {"contacts": {"include": {"departments": ["Marketing", "Finance"], "seniority": [5, 6]}}},
    {"contacts": {"include": {"seniority": [4], "locations": [{"country": "US"}]}}},
    {"contacts": {"include": {"jobTitles": ["VP Engineering"]}}},
    {"contacts": {"include": {"jobTitles": ["manager"]}, "exclude": {"locations": [{"country": "US"}]}}},
    {"contacts": {"include": {"countries": ["FR", "DE"], "existing_data_points": ["phone"]}}},
    {"contacts": {"include": {"signal": {"names": ["promotion"]}}}},
    {"contacts": {"include": {"searchText": "engineer"}}},
    {"companies": {"include": {"sizes": [{"min": 51, "max": 200}]}}},
    {"companies": {"include": {"mainIndustriesIds": [17]}}},
    {"companies": {"include": {"locations": [{"country": "DE"}]}, "exclude": {"sizes": [{"min": 10_001}]}}},
    {
        "contacts": {"include": {"departments": ["Engineering & Technical"]}},
        "companies": {"include": {"sizes": [{"min": 201, "max": 500}, {"min": 501, "max": 1_000}]}},
    },
)


def search(filters: dict[str, Any], path: str = "/prospecting/contact/search", key: str = OWN) -> Shape:
    """A search by these filters; a page of 20, as where none is asked for."""
    return Shape("POST", path, json.dumps({"filters": filters}), kind="search", key=key)


LOADS: Sequence[Load] = (
    Load("GET person, repeated", [ONE], people=1, bar=Bar(0.55, 0.9)),
    Load("GET person, every request another one", [ONE], bar=Bar(0.3, 0.45)),
    Load("POST 100, repeated", [MANY], people=BULK, bar=Bar(0.22, 0.38)),
    Load("POST 100, every request other people", [MANY], bar=Bar(0.07, 0.12)),
    Load("GET a filter list", [LIST], bar=Bar(0.6, 1.0)),
    Load("contact search, varied filters", [search(each) for each in FILTERS], bar=Bar(0.15, 0.3)),
)

PEOPLE = 1_000
"""How many people, and as many companies, a mixed load is about."""
KEYS = tuple(f"benchmark-tenant-{letter}-0123456789" for letter in "abcd")


def mixed(ask: Ask) -> Load:
    """All kinds of requests of several accounts, mistakes too, about a population that is soon known.

    ``ask`` sends (method, path, body), with a key of its own, and gives the JSON of the answer: what is
    enriched has to be found first.
    """
    page = json.dumps({"filters": {}, "pages": {"page": 0, "size": 25}})
    people = ask("POST", "/prospecting/contact/search", page)
    companies = ask("POST", "/prospecting/company/search", page)
    contacts = {"requestId": people["requestId"], "contactIds": [row["contactId"] for row in people["data"]]}
    ids = [str(row["id"]) for row in companies["data"]]
    enriched = {"requestId": companies["requestId"], "companiesIds": ids}
    shapes = [
        shape
        for turn, key in enumerate(KEYS)
        for shape in _of_tenant(key, turn, json.dumps(contacts), json.dumps(enriched))
    ]
    return Load("mixed", shapes, people=PEOPLE)


def _of_tenant(key: str, turn: int, contacts: str, companies: str) -> Iterator[Shape]:
    yield Shape("GET", ONE.path, kind="person", key=key)
    yield Shape("POST", MANY.path, MANY.body, MANY.item, BULK, MANY.tail, kind="person", key=key)
    yield Shape("GET", LIST.path, key=key)
    yield search(FILTERS[3 * turn], key=key)
    yield Shape("GET", f"/v2/company?domain={COMPANY}", kind="company", key=key)
    yield Shape("GET", "/prospecting/filters/companies/industries_labels", key=key)
    yield search(FILTERS[3 * turn + 1], key=key)
    yield Shape("POST", "/prospecting/contact/enrich", contacts, kind="found people", key=key)
    yield Shape("GET", "/v2/person?firstName=Jane", status=400, key=key)
    yield Shape("POST", "/prospecting/filters/contacts/locations", '{"text": "ber"}', key=key)
    yield search({}, "/prospecting/company/search", key)
    yield Shape("POST", "/prospecting/company/enrich", companies, kind="found companies", key=key)
    yield Shape("POST", "/v2/person", '{"contacts": [', status=400, key=key)
    yield search(FILTERS[3 * turn + 2], key=key)
    yield Shape("GET", "/v2/nothing-is-here", status=404, key=key)
