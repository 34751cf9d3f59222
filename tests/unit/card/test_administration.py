from collections.abc import Callable
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import load_der_public_key

from openjpki.card.administration import (
    Administration,
    CertificateNotForKey,
    NoShadowCertificate,
    NoShadowKey,
    ShadowInUse,
    personalise,
)
from openjpki.card.image import CardImage
from openjpki.card.keys import PrivateKey
from openjpki.rules.kinds import CertificateKind, PinKind
from openjpki.rules.pins import BadDigitsPin, BadSignaturePin
from openjpki.rules.policy import Policy
from tests.unit.card.cards import (
    EXPIRES,
    MUNICIPALITY,
    NUMBER,
    Bench,
    Keys,
    PowerCut,
    blank,
    certificate_for,
    issuer,
    ordinary,
    rsa_key,
    spki,
    zeros,
)

SIGNATURE = CertificateKind.SIGNATURE
MESSAGE = b"order"


def administered(image: CardImage | None = None, algorithm: str = "rsa-2048") -> tuple[Bench, Administration[str]]:
    """Return a card and its administration."""
    card = Bench(image or blank())
    return card, Administration(card, Keys(), algorithm)


def test_a_personalised_card_has_no_pins_and_no_keys() -> None:
    """A card is handed over blank: its PINs are set, and its keys made, afterwards (R-6.5)."""
    image = personalise(number=NUMBER, municipality=MUNICIPALITY, expires=EXPIRES, entropy=zeros)

    assert {kind: pin.limit for kind, pin in image.pins.items()} == {
        PinKind.SIGNATURE: 5,
        PinKind.AUTHENTICATION: 3,
        PinKind.RESIDENT_RECORD: 3,
        PinKind.CARD_FACE_ENTRY: 3,
    }
    assert all(pin.tries == 0 and pin.digest is None for pin in image.pins.values())
    assert all(keys.active is None and keys.shadow is None for keys in image.keys.values())
    assert (image.number, image.municipality, image.expires) == (NUMBER, MUNICIPALITY, EXPIRES)


def test_a_card_has_a_number_of_fifteen_digits() -> None:
    """製造番号, as the card's common application tells it."""
    with pytest.raises(ValueError, match="not the data of a card"):
        personalise(number="1", municipality=MUNICIPALITY, expires=EXPIRES, entropy=zeros)


def test_a_new_key_is_durable_before_its_public_half_is_told() -> None:
    """A certificate must never be ordered for a key that a power cut can lose."""
    card, administration = administered()
    public_key = administration.generate_key(SIGNATURE)
    shadow = card.durable.keys[SIGNATURE].shadow

    assert shadow is not None
    assert shadow.public_key == public_key == administration.waiting_key(SIGNATURE)
    assert card.writes == 1


def test_a_power_cut_while_making_a_key_leaves_the_old_state() -> None:
    """No public key comes out, and no key is there."""
    card, administration = administered()
    card.cut_before = 0

    with pytest.raises(PowerCut):
        administration.generate_key(SIGNATURE)
    assert administration.waiting_key(SIGNATURE) is None
    assert card.durable == blank()


@pytest.mark.parametrize("algorithm", ["rsa-2048", "p-384"])
def test_the_new_key_proves_possession(algorithm: str) -> None:
    """Proof of possession: PKCS#1 v1.5 with SHA-256, or ECDSA with SHA-384, by the shadow key."""
    _, administration = administered(ordinary(), algorithm)
    key = load_der_public_key(administration.generate_key(SIGNATURE))
    proof = administration.prove(SIGNATURE, MESSAGE)

    if isinstance(key, rsa.RSAPublicKey):
        key.verify(proof, MESSAGE, padding.PKCS1v15(), SHA256())
    else:
        assert isinstance(key, ec.EllipticCurvePublicKey)
        key.verify(proof, MESSAGE, ec.ECDSA(SHA384()))


def test_another_key_is_made_as_long_as_no_certificate_waits() -> None:
    """An unfinished attempt is replaced; a certificate that waits is not lost by a slip."""
    card, administration = administered()
    first = administration.generate_key(SIGNATURE)
    second = administration.generate_key(SIGNATURE)
    administration.load_certificate(SIGNATURE, certificate_for(second), issuer())
    before = card.durable

    assert first != second
    with pytest.raises(ShadowInUse):
        administration.generate_key(SIGNATURE)
    assert card.durable == before


def test_a_certificate_that_came_meanwhile_is_not_lost() -> None:
    """The state is asked again inside the change itself: making a key takes time."""
    card, administration = administered()
    certificate = certificate_for(administration.generate_key(SIGNATURE))

    class Late:
        """A key source during whose work another hand loads the certificate."""

        def generate(self, _algorithm: str) -> PrivateKey:
            administration.load_certificate(SIGNATURE, certificate, issuer())
            return rsa_key(7)

    with pytest.raises(ShadowInUse):
        Administration(card, Late(), "rsa-2048").generate_key(SIGNATURE)
    assert administration.read_back(SIGNATURE) == certificate


def test_a_key_source_of_another_kind_is_a_fault() -> None:
    """A card takes RSA-2048 and P-384 only."""

    class Weak:
        """A key source that makes short keys."""

        def generate(self, _algorithm: str) -> PrivateKey:
            return rsa.generate_private_key(65537, 1024)  # noqa: S505  -- the weak key is what is refused

    card = Bench(blank())
    with pytest.raises(ValueError, match="not a private key"):
        Administration(card, Weak(), "rsa-1024").generate_key(SIGNATURE)
    assert card.writes == 0


@pytest.mark.parametrize(
    "act",
    [
        lambda a: a.prove(SIGNATURE, MESSAGE),
        lambda a: a.load_certificate(SIGNATURE, issuer(), issuer()),
        lambda a: a.read_back(SIGNATURE),
        lambda a: a.activate(SIGNATURE),
    ],
    ids=["prove", "load", "read back", "activate"],
)
def test_without_a_new_key_there_is_nothing_to_do(act: Callable[[Administration[str]], object]) -> None:
    """Every step of an issue needs the key made before it."""
    card, administration = administered(ordinary())

    with pytest.raises(NoShadowKey):
        act(administration)
    assert card.durable == ordinary()


@pytest.mark.parametrize(
    "act",
    [lambda a: a.read_back(SIGNATURE), lambda a: a.activate(SIGNATURE)],
    ids=["read back", "activate"],
)
def test_a_key_without_certificate_does_not_come_into_use(act: Callable[[Administration[str]], object]) -> None:
    """The old certificate stays until there is a new one."""
    card, administration = administered(ordinary())
    administration.generate_key(SIGNATURE)

    with pytest.raises(NoShadowCertificate):
        act(administration)
    assert card.durable.keys[SIGNATURE].active == ordinary().keys[SIGNATURE].active


def test_a_certificate_for_another_key_is_refused() -> None:
    """The card holds the certificate against its own new key."""
    card, administration = administered()
    public_key = administration.generate_key(SIGNATURE)
    before = card.durable

    for certificate, ca in (
        (certificate_for(spki(rsa_key(99))), issuer()),
        (certificate_for(public_key)[:-1], issuer()),
        (certificate_for(public_key), b""),
    ):
        with pytest.raises(CertificateNotForKey):
            administration.load_certificate(SIGNATURE, certificate, ca)
    assert card.durable == before


def test_read_back_reads_what_is_stored() -> None:
    """The counter checks what the card kept, not what it was sent."""
    card, administration = administered()
    certificate = certificate_for(administration.generate_key(SIGNATURE))
    administration.load_certificate(SIGNATURE, certificate, issuer())
    assert administration.read_back(SIGNATURE) == certificate

    card.durable = blank()
    with pytest.raises(NoShadowKey):
        administration.read_back(SIGNATURE)


def test_activation_swaps_key_and_certificate_in_one_write() -> None:
    """The old pair is usable until the new pair is; there is no moment with half of each."""
    card, administration = administered(ordinary())
    old = administration.certificate_in_use(SIGNATURE)
    public_key = administration.generate_key(SIGNATURE)
    certificate = certificate_for(public_key)
    administration.load_certificate(SIGNATURE, certificate, issuer())
    assert administration.certificate_in_use(SIGNATURE) == old
    writes = card.writes

    administration.activate(SIGNATURE)

    active = card.durable.keys[SIGNATURE].active
    assert card.writes == writes + 1
    assert active is not None
    assert (active.public_key, active.certificate, active.issuer) == (public_key, certificate, issuer())
    assert card.durable.keys[SIGNATURE].shadow is None
    assert administration.certificate_in_use(SIGNATURE) == certificate
    assert card.durable.keys[CertificateKind.AUTHENTICATION] == ordinary().keys[CertificateKind.AUTHENTICATION]


def test_a_card_without_certificate_says_so() -> None:
    """No certificate is in use and no key waits on a blank card."""
    _, administration = administered()

    assert administration.certificate_in_use(SIGNATURE) is None
    assert administration.waiting_key(SIGNATURE) is None


def test_discarding_leaves_what_is_in_use() -> None:
    """An issue that is given up costs the holder nothing; giving up twice is no fault."""
    card, administration = administered(ordinary())
    administration.generate_key(SIGNATURE)
    administration.discard(SIGNATURE)
    administration.discard(SIGNATURE)

    assert card.durable == ordinary()


@pytest.mark.parametrize("kind", PinKind)
def test_each_pin_is_set_alone(kind: PinKind) -> None:
    """The window has four PINs, each reset by itself (R-6.5)."""
    card, administration = administered()
    administration.set_pin(kind, "NEWPIN1" if kind is PinKind.SIGNATURE else "4321", Policy())

    assert [name for name, pin in card.durable.pins.items() if pin.tries] == [kind]
    assert card.durable.pins[kind].tries == card.durable.pins[kind].limit


@pytest.mark.parametrize(
    ("kind", "pin", "refusal"),
    [
        (PinKind.SIGNATURE, "abc123", BadSignaturePin),
        (PinKind.SIGNATURE, "ABCDEF", BadSignaturePin),
        (PinKind.AUTHENTICATION, "12345", BadDigitsPin),
        (PinKind.AUTHENTICATION, "\uff11\uff12\uff13\uff14", BadDigitsPin),
    ],
)
def test_a_pin_of_the_wrong_form_is_not_set(kind: PinKind, pin: str, refusal: type[Exception]) -> None:
    """The form of the PINs (R-6.1)."""
    card, administration = administered()

    with pytest.raises(refusal):
        administration.set_pin(kind, pin, Policy())
    assert card.writes == 0


def test_a_folded_pin_is_set_in_upper_case() -> None:
    """Under sign_pin_lowercase = fold the registered PIN is upper-case (R-6.1)."""
    card, administration = administered()
    administration.set_pin(PinKind.SIGNATURE, "abc123", Policy().with_settings({"sign_pin_lowercase": "fold"}))
    image = card.durable

    assert image.pins[PinKind.SIGNATURE].matches(b"ABC123", image.salt_of(PinKind.SIGNATURE))


def test_the_hand_over_writes_the_cards_last_day() -> None:
    """R-3.7: the municipality computes the last day, and the card says the same; nothing else on it changes."""
    card, administration = administered(ordinary())
    before = card.image
    administration.hand_over(municipality="99202", expires=date(2036, 4, 1))

    assert (card.image.municipality, card.image.expires) == ("99202", date(2036, 4, 1))
    assert (card.image.keys, card.image.pins, card.image.number) == (before.keys, before.pins, before.number)


def test_a_hand_over_of_nonsense_writes_nothing() -> None:
    """A municipality has five digits."""
    card, administration = administered(ordinary())
    before = card.image

    with pytest.raises(ValueError, match="not the data of a card"):
        administration.hand_over(municipality="9920", expires=date(2036, 4, 1))
    assert card.image == before
