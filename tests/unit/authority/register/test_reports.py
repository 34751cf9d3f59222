from datetime import UTC, date, datetime

import msgspec
import pytest

from openjpki.audit.models import Entry
from openjpki.authority.models import Card, Person
from openjpki.desk.messages import CertificateIssued, CertificatesAsked, ReportAccepted
from openjpki.rules.kinds import CardState, CertificateKind, CertificateState, LifeEvent, Procedure, RevocationReason
from openjpki.rules.policy import Policy
from tests.support.authority import (
    AUTHENTICATION,
    CARD,
    HANAKO,
    MOVED,
    RESIDENT,
    SIGNATURE,
    Scene,
)

pytestmark = pytest.mark.django_db(databases=["authority"])

MIDNIGHT = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)
"""0:00 of 2026-01-06 in Japan."""


def hanako() -> Person:
    """Return Hanako's row."""
    return Person.objects.get(resident_code=RESIDENT)


def ended_by(
    scene: Scene, event: LifeEvent, *, municipality: str = "99201"
) -> dict[CertificateKind, tuple[CertificateState, RevocationReason | None]]:
    """Report an event and return what it ended, by kind."""
    attributes = None if event in (LifeEvent.DEATH, LifeEvent.EMIGRATION) else MOVED
    accepted = scene.expect(ReportAccepted, scene.life_event(event, attributes=attributes, municipality=municipality))
    return {record.kind: (record.state, record.reason) for record in accepted.ended}


def test_a_first_registration_enters_the_register(scene: Scene) -> None:
    """The authority has its own register of persons, fed by the municipality's reports (R-8.1)."""
    scene.expect(ReportAccepted, scene.person())

    person = hanako()
    assert (person.municipality, person.state) == ("99201", "resident")
    assert person.attributes().name == HANAKO.name
    assert Entry.objects.using("authority").get(verb="person.registered").subject == f"person:{person.pk}"


def test_a_person_is_registered_once(scene: Scene) -> None:
    """A second first registration is refused, even from elsewhere: changes are life events."""
    scene.expect(ReportAccepted, scene.person())

    assert scene.refusal(scene.person(municipality="99202")) == "authority.person-known"
    assert hanako().municipality == "99201"


def test_who_left_may_come_back_and_the_dead_do_not(scene: Scene) -> None:
    """After emigration a person may be registered again, by another municipality too; after death not."""
    scene.expect(ReportAccepted, scene.person())
    ended_by(scene, LifeEvent.EMIGRATION)
    assert hanako().state == "left"
    scene.expect(ReportAccepted, scene.person(municipality="99202", attributes=MOVED))
    assert (hanako().municipality, hanako().state) == ("99202", "resident")

    ended_by(scene, LifeEvent.DEATH, municipality="99202")

    assert hanako().state == "dead"
    assert scene.refusal(scene.person()) == "authority.person-known"


def test_a_move_ends_the_signature_certificate_alone(scene: Scene) -> None:
    """The address changed: the signature certificate ends, affiliation_changed; the other stays (R-5.3, S-25)."""
    scene.with_both()
    scene.expect(ReportAccepted, scene.departure())

    assert ended_by(scene, LifeEvent.MOVE, municipality="99202") == {
        SIGNATURE: (CertificateState.REVOKED, RevocationReason.AFFILIATION_CHANGED)
    }
    assert hanako().municipality == "99202"
    assert hanako().address == MOVED.address


def test_a_move_is_visible_the_next_day(scene: Scene) -> None:
    """The ending takes effect when it is recorded and shows at 0:00 of the next Japanese day (R-2.28)."""
    scene.with_both()
    scene.expect(ReportAccepted, scene.arrival())
    record = next(one for one in scene.records(municipality="99202") if one.kind is SIGNATURE)

    assert record.effective_at == scene.clock()
    assert record.visible_at == MIDNIGHT
    assert record.event is LifeEvent.MOVE


def test_what_was_signed_between_move_and_report_stays_good(scene: Scene) -> None:
    """A certificate loses its force when the ending is recorded, not on the day the person moved (the Act Art. 15)."""
    scene.with_both().at(date(2026, 1, 15))
    report = scene.arrival(occurred_on=date(2026, 1, 8))
    (record,) = scene.expect(ReportAccepted, report).ended

    assert record.effective_at == scene.clock()


@pytest.mark.parametrize("event", [LifeEvent.NAME, LifeEvent.BIRTH_DATE, LifeEvent.SEX])
def test_a_changed_attribute_ends_the_signature_certificate(scene: Scene, event: LifeEvent) -> None:
    """Any of the four attributes ends the signature certificate (R-5.3)."""
    scene.with_both()

    assert set(ended_by(scene, event)) == {SIGNATURE}


@pytest.mark.parametrize("event", [LifeEvent.DEATH, LifeEvent.EMIGRATION])
def test_leaving_the_record_ends_both(scene: Scene, event: LifeEvent) -> None:
    """Death, and emigration without continued use, end both certificates (R-5.4)."""
    scene.with_both()

    assert ended_by(scene, event) == dict.fromkeys(
        CertificateKind, (CertificateState.REVOKED, RevocationReason.CESSATION_OF_OPERATION)
    )


def test_an_event_closes_orders_on_their_way(scene: Scene) -> None:
    """A certificate signed for the old address must never become valid: its order closes, its serial is revoked."""
    scene.with_card()
    issued = scene.expect(CertificateIssued, scene.order())
    scene.expect(ReportAccepted, scene.life_event(LifeEvent.NAME))

    assert scene.refusal(scene.confirmation(issued)) == "authority.order-closed"
    assert scene.word(issued) == "revoked unspecified"


def test_an_event_leaves_the_order_for_the_other_certificate(scene: Scene) -> None:
    """A move ends no authentication certificate, not even one on its way (R-5.3)."""
    scene.with_card()
    issued = scene.expect(CertificateIssued, scene.order(AUTHENTICATION))
    scene.expect(ReportAccepted, scene.arrival())

    scene.send(scene.confirmation(issued))

    assert scene.word(issued) == "good"


@pytest.mark.parametrize(
    ("report", "code"),
    [
        ({"event": LifeEvent.CARD_LOST}, "authority.event-not-of-this-message"),
        ({"event": LifeEvent.REQUEST}, "authority.event-not-of-this-message"),
        ({"event": LifeEvent.NAME, "municipality": "99202"}, "authority.other-municipality"),
        ({"event": LifeEvent.NAME, "attributes": None}, "authority.attributes-missing"),
        ({"event": LifeEvent.NAME, "occurred_on": date(2026, 1, 6)}, "authority.day-impossible"),
        ({"event": LifeEvent.NAME, "occurred_on": date(1, 1, 1)}, "authority.day-impossible"),
        ({"event": LifeEvent.MOVE, "resident": "99999999999"}, "authority.person-unknown"),
        ({"event": LifeEvent.DEATH, "municipality": "99202"}, "authority.other-municipality"),
        (
            {"event": LifeEvent.NAME, "attributes": msgspec.structs.replace(HANAKO, birth_date=date(2026, 1, 6))},
            "authority.day-impossible",
        ),
    ],
    ids=str,
)
def test_a_life_event_that_cannot_be_is_refused(scene: Scene, report: dict[str, object], code: str) -> None:
    """A refused report changes neither the person nor a certificate."""
    scene.with_both()
    event = report.pop("event")
    assert isinstance(event, LifeEvent)

    assert scene.refusal(scene.life_event(event, **report)) == code  # type: ignore[arg-type]  # a table of arguments
    assert hanako().attributes().address == HANAKO.address
    assert {record.state for record in scene.records()} == {CertificateState.VALID}


def test_nothing_happens_to_who_left(scene: Scene) -> None:
    """After death no further event of the person is taken."""
    scene.with_card()
    ended_by(scene, LifeEvent.DEATH)

    assert scene.refusal(scene.life_event(LifeEvent.MOVE, municipality="99202")) == "authority.not-resident"
    assert hanako().municipality == "99201"


def test_a_card_goes_with_the_move(scene: Scene) -> None:
    """Continued use (R-5.21): after the arrival the new municipality speaks for the card, the old one no more."""
    scene.with_both()
    scene.expect(ReportAccepted, scene.arrival())

    assert Card.objects.get().municipality == "99202"
    assert scene.records(municipality="99202")
    lost = scene.card(state=CardState.SUSPENDED)
    assert scene.refusal(lost) == "authority.other-municipality"
    scene.expect(ReportAccepted, scene.card(state=CardState.SUSPENDED, municipality="99202"))


def emigrated(scene: Scene) -> Scene:
    """Let Hanako of Wakaba go abroad with her card."""
    scene.with_both()
    ended_by(scene, LifeEvent.EMIGRATION)
    return scene


def test_who_comes_back_from_abroad_to_the_same_place_has_the_card_again(scene: Scene) -> None:
    """国外転入 where the person left from: person and card are both known there."""
    emigrated(scene).expect(ReportAccepted, scene.person())

    assert len(scene.records()) == 2
    scene.issue(SIGNATURE)


def test_who_comes_back_from_abroad_to_another_place_begins_anew(scene: Scene) -> None:
    """国外転入 elsewhere: the new municipality is believed about its resident, and gets nothing of before (ADR 0017)."""
    emigrated(scene).expect(ReportAccepted, scene.person(municipality="99202", attributes=MOVED))
    question = CertificatesAsked(municipality="99202", resident_code=RESIDENT, card_number=CARD, asked_at=scene.clock())

    assert scene.refusal(question) == "authority.card-left-behind"
    assert scene.refusal(scene.order(AUTHENTICATION, municipality="99202")) == "authority.card-left-behind"
    assert scene.refusal(scene.card(municipality="99202")) == "authority.card-left-behind"
    (row,) = Entry.objects.using("authority").filter(verb="person.registered", data__has_key="before")
    assert row.data == {"before": "99201"}
    scene.expect(ReportAccepted, scene.card("9" * 15, municipality="99202"))
    issued = scene.expect(CertificateIssued, scene.order(AUTHENTICATION, card="9" * 15, municipality="99202"))
    scene.send(scene.confirmation(issued, municipality="99202"))
    assert scene.word(issued) == "good"


def test_a_card_left_behind_may_be_returned_where_it_was_given(scene: Scene) -> None:
    """It stays with the municipality that gave it, which may stop or end it, and do nothing else with it."""
    emigrated(scene).expect(ReportAccepted, scene.person(municipality="99202", attributes=MOVED))

    assert scene.refusal(scene.card()) == "authority.other-municipality"
    scene.expect(ReportAccepted, scene.card(state=CardState.ABOLISHED, event=LifeEvent.CARD_RETURNED))
    assert Card.objects.get().state == "abolished"
    assert scene.refusal(scene.card("9" * 15)) == "authority.other-municipality"


def test_who_moves_back_finds_the_card_left_there(scene: Scene) -> None:
    """By a move with both reports, the person stands again where the card stayed; the cards of between come along."""
    emigrated(scene).expect(ReportAccepted, scene.person(municipality="99202", attributes=MOVED))
    scene.expect(ReportAccepted, scene.card("9" * 15, municipality="99202"))
    scene.expect(ReportAccepted, scene.departure(municipality="99202", to_municipality="99201"))
    scene.expect(ReportAccepted, scene.life_event(LifeEvent.MOVE, attributes=HANAKO))

    assert set(Card.objects.values_list("card_number", "municipality")) == {(CARD, "99201"), ("9" * 15, "99201")}
    assert len(scene.records()) == 2


def test_a_card_enters_the_register(scene: Scene) -> None:
    """A card is known from its hand-over on, with its last day (R-1.2)."""
    scene.with_card()

    card = Card.objects.get(card_number=CARD)
    assert (card.state, card.expires, card.person) == ("active", date(2035, 6, 10), hanako())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"municipality": "99202"}, "authority.other-municipality"),
        ({"event": LifeEvent.MOVE}, "authority.event-not-of-this-message"),
        ({"expires": date(9999, 12, 31)}, "authority.day-impossible"),
        ({"resident": "10000000001"}, "authority.card-of-another"),
    ],
    ids=str,
)
def test_a_card_report_that_cannot_be_is_refused(scene: Scene, changes: dict[str, object], code: str) -> None:
    """A card stays with its holder, its municipality, and dates that the rules know."""
    scene.with_card()
    scene.expect(ReportAccepted, scene.person("10000000001"))

    assert scene.refusal(scene.card(**changes)) == code  # type: ignore[arg-type]  # a table of arguments
    assert Card.objects.get(card_number=CARD).person == hanako()


def test_who_left_gets_no_card_but_may_return_one(scene: Scene) -> None:
    """After death a new card is refused, and the old one is still taken back (R-5.6)."""
    scene.with_card()
    ended_by(scene, LifeEvent.DEATH)

    assert scene.refusal(scene.card("999999999999999")) == "authority.not-resident"
    returned = scene.card(state=CardState.ABOLISHED, event=LifeEvent.CARD_RETURNED)
    assert scene.expect(ReportAccepted, returned).ended == ()


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (LifeEvent.CARD_LOST, RevocationReason.KEY_COMPROMISE),
        (LifeEvent.CARD_RETURNED, RevocationReason.CESSATION_OF_OPERATION),
        (None, RevocationReason.CESSATION_OF_OPERATION),
    ],
)
def test_an_abolished_card_ends_both_certificates(
    scene: Scene, event: LifeEvent | None, reason: RevocationReason
) -> None:
    """A card lost, returned or otherwise abolished takes its certificates along, visible at once (R-5.2, R-5.6)."""
    scene.with_both()
    accepted = scene.expect(ReportAccepted, scene.card(state=CardState.ABOLISHED, event=event))

    assert {(one.kind, one.state, one.reason) for one in accepted.ended} == {
        (kind, CertificateState.REVOKED, reason) for kind in CertificateKind
    }
    assert {one.visible_at for one in accepted.ended} == {scene.clock()}


def test_only_the_cards_own_certificates_end(scene: Scene) -> None:
    """A second card of the person keeps its certificates when the first is lost."""
    scene.with_both()
    scene.expect(ReportAccepted, scene.card("999999999999999"))
    other = scene.expect(CertificateIssued, scene.order(AUTHENTICATION, card="999999999999999"))
    scene.send(scene.confirmation(other))

    scene.expect(ReportAccepted, scene.card(state=CardState.ABOLISHED, event=LifeEvent.CARD_LOST))

    assert scene.word(other) == "good"


def test_a_suspended_card_is_held(scene: Scene) -> None:
    """The stop by telephone holds the authentication certificate and ends the signature certificate (R-5.8, R-5.20)."""
    scene.with_both()
    accepted = scene.expect(ReportAccepted, scene.card(state=CardState.SUSPENDED))

    assert {one.kind: one.state for one in accepted.ended} == {
        AUTHENTICATION: CertificateState.HELD,
        SIGNATURE: CertificateState.REVOKED,
    }
    assert {one.reason for one in accepted.ended} == {RevocationReason.CERTIFICATE_HOLD}
    assert scene.refusal(scene.order(SIGNATURE)) == "eligibility.card-suspended"


def test_a_found_card_keeps_its_hold(scene: Scene) -> None:
    """By default the held certificate does not come back: it is re-issued, which supersedes it (R-5.20)."""
    scene.with_both()
    scene.expect(ReportAccepted, scene.card(state=CardState.SUSPENDED))
    scene.expect(ReportAccepted, scene.card(state=CardState.ACTIVE))
    assert scene.records()[0].state is CertificateState.HELD
    assert scene.refusal(scene.order(AUTHENTICATION, Procedure.NEW)) == "authority.alive-already"

    renewed = scene.issue(AUTHENTICATION, Procedure.REISSUE)

    assert [one.state for one in scene.records() if one.kind is AUTHENTICATION] == [
        CertificateState.SUPERSEDED,
        CertificateState.VALID,
    ]
    assert scene.word(renewed) == "good"


def test_a_hold_can_be_lifted_where_the_policy_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Under `auth_hold_release = "release"` the found card brings its authentication certificate back (R-5.20)."""
    policy = Policy.preset("national").with_settings({"auth_hold_release": "release"})
    scene = Scene(tmp_path_factory.mktemp("release"), policy=policy).open().with_card()
    issued = scene.issue(AUTHENTICATION)
    scene.expect(ReportAccepted, scene.card(state=CardState.SUSPENDED))
    assert scene.word(issued) == "revoked certificate_hold"
    scene.at(date(2026, 1, 7)).expect(ReportAccepted, scene.card(state=CardState.ACTIVE))

    assert scene.word(issued) == "good"
    assert scene.records()[0].state is CertificateState.VALID
    scene.at(date(2026, 1, 8)).expect(ReportAccepted, scene.card(state=CardState.SUSPENDED))
    assert scene.word(issued) == "revoked certificate_hold"


def test_a_card_follows_its_life_cycle(scene: Scene) -> None:
    """An abolished card does not come back: an illegal transition is refused and changes nothing."""
    scene.with_card()
    scene.expect(ReportAccepted, scene.card(state=CardState.ABOLISHED))

    assert scene.refusal(scene.card(state=CardState.ACTIVE)) == "lifecycle.illegal-transition"
    assert Card.objects.get().state == "abolished"


def test_a_card_may_be_extended(scene: Scene) -> None:
    """A renewed period of stay moves the card's last day (R-3.7); its certificates stay."""
    scene.with_both().at(date(2026, 6, 11))
    assert scene.expect(ReportAccepted, scene.card(expires=date(2036, 6, 10))).ended == ()

    assert Card.objects.get().expires == date(2036, 6, 10)
    assert {record.state for record in scene.records()} == {CertificateState.VALID}
