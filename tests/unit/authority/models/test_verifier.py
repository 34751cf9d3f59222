from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from openjpki.authority.models import Consent, Person, Verifier, VerifierCertificate
from openjpki.rules.verifiers import Ground, Right

pytestmark = pytest.mark.django_db(databases=["authority"])

AT = datetime(2026, 4, 1, tzinfo=UTC)
DAY = AT.date()


def verifier(**changes: object) -> Verifier:
    """Write a verifier."""
    fields: dict[str, object] = {
        "code": "bank",
        "name": "見本銀行",
        "kind": "public-body",
        "grounds": ["17-1"],
        "rights": ["status"],
        "since": DAY,
        "until": DAY,
        "registered_at": AT,
    }
    return Verifier.objects.create(**(fields | changes))


def test_a_row_gives_its_words_back() -> None:
    """Grounds and rights are words of the vocabulary (R-5.24)."""
    row = verifier()

    assert (row.on_grounds(), row.with_rights()) == (frozenset({Ground.ARTICLE_17_1}), frozenset({Right.STATUS}))
    assert str(row) == "verifier:bank"


@pytest.mark.parametrize("changes", [{"until": date(2025, 1, 1)}, {"state": "gone"}, {"kind": "friend"}], ids=str)
def test_the_database_holds_a_registration_too(changes: dict[str, object]) -> None:
    """A term without a day, and words that are none, are refused whatever the code does (R-5.24)."""
    with pytest.raises(IntegrityError), transaction.atomic(using="authority"):
        verifier(**changes)


def test_the_database_holds_a_certificate_too() -> None:
    """One fingerprint and one key once, and some time between its ends (R-5.24)."""
    row = verifier()
    fields = {
        "verifier": row,
        "fingerprint": "a" * 64,
        "key_digest": "b" * 64,
        "certificate": b"x",
        "not_before": AT,
        "not_after": AT + timedelta(days=1),
    }
    assert str(VerifierCertificate.objects.create(**fields)) == f"verifier-certificate:{'a' * 16}"
    other = fields | {"fingerprint": "c" * 64, "key_digest": "d" * 64}
    for changes in (
        {"fingerprint": "a" * 64},
        {"key_digest": "b" * 64},
        {"not_after": AT},
    ):
        with pytest.raises(IntegrityError), transaction.atomic(using="authority"):
            VerifierCertificate.objects.create(**(other | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"until": DAY - timedelta(days=1)},
        {"certificate_key": "authentication/2"},
        {"withdrawn_at": AT - timedelta(days=1)},
    ],
    ids=str,
)
def test_the_database_holds_a_consent_too(changes: dict[str, object]) -> None:
    """It has a day, stands under a signature certificate, and is not withdrawn before it came (R-8.7)."""
    person = Person.objects.create(
        resident_code="12345678901",
        municipality="99201",
        name="見本　花子",
        address="見本県若葉市",
        birth_date=date(1990, 6, 10),
        sex="female",
    )
    fields: dict[str, object] = {
        "consent_id": "a" * 64,
        "verifier": verifier(),
        "person": person,
        "certificate_key": "signature/2",
        "items": ["name"],
        "purpose": "x",
        "scope": "x",
        "since": DAY,
        "until": DAY,
        "document": b"x",
        "registered_at": AT,
    }
    with pytest.raises(IntegrityError), transaction.atomic(using="authority"):
        Consent.objects.create(**(fields | changes))
    assert str(Consent.objects.create(**fields)) == f"consent:{'a' * 16}"
