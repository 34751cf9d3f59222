from datetime import date
from enum import Enum

import pytest

from openjpki.rules.application import ApplicationEvent, Fact
from openjpki.rules.kinds import (
    ApplicationState,
    ApprovalGround,
    CardState,
    CertificateKind,
    CertificateState,
    FeeReason,
    LifeEvent,
    OtherCause,
    Procedure,
    RecordKind,
    ResidenceStatus,
    RevocationReason,
    Sex,
    Term,
)
from openjpki.rules.lifecycle import CardEvent, CertificateEvent
from openjpki.rules.phone_hold import Question
from openjpki.rules.policy import Policy
from openjpki.rules.validity import authentication_expiry, card_expiry, signature_expiry
from openjpki.rules.words import Told, limit, word

SPOKEN = (
    *ApplicationState,
    *CardState,
    *CertificateKind,
    *CertificateState,
    *FeeReason,
    *LifeEvent,
    *OtherCause,
    *RecordKind,
    *ResidenceStatus,
    *RevocationReason,
    *Term,
    *Procedure,
    *ApplicationEvent,
    *CardEvent,
    *CertificateEvent,
    *ApprovalGround,
    *Fact,
)


@pytest.mark.parametrize("member", SPOKEN, ids=str)
def test_a_clerk_reads_japanese(member: Enum) -> None:
    """Every word of the counter's vocabularies has a Japanese one; in English it is the rules' own word."""
    assert not word(member, "ja").isascii()
    assert word(member, "en") == member.value


def test_a_word_without_another_is_itself() -> None:
    """What no person is told in a sentence keeps its name."""
    assert word(Sex.MALE, "ja") == "male"


def test_every_limit_of_an_expiry_can_be_told() -> None:
    """R-3.1, R-3.2, R-3.7: whatever decided an expiry is said in words."""
    policy = Policy.preset("national")
    born, issued, far = date(1990, 6, 10), date(2021, 7, 1), date(2040, 6, 10)
    found = {
        authentication_expiry(policy, issued=issued, born=born, card_expires=far).because,
        authentication_expiry(
            policy, issued=date(2026, 3, 11), born=born, card_expires=far, replaces_expiring=date(2026, 6, 10)
        ).because,
        authentication_expiry(policy, issued=issued, born=born, card_expires=date(2024, 1, 1)).because,
        signature_expiry(
            policy, issued=issued, born=born, card_expires=far, authentication_expires=date(2023, 6, 10)
        ).because,
        card_expiry(policy, issued=issued, received=issued, born=born).because,
        card_expiry(policy, issued=issued, received=issued, born=born, stay_until=date(2022, 8, 31)).because,
    }

    assert len(found) == 6
    for because in found:
        assert not limit(because, "ja").isascii()
        assert limit(because, "en").isascii()


def test_a_word_in_a_refusal_is_told_in_its_language() -> None:
    """In a sentence it is spoken, as data it is the word itself; one that the rules do not know brings its own."""
    state = Told(CertificateState.SUPERSEDED)
    other = Told(Question.CALL_BACK, "電話")

    assert f"{state:ja}" == word(CertificateState.SUPERSEDED, "ja")
    assert (f"{state:en}", f"{state}", str(state)) == ("superseded",) * 3
    assert (f"{other:ja}", f"{other:en}", str(other)) == ("電話", "call back", "call-back")
