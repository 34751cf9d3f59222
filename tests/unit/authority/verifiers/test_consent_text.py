import hashlib
from datetime import date

import pytest

from openjpki.authority.verifiers.consent_text import CONSENT, MAX_TEXT, ConsentUnread, read_consent
from openjpki.rules.consent import Item
from tests.support.verifiers import consent_text


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        consent_text(consent="openjpki-attributes-2"),
        consent_text(items=[]),
        consent_text(items=["name", "name"]),
        consent_text(items=["name", "phone"]),
        consent_text(nonce="0011"),
        consent_text(purpose=""),
        consent_text(purpose="a\nb"),
        consent_text(purpose="あ" * 201),
        consent_text(since="2027-04-01"),
        consent_text(until="2031-01-06"),
        consent_text(since="0001-01-01"),
        consent_text(more="x"),
        consent_text()[:-1] + b" }",
        consent_text().replace(b'"consent"', b'"items":["sex"],"consent"'),
        consent_text().replace(b"bank", b"b\\u0061nk"),
        consent_text(scope="x" * MAX_TEXT),
        "é".encode("latin-1"),
    ],
    ids=lambda text: hashlib.sha256(text).hexdigest()[:6],
)
def test_a_text_has_one_spelling(text: bytes) -> None:
    """Whatever is spelt otherwise, has another field or an impossible term is no consent (R-8.7)."""
    with pytest.raises(ConsentUnread) as caught:
        read_consent(text)
    assert caught.value.code == "verifier.consent-unread"


def test_a_text_is_read_as_it_was_signed() -> None:
    """Each field comes back, and five years are not too long (R-8.7)."""
    read = read_consent(consent_text(until="2031-01-05"))
    assert CONSENT.encode() in consent_text()

    assert (read.verifier, read.items, read.purpose, read.scope) == (
        "bank",
        (Item.NAME, Item.ADDRESS),
        "住所変更の手続きの省略",
        "普通預金口座",
    )
    assert (read.term.since, read.term.until) == (date(2026, 1, 5), date(2031, 1, 5))
