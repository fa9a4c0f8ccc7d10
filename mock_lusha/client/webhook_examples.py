"""Deliveries of a made-up person and company, as an exam sends them: Lusha's bytes, the same in every run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import orjson

from mock_lusha.api.webhooks.payloads import payload
from mock_lusha.seeded import number
from mock_lusha.state.webhooks import Subscription

if TYPE_CHECKING:
    from collections.abc import Mapping

_AT: Final = datetime(2026, 3, 2, 9, 30, tzinfo=UTC).timestamp()
_URL = "https://receiver.example/"
_LARGE = 300_000
_PERSON: Final[Mapping[str, Any]] = {
    "personId": 7130254418,
    "currentCompanyId": 4410273,
    "currentCompanyName": "Quill Works",
    "currentDomain": "quill-works.example",
    "currentTitle": "Head of Sales",
    "currentSeniorityLabel": "Director",
    "currentDepartments": [{"id": 1, "value": "Sales"}],
    "previousCompanyName": "Quill Works",
    "previousDomain": "quill-works.example",
    "previousTitle": "Sales Manager",
    "signalDate": "2026-03-01",
}
_NEWS: Final[Mapping[str, Any]] = {
    "companyId": "4410273",
    "companyName": "Quill Works",
    "domain": "quill-works.example",
    "signalId": "90211764",
    "eventType": "partnership",
    "eventSummary": "Quill Works and Lantern Press are partners",
    "articleTitle": "Quill Works finds a partner",
    "articleHighlight": "Quill Works and Lantern Press said on Monday that they are partners.",
    "articleUrl": "https://news.example/quill-works-finds-a-partner",
    "articlePublishedDate": "2026-03-01",
    "eventEffectiveDate": "2026-03-01",
}
_OPT_OUT: Final[Mapping[str, Any]] = {
    "contactId": "7130254418",
    "fullName": "Ada Quill",
    "companyName": "Quill Works",
    "jobTitle": "Head of Sales",
    "linkedinUrl": "https://www.linkedin.com/in/ada-quill-example",
    "contactOptOutDate": "2026-03-02 09:30:00.000",
    "contactExposureDate": "2026-03-02 09:30:00.000",
    "datapoints": [
        {"datapointId": "ada.quill@quill-works.example", "datapointType": "email"},
        {"datapointId": "+1 202-555-0143", "datapointType": "phone"},
    ],
    "partnerClientId": None,
}


class ExampleDeliveries:
    """The bodies of deliveries; ids of payloads follow from ``run``, so that a receiver which remembers those
    of one run does not know those of another."""

    def __init__(self, run: str) -> None:
        self._run = run
        self._count = 0

    def promotion(self, days: int = 0, **changes: Any) -> bytes:
        """That a person got another position, and that some days later than others."""
        day = f"2026-03-{1 + days:02d}"
        return self._payload("promotion", {**_PERSON, "signalDate": day, **changes}, _AT + days * 86_400)

    def beyond_ascii(self) -> bytes:
        """One with letters of several alphabets, which are sent as they are."""
        return self.promotion(currentCompanyName="Köhler & Søn 株式会社", currentTitle="Geschäftsführerin 🚀")

    def news(self, **changes: Any) -> bytes:
        """News of a company."""
        return self._payload("commercialActivityNews", {**_NEWS, **changes}, _AT)

    def unknown_type(self) -> bytes:
        """A signal of a type that is not known yet."""
        return self._payload("robotWorkforceIncrease", {**_NEWS, "eventType": "robots"}, _AT)

    def large(self) -> bytes:
        """News whose text is very long."""
        sentence = "Quill Works and Lantern Press are partners, and this is said at length. "
        return self.news(articleHighlight=sentence * (_LARGE // len(sentence) + 1))

    def opt_out(self) -> bytes:
        """That a person wants to be forgotten: it has no envelope."""
        return orjson.dumps(_OPT_OUT)

    def secret(self) -> str:
        """A secret as Lusha gives them, of which nobody made use."""
        digits = "".join(f"{number('exam secret', self._run, at):016x}" for at in range(4))
        return f"whsec_{digits[:50]}"

    def _payload(self, kind: str, data: Mapping[str, Any], at: float) -> bytes:
        self._count += 1
        is_person = "personId" in data
        subscription = Subscription(
            id="65f0c1d2a3b4c5d6e7f80910",
            entity_type="contact" if is_person else "company",
            entity_id=str(data["personId" if is_person else "companyId"]),
            number=None,
            types=(kind,),
            url=_URL,
            name=None,
            created=_AT,
            updated=_AT,
        )
        return payload(self._id(), kind, subscription, data, at, 1)

    def _id(self) -> str:
        high, low = (f"{number('exam', self._run, self._count, part):016x}" for part in ("high", "low"))
        return f"{high[:8]}-{high[8:12]}-4{high[13:]}-8{low[1:4]}-{low[4:]}"
