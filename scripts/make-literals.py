#!/usr/bin/env python
"""Write mock_lusha/client/literals.py: the words that the handle takes, as types.

Operations are those of the contract, errors those of the catalogue, facts those of a fixtures file, so that
mypy and pyright know a misspelt one. Run it whenever one of them changes; a test makes it again and compares.
"""

from __future__ import annotations

import dataclasses
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from mock_lusha.client.facts import COMPANY_FIND, PERSON_FIND  # noqa: E402
from mock_lusha.config import Settings, data_folder  # noqa: E402 - of this checkout
from mock_lusha.contract.registry import Registry  # noqa: E402
from mock_lusha.errors import CATALOGUE  # noqa: E402
from mock_lusha.plans import PLANS  # noqa: E402
from mock_lusha.scenario.model import CELL_OUTCOMES, DELIVERY_FAULTS, FAULTS, OUTCOMES  # noqa: E402
from mock_lusha.state.limits import WINDOWS  # noqa: E402
from mock_lusha.world.company_profile import COMPANY_TYPES  # noqa: E402
from mock_lusha.world.pin_files import COMPANY_FIELDS, PERSON_FIELDS  # noqa: E402
from mock_lusha.world.pools import SENIORITIES, Pools  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TARGET = ROOT / "mock_lusha" / "client" / "literals.py"
HEAD = '''\
"""The words that the handle takes, as types. Written by scripts/make-literals.py: change that, not this."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
'''
# What is not a text, by its name in a fixtures file.
TYPES = {
    "personId": "int",
    "companyId": "int",
    "employees": "int",
    "founded": "int",
    "departments": "Sequence[Department]",
    "seniority": "Seniority",
    "subIndustry": "SubIndustry",
    "emails": "Sequence[str | EmailFacts]",
    "phones": "Sequence[str | PhoneFacts]",
    "revenue": "Mapping[str, int]",
    "previousEmployment": "Sequence[EmploymentFacts]",
    "education": "Sequence[CourseFacts]",
    "certifications": "Sequence[CertificationFacts]",
    "awards": "Sequence[AwardFacts]",
    "signals": "Sequence[SignalFacts]",
    "keywords": "Sequence[str]",
    "businessModel": 'Sequence[Literal["B2B", "B2C", "B2G"]]',
    "companyType": "CompanyType",
    "alternativeDomains": "Sequence[str]",
    "jobStartDate": "str | date",
    "skills": "Sequence[str]",
    "tags": "Sequence[str]",
    "specialities": "Sequence[str]",
    "technologies": "Sequence[str]",
    "restricted": 'Literal["gdpr", "compliance"]',
}
IDS = {"personId": "int | str", "companyId": "int | str"}
SETTINGS = {"plan": "PlanName", "seed": "str", "credits": 'int | Literal["unlimited"] | None'}
LIKE = {"at_least": "int", "at_most": "int", "method": "str", "path": "str", "status": "int"}
NESTED = {
    "EmailFacts": (
        "A mailbox of a pinned person.",
        {
            "email": "str",
            "emailType": 'Literal["work", "private"]',
            "emailConfidence": 'Literal["A+", "A", "B"]',
        },
    ),
    "PhoneFacts": (
        "A telephone of a pinned person.",
        {"number": "str", "phoneType": 'Literal["mobile", "direct", "phone"]', "doNotCall": "bool"},
    ),
    "EmploymentFacts": (
        "A job of a pinned person before the present one.",
        {
            "companyDomain": "str",
            "companyName": "str",
            "jobTitle": "str",
            "departments": "Sequence[Department]",
            "seniority": "Seniority",
        },
    ),
    "CourseFacts": (
        "A course of study of a pinned person.",
        {"school": "str", "degree": "str", "field": "str", "startYear": "int", "endYear": "int"},
    ),
    "CertificationFacts": (
        "A certificate of a pinned person.",
        {"title": "str", "issuer": "str", "year": "int", "month": "int"},
    ),
    "AwardFacts": (
        "A distinction of a pinned person.",
        {"title": "str", "company": "str", "year": "int", "month": "int"},
    ),
    "SignalFacts": (
        "Something that happened to a pinned person or company.",
        {"type": "str", "date": "str | date"},
    ),
    "Counted": (
        "Which of the calls that are meant a rule takes.",
        {"times": "int", "nth": "int | str | Sequence[int | str]", "every": "int", "share": "float"},
    ),
    "CallLike": ("What a call is expected to be besides its query and body, and how often.", LIKE),
    "CallWith": (
        "What a call is expected to be, and how often.",
        {**LIKE, "query": "Mapping[str, str]", "body": "Any"},
    ),
}


def literal(name: str, words: Iterable[str], about: str) -> str:
    """A type of words."""
    rows = "".join(f'    "{word}",\n' for word in words)
    return f'{name} = Literal[\n{rows}]\n"""{about}"""\n'


def snake(name: str) -> str:
    """A name of a fixtures file as Python spells it."""
    return re.sub(r"[A-Z]", lambda found: "_" + found[0].lower(), name)


def both(fields: Iterable[str], types: dict[str, str]) -> dict[str, str]:
    """Fields with their types, in both spellings."""
    return {spelled: types.get(name, "str") for name in fields for spelled in (snake(name), name)}


def typed(name: str, about: str, fields: dict[str, str]) -> str:
    """A type of keyword arguments, none of which must be given."""
    rows = "".join(f"    {field}: {kind}\n" for field, kind in fields.items())
    return f'class {name}(TypedDict, total=False):\n    """{about}"""\n\n{rows}'


def parts() -> Iterator[str]:
    """All types, those that others need first."""
    pools = Pools.load(data_folder("fixtures") / "reference")
    industries = sorted({trade.industry.sub for trade in pools.trades} - {"Other"})
    yield literal("OperationId", Registry.load().operations, "The operations of the Lusha API.")
    yield literal("ErrorName", CATALOGUE, "The errors of the catalogue: ``mock-lusha errors`` lists them.")
    yield literal("PlanName", PLANS, "The plans.")
    yield literal("WindowName", WINDOWS, "The windows of the rate limits.")
    yield literal("FaultName", FAULTS, "What may be wrong with an answer, as scenarios call it.")
    yield literal("OutcomeName", OUTCOMES, "What looking somebody up may come to.")
    yield literal("CellOutcomeName", CELL_OUTCOMES, "What running cells of a table may come to.")
    yield literal("DeliveryFaultName", DELIVERY_FAULTS, "What may happen to deliveries of webhooks.")
    yield literal("Department", pools.careers.titles, "The departments of people.")
    yield literal("Seniority", (level.name for level in SENIORITIES), "The seniorities of people.")
    yield literal("SubIndustry", industries, "The sub-industries of companies.")
    yield literal("CompanyType", COMPANY_TYPES, "The types of companies.")
    for name, (about, fields) in NESTED.items():
        yield typed(name, about, fields)
    yield typed("PersonFacts", "What may be said of a pinned person.", both(PERSON_FIELDS, TYPES))
    of_company = TYPES | {"emails": "Sequence[str]", "phones": "Sequence[str]"}
    yield typed("CompanyFacts", "What may be said of a pinned company.", both(COMPANY_FIELDS, of_company))
    found = both((*PERSON_FIND, *COMPANY_FIND), IDS)
    yield typed("FindFacts", "What a person or a company is found by.", found)
    settings = {each.name: SETTINGS.get(each.name) or words(each) for each in dataclasses.fields(Settings)}
    settings["webhooks"] = "Mapping[str, Any]"  # of accounts alone
    del settings["control"]  # the handle's keyword of that name is the client
    yield typed("Overrides", "Settings of an account, or of a server of one's own.", settings)


def words(setting: dataclasses.Field[object]) -> str:
    """The type of a setting: the words that it takes, where it takes no others."""
    shown: str = setting.metadata["metavar"]
    if "|" not in shown or not shown.islower():
        return "Any"
    listed = ", ".join(f'"{word}"' + (f", {word}" if word.isdigit() else "") for word in shown.split("|"))
    return f"Literal[{listed}]{' | bool' if 'bool' in str(setting.type) else ''}"


def render() -> str:
    """The file's text."""
    return HEAD + "".join(f"\n{'' if '= Literal' in part[:40] else chr(10)}{part}" for part in parts())


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
