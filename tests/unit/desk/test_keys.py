import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from openjpki.desk.keys import (
    MAX_SIGNATURE,
    DeskKey,
    DeskKeyUnreadable,
    DeskSignatureInvalid,
    public_bytes,
    verify_desk_signature,
)

KEY = DeskKey.generate()
OTHER_CURVE = generate_private_key(SECP384R1())


def test_what_a_key_signs_verifies_under_its_public_half() -> None:
    """A signature is by one key over one text, and within its bound."""
    signature = KEY.sign(b"text")
    verify_desk_signature(KEY.public_key, b"text", signature)
    assert len(signature) <= MAX_SIGNATURE

    for public, text, signed in (
        (KEY.public_key, b"other", signature),
        (DeskKey.generate().public_key, b"text", signature),
        (KEY.public_key, b"text", signature[:-1]),
        (KEY.public_key, b"text", b""),
    ):
        with pytest.raises(DeskSignatureInvalid):
            verify_desk_signature(public, text, signed)


def test_a_key_comes_back_from_its_file() -> None:
    """PKCS #8 and back is the same key."""
    assert DeskKey.from_pem(KEY.to_pem()).public_key == KEY.public_key


def test_only_p256_is_a_desk_key() -> None:
    """Another curve, another thing, or nothing readable is no key of the desk."""
    pem = OTHER_CURVE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for bad in (pem, b"", b"nonsense"):
        with pytest.raises(DeskKeyUnreadable):
            DeskKey.from_pem(bad)
    for public in (public_bytes(OTHER_CURVE.public_key()), b"", b"nonsense"):
        with pytest.raises(DeskKeyUnreadable):
            verify_desk_signature(public, b"text", KEY.sign(b"text"))


def test_a_key_does_not_show_itself() -> None:
    """The private half stands in no log."""
    assert repr(KEY) == "DeskKey(…)"
