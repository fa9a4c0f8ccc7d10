"""People and companies of one account, or of all: pin them, change them, let them vanish."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.api.reply import Reply
from mock_lusha.control.context import account_of, found, named, refused, refused_for
from mock_lusha.errors import ConfigError
from mock_lusha.scenario.json_places import from_json
from mock_lusha.world.resolver import CompanyQuery, PersonQuery
from mock_lusha.world_store import AccountOverlay

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.control.context import ControlContext, ControlRequest
    from mock_lusha.state.accounts import Account
    from mock_lusha.world.pins import Pins
    from mock_lusha.world.resolver import CompanyMatch, PersonMatch

_PERSON = {
    "personId": "person_id",
    "linkedinUrl": "linkedin_url",
    "email": "email",
    "firstName": "first_name",
    "lastName": "last_name",
    "companyName": "company_name",
    "companyDomain": "company_domain",
}
_COMPANY = {"companyId": "company_id", "domain": "domain", "name": "name"}


def read_entities(steering: ControlContext, order: ControlRequest) -> Reply:
    """What an account pinned and erased, or what is pinned for all."""
    return Reply(_shown(steering, _whose(steering, order)))


def _whose(steering: ControlContext, order: ControlRequest) -> Account | None:
    """The account that is named; None stands for all."""
    return None if order.account is None else found(steering, order.account)


def _looking(steering: ControlContext, account: Account | None) -> Account:
    """On whose behalf somebody is looked up: what is pinned for all is seen by an account as any other."""
    return account or steering.accounts.nobody()


def pin_entities(steering: ControlContext, order: ControlRequest) -> Reply:
    """Pin people and companies, with the fields of a fixtures file."""
    account = _whose(steering, order)
    try:
        pins = steering.worlds.read_pins(from_json(order.body, "body"))
        steering.worlds.pin(account, pins)
    except ConfigError as error:
        raise refused_for([error]) from None
    return Reply(_shown(steering, account) | {"added": _added(steering, account, pins)})


def _added(steering: ControlContext, account: Account | None, pins: Pins) -> dict[str, Any]:
    """The ids under which the endpoints know what was pinned."""
    lookup = steering.worlds.lookup(_looking(steering, account))
    people = [
        lookup.person(
            PersonQuery(
                first_name=person.names[0], last_name=person.names[1], company_domain=person.key.domain
            )
        )
        for person in pins.people.values()
    ]
    companies = [lookup.company(CompanyQuery(domain=domain)) for domain in pins.companies]
    return {
        "people": [
            {
                "personId": match.person.id,
                "companyId": match.company.id,
                "firstName": match.person.first_name,
                "lastName": match.person.last_name,
                "companyDomain": match.company.domain,
            }
            for match in people
            if match is not None
        ],
        "companies": [
            {"companyId": match.company.id, "name": match.company.name, "domain": match.company.domain}
            for match in companies
            if match is not None
        ],
    }


def patch_entities(steering: ControlContext, order: ControlRequest) -> Reply:
    """Change whom and what ``find`` means, as far as ``set`` says."""
    account = _whose(steering, order)
    looking = _looking(steering, account)
    people, companies = [], []
    for index, patch in enumerate(order.body.get("people", ())):
        match = _person(steering, looking, patch["find"], f"people.{index}.find")
        own = {"firstName": match.person.first_name, "lastName": match.person.last_name}
        people.append(_whole(patch["set"], own | {"companyDomain": match.company.domain}, f"people.{index}"))
    for index, patch in enumerate(order.body.get("companies", ())):
        firm = _company(steering, looking, patch["find"], f"companies.{index}.find")
        companies.append(_whole(patch["set"], {"domain": firm.company.domain}, f"companies.{index}"))
    try:
        pins = steering.worlds.read_pins(from_json({"people": people, "companies": companies}, "body"))
        steering.worlds.pin(account, pins, over=True)
    except ConfigError as error:
        raise refused_for([error]) from None
    return Reply(_shown(steering, account))


def _whole(change: Mapping[str, Any], identity: Mapping[str, Any], where: str) -> dict[str, Any]:
    fixed = sorted(change.keys() & {*identity, "companyName"} - ({"name"} if "domain" in identity else set()))
    if fixed:
        raise refused(
            f"{where}.set cannot change {', '.join(fixed)}: they say who it is; pin another instead"
        )
    return {**change, **identity}


def erase_entities(steering: ControlContext, order: ControlRequest) -> Reply:
    """Let people and companies vanish from an account's world; pinning brings them back."""
    if order.account is None:
        raise refused(
            "account should not be empty: name one with ?account=KEY; what is pinned for all accounts is "
            "taken back with DELETE /_mock/entities"
        )
    account = account_of(steering, order)
    people = [
        _person(steering, account, find, f"people.{index}").person.key
        for index, find in enumerate(order.body.get("people", ()))
    ]
    companies = [
        _company(steering, account, find, f"companies.{index}").company.domain
        for index, find in enumerate(order.body.get("companies", ()))
    ]
    erased = steering.worlds.overlay(account).erased
    erased.people.update(people)
    erased.companies.update(companies)
    return Reply(_shown(steering, account))


def unpin_entities(steering: ControlContext, order: ControlRequest) -> Reply:
    """Take back what was pinned and erased for an account, or what was pinned for all."""
    account = _whose(steering, order)
    steering.worlds.unpin(account)
    return Reply(_shown(steering, account))


def _person(steering: ControlContext, account: Account, find: Mapping[str, Any], where: str) -> PersonMatch:
    query = PersonQuery(**{_PERSON[name]: str(value) for name, value in find.items()})
    match = steering.worlds.lookup(account).person(query)
    if match is None:
        raise refused(f"{where} finds nobody in this account's world: {dict(find)}")
    return match


def _company(steering: ControlContext, account: Account, find: Mapping[str, Any], where: str) -> CompanyMatch:
    query = CompanyQuery(**{_COMPANY[name]: str(value) for name, value in find.items()})
    match = steering.worlds.lookup(account).company(query)
    if match is None:
        raise refused(f"{where} finds no company in this account's world: {dict(find)}")
    return match


def _shown(steering: ControlContext, account: Account | None) -> dict[str, Any]:
    own = AccountOverlay(steering.worlds.shared) if account is None else steering.worlds.overlay(account)
    whose = {"account": None, "fingerprint": None, "label": None} if account is None else named(account)
    return {
        **whose,
        "pinned": {
            "people": [
                {"name": " ".join(person.names), "company": key.domain}
                for key, person in own.pins.people.items()
            ],
            "companies": list(own.pins.companies),
        },
        "erased": {
            "people": sorted(
                ({"name": key.name, "company": key.domain} for key in own.erased.people),
                key=lambda person: (person["company"], person["name"]),
            ),
            "companies": sorted(own.erased.companies),
        },
    }
