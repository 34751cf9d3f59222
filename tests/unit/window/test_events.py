from datetime import date

import pytest

from openjpki.desk.messages import CertificatesAsked, LifeEventReported
from openjpki.errors import Failure
from openjpki.rules.kinds import CertificateKind, CertificateState, LifeEvent, RevocationReason, Sex
from openjpki.window.changes import BadEventDate, BadItem, Change
from openjpki.window.events import NothingChanges, NotOnRegister
from openjpki.window.loading import ResidentNotFound
from openjpki.window.models import RegisterEvent
from openjpki.window.states import ResidentState
from tests.unit.window.counter import HANAKO, MINATO, WAKABA, Counter, at, audited

pytestmark = pytest.mark.django_db(databases=["window"])

MOVE = Change(event=LifeEvent.MOVE, on=date(2024, 5, 1), address="見本県若葉市五丁目6番7号")


@pytest.fixture
def moved(counter: Counter) -> Counter:
    """Return a counter where Hanako has both certificates, on the day she reports something."""
    counter.with_certificates()
    counter.clock.turn("2024-05-01")
    return counter


def test_a_move_ends_the_signature_certificate_and_not_the_other(moved: Counter) -> None:
    """S-25, R-5.3: a change of the address ends the signature certificate, affiliation changed; the other one stays."""
    recorded = moved.window.events.record(WAKABA, resident_code=HANAKO, change=MOVE)

    assert recorded.waiting == 0
    (ended,) = recorded.ended
    assert (ended.kind, ended.state) == (CertificateKind.SIGNATURE, CertificateState.REVOKED)
    assert (ended.reason, ended.event) == (RevocationReason.AFFILIATION_CHANGED, LifeEvent.MOVE)
    resident = moved.window.residents.show(WAKABA, HANAKO)
    assert resident.address == "見本県若葉市五丁目6番7号"
    assert {certificate.kind: certificate.state for certificate in resident.certificates} == {
        CertificateKind.SIGNATURE: CertificateState.REVOKED,
        CertificateKind.AUTHENTICATION: CertificateState.VALID,
    }
    report = next(message for message in moved.desk.sent if isinstance(message, LifeEventReported))
    assert report.attributes is not None
    assert report.attributes.address == resident.address
    (row,) = audited("event.recorded")
    assert "五丁目" not in str(row.data)


def test_the_effect_is_shown_before_it_is_confirmed(moved: Counter) -> None:
    """Before confirming, the counter shows which certificates would end and from when others see it (R-2.28)."""
    shown = moved.window.events.effects_before_confirming(WAKABA, resident_code=HANAKO, change=MOVE)

    assert [certificate.kind for certificate in shown.ends] == [CertificateKind.SIGNATURE]
    assert shown.effect.authentication is None
    assert shown.visible_at == at("2024-05-02", 0)
    assert not RegisterEvent.objects.for_municipality("99201").exists()
    assert moved.window.residents.show(WAKABA, HANAKO).address != MOVE.address


def test_an_expired_certificate_is_not_shown_to_end(moved: Counter) -> None:
    """A certificate past its last day has ended already (R-3.10)."""
    moved.clock.turn("2026-06-11")

    shown = moved.window.events.effects_before_confirming(WAKABA, resident_code=HANAKO, change=MOVE)

    assert shown.ends == ()


@pytest.mark.parametrize(
    ("change", "item", "value"),
    [
        (
            Change(event=LifeEvent.NAME, on=date(2024, 5, 1), name="実例　花子", kana="ジツレイ　ハナコ"),
            "kana",
            "ジツレイ　ハナコ",
        ),
        (
            Change(event=LifeEvent.BIRTH_DATE, on=date(2024, 5, 1), birth_date=date(1990, 6, 11)),
            "birth_date",
            date(1990, 6, 11),
        ),
        (Change(event=LifeEvent.SEX, on=date(2024, 5, 1), sex=Sex.MALE), "sex", Sex.MALE),
    ],
)
def test_each_of_the_four_items_can_change(moved: Counter, change: Change, item: str, value: object) -> None:
    """A change of name, birth date or sex ends the signature certificate as a move does (R-5.3)."""
    recorded = moved.window.events.record(WAKABA, resident_code=HANAKO, change=change)

    assert [ended.kind for ended in recorded.ended] == [CertificateKind.SIGNATURE]
    assert getattr(moved.window.residents.show(WAKABA, HANAKO), item) == value


@pytest.mark.parametrize(
    ("event", "state"),
    [(LifeEvent.DEATH, ResidentState.DEAD), (LifeEvent.EMIGRATION, ResidentState.EMIGRATED)],
)
def test_who_leaves_the_record_loses_both(moved: Counter, event: LifeEvent, state: ResidentState) -> None:
    """R-5.4: with the record both certificates end; the removed record stays readable, and takes no further event."""
    change = Change(event=event, on=date(2024, 4, 30))

    recorded = moved.window.events.record(WAKABA, resident_code=HANAKO, change=change)

    assert {ended.kind for ended in recorded.ended} == set(CertificateKind)
    resident = moved.window.residents.show(WAKABA, HANAKO)
    assert (resident.state, resident.ended_on) == (state, date(2024, 4, 30))
    report = next(message for message in moved.desk.sent if isinstance(message, LifeEventReported))
    assert report.attributes is None
    with pytest.raises(NotOnRegister):
        moved.window.events.record(WAKABA, resident_code=HANAKO, change=change)


@pytest.mark.parametrize(
    ("change", "failure"),
    [
        (Change(event=LifeEvent.MOVE, on=date(2024, 5, 2), address=MOVE.address), BadEventDate),
        (Change(event=LifeEvent.MOVE, on=date(2015, 3, 31), address=MOVE.address), BadEventDate),
        (Change(event=LifeEvent.MOVE, on=date(2024, 5, 1), address="見本県若葉市一丁目2番3号"), NothingChanges),
        (Change(event=LifeEvent.SEX, on=date(2024, 5, 1), sex=Sex.FEMALE), NothingChanges),
        (Change(event=LifeEvent.BIRTH_DATE, on=date(2024, 5, 1), birth_date=date(2015, 4, 2)), BadItem),
    ],
)
def test_what_cannot_have_happened_is_not_entered(moved: Counter, change: Change, failure: type[Failure]) -> None:
    """A day in the future or before the residence, a value that is there already: nothing is entered or reported."""
    with pytest.raises(failure):
        moved.window.events.record(WAKABA, resident_code=HANAKO, change=change)

    assert not RegisterEvent.objects.for_municipality("99201").exists()
    assert not moved.desk.sent


def test_an_event_waits_for_an_authority_that_is_away(moved: Counter) -> None:
    """The register changes at once; the report waits and is never dropped; the copies follow when it is answered."""
    moved.desk.reachable = False
    recorded = moved.window.events.record(WAKABA, resident_code=HANAKO, change=MOVE)
    assert (recorded.waiting, recorded.ended) == (1, ())

    moved.desk.reachable = True
    assert moved.window.outbox.deliver(forced=True).sent == 1

    states = {c.kind: c.state for c in moved.window.residents.show(WAKABA, HANAKO).certificates}
    assert states[CertificateKind.SIGNATURE] is CertificateState.REVOKED


def test_a_question_that_fails_afterwards_undoes_nothing(moved: Counter) -> None:
    """What the answer said is stored; that the authority is away for the question behind it changes nothing."""
    moved.desk.cut_before.add(CertificatesAsked)

    recorded = moved.window.events.record(WAKABA, resident_code=HANAKO, change=MOVE)

    assert [ended.kind for ended in recorded.ended] == [CertificateKind.SIGNATURE]


def test_another_municipality_enters_nothing(moved: Counter) -> None:
    """A record of another municipality is not found: nothing is shown and nothing is entered."""
    with pytest.raises(ResidentNotFound):
        moved.window.events.record(MINATO, resident_code=HANAKO, change=MOVE)
    with pytest.raises(ResidentNotFound):
        moved.window.events.effects_before_confirming(MINATO, resident_code=HANAKO, change=MOVE)
