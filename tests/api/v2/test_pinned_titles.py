"""What a job title that was given to somebody decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support import CheckedClient

KEY = "test-key-0123456789"
TITLES = {
    "a known one": ("Chief Technology Officer", ["Engineering & Technical"], "c-suite"),
    "a short one": ("CFO", ["Finance"], "c-suite"),
    "one of known words": ("VP of Platform Engineering", ["Engineering & Technical"], "vice president"),
    "a head": ("Head of Payroll", ["Finance"], "director"),
    "a partner of a business": ("HR Business Partner", ["Human Resources"], "other"),
    "one that says nothing": ("Keeper of the Keys", ["Other"], "other"),
}


@pytest.mark.parametrize(("title", "departments", "seniority"), TITLES.values(), ids=list(TITLES))
def test_a_pinned_job_title_decides_what_is_not_given(
    client: CheckedClient, title: str, departments: list[str], seniority: str
) -> None:
    who = {"firstName": "Ada", "lastName": "Isar", "companyDomain": "acme.com", "jobTitle": title}
    given = {**who, "firstName": "Bo", "departments": ["Legal"], "seniority": "intern"}
    half = {**who, "firstName": "Cy", "departments": []}
    client.post(f"/_mock/entities?account={KEY}", json={"people": [who, given, half]})

    ada, bo, cy = (
        client.get(
            "/v2/person", params={"firstName": name, "lastName": "Isar", "companyDomain": "acme.com"}
        ).json()["contact"]["data"]["jobTitle"]
        for name in ("Ada", "Bo", "Cy")
    )

    assert (ada["title"], ada["departments"], ada["seniority"].lower()) == (title, departments, seniority)
    assert (bo["departments"], bo["seniority"]) == (["Legal"], "Intern")
    assert (cy.get("departments", []), cy["seniority"].lower()) == ([], seniority)
