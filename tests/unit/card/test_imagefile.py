import json
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from openjpki.card.administration import KeyForm, generate_key
from openjpki.card.imagefile import (
    MAX_IMAGE,
    ImageDamaged,
    ImageEmpty,
    ImageOfOtherVersion,
    ImageTooLarge,
    from_bytes,
    to_bytes,
)
from openjpki.card.keys import to_pkcs8
from openjpki.rules.kinds import CertificateKind
from tests.unit.card.cards import IMAGES, bench, blank, host, issue, ordinary, rsa_key

STORED = to_bytes(ordinary())


def resealed(change: Callable[[dict[str, Any]], None]) -> bytes:
    """Return the stored image with its card changed and its checksum made right again."""
    envelope = json.loads(STORED)
    change(envelope["card"])
    card = json.dumps(envelope["card"], sort_keys=True, separators=(",", ":")).encode()
    envelope["sha256"] = sha256(card).hexdigest()
    return json.dumps(envelope, sort_keys=True, separators=(",", ":")).encode() + b"\n"


@pytest.mark.parametrize("name", ["ordinary", "p384", "holder"])
def test_an_image_of_this_version_reads_as_it_was_written(name: str) -> None:
    """The files in the repository pin the format: a change of it needs a new version."""
    raw = (IMAGES / f"{name}.card").read_bytes()

    assert to_bytes(from_bytes(raw)) == raw


def test_a_card_at_any_stage_comes_back_as_it_was() -> None:
    """Blank, in use, with a shadow: reading undoes writing."""
    card = bench(issue(blank(), CertificateKind.SIGNATURE))
    stages = [blank(), card.durable]
    host(card).do(generate_key(CertificateKind.SIGNATURE, KeyForm.P_384))
    stages.append(card.durable)

    assert [from_bytes(to_bytes(image)) for image in stages] == stages


def test_reseal_changes_nothing_by_itself() -> None:
    """The damage below is in the change, not in the sealing."""
    assert resealed(lambda _: None) == STORED


def test_zero_bytes_are_told_as_such() -> None:
    """An empty file is what a full disk leaves."""
    with pytest.raises(ImageEmpty):
        from_bytes(b"")


def test_more_than_a_card_holds_is_not_parsed() -> None:
    """A bound on every parser."""
    with pytest.raises(ImageTooLarge):
        from_bytes(STORED + b" " * MAX_IMAGE)


@pytest.mark.parametrize("version", [0, 1, 2, 99])
def test_another_version_is_named(version: int) -> None:
    """An image of another version is refused before anything else in it is believed."""
    other = STORED.replace(b'"version":3', b'"version":%d' % version).replace(b'"number"', b'"serial"')

    with pytest.raises(ImageOfOtherVersion) as refused:
        from_bytes(other)
    assert refused.value.data == {"found": version, "expected": 3}


@pytest.mark.parametrize(
    "raw",
    [
        b"no card",
        b"[]",
        b"{}",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"format":"openjpki-card"}',
        b'{"format":"another","version":1}',
        b'{"format":"openjpki-card","version":true}',
        b'{"format":"openjpki-card","version":"1"}',
        b'{"format":"openjpki-card","version":3}',
        b'{"format":"openjpki-card","version":3,"card":[]}',
        STORED[:-2],
        STORED[:-1],
        STORED + b" ",
        STORED.replace(b'"tries":5', b'"tries":4'),
        STORED.replace(b'"number":', b'"number": '),
    ],
    ids=lambda raw: raw[-24:].decode("latin-1"),
)
def test_whatever_differs_by_a_byte_is_damaged(raw: bytes) -> None:
    """There is one encoding of an image, under its own checksum."""
    with pytest.raises(ImageDamaged):
        from_bytes(raw)


def _set(*path: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(card: dict[str, Any]) -> None:
        inner = card
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        _set("number", value=400000012719843),
        _set("number", value="1"),
        _set("expires", value="2035-02-30"),
        _set("expires", value=20350217),
        _set("salt", value="AAAA"),
        _set("salt", value="%%%%"),
        _set("owner", value="nobody"),
        _set("pins", value=[]),
        _set("pins", "signature", "tries", value=6),
        _set("pins", "signature", "tries", value=5.0),
        _set("pins", "signature", "limit", value=16),
        _set("pins", "signature", "digest", value=None),
        _set("pins", "signature", "digest", value="AAAA"),
        _set("channel", value={}),
        _set("channel", "enc", value="AAAA"),
        _set("channel", "counter", value=-1),
        _set("channel", "counter", value=2**24),
        _set("channel", "failures", value=256),
        _set("channel", "failures", value=1.0),
        _set("permitted", value=["nobody"]),
        _set("permitted", value=None),
        _set("keys", "signature", "active", value={}),
        _set("keys", "signature", "active", "private_key", value="AAAA"),
        _set("keys", "signature", "active", "private_key", value=None),
        _set("keys", "signature", "active", "certificate", value=None),
        _set("keys", "signature", "active", "issuer", value="AAAA"),
    ],
    ids=range(26),
)
def test_a_sealed_nonsense_is_damaged_too(change: Callable[[dict[str, Any]], None]) -> None:
    """A right checksum does not make a wrong card right: every field is checked, so the applet need not be."""
    with pytest.raises(ImageDamaged):
        from_bytes(resealed(change))


def test_another_keys_certificate_is_damage() -> None:
    """The certificates of the two keys, exchanged, make no card."""

    def exchange(card: dict[str, Any]) -> None:
        one, two = card["keys"]["signature"]["active"], card["keys"]["authentication"]["active"]
        one["certificate"], two["certificate"] = two["certificate"], one["certificate"]

    with pytest.raises(ImageDamaged):
        from_bytes(resealed(exchange))


def _inconsistent() -> bytes:
    """Return the card's own RSA key with another private exponent: its public half still fits the certificate."""
    numbers = rsa_key(0).private_numbers()
    key = rsa.RSAPrivateNumbers(
        p=numbers.p,
        q=numbers.q,
        d=numbers.d + 2,
        dmp1=numbers.dmp1,
        dmq1=numbers.dmq1,
        iqmp=numbers.iqmp,
        public_numbers=numbers.public_numbers,
    )
    return to_pkcs8(key.private_key(unsafe_skip_rsa_key_validation=True))


@pytest.mark.parametrize(
    "key",
    [
        _inconsistent(),
        to_pkcs8(rsa.generate_private_key(65537, 1024)),  # noqa: S505  -- the weak key is what is refused
    ],
    ids=["inconsistent", "rsa-1024"],
)
def test_a_key_is_checked_whole_when_an_image_is_read(key: bytes) -> None:
    """A key of another kind, or one whose numbers do not fit together, would sign wrongly later: it is damage now."""
    slot = {"private_key": b64encode(key).decode(), "certificate": None, "issuer": None}

    with pytest.raises(ImageDamaged):
        from_bytes(resealed(_set("keys", "signature", "shadow", value=slot)))
