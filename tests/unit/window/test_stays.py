from datetime import date
from typing import TypeVar

import pytest
from django.db import IntegrityError, transaction

from openjpki.desk.messages import CardReported, Foreigner, Message, PersonReported, StayReported
from openjpki.rules.kinds import Applicant, ResidenceStatus
from openjpki.rules.lifecycle import CardEvent
from openjpki.rules.stay import Stay
from openjpki.window.cards import NoValidity, StayDiffers
from openjpki.window.changes import BadEventDate
from openjpki.window.events import NothingChanges, NotOnRegister
from openjpki.window.models import CardHolding, Resident
from openjpki.window.outcomes import ProcedureRefused
from openjpki.window.states import MessageKind
from openjpki.window.stays import CardNotInUse, ExtensionRefused, NoStayToExtendBy, StayNotWhole
from tests.unit.window.card import CounterCard
from tests.unit.window.counter import BY_LICENCE, HEADER, MINATO, WAKABA, Counter, audited

pytestmark = pytest.mark.django_db(databases=["window"])

ANNA, BORN = "12345678909", date(1995, 10, 10)
FIXED, PERMANENT = ResidenceStatus.FIXED_STAY, ResidenceStatus.PERMANENT
STAY, SPECIAL, RENEWED = date(2022, 8, 31), date(2022, 10, 31), date(2025, 8, 31)
TENTH_BIRTHDAY = date(2030, 10, 10)
"""Of a card that was handed over on 1 July 2021."""
REGISTER = f"""{HEADER},在留区分,在留期間の満了日
{ANNA},SPECIMEN　ANNA,スペシメン　アンナ,見本県若葉市一丁目2番3号,1995-10-10,女,2019-04-01,fixed-stay,2022-08-31
"""


@pytest.fixture
def anna(counter: Counter) -> Counter:
    """Return a counter whose register has Anna, with a stay to 31 August 2022."""
    counter.window.residents.import_csv(WAKABA, REGISTER)
    return counter


@pytest.fixture
def card(anna: Counter) -> CounterCard:
    """Hand a card over to Anna."""
    card = CounterCard()
    anna.window.cards.hand_over(WAKABA, resident_code=ANNA, card=card)
    return card


def holding() -> CardHolding:
    """Return Anna's card."""
    return CardHolding.objects.for_municipality("99201").get(resident__resident_code=ANNA)


M = TypeVar("M", bound=Message)


def sent(counter: Counter, kind: type[M]) -> list[M]:
    """Return the messages of a kind that went to the authority."""
    return [message for message in counter.desk.sent if isinstance(message, kind)]


def codes(refused: "pytest.ExceptionInfo[ExtensionRefused]") -> str:
    """Return the code of the rule that refused."""
    return refused.value.finding.code


def test_the_register_tells_the_authority(anna: Counter) -> None:
    """R-1.8: the report of a foreign resident says how long the stay is."""
    (person,) = sent(anna, PersonReported)

    assert person.foreigner == Foreigner(status=FIXED, stay_until=STAY)
    assert anna.window.residents.show(WAKABA, ANNA).stay == Stay(status=FIXED, until=STAY)


def test_a_card_ends_with_the_stay_on_record(anna: Counter, card: CounterCard) -> None:
    """R-3.7; E-26: the hand-over takes the stay from the register; nobody needs to say it again."""
    assert card.number
    assert holding().expires_date == STAY
    assert sent(anna, CardReported)[-1].expires == STAY


def test_what_is_said_at_the_hand_over_is_what_is_on_record(anna: Counter) -> None:
    """R-3.7: another last day than the register's is entered in the register first."""
    card = CounterCard()
    with pytest.raises(StayDiffers):
        anna.window.cards.hand_over(WAKABA, resident_code=ANNA, card=card, stay_until=RENEWED)
    handed = anna.window.cards.hand_over(WAKABA, resident_code=ANNA, card=card, stay_until=STAY)

    assert handed.card.expires == STAY


def test_no_card_is_handed_over_behind_the_stay(anna: Counter) -> None:
    """R-3.7: a stay that is over gives a card no day."""
    anna.clock.turn("2022-09-01")
    with pytest.raises(NoValidity):
        anna.window.cards.hand_over(WAKABA, resident_code=ANNA, card=CounterCard())


def test_a_renewed_stay_lengthens_nothing_by_itself(anna: Counter, card: CounterCard) -> None:
    """R-2.12, R-3.7: it is recorded and reported; the card keeps its day, and is to be extended."""
    anna.clock.turn("2022-08-01")
    found = anna.window.stays.record(
        WAKABA, resident_code=ANNA, stay=Stay(status=FIXED, until=RENEWED), on=date(2022, 7, 29)
    )

    assert [finding.code for finding in found.findings] == ["stay.certificates-again"]
    assert (found.waiting, holding().expires_date) == (0, STAY)
    (report,) = sent(anna, StayReported)
    assert (report.foreigner, report.occurred_on) == (Foreigner(status=FIXED, stay_until=RENEWED), date(2022, 7, 29))
    assert card.number == holding().card_number
    assert len(audited("stay.recorded")) == 1


def test_a_card_is_extended_to_the_renewed_stay(anna: Counter, card: CounterCard) -> None:
    """R-2.12, R-3.7: before its end, at the counter; the report goes to the authority, the day on the card."""
    anna.clock.turn("2022-08-01")
    anna.window.stays.record(WAKABA, resident_code=ANNA, stay=Stay(status=FIXED, until=RENEWED), on=date(2022, 7, 29))
    found = anna.window.stays.extend(WAKABA, resident_code=ANNA, card=card)

    assert [finding.code for finding in found.findings] == ["stay.certificates-again"]
    assert (found.card.expires, holding().expires_date, holding().special_until_date) == (RENEWED, RENEWED, None)
    assert sent(anna, CardReported)[-1].expires == RENEWED
    (entry,) = audited("card.extended")
    assert (entry.data["expires"], entry.data["special"]) == (RENEWED.isoformat(), False)
    assert card.handed_over == 2


def test_a_member_of_the_household_extends_the_card_alone(anna: Counter, card: CounterCard) -> None:
    """R-2.12, R-3.7: the certificates need the holder."""
    anna.clock.turn("2022-08-01")
    anna.window.stays.record(WAKABA, resident_code=ANNA, stay=Stay(status=FIXED, until=RENEWED), on=date(2022, 7, 29))
    found = anna.window.stays.extend(WAKABA, resident_code=ANNA, card=card, applicant=Applicant.HOUSEHOLD)

    assert [finding.code for finding in found.findings] == ["stay.certificates-need-holder"]


def test_the_card_never_passes_its_birthday(anna: Counter, card: CounterCard) -> None:
    """R-3.7: a long stay extends the card to the 10th birthday that it would have had, and no further."""
    anna.window.stays.record(
        WAKABA, resident_code=ANNA, stay=Stay(status=FIXED, until=date(2040, 1, 1)), on=date(2021, 7, 1)
    )

    assert anna.window.stays.extend(WAKABA, resident_code=ANNA, card=card).card.expires == TENTH_BIRTHDAY


def test_what_is_too_late_or_brings_nothing_is_refused(anna: Counter, card: CounterCard) -> None:
    """R-3.7: without a later stay there is nothing to extend; behind its day a card is not extended."""
    with pytest.raises(ExtensionRefused) as refused:
        anna.window.stays.extend(WAKABA, resident_code=ANNA, card=card)
    assert codes(refused) == "stay.nothing-new"

    anna.clock.turn("2022-09-01")
    found = anna.window.stays.record(
        WAKABA, resident_code=ANNA, stay=Stay(status=FIXED, until=RENEWED), on=date(2022, 8, 31)
    )
    assert [finding.code for finding in found.findings] == ["stay.too-late"]
    with pytest.raises(ExtensionRefused) as refused:
        anna.window.stays.extend(WAKABA, resident_code=ANNA, card=card)
    assert codes(refused) == "stay.too-late"


def test_the_special_period_is_two_months_and_once(anna: Counter, card: CounterCard) -> None:
    """R-3.7; E-27: while the renewal is pending the card runs two months on; the certificates end as they would."""
    anna.clock.turn("2022-08-20")
    found = anna.window.stays.extend(WAKABA, resident_code=ANNA, card=card, pending_since=date(2022, 8, 10))
    assert [finding.code for finding in found.findings] == ["stay.special-period"]
    assert (found.card.expires, holding().special_until_date) == (SPECIAL, SPECIAL)

    with pytest.raises(ExtensionRefused) as refused:
        anna.window.stays.extend(WAKABA, resident_code=ANNA, card=card, pending_since=date(2022, 8, 10))
    assert codes(refused) == "stay.special-period-once"

    anna.clock.turn("2022-10-15")
    anna.window.stays.record(WAKABA, resident_code=ANNA, stay=Stay(status=FIXED, until=RENEWED), on=date(2022, 10, 14))
    assert anna.window.stays.extend(WAKABA, resident_code=ANNA, card=card).card.expires == RENEWED


def test_a_renewal_that_was_not_asked_for_gives_no_special_period(anna: Counter, card: CounterCard) -> None:
    """R-3.7: what is asked for tomorrow is not pending."""
    with pytest.raises(ExtensionRefused) as refused:
        anna.window.stays.extend(WAKABA, resident_code=ANNA, card=card, pending_since=date(2021, 7, 2))
    assert codes(refused) == "stay.not-pending"


def test_who_has_no_period_of_stay_extends_nothing(anna: Counter, card: CounterCard) -> None:
    """R-3.7: a permanent resident's card is a new one, like a Japanese national's."""
    found = anna.window.stays.record(WAKABA, resident_code=ANNA, stay=Stay(status=PERMANENT), on=date(2021, 7, 1))
    assert found.findings == ()

    for pending in (None, date(2021, 7, 1)):
        with pytest.raises(NoStayToExtendBy):
            anna.window.stays.extend(WAKABA, resident_code=ANNA, card=card, pending_since=pending)


def test_a_stopped_card_is_not_extended(anna: Counter, card: CounterCard) -> None:
    """R-2.12: the card is to be in use."""
    anna.window.cards.change(WAKABA, resident_code=ANNA, card_number=card.number, event=CardEvent.SUSPEND)
    with pytest.raises(CardNotInUse):
        anna.window.stays.extend(WAKABA, resident_code=ANNA, card=card)


@pytest.mark.parametrize(
    ("stay", "on", "refusal"),
    [
        (Stay(status=FIXED), "2021-07-01", StayNotWhole),
        (Stay(status=PERMANENT, until=RENEWED), "2021-07-01", StayNotWhole),
        (Stay(status=FIXED, until=date(3000, 1, 1)), "2021-07-01", StayNotWhole),
        (Stay(status=FIXED, until=STAY), "2021-07-01", NothingChanges),
        (Stay(status=PERMANENT), "2021-07-02", BadEventDate),
        (Stay(status=PERMANENT), "1995-10-09", BadEventDate),
    ],
)
def test_what_cannot_be_entered(anna: Counter, stay: Stay, on: str, refusal: type[Exception]) -> None:
    """R-1.8, R-3.7: a stay is whole, is news, and is not of tomorrow; what is refused leaves no report."""
    with pytest.raises(refusal):
        anna.window.stays.record(WAKABA, resident_code=ANNA, stay=stay, on=date.fromisoformat(on))
    assert sent(anna, StayReported) == []


def test_who_left_has_no_stay_here(anna: Counter, card: CounterCard) -> None:
    """R-1.1: after a move the next municipality has the stay, and speaks for the card."""
    anna.window.events.move_in(
        MINATO,
        resident_code=ANNA,
        from_municipality="99201",
        address="見本県みなと市港町9番地",
        on=date(2021, 7, 1),
    )
    with pytest.raises(NotOnRegister):
        anna.window.stays.record(WAKABA, resident_code=ANNA, stay=Stay(), on=date(2021, 7, 1))
    with pytest.raises(NotOnRegister):
        anna.window.stays.extend(WAKABA, resident_code=ANNA, card=card)

    assert anna.window.residents.show(MINATO, ANNA).stay == Stay(status=FIXED, until=STAY)


def test_the_database_holds_it_too(anna: Counter) -> None:
    """A fixed stay without an end cannot stand in the register, whatever program writes it."""
    rows = Resident.objects.for_municipality("99201").filter(resident_code=ANNA)
    for wrong in ({"residence_status": "permanent"}, {"stay_until_date": None}, {"residence_status": "guest"}):
        with pytest.raises(IntegrityError), transaction.atomic("window"):
            rows.update(**wrong)
    assert anna.window.residents.show(WAKABA, ANNA).stay.is_whole


def test_what_waits_is_told_by_its_kind(anna: Counter) -> None:
    """R-4.5: a stay and a departure that wait for the authority are in the queue, each by what it is."""
    anna.desk.reachable = False
    anna.window.stays.record(WAKABA, resident_code=ANNA, stay=Stay(), on=date(2021, 7, 1))
    anna.window.events.move_in(
        MINATO, resident_code=ANNA, from_municipality="99201", address="見本県みなと市港町9番地", on=date(2021, 7, 1)
    )

    assert [entry.kind for entry in anna.window.messages(WAKABA)] == [MessageKind.STAY, MessageKind.DEPARTURE]


def test_the_certificates_of_a_foreigner_are_renewed_with_the_card(anna: Counter, card: CounterCard) -> None:
    """R-2.12, R-7.5: the renewal alone is refused: the card is extended, not made anew."""
    anna.window.procedures.new_issue(WAKABA, resident_code=ANNA, card=card, shown=BY_LICENCE)
    anna.clock.turn("2022-08-01")
    with pytest.raises(ProcedureRefused) as refused:
        anna.window.procedures.renew(WAKABA, resident_code=ANNA, card=card, shown=BY_LICENCE)

    assert "stay.extend-card-first" in [finding.code for finding in refused.value.findings]
