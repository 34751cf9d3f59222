"""The resident register: who is recorded here. A file is taken whole or not at all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from openjpki.desk.messages import Attributes, Foreigner, PersonReported
from openjpki.rules.dates import civil_date
from openjpki.rules.kinds import Sex
from openjpki.rules.stay import Stay
from openjpki.window import selectors
from openjpki.window.checkpoints import Checkpoint
from openjpki.window.entries import ResidentEntry
from openjpki.window.equipment import Equipment, act, note, note_person, over_what_is_there
from openjpki.window.loading import load_resident
from openjpki.window.models import Resident
from openjpki.window.officer import Officer
from openjpki.window.outbox import Outbox, put_all
from openjpki.window.register_csv import BadLine, BadLines, Person, read_register
from openjpki.window.states import ResidentState
from openjpki.window.verbs import Verb

CHUNK = 500
"""Persons of one question or insertion: well below every database's bound on parameters."""


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What an import did."""

    residents: int
    waiting: int
    """Messages to the authority that still wait, of all persons."""


def attributes_of(row: Resident) -> Attributes:
    """Return the four attributes as the register has them."""
    return Attributes(name=row.name, address=row.address, birth_date=row.birth_date, sex=Sex(row.sex))


def foreigner_of(stay: Stay) -> Foreigner | None:
    """Return what a report says of a resident's stay: of a Japanese national nothing (R-1.8)."""
    return None if stay.japanese else Foreigner(status=stay.status, stay_until=stay.until)


def subject(row: Resident) -> str:
    """Return how the audit record names a person: by the row's key, not by a code that others know."""
    return f"resident:{row.municipality}/{row.pk}"


class Residents:
    """Acts on the register."""

    def __init__(self, equipment: Equipment, outbox: Outbox) -> None:
        self._equipment = equipment
        self._outbox = outbox

    def import_csv(self, officer: Officer, source: str | bytes) -> Imported:
        """Enter every person of a CSV file (`register_csv`) and report each to the authority.

        Raises `BadFile` or `BadLines`, having entered nobody.
        """
        at = self._equipment.moment()
        persons, bad = read_register(source, today=civil_date(at))
        over_what_is_there(lambda: self._enter(officer, persons, bad, at))
        self._equipment.checkpoint(Checkpoint.REGISTER_IMPORTED)
        return Imported(residents=len(persons), waiting=self._outbox.deliver().waiting)

    def _enter(self, officer: Officer, persons: Sequence[Person], bad: Sequence[BadLine], at: datetime) -> None:
        """Enter all or nobody, in the order of resident codes, so that two imports wait and do not block each other."""
        with act():
            found = [*bad, *_registered_already(officer, persons)]
            if found:
                raise BadLines.of(found)
            for chunk in _chunks(sorted(persons, key=lambda person: person.resident_code)):
                Resident.objects.across_municipalities().bulk_create(_row(officer, person) for person in chunk)
                put_all([self._report(officer, person, at) for person in chunk], at=at)
            subject_of_all = f"register:{officer.municipality}"
            note(officer, Verb.RESIDENTS_IMPORTED, subject_of_all, at=at, residents=len(persons))

    def list(
        self, officer: Officer, *, after: str = "", until: str = "", limit: int = selectors.PAGE, living: bool = False
    ) -> tuple[ResidentEntry, ...]:
        """Return up to `limit` persons by resident code, behind `after` and through `until`; write down how many.

        `living`: only who lives here. A list of nobody shows nothing about anybody, and leaves no record.
        """
        with act():
            found = selectors.residents(officer, after=after, until=until, limit=limit, living=living)
            if found:
                register = f"register:{officer.municipality}"
                note(officer, Verb.RESIDENTS_LISTED, register, at=self._equipment.moment(), residents=len(found))
            return found

    def codes(self, officer: Officer, *, after: str = "", limit: int) -> tuple[str, ...]:
        """Return the codes of the next persons who live here, by which a list is parted into pages. Nobody sees them."""
        return selectors.resident_codes(officer, after=after, limit=limit)

    def living(self, officer: Officer) -> int:
        """Return how many persons live here."""
        return selectors.living(officer)

    def show(self, officer: Officer, resident_code: str) -> ResidentEntry:
        """Return one person, and write down that the record was read; raise `ResidentNotFound`."""
        with act():
            note_person(
                self._equipment,
                officer,
                Verb.RESIDENT_READ,
                subject(load_resident(officer, resident_code)),
                at=self._equipment.moment(),
                resident_code=resident_code,
            )
            return selectors.resident(officer, resident_code)

    def _report(self, officer: Officer, person: Person, at: datetime) -> PersonReported:
        return PersonReported(
            report_id=self._equipment.new_id(),
            municipality=officer.municipality,
            resident_code=person.resident_code,
            attributes=Attributes(
                name=person.name, address=person.address, birth_date=person.birth_date, sex=person.sex
            ),
            reported_at=at,
            foreigner=foreigner_of(person.stay),
        )


def _row(officer: Officer, person: Person) -> Resident:
    return Resident(
        municipality=officer.municipality,
        resident_code=person.resident_code,
        name=person.name,
        kana=person.kana,
        address=person.address,
        birth_date=person.birth_date,
        sex=person.sex.value,
        state=ResidentState.RESIDENT.value,
        resident_since_date=person.resident_since,
        residence_status=person.stay.status.value,
        stay_until_date=person.stay.until,
    )


def _registered_already(officer: Officer, persons: Sequence[Person]) -> Iterator[BadLine]:
    """Yield the lines of persons recorded here now or before, or recorded elsewhere now; where is not said."""
    rows = Resident.objects.across_municipalities()
    for chunk in _chunks(persons):
        known = rows.filter(resident_code__in=[person.resident_code for person in chunk])
        taken = Q(municipality=officer.municipality) | Q(state=ResidentState.RESIDENT.value)
        here_or_living = set(known.filter(taken).values_list("resident_code", flat=True))
        yield from (
            BadLine(line=person.line, code="already-registered")
            for person in chunk
            if person.resident_code in here_or_living
        )


def _chunks(persons: Sequence[Person]) -> Iterator[Sequence[Person]]:
    return (persons[start : start + CHUNK] for start in range(0, len(persons), CHUNK))
