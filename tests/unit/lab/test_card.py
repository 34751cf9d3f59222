from datetime import timedelta

import pytest

from openjpki.card.terminal import NoCertificate, PinLocked
from openjpki.lab.authority import OutOfTime
from openjpki.lab.catalogue import Standing
from openjpki.lab.catalogue.card import ABSENT, EXPIRED, GOOD, Expected
from openjpki.lab.lab import Lab
from openjpki.pki.attributes import read_attributes
from openjpki.pki.inspect import facts
from openjpki.rules.dates import civil_date, last_second
from openjpki.rules.kinds import CertificateKind, RevocationReason
from openjpki.rules.person import Municipality
from openjpki.rules.policy import Policy
from openjpki.rules.substitution import AddressTooLong
from tests.unit.lab.conftest import DAY, NOW, BeginLab

AUTHENTICATION, SIGNATURE = CertificateKind.AUTHENTICATION, CertificateKind.SIGNATURE
NEW_ADDRESS = "見本県みなと市浜通四丁目５番６号"


def revoked(reason: RevocationReason) -> Expected:
    """Return what is found out of a revoked certificate."""
    return Expected(standing=Standing.REVOKED, reason=reason)


def both(lab: Lab, name: str = "adult") -> tuple[Expected, Expected]:
    """Return what is found out of signature and authentication certificate."""
    card = lab.card(name)
    return card.status(SIGNATURE), card.status(AUTHENTICATION)


@pytest.mark.parametrize("reason", [one for one in RevocationReason if one is not RevocationReason.CERTIFICATE_HOLD])
def test_a_certificate_is_revoked_for_a_reason(lab: Lab, reason: RevocationReason) -> None:
    """One of the two, by word or value; the other stays good."""
    lab.card("adult").revoke("signature", reason.value.replace("_", "-"))

    assert both(lab) == (revoked(reason), GOOD)


def test_without_a_kind_both_are_revoked(lab: Lab) -> None:
    """By the holder's wish, if no reason is given (R-5.1); what is over stays as it was."""
    card = lab.card("adult")
    card.revoke(AUTHENTICATION, RevocationReason.KEY_COMPROMISE)
    lab.travel(hours=1)
    card.revoke()

    assert both(lab) == (revoked(RevocationReason.CESSATION_OF_OPERATION), revoked(RevocationReason.KEY_COMPROMISE))
    with pytest.raises(ValueError, match="hold"):
        card.revoke("signature", "certificate_hold")
    with pytest.raises(NoCertificate):
        lab.card("child").revoke("signature")
    with pytest.raises(NoCertificate):
        lab.card("blank").revoke()


def test_a_card_is_held_and_found_again(lab: Lab) -> None:
    """The authentication certificate comes back, the signature one does not (R-5.8, R-5.20)."""
    card = lab.card("adult")
    card.hold()
    card.hold()
    hold = RevocationReason.CERTIFICATE_HOLD
    assert both(lab) == (revoked(hold), Expected(standing=Standing.HELD, reason=hold))

    lab.travel(hours=1)
    card.release()
    card.release()
    assert both(lab) == (revoked(hold), GOOD)
    card.hold()
    card.revoke("authentication", "key_compromise")
    assert card.status("authentication") == revoked(RevocationReason.KEY_COMPROMISE)


def test_under_other_rules_a_hold_ends(begin: BeginLab) -> None:
    """`auth_hold_release = "revoke_and_reissue"`: what was held is over when the card is found (R-5.20)."""
    lab = begin(Policy())
    card = lab.card("adult")
    card.hold()
    card.release()

    assert card.status("authentication") == revoked(RevocationReason.CESSATION_OF_OPERATION)


def test_a_move_ends_the_signature_certificate(lab: Lab) -> None:
    """At once in a laboratory; the next one has the new address, and is of the new municipality (R-5.3)."""
    card = lab.card("adult")
    card.move_house(NEW_ADDRESS)
    assert both(lab) == (revoked(RevocationReason.AFFILIATION_CHANGED), GOOD)
    before = card.serial()

    card.renew("signature")
    attributes = read_attributes(card.certificate())
    assert attributes is not None
    assert attributes.address == NEW_ADDRESS
    assert card.status() == GOOD
    assert card.serial() > before
    assert facts(card.certificate()).distribution_point != facts(card.certificate(AUTHENTICATION)).distribution_point


def test_a_move_to_a_place_of_ones_own(lab: Lab) -> None:
    """Another municipality may be named; an address that no certificate holds is refused and changes nothing."""
    card = lab.card("adult")
    with pytest.raises(AddressTooLong):
        card.move_house("見本県" + "長" * 300)
    with pytest.raises(NoCertificate):
        lab.card("blank").move_house(NEW_ADDRESS)
    assert card.status() == GOOD

    elsewhere = Municipality(
        code="99301", prefecture="別県", name="別市", prefecture_romaji="Betsu-ken", name_romaji="Betsu-shi"
    )
    card.move_house("別県別市１", municipality=elsewhere)
    card.renew("signature")
    assert f"{lab.desk.authority.issuing(SIGNATURE, NOW).name}-99301" in lab.lists()


@pytest.mark.parametrize(
    ("event", "signature", "authentication"),
    [
        ("name", RevocationReason.AFFILIATION_CHANGED, None),
        ("death", RevocationReason.CESSATION_OF_OPERATION, RevocationReason.CESSATION_OF_OPERATION),
        ("key-compromise", RevocationReason.KEY_COMPROMISE, RevocationReason.KEY_COMPROMISE),
    ],
)
def test_what_happens_ends_what_the_rules_say(
    lab: Lab, event: str, signature: RevocationReason, authentication: RevocationReason | None
) -> None:
    """R-5.1 to R-5.8, by the words of the rules."""
    lab.card("adult").happen(event)

    assert both(lab) == (revoked(signature), revoked(authentication) if authentication else GOOD)


def test_expiry_without_waiting(lab: Lab) -> None:
    """The same certificate, so much earlier: serial, key, holder and length stay, and it ended with yesterday (R-3.6)."""
    card = lab.card("adult")
    before, other = facts(card.certificate()), card.certificate(AUTHENTICATION)
    card.expire("signature")
    after = facts(card.certificate())

    assert both(lab) == (EXPIRED, GOOD)
    assert after.not_after == last_second(civil_date(NOW) - DAY)
    assert after.not_after - after.not_before == before.not_after - before.not_before
    assert (after.serial, after.public_key, after.subject) == (before.serial, before.public_key, before.subject)
    assert card.certificate(AUTHENTICATION) == other
    assert card.sign(b"x")
    card.expire()
    assert both(lab) == (EXPIRED, EXPIRED)
    assert facts(card.certificate()) == after


def test_a_revoked_certificate_that_expires_stays_revoked(lab: Lab) -> None:
    """Earlier days bring nothing back."""
    card = lab.card("adult")
    card.revoke("signature", "key_compromise")
    card.expire("signature")

    assert card.status() == revoked(RevocationReason.KEY_COMPROMISE)


def test_what_ended_before_an_event_is_left_alone(lab: Lab) -> None:
    """An expired certificate is not revoked by what happens later."""
    card = lab.card("expired")
    card.happen("death")
    card.revoke()

    assert both(lab, "expired") == (EXPIRED, EXPIRED)


def test_a_renewal_supersedes(lab: Lab) -> None:
    """New key, new serial, five birthdays; the one before is superseded (R-5.7), the signature one ends with the other."""
    card = lab.card("adult")
    before = {kind: facts(card.certificate(kind)) for kind in CertificateKind}
    lab.travel(days=30)
    card.renew()

    for kind, old in before.items():
        new = facts(card.certificate(kind))
        entry = lab.desk.ledger.of_serial(kind, old.serial)
        shown = entry.shown(lab.now)
        assert shown is not None
        assert shown.reason is RevocationReason.SUPERSEDED
        assert new.serial > old.serial
        assert new.public_key != old.public_key
        assert new.not_before == lab.now
        assert new.not_after > lab.now + 4 * 365 * DAY
    assert both(lab) == (GOOD, GOOD)
    assert facts(card.certificate()).not_after <= facts(card.certificate(AUTHENTICATION)).not_after
    with pytest.raises(NoCertificate):
        lab.card("child").renew("signature")


def test_a_renewal_that_cannot_be_changes_nothing(lab: Lab) -> None:
    """Beyond the last CA nothing is issued, so nothing is superseded."""
    card = lab.card("adult")
    before = card.certificate()
    lab.travel(days=8 * 365)
    with pytest.raises(OutOfTime):
        card.renew("signature")
    lab.travel(days=-8 * 365)

    assert (card.certificate(), card.status()) == (before, GOOD)


def test_a_renewal_inside_the_window_goes_to_the_sixth_birthday(lab: Lab) -> None:
    """R-3.3: nobody loses what is left of the old one."""
    card = lab.card("in-window")
    old = facts(card.certificate(AUTHENTICATION)).not_after
    card.renew("authentication")
    new = facts(card.certificate(AUTHENTICATION)).not_after

    assert timedelta(days=5 * 365) <= new - old <= timedelta(days=5 * 366)


def test_a_locked_pin_opens_nothing(lab: Lab) -> None:
    """No try is left (R-6.2)."""
    card = lab.card("adult")
    card.lock("authentication")

    assert card.tries("authentication") == 0
    with pytest.raises(PinLocked):
        card.authenticate(b"x")
    card.lock(SIGNATURE)
    assert card.tries("signature") == 0


def test_the_catalogues_words_are_at_hand(lab: Lab) -> None:
    """What the card is for, and its serial; a card without a certificate says so."""
    assert lab.card("adult").about.name == "adult"
    assert lab.card("adult").serial() == facts(lab.card("adult").certificate()).serial
    assert lab.card("child").status("signature") == ABSENT
