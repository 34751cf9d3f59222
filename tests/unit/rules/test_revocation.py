from datetime import UTC, date, datetime

import pytest

from openjpki.rules.kinds import CertificateKind, CertificateState, LifeEvent, OtherCause, RevocationReason
from openjpki.rules.policy import Policy
from openjpki.rules.revocation import Cause, Ending, after_hold, effect_of, state_at_expiry, visible_at

NATIONAL = Policy.preset("national")
ON = date(2026, 4, 1)
AFFILIATION = RevocationReason.AFFILIATION_CHANGED
CESSATION = RevocationReason.CESSATION_OF_OPERATION
COMPROMISE = RevocationReason.KEY_COMPROMISE
HOLD = RevocationReason.CERTIFICATE_HOLD


@pytest.mark.parametrize(
    ("event", "signature", "authentication", "rule"),
    [
        (LifeEvent.MOVE, AFFILIATION, None, "R-5.3"),
        (LifeEvent.NAME, AFFILIATION, None, "R-5.3"),
        (LifeEvent.BIRTH_DATE, AFFILIATION, None, "R-5.3"),
        (LifeEvent.SEX, AFFILIATION, None, "R-5.3"),
        (LifeEvent.DEATH, CESSATION, CESSATION, "R-5.4"),
        (LifeEvent.EMIGRATION, CESSATION, CESSATION, "R-5.4"),
        (OtherCause.EMIGRATION_CONTINUED, AFFILIATION, None, "R-5.5"),
        (LifeEvent.CARD_LOST, COMPROMISE, COMPROMISE, "R-5.2"),
        (LifeEvent.CARD_RETURNED, CESSATION, CESSATION, "R-5.6"),
        (LifeEvent.RENEWAL, RevocationReason.SUPERSEDED, RevocationReason.SUPERSEDED, "R-5.7"),
        (LifeEvent.REQUEST, CESSATION, CESSATION, "R-5.1"),
        (LifeEvent.HOLD, HOLD, HOLD, "R-5.8"),
        (LifeEvent.KEY_COMPROMISE, COMPROMISE, COMPROMISE, "R-5.2"),
        (OtherCause.RECORD_ERROR, AFFILIATION, AFFILIATION, "R-5.9"),
        (OtherCause.CA_COMPROMISE, RevocationReason.CA_COMPROMISE, RevocationReason.CA_COMPROMISE, "R-5.10"),
        (OtherCause.SERVICE_ENDED, CESSATION, CESSATION, "R-5.10"),
        (OtherCause.NOT_HANDED_OVER, RevocationReason.UNSPECIFIED, RevocationReason.UNSPECIFIED, "R-5.11"),
        (OtherCause.ADMINISTRATIVE_RENAMING, None, None, "R-5.23"),
        (OtherCause.GUARDIANSHIP, None, None, "R-1.7"),
        (OtherCause.EX_OFFICIO_DELETION, CESSATION, CESSATION, "R-5.4"),
        (OtherCause.FORMER_NAME, AFFILIATION, None, "R-5.23"),
        (OtherCause.ALIAS, AFFILIATION, None, "R-5.23"),
        (OtherCause.FURIGANA, None, None, "R-5.23"),
        (OtherCause.CARD_EXPIRED, CESSATION, CESSATION, "R-5.6"),
        (OtherCause.CONTINUED_USE_MISSED, CESSATION, CESSATION, "R-5.21"),
        (OtherCause.FACE_AUTHENTICATION, CESSATION, None, "R-1.11"),
    ],
    ids=lambda value: value.value if isinstance(value, LifeEvent | OtherCause) else None,
)
def test_what_ends_with_which_reason(
    event: Cause, signature: RevocationReason | None, authentication: RevocationReason | None, rule: str
) -> None:
    """R-5.1 to R-5.11, R-5.20; S-25: a change of the four items ends the signature certificate, not the other."""
    effect = effect_of(NATIONAL, event, ON)

    assert (effect.signature and effect.signature.reason) == signature
    assert (effect.authentication and effect.authentication.reason) == authentication
    assert rule in effect.rules
    for ending in filter(None, (effect.signature, effect.authentication)):
        assert ending.ends == ON


def test_every_cause_is_decided() -> None:
    """No event is without a row, and only a hold leaves something alive."""
    for cause in (*LifeEvent, *OtherCause):
        effect = effect_of(NATIONAL, cause, ON)
        held = {kind for kind in CertificateKind if (ending := effect.of(kind)) and ending.held}

        assert held == ({CertificateKind.AUTHENTICATION} if cause is LifeEvent.HOLD else set())


def test_a_hold_has_no_way_back_for_the_signature_certificate() -> None:
    """R-5.8, R-5.20: it ends at once; the authentication certificate is held."""
    effect = effect_of(NATIONAL, LifeEvent.HOLD, ON)

    assert effect.signature == Ending(ends=ON, reason=HOLD, held=False)
    assert effect.authentication == Ending(ends=ON, reason=HOLD, held=True)


@pytest.mark.parametrize("event", [LifeEvent.REQUEST, LifeEvent.RENEWAL, OtherCause.NOT_HANDED_OVER])
def test_a_request_names_its_certificates(event: Cause) -> None:
    """R-5.1, R-5.7, R-5.11: only the named certificate ends; other causes do not ask."""
    chosen = [CertificateKind.AUTHENTICATION]

    assert effect_of(NATIONAL, event, ON, kinds=chosen).signature is None
    assert effect_of(NATIONAL, event, ON, kinds=chosen).authentication is not None
    assert effect_of(NATIONAL, LifeEvent.DEATH, ON, kinds=chosen).signature is not None


@pytest.mark.parametrize(
    ("setting", "value", "cause", "reason"),
    [
        ("record_deletion_reason", "affiliation_changed", LifeEvent.DEATH, AFFILIATION),
        ("card_lost_reason", "cessation_of_operation", LifeEvent.CARD_LOST, CESSATION),
        ("record_error_reason", "unspecified", OtherCause.RECORD_ERROR, RevocationReason.UNSPECIFIED),
        ("administrative_renaming_lapses_sign", "true", OtherCause.ADMINISTRATIVE_RENAMING, AFFILIATION),
        ("revoke_on_guardianship", "true", OtherCause.GUARDIANSHIP, AFFILIATION),
        ("furigana_lapses_sign", "true", OtherCause.FURIGANA, AFFILIATION),
        ("record_deletion_reason", "affiliation_changed", OtherCause.EX_OFFICIO_DELETION, AFFILIATION),
    ],
)
def test_unknown_reasons_are_settings(setting: str, value: str, cause: Cause, reason: RevocationReason) -> None:
    """R-1.7, R-5.2, R-5.4, R-5.9, R-5.23: what the sources leave open is a setting."""
    ending = effect_of(NATIONAL.with_settings({setting: value}), cause, ON).signature

    assert ending is not None
    assert ending.reason is reason


@pytest.mark.parametrize("cause", [OtherCause.FORMER_NAME, OtherCause.ALIAS])
def test_a_municipality_may_leave_annotated_names_alone(cause: Cause) -> None:
    """R-5.23: 旧氏 and 通称 end the signature certificate unless the setting says otherwise."""
    quiet = NATIONAL.with_settings({"name_annotation_lapses_sign": "false"})

    assert effect_of(NATIONAL, cause, ON).signature is not None
    assert effect_of(quiet, cause, ON).signature is None


def test_register_events_show_the_next_day() -> None:
    """R-2.28: the lapse after a move shows at 0:00 JST of the next day; requests, losses and holds show at once."""
    at = datetime(2026, 4, 1, 2, 30, tzinfo=UTC)
    at_once = NATIONAL.with_settings({"register_event_visibility": "at_once"})

    assert visible_at(NATIONAL, LifeEvent.MOVE, at) == datetime(2026, 4, 1, 15, 0, tzinfo=UTC)
    assert visible_at(NATIONAL, LifeEvent.DEATH, datetime(2026, 4, 1, 15, 0, tzinfo=UTC)) == datetime(
        2026, 4, 2, 15, 0, tzinfo=UTC
    )
    assert visible_at(at_once, LifeEvent.MOVE, at) == at
    for event in (LifeEvent.HOLD, LifeEvent.CARD_LOST, LifeEvent.REQUEST, LifeEvent.RENEWAL):
        assert visible_at(NATIONAL, event, at) == at


def test_a_card_found_again() -> None:
    """R-5.20: the held authentication certificate is revoked and issued anew, or released where the policy says so."""
    assert after_hold(NATIONAL, ON) == Ending(ends=ON, reason=CESSATION, held=False)
    assert after_hold(NATIONAL.with_settings({"auth_hold_release": "release"}), ON) is None


def test_expired_is_not_revoked() -> None:
    """R-3.10, R-5.12; S-35, CF-8: the page's 失効 is a way of speaking that a municipality may keep."""
    assert state_at_expiry(NATIONAL) is CertificateState.EXPIRED
    assert state_at_expiry(Policy.preset("page")) is CertificateState.REVOKED
