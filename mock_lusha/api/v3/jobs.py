"""Jobs of the waterfall: what other sources are asked for, and GET ``/v3/contacts/jobs/{jobId}``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mock_lusha.api.reply import Reply
from mock_lusha.api.v3.ids import entity_id, job_id
from mock_lusha.api.v3.person_shapes import contact_enriched
from mock_lusha.api.v3.reveal_input import RevealRequest
from mock_lusha.clock import timestamp_of
from mock_lusha.errors import ApiError, shorten
from mock_lusha.services.waterfall import waterfall_hits
from mock_lusha.state.jobs import LIFETIME, SECONDS, Job, is_complete
from mock_lusha.state.ledger import bits_of
from mock_lusha.world.resolver import PersonQuery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.shape import Shape
    from mock_lusha.services.billing import Reveal
    from mock_lusha.state.ledger import Details
    from mock_lusha.world.entities import Person
    from mock_lusha.world.resolver import PersonMatch

_SOURCE = "waterfall"


def waterfall_items(call: ApiRequest, people: Sequence[Person], reveal: Reveal) -> list[Details]:
    """What other sources' details of people cost: the same as Lusha's own."""
    items: list[Details] = []
    for person in people:
        emails, phones = waterfall_hits(call.account.seed, person, reveal)
        kinds = [kind for kind, details in (("email", emails), ("phone", phones)) if details]
        if kinds:
            items.append((person.id, bits_of(*kinds)))
    return items


def start_job(call: ApiRequest, people: Sequence[Person], reveal: Reveal, cost: int) -> Shape:
    """Begin a job for people, whose details ``cost`` so much; what the answer says of it."""
    account, now = call.account, call.record.now
    name = job_id(account)
    ids = tuple(dict.fromkeys(person.id for person in people))
    account.jobs.add(name, Job(now, ids, reveal.emails, reveal.phones, cost))
    return {
        "id": name,
        "status": "processing",
        "expiresAt": timestamp_of(now + LIFETIME),
        "retryAfter": int(SECONDS),
    }


def get_job(call: ApiRequest) -> Reply:
    """How a job stands, and what it found once it is done; looking changes nothing and is free.

    A job takes two seconds of the account's clock and is kept for a day. One that is unknown, expired or
    another account's is 404.
    """
    account, now, name = call.account, call.record.now, call.path["jobId"]
    job = account.jobs.get(name, now)
    if job is None:
        raise ApiError(
            "not-found", [f"there is no job {shorten(name)}: it is unknown, expired or another account's"]
        )
    shape: Shape = {"jobId": name}
    covers = [entity_id(account, "contact", number) for number in job.people]
    if not is_complete(job, now):
        return Reply({**shape, "status": "processing", "retryAfter": int(SECONDS), "covers": covers})
    reveal = RevealRequest(job.emails, job.phones, named=True)
    matches = [call.lookup.person(PersonQuery(person_id=str(number))) for number in job.people]
    shown = [match for match in matches if match is not None and match.person.restricted is None]
    hits = [_with_hits(account.seed, match, reveal.kinds) for match in shown]
    contacts = [contact_enriched(account, call.world, match, reveal, source=_SOURCE) for match in hits]
    return Reply(
        {**shape, "status": "complete", "covers": covers, "contacts": contacts, "creditsCharged": job.cost}
    )


def _with_hits(seed: str, match: PersonMatch, reveal: Reveal) -> PersonMatch:
    """Somebody with what other sources have of them in place of what Lusha lacks, and nothing else."""
    emails, phones = waterfall_hits(seed, match.person, reveal)
    return replace(match, person=replace(match.person, emails=emails, phones=phones))


HANDLERS = {"getContactJob": get_job}
