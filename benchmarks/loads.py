"""What the benchmarks ask: kinds of requests, each said once and written both for wrk and for Python.

People are numbered, and ``{n}`` in a shape stands for a number. A load whose numbers never begin anew asks
for other people in every request. Employers are numbered too: ``{e}`` stands for that of the person.
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
ELSEWHERE = "employer{e}.com"
"""The domain of an employer where there are several."""
FOUND = "{found}"
"""The body of a shape that enriches a page of people, which have to be found first."""
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
    one of ``ids``. People are at so many ``employers`` in turn, at acme.com where it is one, and each at
    another one where it is 0; ``{e}`` comes after every ``{n}``. ``kind`` says what is charged for once, or
    that it is ``control`` and stands in no journal; ``always`` are the credits of every request, and
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
    employers: int = 1
    ids: Sequence[str] = field(default=(), repr=False, compare=False)

    @property
    def needs_ids(self) -> bool:
        """Whether its items are ids, which an account must be given first."""
        return "{id}" in self.item

    def at(self, employers: int) -> Shape:
        """The same of people at so many employers; 0 is another one for each."""
        path, item = (text.replace("acme.com", ELSEWHERE) for text in (self.path, self.item))
        return replace(self, path=path, item=item, employers=employers)

    def employer(self, number: int) -> int:
        """The number of the employer of somebody."""
        return number % self.employers if self.employers else number

    def domain(self, number: int) -> str:
        """The domain of somebody's employer."""
        return "acme.com" if self.employers == 1 else ELSEWHERE.replace("{e}", str(self.employer(number)))

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
        return Request(self.key, self.method, self._numbered(self.path, number), body)

    def _item(self, number: int) -> str:
        if self.needs_ids:
            return self.item.replace("{id}", self.ids[number])
        return self._numbered(self.item, number)

    def _numbered(self, text: str, number: int) -> str:
        return text.replace("{n}", str(number)).replace("{e}", str(self.employer(number)))

    def numbers(self, first: int, people: int | None) -> list[int]:
        """The numbers from ``first`` on, as many as a request takes."""
        return [n if people is None else n % people for n in range(first, first + self.each)]


@dataclass(frozen=True)
class Load:
    """Requests of some shapes in turn. The i-th is the same whoever makes it.

    ``people`` is after how many the numbers begin anew; None is never. ``bar`` is of the double's requests a
    second, and of the processor time of each, as a share of bare Starlette's; ``latency`` of its p99, as a
    multiple. ``known`` says what the double has seen before the first round. ``prepaid`` are the credits that
    it cost by key to find the ids.
    """

    name: str
    shapes: Sequence[Shape]
    people: int | None = None
    bar: Bar | None = None
    latency: Bar | None = None
    known: str = ""
    prepaid: Mapping[str, int] = field(default_factory=dict)

    def of(self, key: str) -> Load:
        """The same load of another account."""
        shapes = [replace(each, key=key, path=each.path.replace(each.key, key)) for each in self.shapes]
        return replace(self, shapes=shapes)

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
        for page, shape in enumerate(shapes):
            if shape.body == FOUND:
                wanted = json.dumps({"filters": {}, "pages": {"page": page, "size": 25}})
                answer = ask("POST", "/prospecting/contact/search", wanted, shape.key)
                shapes[page] = replace(shape, body=enriched(answer))
                prepaid[shape.key] = prepaid.get(shape.key, 0) + 1
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


def enriched(found: Mapping[str, Any]) -> str:
    """The body that enriches all whom a search of v2 has found."""
    ids = [row["contactId"] for row in found["data"]]
    return json.dumps({"requestId": found["requestId"], "contactIds": ids})


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
    counts = {"items": shape.items, "each": shape.each, "employers": shape.employers}
    fields += [f"{name} = {number}" for name, number in counts.items()]
    fields += [f"twice = {'true' if shape.item.count('{n}') > 1 else 'false'}"]
    return f"  {{{', '.join(fields)}, headers = {{{sent}}}}}"


def _format(text: str) -> str:
    return text.replace("%", "%%").replace("{n}", "%d").replace("{e}", "%d").replace("{id}", "%s")


_REQUEST = """
local format, concat, floor = string.format, table.concat, math.floor
local function number(k)
  if people > 0 then return k % people end
  return k
end
local function employer(shape, k)
  if shape.employers > 0 then return k % shape.employers end
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
      if shape.ids then
        items[i] = format(item, shape.ids[k + 1])
      elseif shape.twice then
        items[i] = format(item, k, k, employer(shape, k))
      else
        items[i] = format(item, k, employer(shape, k))
      end
    end
    body = body .. concat(items, ",") .. shape.tail
  elseif shape.each > 0 then
    local k = number(first)
    path = format(path, k, employer(shape, k))
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
LAST_CALL = Shape("GET", f"/_mock/journal?account={OWN}&last=1", kind="control")
ENRICH_FOUND = Shape("POST", "/prospecting/contact/enrich", FOUND, kind="found people")
FIRMS = Shape("POST", COMPANIES.path, f'{{"companies":[{_FIRMS}]}}', always=1 + 25)
VALUES = Shape("GET", "/v3/contacts/prospecting/filters/departments")


def search(filters: dict[str, Any], path: str = "/prospecting/contact/search", key: str = OWN) -> Shape:
    """A search of v2 by these filters; a page of 20, as where none is asked for."""
    return Shape("POST", path, json.dumps({"filters": filters}), kind="search", key=key)


def prospecting(filters: dict[str, Any], key: str = OWN) -> Shape:
    """A page of 25 of v3's prospecting by these filters."""
    body = json.dumps({"pagination": {"page": 0, "size": 25}, "filters": filters})
    return Shape("POST", "/v3/contacts/prospecting", body, kind="prospecting", key=key)


FOUND_LISTS = 50
ONE_AGAIN, LISTS, ONE_ELSEWHERE, ONE_NEW = Bar(0.7, 0.95), Bar(0.85, 1.1), Bar(0.4, 0.55), Bar(0.22, 0.35)
MANY_AGAIN, MANY_HERE, MANY_ELSEWHERE = Bar(0.55, 0.7), Bar(0.1, 0.18), Bar(0.09, 0.15)
MANY_NEW, VARIED, MATCHES = Bar(0.024, 0.05), Bar(0.32, 0.45), Bar(0.08, 0.2)
_ELSEWHERE = "12 others, at 12 employers"
_SAME_BULK = "all 100 people"
LOADS: Sequence[Load] = (
    Load("GET person, repeated", [ONE], 1, ONE_AGAIN, Bar(2, 1.5, most=True), "this person"),
    Load("GET a filter list", [LIST], None, LISTS, known="the list"),
    Load(
        "GET person, others, 997 employers", [ONE.at(997)], None, ONE_ELSEWHERE, Bar(2.2, 1.8, most=True),
        _ELSEWHERE,
    ),
    Load(
        "GET person, a new employer each time", [ONE.at(0)], None, ONE_NEW, Bar(4, 2.5, most=True),
        _ELSEWHERE,
    ),
    Load("POST 100, repeated", [MANY], BULK, MANY_AGAIN, known=_SAME_BULK),
    Load(
        "POST 100, others, one employer", [MANY], None, MANY_HERE, Bar(4, 2.5, most=True),
        "1,200 others, and their employer",
    ),
    Load(
        "POST 100, others, 100 employers", [MANY.at(100)], None, MANY_ELSEWHERE,
        known="1,200 others, and all employers",
    ),
    Load(
        "POST 100, others, all employers new", [MANY.at(0)], None, MANY_NEW,
        known="1,200 others, at 1,200 employers",
    ),
    Load(
        "contact search, varied", [search(each) for each in SEARCHES], None, VARIED,
        known="all 12 filters, each asked once",
    ),
    Load("enrich 25 found", [ENRICH_FOUND] * FOUND_LISTS, None, MATCHES, known="12 of the 50 lists"),
    Load("v3 search-and-enrich of 100, repeated", [REVEAL], BULK, MANY_AGAIN, known=_SAME_BULK),
    Load(
        "v3 search-and-enrich of 100, others, 100 employers", [REVEAL.at(100)], None, MANY_ELSEWHERE,
        known="1,200 others, and all employers",
    ),
    Load(
        "v3 enrich of 100, 50 lists in turn", [ENRICH], 50 * BULK, MATCHES,
        known="all 5,000 people, looked up without details",
    ),
    Load(
        "v3 prospecting, varied", [prospecting(each) for each in PROSPECTS], None, VARIED,
        known="12 of the 16 filters",
    ),
    Load(
        "v3 search of 100, others, one employer", [LOOK_UP], None, MANY_HERE,
        known="1,200 others, and their employer",
    ),
    Load("v3 company search-and-enrich of 100, repeated", [COMPANIES], BULK, known="all 100 companies"),
    Load("GET person, then the journal of it", [ONE, LAST_CALL], 1, known="this person"),
)  # fmt: skip
"""The rows of the table, as their bars were promised."""

PEOPLE = 1_000
"""How many people, and as many companies, a mixed load is about."""
KEYS = tuple(f"benchmark-tenant-{letter}-0123456789" for letter in "abcd")


def mixed(ask: Ask, *, newer: bool = True) -> Load:
    """All kinds of requests of several accounts, mistakes too, about a population that is soon known.

    ``ask`` sends (method, path, body), with a key of its own unless that is given as well, and gives the JSON
    of the answer: what is enriched has to be found first. Those of v3 are in it where ``newer`` says so.
    """
    page = json.dumps({"filters": {}, "pages": {"page": 0, "size": 25}})
    people = ask("POST", "/prospecting/contact/search", page)
    companies = ask("POST", "/prospecting/company/search", page)
    ids = [str(row["id"]) for row in companies["data"]]
    firms = {"requestId": companies["requestId"], "companiesIds": ids}
    shapes = [
        shape
        for turn, key in enumerate(KEYS)
        for shape in _of_tenant(key, turn, enriched(people), json.dumps(firms))
        if newer or not shape.path.startswith("/v3/")
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
