"""Filters of searches for people: as many kinds of each generation of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

SEARCHES: Sequence[dict[str, Any]] = (
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
"""Filters of v2's contact search."""

PROSPECTS: Sequence[dict[str, Any]] = (
    {"contacts": {"include": {"departments": ["Sales"]}}},
    {"contacts": {"include": {"departments": ["Marketing", "Finance"], "seniorityIds": [5, 6]}}},
    {"contacts": {"include": {"seniorityIds": [4], "locations": [{"country": "US"}]}}},
    {"contacts": {"include": {"jobTitles": ["VP Engineering"]}}},
    {"contacts": {"include": {"jobTitles": ["manager"]}, "exclude": {"locations": [{"country": "US"}]}}},
    {"contacts": {"include": {"countries": ["FR", "DE"], "existingDataPoints": ["phone"]}}},
    {"contacts": {"include": {"signals": {"types": ["promotion"]}}}},
    {"contacts": {"include": {"searchText": "engineer"}}},
    {"contacts": {"include": {"skills": ["Salesforce", "Python"]}}},
    {"contacts": {"include": {"departments": ["Sales"], "education": {"degrees": ["Bachelor of Science"]}}}},
    {
        "contacts": {
            "include": {
                "geographicDetails": [{"country": "United States", "zipcode": "94105", "distance": 25}]
            }
        }
    },
    {"contacts": {"include": {"departments": ["Sales"], "jobChangedAfterDate": "2025-01-01"}}},
    {"companies": {"include": {"sizes": [{"min": 51, "max": 200}]}}},
    {"companies": {"include": {"mainIndustriesIds": [17], "technologies": ["Salesforce"]}}},
    {"companies": {"include": {"locations": [{"country": "DE"}]}, "exclude": {"sizes": [{"min": 10_001}]}}},
    {
        "contacts": {"include": {"departments": ["Engineering & Technical"]}},
        "companies": {
            "include": {"sizes": [{"min": 201, "max": 500}], "foundedYear": [{"min": 2000, "max": 2015}]}
        },
    },
)
"""Filters of v3's prospecting."""
