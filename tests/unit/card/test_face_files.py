from datetime import date
from hashlib import sha256

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

from openjpki.card.face import FaceKey
from openjpki.card.face_files import FaceData, attribute_files, digest_info, text_files
from openjpki.card.key_reference import CARD_KEY, FACE_ISSUER
from openjpki.rules.kinds import Sex
from openjpki.rules.person import FourAttributes
from tests.support.faces import INDIVIDUAL_NUMBER, PERSON, face_data, fields, holder, issuer, key, objects

TEXT, VISUAL, OBJECTS = holder().face.text, holder().face.visual, holder().face.objects
SIGNED = {
    "number and attributes": (TEXT[3], 0xFF30, 0xDF33),
    "the card's key": (TEXT[7], 0xFF50, 0xDF52),
    "birth date": (VISUAL[1], 0xFF10, 0xDF13),
    "picture of the number": (VISUAL[5], 0xFF40, 0xDF43),
}


def recovered(signature: bytes) -> bytes:
    """Return what a PKCS #1 v1.5 signature of the issuer has behind its padding."""
    numbers = issuer().public_key().public_numbers()
    block = pow(int.from_bytes(signature), numbers.e, numbers.n).to_bytes(256)
    head, _, payload = block.partition(b"\xff\0")
    assert head == b"\0\1" + b"\xff" * (256 - 3 - len(payload) - 1)
    return payload


def public_key(raw: bytes) -> RSAPublicNumbers:
    """Return the key that a file tells."""
    found = {tag: value for tag, value, _ in objects(raw)}
    return RSAPublicNumbers(int.from_bytes(found[0x90]), int.from_bytes(found[0x91]))


def test_attributes_alone_are_what_a_new_card_has() -> None:
    """What is written at the counter after a change is what the factory would write (券面更新)."""
    assert attribute_files(INDIVIDUAL_NUMBER, PERSON, issuer()) == (TEXT[2], TEXT[3])


def test_the_number_stands_before_filler() -> None:
    """FF10 0C, twelve digits, FF FF: seventeen bytes (C myna-card, jpki/myna)."""
    assert TEXT[1] == bytes.fromhex("FF100C") + INDIVIDUAL_NUMBER.encode() + b"\xff\xff"


def test_the_attributes_of_a_test_card_byte_for_byte() -> None:
    """The file that myna-card's tests have of a test card with an invented holder."""
    person = FourAttributes(
        name="黒桐　幹也",
        address="東京都清瀬市観布子南１２－７－２０２",
        birth_date=date(1980, 2, 17),
        sex=Sex.MALE,
    )
    public = {name: key(name).public_key() for name in FaceKey}

    assert text_files(face_data(person), public, issuer())[2].hex() == (
        "ff2065df2108000e002000590064df220fe9bb92e6a190e38080e5b9b9e4b99fdf2336e69db1e4baace983bde6b885e780ace5b882e8a6b3e5b8"
        "83e5ad90e58d97efbc91efbc92efbc8defbc97efbc8defbc92efbc90efbc92df24083139383030323137df250131"
    )


@pytest.mark.parametrize(("sex", "code"), [(Sex.MALE, b"1"), (Sex.FEMALE, b"2"), (Sex.UNKNOWN, b"0")])
def test_the_sex_is_coded(sex: Sex, code: bytes) -> None:
    """JIS X 0303."""
    person = FourAttributes(name=PERSON.name, address=PERSON.address, birth_date=PERSON.birth_date, sex=sex)
    public = {name: key(name).public_key() for name in FaceKey}

    assert fields(text_files(face_data(person), public, issuer())[2], 0xFF20)[0xDF25] == code


def test_the_digests_are_of_the_two_files() -> None:
    """Of the number's file with its filler, and of the attributes without the table of offsets (C myna-card)."""
    found = fields(TEXT[3], 0xFF30)
    ((_, attributes, _),) = objects(TEXT[2])
    behind_table = b"".join(whole for tag, _, whole in objects(attributes) if tag != 0xDF21)

    assert found[0xDF31] == sha256(TEXT[1]).digest()
    assert found[0xDF32] == sha256(behind_table).digest()


@pytest.mark.parametrize("name", SIGNED)
def test_a_signature_covers_everything_before_it(name: str) -> None:
    """PKCS #1 v1.5 with SHA-256 by the key that EF 0004 certifies; a changed byte does not verify."""
    file, outer, last = SIGNED[name]
    ((tag, value, _),) = objects(file)
    *before, (signed_by, signature, _) = objects(value)
    message = b"".join(whole for _, _, whole in before)

    assert (tag, signed_by) == (outer, last)
    issuer().public_key().verify(signature, message, PKCS1v15(), SHA256())
    with pytest.raises(InvalidSignature):
        issuer().public_key().verify(signature, message[:-1] + b"\0", PKCS1v15(), SHA256())


def test_three_digests_stand_in_one_digest_info() -> None:
    """The face's file signs person, words and photo at once, in one DigestInfo of 96 bytes (C myna-card)."""
    ((_, value, _),) = objects(VISUAL[2])
    found = {tag: whole for tag, _, whole in objects(value)}
    digests = [
        sha256(b"".join(found[tag] for tag in group)).digest()
        for group in ((0xDF22, 0xDF23, 0xDF24), (0xDF25, 0xDF26), (0xDF27,))
    ]
    signature = fields(VISUAL[2], 0xFF20)[0xDF28]
    whole = digest_info(*digests)

    assert recovered(signature) == whole
    assert (whole[:2], whole[17:19], len(whole)) == (b"\x30\x71", b"\x04\x60", 115)


@pytest.mark.parametrize("file", [TEXT[2], VISUAL[2]], ids=["attributes", "face"])
def test_offsets_lead_to_the_objects(file: bytes) -> None:
    """From the first byte of the file, one for each object behind the table."""
    ((_, value, _),) = objects(file)
    (_, table, _), *others = objects(value)
    places = [int.from_bytes(table[at : at + 2]) for at in range(0, len(table), 2)]

    assert [file[place : place + len(whole)] for place, (_, _, whole) in zip(places, others, strict=True)] == [
        whole for _, _, whole in others
    ]


@pytest.mark.parametrize(
    ("contents", "subject", "certified"),
    [
        (TEXT[4][5:], FACE_ISSUER, "issuer"),
        (VISUAL[4][5:], FACE_ISSUER, "issuer"),
        (OBJECTS[0xF8], FACE_ISSUER, "issuer"),
        (OBJECTS[0x7F21], CARD_KEY, FaceKey.INTERNAL),
    ],
    ids=["text", "visual", "upper", "lower"],
)
def test_a_certificate_is_of_297_bytes_and_a_signature(contents: bytes, subject: bytes, certified: object) -> None:
    """Issuer, subject, key: signed as they stand (C myna-card). GET DATA leaves the outer tag out."""
    (body_tag, body, _), (signature_tag, signature, _) = objects(contents)

    assert (body_tag, signature_tag, len(body)) == (0x5F4E, 0x5F37, 297)
    assert (body[:16], body[16:32]) == (FACE_ISSUER, subject)
    assert public_key(body[32:]) == key(certified).public_key().public_numbers()
    issuer().public_key().verify(signature, body, PKCS1v15(), SHA256())


def test_every_file_tells_the_same_card_key() -> None:
    """A challenge to the visual application is held against any of its three records; the text application has a key of its own."""
    told = [fields(VISUAL[1], 0xFF10)[0xDF12], fields(VISUAL[2], 0xFF20)[0xDF24], fields(VISUAL[5], 0xFF40)[0xDF42]]

    assert {public_key(raw) for raw in told} == {key(FaceKey.VISUAL).public_key().public_numbers()}
    assert public_key(fields(TEXT[7], 0xFF50)[0xDF51]) == key(FaceKey.TEXT).public_key().public_numbers()
    ((tag, session, _),) = objects(TEXT[6])
    assert (tag, public_key(session)) == (0xA1, key(FaceKey.SESSION).public_key().public_numbers())


def test_sizes_are_those_of_test_cards() -> None:
    """Where a file has no text or picture in it (C myna-card, jpki/myna)."""
    assert [len(TEXT[number]) for number in (3, 4, 7)] == [5 + 0x14B, 5 + 0x233, 5 + 0x213]
    assert TEXT[5][:5] == bytes.fromhex("FF4082009F")
    assert VISUAL[1][:5] == bytes.fromhex("FF1082021E")
    basic = fields(VISUAL[3], 0xFF30)
    assert [len(basic[tag]) for tag in range(0xDF31, 0xDF36)] == [4, 16, 1, 5, 272]


def test_repr_shows_nothing_of_the_holder() -> None:
    """Neither name nor number."""
    data: FaceData = face_data()

    assert INDIVIDUAL_NUMBER not in repr(data)
    assert PERSON.name not in repr(data)
