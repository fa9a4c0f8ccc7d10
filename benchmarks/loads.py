"""What the benchmarks ask: kinds of requests, each said once and written both for wrk and for Python.

People are numbered, and ``{n}`` in a shape stands for a number. A load whose numbers never begin anew asks
for other people in every request.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from filters import PROSPECTS, SEARCHES
from processes import KEY
from tables import Bar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Ask = Callable[..., Any]

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
    for its one or two ``{n}``, between ``body`` and ``tail``; or with that person's id for ``{id}``, which is
    one of ``ids``. ``kind`` says what is charged for once, ``always`` are the credits of every request, and
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
    always: int = 0
    ids: Sequence[str] = field(default=(), repr=False, compare=False)

    @property
    def needs_ids(self) -> bool:
        """Whether its items are ids, which an account must be given first."""
        return "{id}" in self.item

    @property
    def each(self) -> int:
        """How many numbers a request of it takes."""
        return self.items or int("{n}" in self.path)

    def request(self, first: int, people: int | None) -> Request:
        """The request of the numbers from ``first`` on, which begin anew after ``people``."""
        body = self.body
        if self.items:
            numbers = self.numbers(first, people)
            body += ",".join(map(self._item, numbers)) + self.tail
        (number,) = self.numbers(first, people) if self.each == 1 else (first,)
        return Request(self.key, self.method, self.path.replace("{n}", str(number)), body)

    def _item(self, number: int) -> str:
        if self.needs_ids:
            return self.item.replace("{id}", self.ids[number])
        return self.item.replace("{n}", str(number))

    def numbers(self, first: int, people: int | None) -> list[int]:
        """The numbers from ``first`` on, as many as a request takes."""
        return [n if people is None else n % people for n in range(first, first + self.each)]


@dataclass(frozen=True)
class Load:
    """Requests of some shapes in turn. The i-th is the same whoever makes it.

    ``people`` is after how many the numbers begin anew; None is never. ``bar`` is of the double's requests a
    second, as a share of bare Starlette's. ``prepaid`` are the credits that it cost by key to find the ids.
    """

    name: str
    shapes: Sequence[Shape]
    people: int | None = None
    bar: Bar | None = None
    prepaid: Mapping[str, int] = field(default_factory=dict)

    def of(self, key: str) -> Load:
        """The same load of another account."""
        return replace(self, shapes=[replace(shape, key=key) for shape in self.shapes])

    def with_ids(self, ask: Ask) -> Load:
        """The load with the ids that its requests need.

        Each account has ids of its own, and looks its people up by their mailboxes for them: ``ask`` sends
        (method, path, body, key), and gives the JSON of the answer.
        """
        ids: dict[str, list[str]] = {}
        prepaid: dict[str, int] = {}
        for key in {shape.key for shape in self.shapes if shape.needs_ids}:
            requests = [LOOK_UP.request(first, None) for first in range(0, self.people or 0, BULK)]
            answers = [ask(request.method, request.path, request.body, key) for request in requests]
            ids[key] = [result["id"] for answer in answers for result in answer["results"]]
            prepaid[key] = LOOK_UP.always * len(requests)
        shapes = [replace(each, ids=ids[each.key]) if each.needs_ids else each for each in self.shapes]
        return replace(self, shapes=shapes, prepaid=prepaid)

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
    fields += [f"ids = {{{', '.join(map(_lua, shape.ids))}}}"] if shape.ids else []
    told = headers(shape.request(0, 1 if shape.needs_ids else None))
    sent = ", ".join(f"[ {_lua(name)} ] = {_lua(value)}" for name, value in told.items())
    return f"  {{{', '.join(fields)}, items = {shape.items}, each = {shape.each}, headers = {{{sent}}}}}"


def _format(text: str) -> str:
    return text.replace("%", "%%").replace("{n}", "%d").replace("{id}", "%s")


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
      if shape.ids then k = shape.ids[k + 1] end
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

_MARKED = f'{{"clientReferenceId":"{{n}}","email":"{PERSON}"}}'
_DOMAIN = f'{{"clientReferenceId":"{{n}}","domain":"{COMPANY}"}}'
_SEARCHED = BULK // 25
"""Credits of a search for so many, which are paid every time."""
LOOK_UP = Shape("POST", "/v3/contacts/search", '{"contacts":[', _MARKED, BULK, "]}", always=_SEARCHED)
REVEAL = replace(LOOK_UP, path="/v3/contacts/search-and-enrich", kind="person")
ENRICH = Shape("POST", "/v3/contacts/enrich", '{"ids":[', '"{id}"', BULK, "]}", kind="person")
COMPANIES = Shape("POST", "/v3/companies/search-and-enrich", '{"companies":[', _DOMAIN, BULK, "]}")
# A company that v3 reveals is paid every time.
COMPANIES = replace(COMPANIES, always=_SEARCHED + BULK)
_FIRMS = ",".join(f'{{"domain":"firm{number}.com"}}' for number in range(25))
FIRMS = Shape("POST", COMPANIES.path, f'{{"companies":[{_FIRMS}]}}', always=1 + 25)
VALUES = Shape("GET", "/v3/contacts/prospecting/filters/departments")


def search(filters: dict[str, Any], path: str = "/prospecting/contact/search", key: str = OWN) -> Shape:
    """A search of v2 by these filters; a page of 20, as where none is asked for."""
    return Shape("POST", path, json.dumps({"filters": filters}), kind="search", key=key)


def prospecting(filters: dict[str, Any], key: str = OWN) -> Shape:
    """A page of 25 of v3's prospecting by these filters."""
    body = json.dumps({"pagination": {"page": 0, "size": 25}, "filters": filters})
    return Shape("POST", "/v3/contacts/prospecting", body, kind="prospecting", key=key)


ONCE, AGAIN, MANY_ONCE, MANY_AGAIN = Bar(0.3, 0.45), Bar(0.55, 0.9), Bar(0.07, 0.12), Bar(0.22, 0.38)
VARIED, LISTS = Bar(0.15, 0.3), Bar(0.6, 1.0)
LOADS: Sequence[Load] = (
    Load("GET person, repeated", [ONE], people=1, bar=AGAIN),
    Load("GET person, every request another one", [ONE], bar=ONCE),
    Load("POST 100, repeated", [MANY], people=BULK, bar=MANY_AGAIN),
    Load("POST 100, every request other people", [MANY], bar=MANY_ONCE),
    Load("GET a filter list", [LIST], bar=LISTS),
    Load("contact search, varied filters", [search(each) for each in SEARCHES], bar=VARIED),
    Load("v3 search-and-enrich of 100, repeated", [REVEAL], people=BULK, bar=MANY_AGAIN),
    Load("v3 search-and-enrich of 100, every request other people", [REVEAL], bar=MANY_ONCE),
    Load("v3 enrich of 100, repeated", [ENRICH], people=BULK, bar=MANY_AGAIN),
    Load("v3 enrich of 100, 50 lists in turn", [ENRICH], people=50 * BULK, bar=MANY_ONCE),
    Load("v3 search of 100, every request other people", [LOOK_UP], bar=MANY_ONCE),
    Load("v3 prospecting, varied filters", [prospecting(each) for each in PROSPECTS], bar=VARIED),
    Load("v3 company search-and-enrich of 100, repeated", [COMPANIES], people=BULK, bar=MANY_ONCE),
    Load("GET a filter list of v3", [VALUES], bar=LISTS),
)

PEOPLE = 1_000
"""How many people, and as many companies, a mixed load is about."""
KEYS = tuple(f"benchmark-tenant-{letter}-0123456789" for letter in "abcd")


def mixed(ask: Ask) -> Load:
    """All kinds of requests of several accounts, mistakes too, about a population that is soon known.

    ``ask`` sends (method, path, body), with a key of its own unless that is given as well, and gives the JSON
    of the answer: what is enriched has to be found first.
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
    return Load("mixed", shapes, people=PEOPLE).with_ids(ask)


def _of_tenant(key: str, turn: int, contacts: str, companies: str) -> Iterator[Shape]:
    yield Shape("GET", ONE.path, kind="person", key=key)
    yield Shape("POST", MANY.path, MANY.body, MANY.item, BULK, MANY.tail, kind="person", key=key)
    yield Shape("GET", LIST.path, key=key)
    yield search(SEARCHES[3 * turn], key=key)
    yield Shape("GET", f"/v2/company?domain={COMPANY}", kind="company", key=key)
    yield Shape("GET", "/prospecting/filters/companies/industries_labels", key=key)
    yield search(SEARCHES[3 * turn + 1], key=key)
    yield Shape("POST", "/prospecting/contact/enrich", contacts, kind="found people", key=key)
    yield Shape("GET", "/v2/person?firstName=Jane", status=400, key=key)
    yield Shape("POST", "/prospecting/filters/contacts/locations", '{"text": "ber"}', key=key)
    yield search({}, "/prospecting/company/search", key)
    yield Shape("POST", "/prospecting/company/enrich", companies, kind="found companies", key=key)
    yield Shape("POST", "/v2/person", '{"contacts": [', status=400, key=key)
    yield search(SEARCHES[3 * turn + 2], key=key)
    yield Shape("GET", "/v2/nothing-is-here", status=404, key=key)
    yield replace(REVEAL, key=key)
    yield replace(ENRICH, key=key)
    yield prospecting(PROSPECTS[turn], key)
    yield replace(VALUES, key=key)
    yield prospecting(PROSPECTS[len(KEYS) + turn], key)
    yield replace(LOOK_UP, key=key)
    yield replace(FIRMS, key=key)
    yield prospecting(PROSPECTS[2 * len(KEYS) + turn], key)
    yield Shape("GET", "/v3/contacts/prospecting/filters/colours", status=400, key=key)
