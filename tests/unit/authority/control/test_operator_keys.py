import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from openjpki.authority.control.operator_keys import (
    Hand,
    OperatorKey,
    OperatorKeyUnreadable,
    PassphraseTooShort,
    fingerprint_of,
    is_signed,
    public_key_of,
)

PASSPHRASE = b"correct horse battery"


def test_a_key_comes_back_from_its_file_and_shows_nothing() -> None:
    """The file is encrypted, and neither key nor hand says what it is."""
    key = OperatorKey.generate()
    pem = key.to_pem(PASSPHRASE)
    again = OperatorKey.from_pem(pem, PASSPHRASE, "sato.key")

    assert b"ENCRYPTED" in pem
    assert again.public_key == key.public_key == public_key_of(key.public_pem(), "sato.key.pub")
    assert repr(key) == "OperatorKey(…)"
    assert repr(Hand("sato", key.sign)) == "Hand('sato')"
    assert len(fingerprint_of(key.public_key)) == 64


def test_a_wrong_passphrase_opens_nothing() -> None:
    """Nor does what is no key of an operator's: another curve, another file, no encryption."""
    pem = OperatorKey.generate().to_pem(PASSPHRASE)
    other = ec.generate_private_key(ec.SECP384R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(PASSPHRASE),
    )

    for file, passphrase in ((pem, b"another passphrase"), (other, PASSPHRASE), (b"no key", PASSPHRASE)):
        with pytest.raises(OperatorKeyUnreadable):
            OperatorKey.from_pem(file, passphrase, "sato.key")


def test_a_short_passphrase_is_refused() -> None:
    """Twelve characters at least."""
    key = OperatorKey.generate()
    key.to_pem(b"twelve chars")

    with pytest.raises(PassphraseTooShort):
        key.to_pem(b"eleven char")


def test_only_a_p256_key_is_a_public_key() -> None:
    """RSA, another curve, or no PEM is refused when an operator is enrolled."""
    for key in (rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP384R1())):
        pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        with pytest.raises(OperatorKeyUnreadable):
            public_key_of(pem, "x.pub")
    with pytest.raises(OperatorKeyUnreadable):
        public_key_of(b"no key", "x.pub")


def test_a_signature_is_of_one_key_and_one_message() -> None:
    """Anything else does not verify, and raises nothing."""
    key = OperatorKey.generate()
    signature = key.sign(b"a")

    assert is_signed(key.public_key, b"a", signature)
    assert not is_signed(key.public_key, b"b", signature)
    assert not is_signed(OperatorKey.generate().public_key, b"a", signature)
    assert not is_signed(b"no key", b"a", signature)
