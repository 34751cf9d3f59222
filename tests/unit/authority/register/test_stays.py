from datetime import date, timedelta

import msgspec
import pytest
from django.db import IntegrityError, transaction

from openjpki.audit.models import Entry
from openjpki.authority.models import Card, Person
from openjpki.desk.messages import CertificateIssued, Foreigner, ReportAccepted
from openjpki.rules.kinds import LifeEvent, Procedure, ResidenceStatus
from openjpki.rules.stay import Stay
from tests.support.authority import AUTHENTICATION, CARD_EXPIRES, SIGNATURE, Scene

pytestmark = pytest.mark.django_db(databases=["authority"])

FIXED = ResidenceStatus.FIXED_STAY
STAY = date(2027, 8, 31)
SPECIAL = date(2027, 10, 31)
RENEWED = date(2029, 8, 31)


def foreigner(scene: Scene, until: date = STAY) -> Scene:
    """Report Hanako as a foreign resident whose card ends with the stay."""
    reported = msgspec.structs.replace(scene.person(), foreigner=Foreigner(status=FIXED, stay_until=until))
    scene.expect(ReportAccepted, reported)
    scene.expect(ReportAccepted, scene.card(expires=until))
    return scene


def test_a_first_registration_says_how_long_the_stay_is(scene: Scene) -> None:
    """R-1.8: the register learns status and last day with the person; without them it is a Japanese national."""
    assert foreigner(scene).authority.select_notices().waiting == 0
    assert Person.objects.get().stay() == Stay(status=FIXED, until=STAY)

    scene.expect(ReportAccepted, scene.person("2" * 11))
    assert Person.objects.get(resident_code="2" * 11).stay() == Stay()


@pytest.mark.parametrize(
    ("status", "until"), [(FIXED, None), (ResidenceStatus.PERMANENT, STAY), (FIXED, date(1800, 1, 1))]
)
def test_only_a_fixed_stay_has_a_last_day(scene: Scene, status: ResidenceStatus, until: date | None) -> None:
    """R-3.7: a fixed stay has a last day of the calendar; no other status has one."""
    reported = msgspec.structs.replace(scene.person(), foreigner=Foreigner(status=status, stay_until=until))

    assert scene.refusal(reported) == "authority.stay-impossible"
    assert not Person.objects.exists()


def test_the_database_holds_it_too(scene: Scene) -> None:
    """A fixed stay without an end cannot stand in the register, whatever program writes it."""
    scene.expect(ReportAccepted, scene.person())
    for wrong in ({"residence_status": "fixed-stay"}, {"stay_until": STAY}, {"residence_status": "guest"}):
        with pytest.raises(IntegrityError), transaction.atomic("authority"):
            Person.objects.update(**wrong)


def test_a_new_card_ends_with_the_stay(scene: Scene) -> None:
    """R-3.7; E-26: a card longer than the stay is refused; the certificates end with it."""
    reported = msgspec.structs.replace(scene.person(), foreigner=Foreigner(status=FIXED, stay_until=STAY))
    scene.expect(ReportAccepted, reported)
    assert scene.refusal(scene.card(expires=STAY + timedelta(days=1))) == "authority.card-too-long"
    scene.expect(ReportAccepted, scene.card(expires=STAY))

    issued = scene.issue(AUTHENTICATION)
    assert (issued.expires, issued.because) == (STAY, "card-expiry")
    assert scene.issue(SIGNATURE).expires == STAY


def test_a_renewed_stay_lengthens_nothing_by_itself(scene: Scene) -> None:
    """R-2.12, R-3.7: the card keeps its day until it is extended; then the certificates are issued again."""
    foreigner(scene).issue(AUTHENTICATION)
    assert scene.expect(ReportAccepted, scene.stay(RENEWED)).ended == ()
    assert Card.objects.get().expires == STAY
    assert scene.issue(SIGNATURE).expires == STAY

    scene.expect(ReportAccepted, scene.card(expires=RENEWED))
    assert scene.issue(AUTHENTICATION, Procedure.REISSUE).expires == RENEWED
    assert Entry.objects.using("authority").filter(verb="person.changed", data={"event": "stay"}).count() == 1


def test_a_card_that_is_over_is_not_extended(scene: Scene) -> None:
    """R-3.7: the extension comes before the card's end, or not at all."""
    foreigner(scene).expect(ReportAccepted, scene.stay(RENEWED))
    scene.at(STAY + timedelta(days=1))

    assert scene.refusal(scene.card(expires=RENEWED)) == "authority.card-expired"


def test_the_special_period_is_two_months_and_once(scene: Scene) -> None:
    """R-3.7; E-27: while a renewal is pending the card runs two months on, once; certificates follow the card."""
    foreigner(scene)
    assert scene.refusal(scene.card(expires=SPECIAL + timedelta(days=1))) == "authority.card-too-long"
    scene.expect(ReportAccepted, scene.card(expires=SPECIAL))
    assert Card.objects.get().special_until == SPECIAL
    scene.at(STAY + timedelta(days=10))
    assert scene.issue(AUTHENTICATION).expires == SPECIAL

    scene.expect(ReportAccepted, scene.stay(date(2027, 10, 15)))
    later = date(2027, 12, 15)
    assert scene.refusal(scene.card(expires=later)) == "authority.card-too-long"


def test_a_new_card_has_no_special_period(scene: Scene) -> None:
    """R-3.7: the special period prolongs a card in use."""
    reported = msgspec.structs.replace(scene.person(), foreigner=Foreigner(status=FIXED, stay_until=STAY))
    scene.expect(ReportAccepted, reported)

    assert scene.refusal(scene.card(expires=SPECIAL)) == "authority.card-too-long"


def test_a_stay_that_ends_sooner_ends_what_is_issued(scene: Scene) -> None:
    """R-3.7: where the stay was cut short, nothing is issued past it, and after it nothing at all."""
    foreigner(scene).expect(ReportAccepted, scene.stay(date(2026, 8, 31)))
    assert scene.issue(AUTHENTICATION).expires == date(2026, 8, 31)
    scene.at(date(2026, 9, 1))

    assert scene.refusal(scene.order(SIGNATURE)) == "eligibility.card-expired"


def test_a_renewal_of_a_foreigners_certificate_has_the_card_extended_first(scene: Scene) -> None:
    """R-2.12, R-7.5: a certificate that ends with the stay is not renewed; the card is extended, not made anew."""
    foreigner(scene).issue(AUTHENTICATION)
    scene.at(date(2027, 8, 2))

    assert scene.refusal(scene.order(AUTHENTICATION, Procedure.RENEWAL)) == "stay.extend-card-first"


def test_who_becomes_a_japanese_national_has_no_limit(scene: Scene) -> None:
    """R-1.8: 帰化 and 永住許可 take the limit away; a new card is as anybody's."""
    foreigner(scene).expect(ReportAccepted, scene.stay(status=ResidenceStatus.SPECIAL_PERMANENT))
    assert Person.objects.get().stay().limit() is None
    scene.expect(ReportAccepted, msgspec.structs.replace(scene.stay(), foreigner=None))
    assert Person.objects.get().stay() == Stay()
    scene.expect(ReportAccepted, scene.card(expires=CARD_EXPIRES))


def test_a_stay_is_reported_by_where_the_resident_lives(scene: Scene) -> None:
    """R-1.1: another municipality's word about the stay counts nothing, nor one about who is gone or about tomorrow."""
    foreigner(scene)
    assert scene.refusal(scene.stay(RENEWED, municipality="99202")) == "authority.other-municipality"
    ahead = msgspec.structs.replace(scene.stay(RENEWED), occurred_on=date(2026, 1, 6))
    assert scene.refusal(ahead) == "authority.stay-impossible"
    scene.expect(ReportAccepted, scene.life_event(LifeEvent.EMIGRATION, attributes=None))

    assert scene.refusal(scene.stay(RENEWED)) == "authority.not-resident"


def test_a_stay_takes_back_a_departure(scene: Scene) -> None:
    """A municipality that reports about the stay of its resident says that the person has not left."""
    foreigner(scene).expect(ReportAccepted, scene.departure())
    scene.expect(ReportAccepted, scene.stay(RENEWED))

    assert scene.refusal(scene.arrival_report()) == "authority.departure-missing"


def test_a_move_keeps_the_stay(scene: Scene) -> None:
    """R-5.21: the next municipality's resident may stay as long."""
    foreigner(scene).expect(ReportAccepted, scene.arrival())

    assert Person.objects.get().stay() == Stay(status=FIXED, until=STAY)
    scene.expect(ReportAccepted, scene.stay(RENEWED, municipality="99202"))
    assert Person.objects.get().stay().until == RENEWED
    assert scene.expect(CertificateIssued, scene.order(AUTHENTICATION, municipality="99202")).expires == STAY
