from dataclasses import replace

import pytest

from openjpki.card.image import Container, KeySlot
from openjpki.card.keys import to_pkcs8
from openjpki.rules.kinds import CertificateKind, PinKind
from tests.unit.card.cards import blank, certificate_for, issuer, ordinary, rsa_key, spki, with_tries

KEY = to_pkcs8(rsa_key(1))
CERTIFICATE = certificate_for(spki(rsa_key(1)))


def test_a_slot_tells_its_public_key() -> None:
    """The public half is computed from the private one, never stored beside it."""
    assert KeySlot(private_key=KEY).public_key == spki(rsa_key(1))


def test_a_slot_carries_its_certificate_with_the_issuers() -> None:
    """A certificate stands for the key of its slot."""
    slot = KeySlot(private_key=KEY, certificate=CERTIFICATE, issuer=issuer())

    assert slot.certificate == CERTIFICATE


@pytest.mark.parametrize(
    ("certificate", "ca"),
    [(CERTIFICATE, None), (None, issuer()), (issuer(), issuer()), (CERTIFICATE, b"none"), (b"none", issuer())],
    ids=["no issuer", "issuer only", "another key's", "issuer no certificate", "no certificate"],
)
def test_a_slot_refuses_what_does_not_belong_together(certificate: bytes | None, ca: bytes | None) -> None:
    """A slot never holds a certificate of another key, nor one without its issuer's."""
    with pytest.raises(ValueError, match="certif"):
        KeySlot(private_key=KEY, certificate=certificate, issuer=ca)


def test_a_key_without_certificate_is_never_in_use() -> None:
    """A shadow key comes into use only together with its certificate."""
    assert Container(shadow=KeySlot(private_key=KEY)).active is None
    with pytest.raises(ValueError, match="has a certificate"):
        Container(active=KeySlot(private_key=KEY))


@pytest.mark.parametrize(
    "change",
    [
        {"number": "40000001271984"},
        {"number": "40000001271984X"},
        {"number": "40000001271984٣"},
        {"municipality": "132215"},
        {"salt": bytes(15)},
        {"pins": {}},
        {"keys": {}},
    ],
    ids=str,
)
def test_what_is_no_card_cannot_be_made(change: dict[str, object]) -> None:
    """A card has a fifteen-digit number, a five-digit municipality, a salt, four PINs (R-6.5), two kinds of key."""
    with pytest.raises(ValueError, match="not the data of a card"):
        replace(blank(), **change)  # type: ignore[arg-type]  # the table names real fields


def test_a_change_makes_another_image() -> None:
    """An image never changes: what was durable can be compared with what is to be."""
    before = ordinary()
    after = with_tries(before, PinKind.SIGNATURE, 2)
    emptied = before.with_keys(CertificateKind.SIGNATURE, Container())

    assert before.pins[PinKind.SIGNATURE].tries == 5
    assert after.pins[PinKind.SIGNATURE].tries == 2
    assert after.pins[PinKind.AUTHENTICATION] == before.pins[PinKind.AUTHENTICATION]
    assert before.keys[CertificateKind.SIGNATURE].active is not None
    assert emptied.keys[CertificateKind.SIGNATURE].active is None


def test_each_pin_has_its_own_salt() -> None:
    """Two PINs of one card that are equal have different digests."""
    image = blank()

    assert len({image.salt_of(kind) for kind in PinKind}) == 4


def test_repr_shows_no_key() -> None:
    """A private key never enters a log."""
    shown = repr(ordinary())

    assert "private_key" not in shown
    assert "salt" not in shown
