from datetime import date, timedelta
from typing import Any

import pytest

from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.eligibility import Holder
from openjpki.rules.kinds import (
    Applicant,
    CardState,
    CertificateKind,
    FeeReason,
    PinKind,
    Power,
    Procedure,
)
from openjpki.rules.representation import Claim
from tests.unit.rules.checklist.interviews import (
    ADULT,
    ALL_PINS,
    AUTHENTICATION,
    CHILD,
    NATIONAL,
    ON,
    asked,
    codes,
    listed,
)

AGENT, HOUSEHOLD = Applicant.VOLUNTARY_AGENT, Applicant.HOUSEHOLD
PARENT = Claim(power=Power.PARENT, same_household=True)


def test_a_document_that_does_not_count_is_told() -> None:
    """S-59; R-2.21: not dropped in silence: who hears why can bring another one."""
    gone = (ShownDocument(kind=DocumentKind.DRIVERS_LICENCE, expires=date(2026, 4, 1)),)
    found = asked(Procedure.RENEWAL, unknown_pins=ALL_PINS, documents=gone)

    assert found.means == "two_visits"
    assert "identity.document-expired" in codes(found)


def test_a_representative_is_told_what_a_reset_takes() -> None:
    """R-2.22, R-6.4: two documents where a PIN is set anew on the way."""
    child: dict[str, Any] = {"holder": CHILD, "kinds": AUTHENTICATION, "claim": Claim(power=Power.PARENT)}
    represented = Applicant.LEGAL_REPRESENTATIVE
    told = codes(asked(Procedure.NEW, represented, unknown_pins=ALL_PINS, **child))

    assert "checklist.reset-two-documents" in told
    assert "checklist.reset-two-documents" not in codes(asked(Procedure.NEW, represented, **child))


def test_the_end_of_the_card_is_asked_after() -> None:
    """R-7.5, CF-12: where it is not known, who renews looks at the card first; under another ruling it decides nothing."""
    either = NATIONAL.with_settings({"card_first_if_same_expiry": "false"})

    assert "checklist.card-end-unknown" in codes(asked(Procedure.RENEWAL))
    assert "checklist.card-end-unknown" not in codes(asked(Procedure.RENEWAL, card_expires=date(2032, 6, 10)))
    assert "checklist.card-end-unknown" not in codes(asked(Procedure.RENEWAL, policy=either))
    assert "checklist.card-end-unknown" not in codes(asked(Procedure.NEW))


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({}, ["checklist.revoke-online"]),
        ({"signature_expires": ON}, ["checklist.revoke-online"]),
        ({"signature_expires": ON - timedelta(days=1)}, ["checklist.revoke-online"]),  # of the other nothing is known
        ({"unknown_pins": ALL_PINS}, []),
        ({"card_expires": ON - timedelta(days=1)}, []),
        ({"holder": Holder(born=ADULT.born, card=CardState.SUSPENDED)}, []),
        ({"holder": Holder(born=ADULT.born, face_card=True)}, []),
        (
            {"signature_expires": ON - timedelta(days=1), "authentication_expires": ON - timedelta(days=1)},
            ["checklist.revocation-not-needed"],
        ),
    ],
)
def test_who_can_revoke_online_and_who_need_not(answers: dict[str, Any], told: list[str]) -> None:
    """R-2.5, R-3.10; S-35: it takes a card in force and known PINs; what has expired is not revoked."""
    about = {"checklist.revoke-online", "checklist.revocation-not-needed"}

    assert [code for code in codes(asked(Procedure.REVOCATION, **answers)) if code in about] == told


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (FeeReason.CARD_LOST, ["checklist.new-card-first", "hold.by-telephone"]),
        (FeeReason.CARD_STOLEN, ["checklist.new-card-first", "hold.by-telephone"]),
        (FeeReason.CARD_DAMAGED, ["checklist.new-card-first"]),
        (FeeReason.OFFICE_ERROR, []),
        (FeeReason.ATTRIBUTES_CHANGED, ["checklist.authentication-goes-on"]),
        (FeeReason.OWN_REQUEST, []),
        (FeeReason.AFTER_HOLD, ["hold.found-reissue-both"]),
    ],
)
def test_what_the_reason_of_a_reissue_leads_to(reason: FeeReason, told: list[str]) -> None:
    """R-1.2, R-2.7, R-2.8, R-5.3, R-5.20; S-07, S-25: a new card comes first, a lost one is stopped at once, one found is released, and a move ends one certificate."""
    about = {
        "checklist.new-card-first",
        "hold.by-telephone",
        "hold.found-reissue-both",
        "checklist.authentication-goes-on",
    }

    assert [code for code in codes(asked(Procedure.REISSUE, reason=reason)) if code in about] == told
    if reason is FeeReason.ATTRIBUTES_CHANGED:
        alone = frozenset({CertificateKind.SIGNATURE})
        assert not about & set(codes(asked(Procedure.REISSUE, reason=reason, kinds=alone)))


@pytest.mark.parametrize("procedure", [Procedure.RENEWAL, Procedure.NEW, Procedure.REISSUE])
def test_a_signature_certificate_issued_alone_ends_with_the_other(procedure: Procedure) -> None:
    """R-1.5, R-3.1, R-5.22; S-20; E-03, E-20: it is told while the other is in force, its last day included, and where it is known."""
    alone: dict[str, Any] = {"kinds": frozenset({CertificateKind.SIGNATURE})}
    told = "checklist.ends-with-authentication"

    assert told in codes(asked(procedure, authentication_expires=ON, **alone))
    assert told not in codes(asked(procedure, authentication_expires=ON - timedelta(days=1), **alone))
    assert told not in codes(asked(procedure, authentication_expires=None, **alone))
    assert told not in codes(asked(procedure))
    assert told not in codes(asked(Procedure.REVOCATION, authentication_expires=ON, **alone))


def test_a_pin_is_changed_with_the_old_one() -> None:
    """R-2.9: remembered and thought of anew; also at home."""
    found = asked(Procedure.PIN_CHANGE, changed_pins=frozenset({PinKind.AUTHENTICATION}))

    assert [(pin.kind, pin.remember, pin.think_of) for pin in found.pins] == [(PinKind.AUTHENTICATION, True, True)]
    assert codes(found)[-1] == "checklist.pin-change-at-home"


def test_a_revocation_asks_for_no_pin() -> None:
    """R-2.5: the card if it is there, a document; an agent a mandate; the holder can do it at home."""
    own, agent = asked(Procedure.REVOCATION), asked(Procedure.REVOCATION, AGENT)

    assert (listed(own.visits[0]), own.pins) == ([("card", False), ("drivers-licence", True)], ())
    assert codes(own)[-1] == "checklist.revoke-online"
    assert listed(agent.visits[0]) == [("card", False), ("mandate", True), ("drivers-licence", True)]


@pytest.mark.parametrize("applicant", [AGENT, HOUSEHOLD])
@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"form_until": ON - timedelta(days=1)}, ["agent.form-lapsed"]),
        ({"form_until": ON}, []),
        ({"unknown_pins": frozenset({PinKind.SIGNATURE})}, ["agent.pin-mismatch"]),
        ({"card_items_change": True}, ["agent.card-items-change"]),
        ({"card_items_change": True, "unknown_pins": ALL_PINS}, ["agent.card-items-change", "agent.pin-mismatch"]),
        ({"form": "none", "unknown_pins": ALL_PINS}, []),
        ({"agent_documents": (ShownDocument(kind=DocumentKind.PENSION_BOOK),)}, ["checklist.form-with-photo"]),
        ({"agent_documents": (ShownDocument(kind=DocumentKind.PASSPORT),)}, []),
    ],
)
def test_why_a_sealed_form_does_not_help(applicant: Applicant, answers: dict[str, Any], why: list[str]) -> None:
    """R-2.23, R-2.24; S-49, S-51, S-53: who has one and comes twice all the same hears why."""
    about = {"agent.form-lapsed", "agent.pin-mismatch", "agent.card-items-change", "checklist.form-with-photo"}
    found = asked(Procedure.RENEWAL, applicant, **{"form": "sealed", **answers})

    assert [code for code in codes(found) if code in about] == why


def test_a_pin_that_stays_locked_is_told() -> None:
    """R-2.20, R-6.3, R-6.5; S-13: one visit without a document, the PIN named, and not among those to know."""
    locked = frozenset({PinKind.CARD_FACE_ENTRY})
    found = asked(Procedure.RENEWAL, unknown_pins=locked, documents=())
    (told,) = (finding for finding in found.findings if finding.code == "checklist.pin-stays")

    assert (found.means, listed(found.visits[0])) == ("same_day", [("card", True), ("notice", False)])
    assert [pin.kind for pin in found.pins] == [
        PinKind.SIGNATURE,
        PinKind.AUTHENTICATION,
        PinKind.RESIDENT_RECORD,
    ]
    assert told.ja.startswith("券面事項入力補助用の暗証番号は、")
    assert "checklist.pin-stays" not in codes(asked(Procedure.RENEWAL, unknown_pins=locked))
