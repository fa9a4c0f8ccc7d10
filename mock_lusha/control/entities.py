"""People and companies of one account, or of all: pin, change and erase them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.api.reply import Reply
from mock_lusha.api.webhooks.whom import found
from mock_lusha.control.context import (
    account_of,
    account_reference,
    bad_request,
    bad_request_for,
)
from mock_lusha.errors import ConfigError
from mock_lusha.scenario.json_places import from_json
from mock_lusha.world.resolver import CompanyMatch, CompanyQuery, PersonMatch, PersonQuery
from mock_lusha.world_store import AccountOverlay

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.control.context import ControlContext, ControlRequest
    from mock_lusha.state.accounts import Account
    from mock_lusha.world.pins import Pins


def read_entities(context: ControlContext, request: ControlRequest) -> Reply:
    """What an account pinned and erased, or what is pinned for all."""
    return Reply(_view(context, _named_account(context, request)))


def _named_account(context: ControlContext, request: ControlRequest) -> Account | None:
    """The account that a request names; None stands for all."""
    return None if request.account is None else account_of(context, request)


def _account_of_lookup(context: ControlContext, account: Account | None) -> Account:
    """The account that lookups are made for: itself, or for all accounts one that is like any other."""
    return account or context.accounts.nobody()


def pin_entities(context: ControlContext, request: ControlRequest) -> Reply:
    """Pin people and companies, with the fields of a fixtures file."""
    account = _named_account(context, request)
    try:
        pins = context.worlds.read_pins(from_json(request.body, "body"))
        context.worlds.pin(account, pins)
    except ConfigError as error:
        raise bad_request_for([error]) from None
    return Reply(_view(context, account) | {"added": _added_view(context, account, pins)})


def _added_view(context: ControlContext, account: Account | None, pins: Pins) -> dict[str, Any]:
    """The ids that the API has for what was pinned."""
    lookup = context.worlds.lookup(_account_of_lookup(context, account))
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


def patch_entities(context: ControlContext, request: ControlRequest) -> Reply:
    """Change the facts in ``set`` of the people and companies that ``find`` identifies."""
    account = _named_account(context, request)
    lookup_account = _account_of_lookup(context, account)
    people, companies = [], []
    for index, patch in enumerate(request.body.get("people", ())):
        match = _person(context, lookup_account, patch["find"], f"people.{index}.find")
        identity = {"firstName": match.person.first_name, "lastName": match.person.last_name}
        people.append(
            _complete_facts(
                patch["set"], identity | {"companyDomain": match.company.domain}, f"people.{index}"
            )
        )
    for index, patch in enumerate(request.body.get("companies", ())):
        company_match = _company(context, lookup_account, patch["find"], f"companies.{index}.find")
        companies.append(
            _complete_facts(patch["set"], {"domain": company_match.company.domain}, f"companies.{index}")
        )
    try:
        pins = context.worlds.read_pins(from_json({"people": people, "companies": companies}, "body"))
        context.worlds.pin(account, pins, over=True)
    except ConfigError as error:
        raise bad_request_for([error]) from None
    return Reply(_view(context, account))


def _complete_facts(change: Mapping[str, Any], identity: Mapping[str, Any], where: str) -> dict[str, Any]:
    fixed = sorted(change.keys() & {*identity, "companyName"} - ({"name"} if "domain" in identity else set()))
    if fixed:
        raise bad_request(
            f"{where}.set cannot change {', '.join(fixed)}: they say who it is; pin another instead"
        )
    return {**change, **identity}


def erase_entities(context: ControlContext, request: ControlRequest) -> Reply:
    """Erase people and companies from an account's world; pinning brings them back."""
    if request.account is None:
        raise bad_request(
            "account should not be empty: name one with ?account=KEY; what is pinned for all accounts is "
            "taken back with DELETE /_mock/entities"
        )
    account = account_of(context, request)
    people = [
        _person(context, account, find, f"people.{index}").person.key
        for index, find in enumerate(request.body.get("people", ()))
    ]
    companies = [
        _company(context, account, find, f"companies.{index}").company.domain
        for index, find in enumerate(request.body.get("companies", ()))
    ]
    erased = context.worlds.overlay(account).erased
    erased.people.update(people)
    erased.companies.update(companies)
    return Reply(_view(context, account))


def unpin_entities(context: ControlContext, request: ControlRequest) -> Reply:
    """Take back what was pinned and erased for an account, or what was pinned for all."""
    account = _named_account(context, request)
    context.worlds.unpin(account)
    return Reply(_view(context, account))


def _person(context: ControlContext, account: Account, find: Mapping[str, Any], where: str) -> PersonMatch:
    match = found(context.worlds.lookup(account), "contact", find)
    if not isinstance(match, PersonMatch):
        raise bad_request(f"{where} finds nobody in this account's world: {dict(find)}")
    return match


def _company(context: ControlContext, account: Account, find: Mapping[str, Any], where: str) -> CompanyMatch:
    match = found(context.worlds.lookup(account), "company", find)
    if not isinstance(match, CompanyMatch):
        raise bad_request(f"{where} finds no company in this account's world: {dict(find)}")
    return match


def _view(context: ControlContext, account: Account | None) -> dict[str, Any]:
    overlay = AccountOverlay(context.worlds.shared) if account is None else context.worlds.overlay(account)
    reference = (
        {"account": None, "fingerprint": None, "label": None}
        if account is None
        else account_reference(account)
    )
    return {
        **reference,
        "pinned": {
            "people": [
                {"name": " ".join(person.names), "company": key.domain}
                for key, person in overlay.pins.people.items()
            ],
            "companies": list(overlay.pins.companies),
        },
        "erased": {
            "people": sorted(
                ({"name": key.name, "company": key.domain} for key in overlay.erased.people),
                key=lambda person: (person["company"], person["name"]),
            ),
            "companies": sorted(overlay.erased.companies),
        },
    }
