import pytest

from openjpki.desk.carrier import AuthorityUnreachable, Carrier
from openjpki.desk.messages import CertificateRecord, Certificates, CertificatesAsked, Reply, Request
from openjpki.rules.policy import Policy
from openjpki.window import copies
from openjpki.window.answers import AuthorityRefused
from openjpki.window.equipment import Equipment
from openjpki.window.loading import copies_of, load_resident
from tests.unit.window.counter import HANAKO, WAKABA, Counter, at, numbers

pytestmark = pytest.mark.django_db(databases=["window"])


def equipment(counter: Counter, carrier: Carrier | None = None) -> Equipment:
    """Return what the counter works with, over another carrier if one is given."""
    return Equipment(carrier=carrier or counter.desk, policy=Policy(), clock=counter.clock, entropy=numbers())


def test_what_the_authority_says_replaces_what_was_known(counter: Counter) -> None:
    """A copy is written over by a later answer, and carries the moment of its knowledge."""
    counter.with_certificates()
    resident = load_resident(WAKABA, HANAKO)

    copies.refresh(equipment(counter), resident, at=at("2022-01-01"))

    known = copies_of(resident)
    assert len(known) == 2
    assert {copy.known_at for copy in known} == {at("2022-01-01")}
    records = counter.authority.persons[HANAKO].records
    assert [entry.serial for entry in copies.told(resident, reversed(records))] == [2, 1]
    assert records[0].certificate == copies.told(resident, records)[0].certificate


def test_each_card_is_asked_about(counter: Counter) -> None:
    """The question is about one card of the person's; a person without a card has no question."""
    counter.register()
    copies.refresh(equipment(counter), load_resident(WAKABA, HANAKO), at=at("2022-01-01"))
    assert CertificatesAsked not in map(type, counter.desk.sent)

    counter.window.cards.hand_over(WAKABA, resident_code=HANAKO, card=counter.card)
    copies.refresh(equipment(counter), load_resident(WAKABA, HANAKO), at=at("2022-01-01"))
    assert counter.desk.names().count("CertificatesAsked") == 1


class Pages:
    """A carrier that brings each record in an answer of its own, and promises more than there is."""

    def __init__(self, records: tuple[CertificateRecord, ...]) -> None:
        self._records = records
        self.asked: list[int] = []

    def send(self, request: Request) -> Reply:
        """Answer with one record."""
        assert isinstance(request, CertificatesAsked)
        self.asked.append(request.after)
        return Certificates(records=self._records[request.after : request.after + 1], more=True)


def test_a_long_record_is_asked_for_to_its_end(counter: Counter) -> None:
    """Page after page, behind what is known; a promise of more that brings nothing ends it."""
    counter.with_certificates()
    records = tuple(counter.authority.persons[HANAKO].records)
    carrier = Pages(records)
    copies.refresh(equipment(counter, carrier), load_resident(WAKABA, HANAKO), at=at("2022-01-01"))

    assert carrier.asked == [0, 1, 2]
    assert {copy.known_at for copy in copies_of(load_resident(WAKABA, HANAKO))} == {at("2022-01-01")}


def test_a_question_without_an_answer_changes_nothing(counter: Counter) -> None:
    """Refused or unreachable: what was known stays."""
    counter.with_certificates()
    resident = load_resident(WAKABA, HANAKO)
    known = copies_of(resident)

    counter.desk.refuse(CertificatesAsked)
    with pytest.raises(AuthorityRefused):
        copies.refresh(equipment(counter), resident, at=at("2022-01-01"))
    counter.desk.reachable = False
    with pytest.raises(AuthorityUnreachable):
        copies.refresh(equipment(counter), resident, at=at("2022-01-01"))

    assert [copy.known_at for copy in copies_of(resident)] == [copy.known_at for copy in known]
