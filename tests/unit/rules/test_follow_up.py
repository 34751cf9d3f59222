from datetime import date

import pytest

from openjpki.rules.fees import fee
from openjpki.rules.follow_up import (
    CARD_ENDING,
    card_of_the_dead,
    correction,
    follow_up,
    found_again,
    found_again_on_phone,
)
from openjpki.rules.kinds import CertificateKind, FeeReason, LifeEvent, OtherCause, RevocationReason
from openjpki.rules.policy import Policy
from openjpki.rules.revocation import BOTH, Cause

NATIONAL = Policy.preset("national")
ON = date(2026, 4, 1)
SIGNATURE = frozenset({CertificateKind.SIGNATURE})
NOTHING: frozenset[CertificateKind] = frozenset()


@pytest.mark.parametrize(
    ("cause", "reissue", "reason", "new_card", "code"),
    [
        (LifeEvent.MOVE, SIGNATURE, FeeReason.ATTRIBUTES_CHANGED, False, "event.sign-again"),
        (LifeEvent.NAME, SIGNATURE, FeeReason.ATTRIBUTES_CHANGED, False, "event.sign-again"),
        (LifeEvent.BIRTH_DATE, SIGNATURE, FeeReason.ATTRIBUTES_CHANGED, False, "event.sign-again"),
        (LifeEvent.SEX, SIGNATURE, FeeReason.ATTRIBUTES_CHANGED, False, "event.sign-again"),
        (OtherCause.FORMER_NAME, SIGNATURE, FeeReason.ATTRIBUTES_CHANGED, False, "event.sign-again"),
        (OtherCause.ALIAS, SIGNATURE, FeeReason.ATTRIBUTES_CHANGED, False, "event.sign-again"),
        (OtherCause.FURIGANA, NOTHING, None, False, "event.nothing-ends"),
        (OtherCause.ADMINISTRATIVE_RENAMING, NOTHING, None, False, "event.nothing-ends"),
        (OtherCause.GUARDIANSHIP, NOTHING, None, False, "event.guardianship"),
        (LifeEvent.DEATH, NOTHING, None, False, "event.deceased-card"),
        (LifeEvent.EMIGRATION, BOTH, FeeReason.RETURNED_ON_LEAVING, True, "event.left-japan"),
        (
            OtherCause.EMIGRATION_CONTINUED,
            SIGNATURE,
            FeeReason.ATTRIBUTES_CHANGED,
            False,
            "event.continued-abroad",
        ),
        (OtherCause.EX_OFFICIO_DELETION, BOTH, FeeReason.CARD_LOST, True, "event.off-the-record"),
        (LifeEvent.CARD_LOST, BOTH, FeeReason.CARD_LOST, True, "event.card-lost"),
        (LifeEvent.CARD_RETURNED, BOTH, FeeReason.CARD_LOST, True, "event.card-gone"),
        (OtherCause.CARD_EXPIRED, BOTH, FeeReason.CARD_NEAR_EXPIRY, True, "event.card-gone"),
        (OtherCause.CONTINUED_USE_MISSED, BOTH, FeeReason.CONTINUED_USE_MISSED, True, "event.card-gone"),
        (LifeEvent.REQUEST, BOTH, FeeReason.OWN_REQUEST, False, "event.issue-again"),
        (LifeEvent.KEY_COMPROMISE, BOTH, FeeReason.OWN_REQUEST, False, "event.issue-again"),
        (LifeEvent.HOLD, SIGNATURE, FeeReason.AFTER_HOLD, False, "hold.not-found"),
        (OtherCause.RECORD_ERROR, BOTH, FeeReason.OFFICE_ERROR, False, "event.office-reissue"),
        (OtherCause.CA_COMPROMISE, BOTH, FeeReason.OFFICE_ERROR, False, "event.office-reissue"),
        (OtherCause.SERVICE_ENDED, BOTH, FeeReason.OFFICE_ERROR, False, "event.office-reissue"),
        (OtherCause.NOT_HANDED_OVER, BOTH, FeeReason.OFFICE_ERROR, False, "event.office-reissue"),
        (OtherCause.FACE_AUTHENTICATION, NOTHING, None, False, "face.signature-ends face.uses"),
    ],
    ids=lambda value: value.value if isinstance(value, LifeEvent | OtherCause) else None,
)
def test_what_follows(
    cause: Cause,
    reissue: frozenset[CertificateKind],
    reason: FeeReason | None,
    new_card: bool,  # noqa: FBT001  -- a column of the table
    code: str,
) -> None:
    """R-5.1 to R-5.11, R-5.22, R-5.23, R-1.7, R-1.11; S-25 to S-27: what is issued anew, for what fee, on which card."""
    found = follow_up(NATIONAL, cause=cause, on=ON)

    assert (found.reissue, found.fee, found.new_card) == (reissue, reason, new_card)
    assert [finding.code for finding in found.findings] == code.split()


def test_every_cause_is_followed_up() -> None:
    """R-5.1 to R-5.11: none is forgotten; a renewal leaves nothing to do."""
    for cause in (*LifeEvent, *OtherCause):
        found = follow_up(NATIONAL, cause=cause, on=ON)

        assert bool(found.findings) is (cause is not LifeEvent.RENEWAL)
        assert found.fee is None or fee(NATIONAL, reason=found.fee, on=ON).yen >= 0
        assert not found.reissue or found.fee is not None
        assert found.new_card is (cause in CARD_ENDING and cause is not LifeEvent.DEATH)


def test_what_a_setting_ends_is_followed_up() -> None:
    """R-1.7, R-5.23: a guardianship, a renamed address or a reading that ends the certificate is told as such."""
    policy = NATIONAL.with_settings(
        {
            "revoke_on_guardianship": "true",
            "administrative_renaming_lapses_sign": "true",
            "furigana_lapses_sign": "true",
        }
    )
    ward = follow_up(policy, cause=OtherCause.GUARDIANSHIP, on=ON)
    renamed = follow_up(policy, cause=OtherCause.ADMINISTRATIVE_RENAMING, on=ON)

    assert (ward.reissue, ward.findings[0].code) == (NOTHING, "event.sign-ended-for-ward")
    assert (renamed.reissue, renamed.findings[0].code) == (SIGNATURE, "event.sign-again")
    assert follow_up(policy, cause=OtherCause.FURIGANA, on=ON).findings[0].code == "event.sign-again"


def test_a_request_names_what_can_be_issued_again() -> None:
    """R-5.1: only what the request ended."""
    assert follow_up(NATIONAL, cause=LifeEvent.REQUEST, on=ON, kinds=SIGNATURE).reissue == SIGNATURE


def test_a_re_issue_after_a_move_is_free() -> None:
    """R-5.22; S-27: E-30."""
    found = follow_up(NATIONAL, cause=LifeEvent.MOVE, on=ON)

    assert found.fee is not None
    assert fee(NATIONAL, reason=found.fee, on=ON).yen == 0


def test_a_stopped_card_found_again() -> None:
    """R-5.20, R-2.8: by the operator's page both are issued anew; where it is set so the held one is released."""
    both = found_again(NATIONAL, on=ON)
    released = found_again(NATIONAL.with_settings({"auth_hold_release": "release"}), on=ON)

    assert both.authentication is not None
    assert both.authentication.ends == ON
    assert (both.follow_up.reissue, both.follow_up.findings[0].code) == (BOTH, "hold.found-reissue-both")
    assert released.authentication is None
    assert (released.follow_up.reissue, released.follow_up.findings[0].code) == (SIGNATURE, "hold.found-released")
    assert both.follow_up.fee is released.follow_up.fee is FeeReason.AFTER_HOLD
    assert not both.follow_up.new_card
    assert not released.follow_up.new_card


def test_a_phone_found_again() -> None:
    """R-5.20: the hold is lifted in the app, the signature certificate asked for anew; the window has no part."""
    found = found_again_on_phone()

    assert (found.reissue, found.fee, found.new_card) == (SIGNATURE, None, False)
    assert found.findings[0].code == "hold.on-the-phone"


def test_the_card_of_a_person_who_died() -> None:
    """R-5.4, R-5.6: if the death is recorded the card is only taken back; if not, the return ends the certificates."""
    known = card_of_the_dead(NATIONAL, death_recorded=True, on=ON)
    unknown = card_of_the_dead(NATIONAL, death_recorded=False, on=ON)

    assert (known.ends, [finding.code for finding in known.findings]) == (None, ["event.deceased-card"])
    assert unknown.ends is not None
    for kind in CertificateKind:
        ending = unknown.ends.of(kind)
        assert ending is not None
        assert ending.reason is RevocationReason.CESSATION_OF_OPERATION
    assert [finding.code for finding in unknown.findings] == ["event.death-not-recorded", "event.deceased-card"]


def test_a_move_entered_by_mistake() -> None:
    """R-5.9, R-4.1: the signature certificate does not come back; a new one is free."""
    found = correction(NATIONAL, cause=LifeEvent.MOVE, on=ON)

    assert (found.reissue, found.fee, found.new_card) == (SIGNATURE, FeeReason.OFFICE_ERROR, False)
    assert [finding.code for finding in found.findings] == ["correction.never-undone"]
    assert fee(NATIONAL, reason=FeeReason.OFFICE_ERROR, on=ON).yen == 0


def test_what_ends_the_card_too() -> None:
    """R-5.2, R-5.4, R-5.6, R-5.21: off the record, lost, returned, expired or void; no other cause takes the card."""
    assert {
        LifeEvent.DEATH,
        LifeEvent.EMIGRATION,
        LifeEvent.CARD_LOST,
        LifeEvent.CARD_RETURNED,
        OtherCause.EX_OFFICIO_DELETION,
        OtherCause.CARD_EXPIRED,
        OtherCause.CONTINUED_USE_MISSED,
    } == CARD_ENDING


@pytest.mark.parametrize("cause", [*filter(CARD_ENDING.__contains__, (*LifeEvent, *OtherCause))], ids=str)
def test_a_card_abolished_by_mistake(cause: Cause) -> None:
    """R-5.6, R-5.9: a death or a loss entered by mistake costs the holder no yen, but the card is made anew."""
    found = correction(NATIONAL, cause=cause, on=ON)

    assert (found.reissue, found.new_card) == (BOTH, True)
    assert [finding.code for finding in found.findings] == ["correction.never-undone", "correction.card-remade"]


def test_a_hold_entered_by_mistake() -> None:
    """R-5.9, R-5.20: lifted as any hold is; what is over is issued anew free of charge."""
    release = NATIONAL.with_settings({"auth_hold_release": "release"})

    assert correction(NATIONAL, cause=LifeEvent.HOLD, on=ON).reissue == BOTH
    assert correction(release, cause=LifeEvent.HOLD, on=ON).reissue == SIGNATURE
    assert correction(release, cause=LifeEvent.HOLD, on=ON).fee is FeeReason.OFFICE_ERROR


def test_a_renewal_is_not_taken_back() -> None:
    """R-5.7, R-1.10: the new certificate is there, and there is nothing to issue."""
    found = correction(NATIONAL, cause=LifeEvent.RENEWAL, on=ON)

    assert (found.reissue, found.fee, found.new_card) == (NOTHING, None, False)
    assert [finding.code for finding in found.findings] == ["correction.renewed"]


def test_a_harmless_mistake() -> None:
    """R-5.9: what ended nothing is only put right."""
    found = correction(NATIONAL, cause=OtherCause.FURIGANA, on=ON)

    assert (found.reissue, found.fee, found.new_card) == (NOTHING, None, False)
    assert [finding.code for finding in found.findings] == ["correction.nothing-ended"]


def test_a_mistaken_request_names_its_certificates() -> None:
    """R-5.1, R-5.9: only what the request ended is issued anew."""
    assert correction(NATIONAL, cause=LifeEvent.REQUEST, on=ON, kinds=SIGNATURE).reissue == SIGNATURE
