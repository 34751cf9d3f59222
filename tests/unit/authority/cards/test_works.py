from datetime import timedelta
from hashlib import sha256

import pytest

from openjpki.authority.models import CardKey, Person
from openjpki.card.face_files import attribute_files
from openjpki.card.face_reading import attributes_in
from openjpki.desk.messages import CardWork, CertificateActivated, PinResetApproved, ReportAccepted
from openjpki.pki.keys import FreshKeys
from openjpki.rules.kinds import CardState, LifeEvent, PinKind, Procedure
from openjpki.window.relay import CardWorkRefused
from tests.support.authority import AUTHENTICATION, CARD, CARD_EXPIRES, RESIDENT, SIGNATURE, Scene
from tests.support.channel import Counter
from tests.support.faces import with_face
from tests.unit.card.cards import certificate_for

pytestmark = pytest.mark.django_db(databases=["authority"])


@pytest.fixture
def counter(scene: Scene) -> Counter:
    """Return a counter with a card of the authority's factory on its reader."""
    return Counter.open(scene)


def test_an_issue_goes_through_sessions_alone(counter: Counter) -> None:
    """Key, proof, order, certificate, read-back, activation: the card ends with what the authority issued."""
    issued = counter.in_force()
    counter.relayed.activate(SIGNATURE)
    active = counter.card.durable.keys[SIGNATURE].active

    assert active is not None
    assert active.certificate == issued.certificate
    assert active.issuer == issued.issuer_certificate
    (key,) = CardKey.objects.all()
    assert key.delivered_at is not None
    assert key.in_use_at is not None


@pytest.mark.parametrize("work", [CardWork.MAKE_KEY, CardWork.STATUS, CardWork.DISCARD, CardWork.PROVE])
def test_a_work_says_what_it_is_about(counter: Counter, work: CardWork) -> None:
    """Without a kind, or a proof without its order, it is no work."""
    assert counter.scene.refusal(counter.asked(work, None, order_id="o1")) == "authority.card-work.incomplete"
    assert counter.scene.refusal(counter.asked(CardWork.PROVE)) == "authority.card-work.incomplete"


def test_only_what_was_issued_for_the_card_is_written(counter: Counter) -> None:
    """The window names a certificate; the authority writes its own copy, or nothing."""
    key = counter.relayed.generate_key(SIGNATURE)
    digest = sha256(certificate_for(key)).digest()

    assert counter.scene.refusal(counter.asked(CardWork.STORE, digest=digest)) == "authority.card-work.not-issued"
    assert counter.scene.refusal(counter.asked(CardWork.STORE)) == "authority.card-work.not-issued"
    issued = counter.ordered()
    digest = sha256(issued.certificate).digest()
    theirs = counter.asked(CardWork.STORE, AUTHENTICATION, digest=digest)
    assert counter.scene.refusal(theirs) == "authority.card-work.not-issued"


def test_a_confirmation_needs_the_read_back(counter: Counter) -> None:
    """The window's word is not enough: the authority has read the certificate from the card itself."""
    issued = counter.ordered()
    counter.relayed.load(SIGNATURE, issued.certificate)
    assert counter.scene.refusal(counter.confirmation(issued)) == "authority.not-read-back"

    counter.relayed.read_back(SIGNATURE)
    counter.scene.expect(CertificateActivated, counter.confirmation(issued))


def test_nothing_comes_into_use_before_the_authority_says_so(counter: Counter) -> None:
    """Step 5 of the card follows step 5 of the authority (docs/issuance.md)."""
    assert counter.scene.refusal(counter.asked(CardWork.ACTIVATE)) == "authority.card-work.not-activated"
    issued = counter.ordered()
    counter.relayed.load(SIGNATURE, issued.certificate)
    counter.relayed.read_back(SIGNATURE)

    assert counter.scene.refusal(counter.asked(CardWork.ACTIVATE)) == "authority.card-work.not-activated"
    counter.scene.expect(CertificateActivated, counter.confirmation(issued))
    counter.relayed.activate(SIGNATURE)
    assert counter.scene.refusal(counter.asked(CardWork.ACTIVATE)) == "authority.card-work.not-activated"


def test_the_holders_only_valid_certificate_is_not_discarded(counter: Counter) -> None:
    """Decision 0008: between the authority's activation and the card's, what waits is what is valid."""
    counter.in_force()
    for work in (CardWork.DISCARD, CardWork.MAKE_KEY):
        assert counter.scene.refusal(counter.asked(work)) == "authority.card-work.waits-for-use"

    counter.relayed.activate(SIGNATURE)
    counter.relayed.discard(SIGNATURE)
    counter.scene.revoke(LifeEvent.REQUEST, SIGNATURE)
    counter.in_force(SIGNATURE, Procedure.REISSUE)
    counter.scene.revoke(LifeEvent.REQUEST, SIGNATURE)
    counter.relayed.discard(SIGNATURE)
    assert counter.card.durable.keys[SIGNATURE].shadow is None


def test_a_card_that_swapped_before_it_could_answer_is_found_out(counter: Counter) -> None:
    """The answer to ACTIVATE was lost: its status tells, and from then on the shadow slot is free again."""
    issued = counter.in_force()
    first = counter.commands(counter.asked(CardWork.ACTIVATE))
    counter.carried(counter.commands(counter.carried(first)))
    assert counter.card.durable.keys[SIGNATURE].shadow is None

    assert counter.relayed.digest_in_use(SIGNATURE) == sha256(issued.certificate).digest()
    counter.relayed.discard(SIGNATURE)
    assert counter.scene.refusal(counter.asked(CardWork.ACTIVATE)) == "authority.card-work.not-activated"


def test_a_stopped_card_gets_no_new_key(counter: Counter) -> None:
    """R-1.2; what it holds may still be looked at."""
    counter.scene.expect(PinResetApproved, reset := counter.reset())
    counter.scene.expect(ReportAccepted, counter.scene.card(state=CardState.SUSPENDED))

    assert counter.scene.refusal(counter.asked(CardWork.MAKE_KEY)) == "authority.card-work.card-not-active"
    allowed = counter.asked(CardWork.ALLOW_PIN_SET, None, order_id=reset.order_id)
    assert counter.scene.refusal(allowed) == "authority.card-work.card-not-active"
    assert counter.relayed.waiting_key_digest(SIGNATURE) is None


def test_the_card_of_who_is_gone_gets_nothing_new(counter: Counter) -> None:
    """R-1.1: no key is made and no PIN set on the card of a person who has left the record; it may be emptied."""
    counter.scene.expect(PinResetApproved, reset := counter.reset())
    counter.scene.expect(ReportAccepted, counter.scene.life_event(LifeEvent.DEATH, attributes=None))

    assert counter.scene.refusal(counter.asked(CardWork.MAKE_KEY)) == "authority.not-resident"
    allowed = counter.asked(CardWork.ALLOW_PIN_SET, None, order_id=reset.order_id)
    assert counter.scene.refusal(allowed) == "authority.not-resident"
    counter.relayed.discard(SIGNATURE)


def test_a_permission_needs_an_approved_act(counter: Counter) -> None:
    """R-6.3: nobody lets a PIN be set because a window says so; an approval is used once."""
    refusal = counter.scene.refusal
    assert refusal(counter.asked(CardWork.ALLOW_PIN_SET, None)) == "authority.pin-reset.unknown"
    reset = counter.reset(PinKind.SIGNATURE)
    counter.scene.expect(PinResetApproved, reset)
    before = counter.card.durable.permitted
    counter.relayed.permit_reset(reset.order_id)

    assert counter.card.durable.permitted == before | {PinKind.SIGNATURE}
    again = counter.asked(CardWork.ALLOW_PIN_SET, None, order_id=reset.order_id)
    assert refusal(again) == "authority.pin-reset.over"


def test_a_key_that_another_hand_made_is_not_attested_twice(counter: Counter) -> None:
    """One row per key, for ever."""
    first, second = counter.relayed.generate_key(SIGNATURE), counter.relayed.generate_key(SIGNATURE)

    assert first != second
    assert CardKey.objects.filter(card__card_number=CARD).count() == 2


def test_the_register_is_written_on_a_card(counter: Counter) -> None:
    """券面更新: what the authority's own register has, signed by its key; the window brings nothing of it."""
    authority = counter.scene.authority
    authority.face_key.create(FreshKeys())
    number = authority.card_keys.individual_number_of(RESIDENT)
    counter.lay(with_face(counter.card.durable, number))
    before = counter.card.durable.face
    assert before is not None
    counter.relayed.write_attributes()
    face = counter.card.durable.face
    assert face is not None
    person = Person.objects.get(resident_code=RESIDENT)

    assert face.lasting() == before.lasting()
    assert (face.text[2], face.text[3]) == attribute_files(number, person.attributes(), authority.face_key)
    assert attributes_in(face.text[2]).address == person.address


def test_an_expired_card_is_not_written_on(counter: Counter) -> None:
    """After its last day a card is no card any more (R-1.2); on that day it still is one."""
    authority = counter.scene.authority
    authority.face_key.create(FreshKeys())
    counter.lay(with_face(counter.card.durable, authority.card_keys.individual_number_of(RESIDENT)))
    counter.scene.at(CARD_EXPIRES)
    counter.relayed.write_attributes()
    counter.scene.at(CARD_EXPIRES + timedelta(days=1))
    with pytest.raises(CardWorkRefused) as refused:
        counter.relayed.write_attributes()
    assert refused.value.reason == "authority.card-expired"


def test_a_card_that_was_made_for_another_is_not_written_on(counter: Counter) -> None:
    """A card has one person's number and photo for good: another's attributes beside them are refused by the card itself."""
    counter.scene.authority.face_key.create(FreshKeys())
    counter.lay(with_face(counter.card.durable))
    before = counter.card.durable.face
    with pytest.raises(CardWorkRefused):
        counter.relayed.write_attributes()
    assert counter.card.durable.face == before


def test_a_stopped_or_a_blank_card_is_not_written_on(counter: Counter) -> None:
    """A card that is no longer in force gets nothing new (R-1.2); one without a face says so, and the session is closed."""
    counter.scene.authority.face_key.create(FreshKeys())
    with pytest.raises(CardWorkRefused) as refused:
        counter.relayed.write_attributes()
    assert refused.value.reason == "card.face.absent"
    counter.scene.expect(ReportAccepted, counter.scene.card(state=CardState.SUSPENDED))
    with pytest.raises(CardWorkRefused) as refused:
        counter.relayed.write_attributes()
    assert refused.value.reason == "authority.card-work.card-not-active"
