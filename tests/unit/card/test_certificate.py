import pytest

from openjpki.card.certificate import MAX_CERTIFICATE, certified_key, stated_size
from tests.unit.card.cards import certificate_for, ec_key, issuer, rsa_key, spki


def test_the_certified_key_is_the_subject_public_key_info() -> None:
    """A certificate on a card is held against the key in its slot."""
    assert certified_key(issuer()) == spki(rsa_key(0))
    assert certified_key(certificate_for(spki(ec_key(0)))) == spki(ec_key(0))


@pytest.mark.parametrize(
    "certificate",
    [
        b"",
        issuer()[:-1],
        issuer() + b"\0",
        b"\x30\x82\x00\x03abc",
        b"\x30\x82" + (MAX_CERTIFICATE - 3).to_bytes(2) + bytes(MAX_CERTIFICATE - 3),
        issuer().replace(bytes.fromhex("2A864886F70D010101"), bytes.fromhex("2A864886F70D01017F")),
    ],
    ids=["empty", "cut", "longer", "no certificate", "too large", "unknown key"],
)
def test_what_cannot_stand_on_a_card_is_refused(certificate: bytes) -> None:
    """A certificate is DER with a two-byte length that tells its size (OpenSC reads bytes 2 and 3)."""
    with pytest.raises(ValueError, match="not a certificate"):
        certified_key(certificate)


@pytest.mark.parametrize(
    ("beginning", "size"),
    [("308202CD00", 721), ("30820000", 4), ("308103", None), ("308202", None), ("3182000000", None)],
)
def test_the_size_stands_in_the_first_four_bytes(beginning: str, size: int | None) -> None:
    """`30 82 LL LL`: the size is LL LL and the header."""
    assert stated_size(bytes.fromhex(beginning)) == size
