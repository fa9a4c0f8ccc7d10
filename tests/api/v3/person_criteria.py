"""Criteria of people as they are sent to v3, and whom they mean in other words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mock_lusha.world.generate.people import local_part
from mock_lusha.world.postal_codes import miles
from mock_lusha.world.search.scores import score_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from mock_lusha.world.entities import Course, Job, Person, Place
    from mock_lusha.world.world import World

ALL_LEVELS = {"seniorityIds": list(range(1, 11))}
Fields = dict[str, Any]


class Everybody:
    """People of a small world, as they are made one by one."""

    def __init__(self, world: World, people: Sequence[Person]) -> None:
        self.world = world
        self.people = people

    @classmethod
    def listed(cls, world: World) -> Everybody:
        """All who are pinned or in the directory."""
        keys = [world.key_of_number(number) for number in range(world.directory.people)]
        every = dict.fromkeys([*world.pins.people, *filter(None, keys)])
        return cls(world, [world.person(key) for key in every])

    def jobs(self, person: Person) -> Sequence[Job]:
        return self.world.employments(person)

    def first(self, is_so: Callable[[Person], Any]) -> Person:
        return next(filter(is_so, self.people))

    @property
    def mover(self) -> Person:
        """Somebody with several former jobs, the last one elsewhere."""
        return self.first(lambda p: len(self.jobs(p)) > 2 and self.jobs(p)[0].domain != p.job.domain)

    @property
    def promoted(self) -> Person:
        return self.first(lambda p: p.previous and p.previous.domain == p.job.domain)

    def postal_code(self, place: Place) -> str:
        code = self.world.postal_codes.postal_code(place, 0)
        assert code is not None
        return code


class Case(NamedTuple):
    """The fields of a criterion, and whom they mean in other words."""

    fields: Fields
    means: Callable[[Person], Any]


def has(*words: str) -> Callable[[str], bool]:
    """Whether a text has each word, as a reader would see it."""
    return lambda text: {word.lower() for word in words} <= set(text.lower().replace(",", " ").split())


def courses(person: Person, is_so: Callable[[Course], bool]) -> bool:
    return any(map(is_so, person.courses))


def places(**location: str) -> Fields:
    return {"locations": [location]}


def near(everybody: Everybody, distance: int) -> Case:
    middle = everybody.first(lambda p: p.place.city == "New York").place
    area = {"country": "United States", "zipcode": everybody.postal_code(middle), "distance": distance}
    return Case({"geographicDetails": [area]}, lambda p: miles(middle, p.place) <= distance)


def far(everybody: Everybody) -> Case:
    middle = everybody.first(lambda p: p.place.country_code == "GB").place
    area = {"country": "gb", "zipcode": everybody.postal_code(middle), "distance": 400}
    return Case({"geographicDetails": [area]}, lambda p: miles(middle, p.place) <= 400)


def moved(person: Person, *kinds: str) -> bool:
    if person.previous is None:
        return False
    return ("promotion" if person.previous.domain == person.job.domain else "companyChange") in kinds


def points(person: Person) -> set[str]:
    return {f"{email.kind}_email" for email in person.emails} | {
        f"{phone.kind}_phone" for phone in person.phones
    }


def cases(everybody: Everybody, today: date) -> Mapping[str, Case]:
    """Path of a leaf of the schema -> a case of it."""
    any_one, mover, promoted = everybody.people[77], everybody.mover, everybody.promoted
    jobs = everybody.jobs
    old = today.replace(year=today.year - 2)
    former = jobs(mover)[1]
    mailbox = f"{local_part(mover.key.name)}@{former.domain}"
    # Somebody who has worked for the one, and whose name stands before the other.
    other = everybody.first(lambda p: jobs(p) and former.domain not in {job.domain for job in jobs(p)})
    others = [f"{local_part(other.key.name)}@{former.domain}", f"nobody.atall@{jobs(other)[-1].domain}"]
    return {
        "names": Case(
            {"names": [any_one.full_name.upper(), mover.last_name, "Nobody Atall"]},
            lambda p: p.full_name == any_one.full_name or p.last_name.startswith(mover.last_name),
        ),
        "jobTitles": Case({"jobTitles": ["sales manager"]}, lambda p: has("sales", "manager")(p.job.title)),
        "jobTitlesExactMatch": Case(
            {"jobTitlesExactMatch": [any_one.job.title.lower()]}, lambda p: p.job.title == any_one.job.title
        ),
        "normalizedJobTitles": Case(
            {"normalizedJobTitles": ["vice_president_sales", "Engineering Director"]},
            lambda p: (
                p.job.title
                in {"VP, Sales", "Vice President of Sales", "Director of Engineering", "Engineering Director"}
            ),
        ),
        "searchText": Case({"searchText": "director"}, lambda p: has("director")(p.job.title)),
        "countries": Case(
            {"countries": ["de", "FR", "XX"]}, lambda p: p.place.country in {"Germany", "France"}
        ),
        "locations.city": Case(places(city="new york"), lambda p: p.place.city == "New York"),
        "locations.state": Case(places(state="California"), lambda p: p.place.state == "California"),
        "locations.country": Case(places(country="Germany"), lambda p: p.place.country == "Germany"),
        "locations.continent": Case(places(continent="Europe"), lambda p: p.place.continent == "Europe"),
        "locations.countryGrouping": Case(
            places(countryGrouping="NA"), lambda p: p.place.country in {"United States", "Canada"}
        ),
        "locations.region": Case(
            places(region="Texas"), lambda p: (p.place.state or p.place.city) == "Texas"
        ),
        "locations.countryIso2": Case(places(countryIso2="GB"), lambda p: p.place.country_code == "GB"),
        "seniorityIds": Case({"seniorityIds": [5, 99]}, lambda p: p.job.seniority.name == "manager"),
        "departments": Case({"departments": ["sales", "Nowhere"]}, lambda p: "Sales" in p.job.departments),
        "linkedinUrls": Case(
            {"linkedinUrls": [any_one.linkedin_url, mover.linkedin_url]}, lambda p: p in (any_one, mover)
        ),
        "existingDataPoints": Case(
            {"existingDataPoints": ["direct_phone", "private_email"]},
            lambda p: points(p) & {"direct_phone", "private_email"},
        ),
        "existingDataPointsCondition": Case(
            {"existingDataPoints": ["mobile_phone", "work_email"], "existingDataPointsCondition": "and"},
            lambda p: points(p) >= {"mobile_phone", "work_email"},
        ),
        "signals.types": Case(
            {"signals": {"types": ["promotion"], "startDate": "2000-01-01"}}, lambda p: moved(p, "promotion")
        ),
        "signals.startDate": Case(
            {"signals": {"startDate": old.isoformat()}},
            lambda p: moved(p, "promotion", "companyChange") and p.job_start >= old,
        ),
        "emails": Case(
            {"emails": [email.address for p in (any_one, mover) for email in p.emails]},
            lambda p: p in (any_one, mover) and p.emails,
        ),
        "previousEmails": Case(
            {"previousEmails": [mailbox, *others]},
            lambda p: p.key.name == mover.key.name and former.domain in {job.domain for job in jobs(p)},
        ),
        "previousJobTitle": Case(
            {"previousJobTitle": ["senior"]}, lambda p: any(has("senior")(job.title) for job in jobs(p))
        ),
        "skills": Case(
            {"skills": ["salesforce", "Python"]},
            lambda p: {"Salesforce", "Python"} & {word for skill in p.skills for word in skill.split()},
        ),
        "certifications": Case(
            {"certifications": ["Certified"]},
            lambda p: any("certified" in c.title.lower() for c in p.certifications),
        ),
        "awards": Case(
            {"awards": ["employee year"]}, lambda p: any(has("employee", "year")(a.title) for a in p.awards)
        ),
        "ids": Case({"ids": [str(mover.id), str(any_one.id), "17"]}, lambda p: p in (any_one, mover)),
        "jobChangedAfterDate": Case(
            {"jobChangedAfterDate": mover.job_start.isoformat()},
            lambda p: p.previous and p.job_start >= mover.job_start,
        ),
        "jobChangedLastViewDate": Case(
            {"jobChangedLastViewDate": mover.job_start.isoformat()},
            lambda p: p.previous and p.job_start > mover.job_start,
        ),
        "education.degrees": Case(
            {"education": {"degrees": ["Master Science", "Nothing"]}},
            lambda p: courses(p, lambda c: has("master", "science")(c.degree)),
        ),
        "education.fieldsOfStudy": Case(
            {"education": {"fieldsOfStudy": ["Business"]}},
            lambda p: courses(p, lambda c: has("business")(c.field)),
        ),
        "education.schools": Case(
            {"education": {"schools": ["Institute"]}},
            lambda p: courses(p, lambda c: has("institute")(c.school)),
        ),
        "education.startYearGte": Case(
            {"education": {"startYearGte": 2008}}, lambda p: courses(p, lambda c: c.start_year >= 2008)
        ),
        "education.graduationYearLte": Case(
            {"education": {"graduationYearLte": 2010, "degrees": ["Bachelor"]}},
            lambda p: courses(p, lambda c: c.end_year <= 2010 and has("bachelor")(c.degree)),
        ),
        "score.minScore": Case({"score": {"minScore": 60}}, lambda p: score_of(p, today) >= 60),
        "score.maxScore": Case(
            {"score": {"minScore": 20, "maxScore": 40}}, lambda p: 20 <= score_of(p, today) <= 40
        ),
        "geographicDetails.country": far(everybody),
        "geographicDetails.zipcode": near(everybody, 0),
        "geographicDetails.distance": near(everybody, 300),
        "previousCompanyDomains": Case(
            {"previousCompanyDomains": [former.domain, promoted.job.domain]},
            lambda p: {former.domain, promoted.job.domain} & {job.domain for job in jobs(p)},
        ),
        "previousCompanyNames": Case(
            {"previousCompanyNames": [former.company.upper(), promoted.job.company]},
            lambda p: {former.company, promoted.job.company} & {job.company for job in jobs(p)},
        ),
    }
