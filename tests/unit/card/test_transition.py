from dataclasses import replace
from datetime import date

import pytest

from openjpki.card.face_files import attribute_files
from openjpki.card.image import CardImage, Container, KeySlot
from openjpki.card.keys import to_pkcs8
from openjpki.card.memory import Memory, carry_out
from openjpki.card.pins import CodeKind, PinReference, Proof
from openjpki.card.transition import ForbiddenChange, check
from openjpki.rules.kinds import CertificateKind, PinKind
from tests.support.cards import keys_of, with_pin
from tests.support.faces import INDIVIDUAL_NUMBER, PERSON, holder
from tests.support.faces import issuer as issuer_of_faces
from tests.unit.card.cards import blank, certificate_for, issuer, ordinary, rsa_key, spki, with_tries

PIN, KIND = PinKind.AUTHENTICATION, CertificateKind.SIGNATURE
WHOLE = ordinary()
SPENT = with_tries(WHOLE, PIN, 1)
SHOWN = Proof(PIN, WHOLE.pins[PIN].digest)
CODE = PinReference(limit=10).holding(b"992010000222", bytes(16))
PERMITTED = replace(SPENT, permitted=SPENT.permitted | {PIN})
KEYED = WHOLE.with_keys(KIND, replace(WHOLE.keys[KIND], shadow=KeySlot(private_key=to_pkcs8(rsa_key(7)))))
LOADED = WHOLE.with_keys(
    KIND,
    replace(
        WHOLE.keys[KIND],
        shadow=KeySlot(
            private_key=to_pkcs8(rsa_key(7)), certificate=certificate_for(spki(rsa_key(7))), issuer=issuer()
        ),
    ),
)
FACED = replace(WHOLE, face=holder().face)
MOVED = replace(
    WHOLE,
    face=holder().face.with_attributes(
        *attribute_files(INDIVIDUAL_NUMBER, replace(PERSON, address="見本県"), issuer_of_faces())
    ),
)


def activated(image: CardImage) -> CardImage:
    """Return the image with its shadow in use."""
    return image.with_keys(KIND, Container(active=image.keys[KIND].shadow))


@pytest.mark.parametrize(
    ("before", "after", "proof", "administered"),
    [
        (WHOLE, SPENT, None, False),
        (SPENT, WHOLE, SHOWN, False),
        (SPENT, with_pin(SPENT, PIN, "5678"), SHOWN, False),
        (PERMITTED, with_pin(SPENT, PIN, "5678"), None, False),
        (blank(), replace(with_pin(blank(), PIN, "5678"), permitted=blank().permitted - {PIN}), None, False),
        (WHOLE, WHOLE.with_channel(counter=9), None, False),
        (WHOLE, WHOLE.with_channel(failures=1), None, False),
        (WHOLE, replace(WHOLE, challenges=7), None, False),
        (WHOLE.with_channel(failures=1), WHOLE, None, True),
        (SPENT, PERMITTED, None, True),
        (WHOLE, replace(WHOLE, municipality="99202", expires=date(2036, 1, 1)), None, True),
        (WHOLE, KEYED, None, True),
        (KEYED, LOADED, None, True),
        (LOADED, activated(LOADED), None, True),
        (LOADED, WHOLE, None, True),
        (FACED, MOVED, None, True),
    ],
    ids=range(16),
)
def test_what_a_card_may_do(before: CardImage, after: CardImage, proof: Proof | None, *, administered: bool) -> None:
    """Spend, restore by proof, change by proof or permission; in the channel: keys, permissions, hand-over data."""
    check(before, after, proof=proof, administered=administered)


@pytest.mark.parametrize(
    ("before", "after", "proof", "administered"),
    [
        (SPENT, WHOLE, None, False),
        (SPENT, WHOLE, None, True),
        (SPENT, with_tries(WHOLE, PIN, 2), SHOWN, False),
        (SPENT, WHOLE, Proof(PIN, bytes(32)), False),
        (SPENT, WHOLE, Proof(PinKind.SIGNATURE, WHOLE.pins[PIN].digest), False),
        (blank(), with_pin(blank(), PIN, "5678"), Proof(PIN, None), False),
        (SPENT, with_pin(SPENT, PIN, "5678"), None, False),
        (SPENT, with_pin(SPENT, PIN, "5678"), None, True),
        (PERMITTED, replace(with_pin(SPENT, PIN, "5678"), permitted=PERMITTED.permitted), None, False),
        (SPENT, SPENT.with_pin(PIN, replace(SPENT.pins[PIN], limit=9)), SHOWN, False),
        (SPENT, PERMITTED, None, False),
        (WHOLE.with_channel(counter=9), WHOLE.with_channel(counter=8), None, True),
        (WHOLE.with_channel(failures=1), WHOLE, None, False),
        (WHOLE, KEYED, None, False),
        (WHOLE, replace(WHOLE, municipality="99202"), None, False),
        (WHOLE, WHOLE.with_keys(KIND, Container()), None, True),
        (KEYED, LOADED.with_keys(KIND, Container(active=LOADED.keys[KIND].shadow)), None, True),
        (LOADED, KEYED, None, True),
        (replace(WHOLE, challenges=7), replace(WHOLE, challenges=6), None, True),
        (WHOLE, replace(WHOLE, face=holder().face), None, True),
        (FACED, WHOLE, None, True),
        (FACED, MOVED, None, False),
        (FACED, replace(FACED, face=replace(holder().face, text={**holder().face.text, 1: b"another"})), None, True),
        (FACED, replace(FACED, face=replace(holder().face, visual={**holder().face.visual, 2: b"x"})), None, True),
        (WHOLE, with_tries(WHOLE, CodeKind.TEXT_A, 0).with_pin(CodeKind.TEXT_A, CODE), None, False),
        (WHOLE, replace(WHOLE, number="9" * 15), None, True),
        (WHOLE, replace(WHOLE, salt=b"x" * 16), None, True),
        (WHOLE, replace(WHOLE, channel=replace(WHOLE.channel, keys=keys_of("1"))), None, True),
    ],
    ids=range(28),
)
def test_what_no_card_does(before: CardImage, after: CardImage, proof: Proof | None, *, administered: bool) -> None:
    """No try comes back and no PIN changes unearned; no key in use is lost; no counter falls; nothing lasting changes."""
    with pytest.raises(ForbiddenChange):
        check(before, after, proof=proof, administered=administered)


def test_a_forbidden_change_is_not_stored() -> None:
    """The wall stands before the write: a fault of an applet refunds no try (R-6.2)."""
    memory, kept = Memory(SPENT), list[CardImage]()

    with pytest.raises(ForbiddenChange):
        carry_out(memory.commit(WHOLE), kept.append)
    assert kept == []
    assert memory.image is SPENT
