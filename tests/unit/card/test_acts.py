from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import load_der_public_key

from openjpki.card import administration as commands
from openjpki.card.acts import MAX_STORED
from openjpki.card.administration import AdminIns, KeyForm, Status
from openjpki.card.apdu import CommandApdu
from openjpki.card.card import Card
from openjpki.card.face_files import attribute_files
from openjpki.card.image import KeySlot
from openjpki.card.pins import CodeKind
from openjpki.card.proof import order_proof_input
from openjpki.rules.kinds import CertificateKind, PinKind
from tests.support.cards import Refused
from tests.support.faces import INDIVIDUAL_NUMBER, PERSON, holder, with_face
from tests.support.faces import issuer as issuer_of_faces
from tests.unit.card.cards import (
    NUMBER,
    Bench,
    PowerCut,
    bench,
    blank,
    certificate_for,
    host,
    issuer,
    ordinary,
    rsa_key,
    spki,
    stored,
)

SIGNATURE, AUTHENTICATION = CertificateKind.SIGNATURE, CertificateKind.AUTHENTICATION
MAKE = commands.generate_key(SIGNATURE, KeyForm.P_384)


def sealed_off(ins: int, p1: int = 0, p2: int = 0, data: bytes = b"") -> CommandApdu:
    """Return a command that no honest authority sends."""
    return CommandApdu(cla=0x80, ins=ins, p1=p1, p2=p2, data=data, le=256)


def refused(card: Bench, *plain: CommandApdu) -> str:
    """Carry commands out of which the last is refused; return its status word."""
    with pytest.raises(Refused) as found:
        host(card).do(*plain)
    return str(found.value)


def keyed(card: Bench) -> bytes:
    """Make a signature key; return its public half."""
    return host(card).do(MAKE)[0]


def loaded(card: Bench) -> bytes:
    """Make a signature key and load a certificate for it; return the certificate."""
    certificate = certificate_for(keyed(card))
    host(card).do(*commands.store_certificate(SIGNATURE, certificate, issuer()))
    return certificate


def status(card: Bench) -> Status:
    """Ask for the status of the signature key."""
    return Status.from_bytes(host(card).do(commands.status(SIGNATURE))[0])


def test_a_new_key_is_durable_before_its_public_half_is_told() -> None:
    """A certificate must never be ordered for a key that a power cut can lose."""
    card = bench(ordinary())
    public_key = keyed(card)
    shadow = card.durable.keys[SIGNATURE].shadow

    assert shadow is not None
    assert shadow.public_key == public_key
    assert status(card).waiting_key == sha256(public_key).digest()
    assert card.durable.keys[SIGNATURE].active == ordinary().keys[SIGNATURE].active


def test_a_power_cut_while_making_a_key_leaves_the_old_state() -> None:
    """No public key comes out, and no key is there."""
    card = bench(blank())
    end = host(card).open()
    card.cut_before = card.writes
    with pytest.raises(PowerCut):
        host(card).ask(end, MAKE)
    assert card.durable.keys == blank().keys


@pytest.mark.parametrize("form", list(KeyForm))
def test_the_new_key_proves_possession(form: KeyForm) -> None:
    """PKCS#1 v1.5 with SHA-256, or ECDSA with SHA-384, over the order's own text and nothing else."""
    card = bench(ordinary())
    public_key, proof = host(card).do(
        commands.generate_key(SIGNATURE, form), commands.prove(SIGNATURE, "o" * 64, "99201")
    )
    message = order_proof_input("o" * 64, "99201", NUMBER, SIGNATURE, public_key)
    key = load_der_public_key(public_key)

    if isinstance(key, rsa.RSAPublicKey):
        key.verify(proof, message, padding.PKCS1v15(), SHA256())
    else:
        assert isinstance(key, ec.EllipticCurvePublicKey)
        key.verify(proof, message, ec.ECDSA(SHA384()))


@pytest.mark.parametrize(
    "data", [b"99201", b"9920", b"9920xorder", b"99201or der", b"99201\x7f", b"99201" + b"o" * 65, b"99201\n"]
)
def test_nothing_but_an_order_is_signed_without_a_pin(data: bytes) -> None:
    """No other text can be made of it: no line break, no blank, no longer name."""
    card = bench(blank())
    assert refused(card, MAKE, sealed_off(AdminIns.PROVE, 1, 0, data)) == "6A80"


def test_another_key_is_made_as_long_as_no_certificate_waits() -> None:
    """An unfinished attempt is replaced; a certificate that waits is lost by no slip (decision 0008)."""
    card = bench(blank())
    assert keyed(card) != keyed(card)
    loaded(card)
    before = card.durable.keys

    assert refused(card, MAKE) == "6985"
    assert card.durable.keys == before


def test_a_card_without_a_source_of_keys_makes_none() -> None:
    """6A81: such a card is used, not issued to."""
    card = bench(blank())
    card.card = Card(card.durable)

    assert refused(card, MAKE) == "6A81"


def test_a_certificate_comes_in_parts_and_is_loaded_whole() -> None:
    """Nothing is durable before the last part."""
    card = bench(blank())
    certificate = certificate_for(keyed(card))
    parts = commands.store_certificate(SIGNATURE, certificate, issuer(), part=100)
    end = host(card).open()
    for part in parts[:-1]:
        assert host(card).ask(end, part) == b""
        assert status_of(card).certificate is None
    host(card).ask(end, parts[-1])

    assert status_of(card).certificate == certificate
    assert status_of(card).issuer == issuer()
    assert host(card).do(commands.read_back(SIGNATURE)) == [certificate]
    assert status(card).waiting_certificate == sha256(certificate).digest()


def status_of(card: Bench) -> KeySlot:
    """Return the shadow slot as it is durable."""
    shadow = card.durable.keys[SIGNATURE].shadow
    assert shadow is not None
    return shadow


def test_one_extended_command_loads_it_too() -> None:
    """The card takes parts of any length."""
    card = bench(blank())
    certificate = certificate_for(keyed(card))
    host(card).do(*commands.store_certificate(SIGNATURE, certificate, issuer(), part=16_000))

    assert host(card).do(commands.read_back(SIGNATURE)) == [certificate]


def test_the_same_certificate_again_is_no_write() -> None:
    """A session that was cut off is repeated; another certificate never takes a waiting one's place."""
    card = bench(blank())
    certificate = loaded(card)
    keys, again = card.durable.keys, commands.store_certificate(SIGNATURE, certificate, issuer())
    writes = card.writes
    host(card).do(*again)

    assert card.durable.keys == keys
    assert card.writes == writes + 3  # the session's own: counter, failure, success
    shadow = keys[SIGNATURE].shadow
    assert shadow is not None
    other = certificate_for(shadow.public_key, "another")
    assert refused(card, *commands.store_certificate(SIGNATURE, other, issuer())) == "6985"
    assert card.durable.keys == keys


def test_parts_out_of_order_are_refused() -> None:
    """Of one kind, from the first on, none left out, and never more than two certificates."""
    card = bench(blank())
    keyed(card)

    def part(p1: int, p2: int, data: bytes = b"\0") -> CommandApdu:
        return sealed_off(AdminIns.STORE_CERTIFICATE, p1, p2, data)

    assert refused(card, part(1, 1)) == "6A86"
    assert refused(card, part(1, 0), part(1, 2)) == "6A86"
    assert refused(card, part(1, 0), part(2, 1)) == "6A86"
    assert refused(card, part(0x84, 0)) == "6A86"
    assert refused(card, part(1, 0), part(0x84, 1)) == "6A86"
    long = CommandApdu(cla=0x80, ins=AdminIns.STORE_CERTIFICATE, p1=1, p2=0, data=bytes(MAX_STORED + 1), extended=True)
    assert refused(card, long) == "6700"


def test_a_certificate_for_another_key_is_refused() -> None:
    """The card holds the certificate against its own new key."""
    card = bench(blank())
    public_key = keyed(card)
    before = card.durable.keys

    for certificate, ca in (
        (certificate_for(spki(rsa_key(99))), issuer()),
        (certificate_for(public_key)[:-1], issuer()),
        (certificate_for(public_key), b""),
    ):
        assert refused(card, *commands.store_certificate(SIGNATURE, certificate, ca)) == "6A80"
    assert card.durable.keys == before


def test_activation_swaps_key_and_certificate_in_one_write() -> None:
    """The old pair is usable until the new pair is; there is no moment with half of each."""
    card = bench(ordinary())
    certificate = loaded(card)
    shadow = card.durable.keys[SIGNATURE].shadow
    host(card).do(commands.activate(SIGNATURE, sha256(certificate).digest()))

    assert card.durable.keys[SIGNATURE].active == shadow
    assert card.durable.keys[SIGNATURE].shadow is None
    assert status(card).in_use == sha256(certificate).digest()


def test_only_the_certificate_that_is_meant_comes_into_use() -> None:
    """The authority names it: what else waits on the card stays there."""
    card = bench(ordinary())
    loaded(card)
    before = card.durable.keys

    assert refused(card, commands.activate(SIGNATURE, bytes(32))) == "6A88"
    assert card.durable.keys == before


@pytest.mark.parametrize(
    "command",
    [
        commands.prove(SIGNATURE, "o1", "99201"),
        commands.store_certificate(SIGNATURE, issuer(), issuer())[-1],
        commands.read_back(SIGNATURE),
        commands.activate(SIGNATURE, bytes(32)),
    ],
    ids=["prove", "store", "read back", "activate"],
)
def test_without_a_new_key_there_is_nothing_to_do(command: CommandApdu) -> None:
    """Every step of an issue needs the key made before it."""
    card = bench(ordinary())
    whole = replace(command, p2=0) if command.ins == AdminIns.STORE_CERTIFICATE else command

    assert refused(card, whole) == "6A88"
    assert card.durable.keys == ordinary().keys


def test_a_key_without_certificate_does_not_come_into_use() -> None:
    """The old certificate stays until there is a new one."""
    card = bench(ordinary())
    keyed(card)

    assert refused(card, commands.activate(SIGNATURE, bytes(32))) == "6A88"
    assert refused(card, commands.read_back(SIGNATURE)) == "6A88"


def test_discarding_empties_the_shadow_and_nothing_else() -> None:
    """Done twice it is no fault, and no write."""
    card = bench(ordinary())
    loaded(card)
    host(card).do(commands.discard(SIGNATURE))
    writes = card.writes
    host(card).do(commands.discard(SIGNATURE))

    assert card.durable.keys == ordinary().keys
    assert card.writes == writes + 3


def test_a_permission_gives_no_try_back() -> None:
    """It is durable at once, and the tries come with the new PIN alone; asked for twice it is one permission."""
    card = bench(ordinary())
    host(card).do(commands.allow_pin_set(PinKind.SIGNATURE), commands.allow_pin_set(PinKind.SIGNATURE))

    assert card.durable.permitted == ordinary().permitted | {PinKind.SIGNATURE}
    assert card.durable.pins == ordinary().pins


def test_the_pin_of_the_resident_record_is_permitted_in_both_applications() -> None:
    """For the holder it is one PIN; the common application keeps a reference of its own (C myna-card)."""
    card = bench(stored("holder"))
    host(card).do(commands.allow_pin_set(PinKind.RESIDENT_RECORD))

    assert card.durable.permitted == {PinKind.RESIDENT_RECORD, CodeKind.COMMON}


def test_a_permission_is_taken_back() -> None:
    """R-6.3: what was not used goes, durably and without a write where there is none; no PIN changes."""
    card = bench(replace(ordinary(), permitted=frozenset({PinKind.SIGNATURE, PinKind.AUTHENTICATION})))
    host(card).do(commands.take_back_pin_sets())
    writes = card.writes
    host(card).do(commands.take_back_pin_sets())

    assert card.durable == replace(ordinary(), permitted=frozenset(), channel=card.durable.channel)
    assert card.writes == writes + 3


def test_a_pin_that_was_never_set_may_still_be_set_once() -> None:
    """R-6.5: a new card's own permissions are no reset's: they stay until its holder sets the PIN."""
    unset = replace(ordinary().pins[PinKind.CARD_FACE_ENTRY], tries=0, digest=None)
    never = ordinary().with_pin(PinKind.CARD_FACE_ENTRY, unset)
    card = bench(replace(never, permitted=frozenset(PinKind)))
    host(card).do(commands.take_back_pin_sets())

    assert card.durable.permitted == {PinKind.CARD_FACE_ENTRY}


def test_a_permission_of_the_authority_is_taken_back_though_its_pin_was_never_set() -> None:
    """R-6.3: a card with a face permits the PIN of the text application by no word but the authority's (T-30b)."""
    unset = replace(ordinary().pins[PinKind.CARD_FACE_ENTRY], tries=0, digest=None)
    card = bench(with_face(ordinary().with_pin(PinKind.CARD_FACE_ENTRY, unset)))
    host(card).do(commands.allow_pin_set(PinKind.CARD_FACE_ENTRY))
    assert card.durable.permitted == {PinKind.CARD_FACE_ENTRY}
    host(card).do(commands.take_back_pin_sets())

    assert card.durable.permitted == frozenset()


def test_the_hand_over_writes_the_cards_last_day() -> None:
    """R-3.7: the municipality computes the last day, and the card says the same; the same again is no write."""
    card = bench(ordinary())
    command = commands.set_hand_over_data("99202", date(2036, 4, 1))
    host(card).do(command)
    writes = card.writes
    host(card).do(command)

    assert (card.durable.municipality, card.durable.expires) == ("99202", date(2036, 4, 1))
    assert (card.durable.keys, card.durable.pins) == (ordinary().keys, ordinary().pins)
    assert card.writes == writes + 3


@pytest.mark.parametrize(
    "data", [b"", b"9920120360230", b"9920x20360401", b"992012036-W14", b"99201\xff0360401", b"992012036040", b"99201203604011"]
)  # fmt: skip
def test_a_hand_over_of_nonsense_writes_nothing(data: bytes) -> None:
    """Five digits and a day."""
    card = bench(ordinary())

    assert refused(card, sealed_off(AdminIns.SET_HAND_OVER_DATA, data=data)) == "6A80"
    assert card.durable.expires == ordinary().expires


@pytest.mark.parametrize(
    ("ins", "p1", "p2"),
    [
        (AdminIns.GENERATE_KEY, 3, 1),
        (AdminIns.GENERATE_KEY, 1, 3),
        (AdminIns.STATUS, 0, 0),
        (AdminIns.ALLOW_PIN_SET, 5, 0),
    ],
)
def test_what_the_table_does_not_have_is_refused(ins: int, p1: int, p2: int) -> None:
    """Two kinds of key, two forms, four PINs."""
    assert refused(bench(blank()), sealed_off(ins, p1, p2)) == "6A86"


def test_a_weak_key_is_a_fault() -> None:
    """A card takes RSA-2048 and P-384 only, whatever its source of keys gives: nothing is stored."""
    card = bench(blank())
    weak = rsa.generate_private_key(65537, 1024)  # noqa: S505  -- the weak key is what is refused
    card.card = Card(card.durable, None, lambda _: weak)
    end = host(card).open()
    writes = card.writes

    with pytest.raises(ValueError, match="not a private key"):
        host(card).ask(end, MAKE)
    assert card.writes == writes


FACE = holder().face
NEW = attribute_files(INDIVIDUAL_NUMBER, replace(PERSON, name="見本　華子"), issuer_of_faces())
OTHERS = attribute_files("992010000333", PERSON, issuer_of_faces())
"""Of somebody else, signed by the same issuer."""


def with_a_face() -> Bench:
    """Return the ordinary card with the face of the tests' holder."""
    return bench(with_face(ordinary()))


def test_attributes_are_written_anew_in_one_change() -> None:
    """Both files or neither, and nothing else of the face; the same again is no write."""
    card = with_a_face()
    before, writes = card.durable.face, card.writes
    host(card).do(*commands.write_attributes(*NEW))
    sessions = card.writes
    host(card).do(*commands.write_attributes(*NEW))

    assert before is not None
    assert card.durable.face == before.with_attributes(*NEW)
    assert card.writes - sessions == sessions - writes - 1


def test_attributes_are_there_whole_or_not_at_all() -> None:
    """Whenever the power fails, the card has both old files or both new ones."""
    whole = with_a_face()
    host(whole).do(*commands.write_attributes(*NEW))
    seen = set()
    for cut in range(1, whole.writes + 1):
        card = with_a_face()
        card.cut_after = cut
        with pytest.raises(PowerCut):
            host(card).do(*commands.write_attributes(*NEW))
        assert card.durable.face in (FACE, FACE.with_attributes(*NEW))
        seen.add(card.durable.face == FACE)
    assert seen == {True, False}


def test_attributes_that_cannot_be_written_are_refused() -> None:
    """No face, an empty or an endless file, parts out of order or of another thing, another P1: nothing changes."""
    assert refused(bench(blank()), *commands.write_attributes(*NEW)) == "6A82"
    card = with_a_face()
    first, *_ = commands.write_attributes(*NEW)
    assert refused(card, *commands.write_attributes(b"", b"s")) == "6A80"
    assert refused(card, *commands.write_attributes(b"n", b"")) == "6A80"
    assert refused(card, *commands.write_attributes(NEW[0], b"\xff\x30\x00")) == "6A80"
    assert refused(card, *commands.write_attributes(*OTHERS)) == "6A80"
    assert refused(card, sealed_off(AdminIns.WRITE_ATTRIBUTES, 0, 1, b"x")) == "6A86"
    assert refused(card, sealed_off(AdminIns.WRITE_ATTRIBUTES, 1, 0, b"x")) == "6A86"
    assert refused(card, first, sealed_off(AdminIns.STORE_CERTIFICATE, 1, 1, b"x")) == "6A86"
    long = CommandApdu(cla=0x80, ins=AdminIns.WRITE_ATTRIBUTES, p1=0, p2=0, data=bytes(MAX_STORED + 1), extended=True)
    assert refused(card, long) == "6700"

    assert card.durable.face == FACE
