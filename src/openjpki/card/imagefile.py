"""The file form of a card image: one canonical JSON object with its version and its own checksum.

```
{"card": {…}, "format": "openjpki-card", "sha256": "…", "version": 3}
```

There is exactly one encoding of an image; whatever differs from it by a byte is damaged.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from openjpki.card.face import DATA_OBJECTS, TEXT_FILES, VISUAL_FILES, Face, FaceKey
from openjpki.card.image import CardImage, Channel, Container, KeySlot
from openjpki.card.keys import hold_sound
from openjpki.card.keyset import KeySet
from openjpki.card.pins import PIN_NAMES, PinReference
from openjpki.errors import Failure, Kind
from openjpki.rules.kinds import CertificateKind

FORMAT = "openjpki-card"
VERSION = 3
MAX_IMAGE = 256 * 1024
"""Bytes; an image with four keys, eight of the largest certificates and a face of 30,000 bytes stays below 160,000."""

_NAMES = {name.value: name for name in PIN_NAMES}


class ImageEmpty(Failure):
    """A card image of zero bytes."""

    code = "card.image.empty"
    kind = Kind.UNAVAILABLE
    ja = "カードのファイルが空(0バイト)です。控えから戻すか、カードを作り直してください。"
    en = "The card's file is empty (zero bytes). Restore a copy of it, or make a new card."


class ImageTooLarge(Failure):
    """More bytes than a card can hold."""

    code = "card.image.too-large"
    kind = Kind.UNAVAILABLE
    ja = "カードのファイルが大きすぎます(上限 {limit} バイト)。カードのファイルではありません。"
    en = "The card's file is too large (at most {limit} bytes): it is not a card."


class ImageOfOtherVersion(Failure):
    """A card image that another version of OpenJPKI wrote."""

    code = "card.image.other-version"
    kind = Kind.UNAVAILABLE
    ja = "カードのファイルは別の版(形式 {found})で作られています。この版が扱えるのは形式 {expected} です。"
    en = "The card's file was made by another version (format {found}); this one reads format {expected}."


class ImageDamaged(Failure):
    """The bytes are not an image, or not as they were written."""

    code = "card.image.damaged"
    kind = Kind.UNAVAILABLE
    ja = "カードのファイルが壊れています。中身は変更していません。控えから戻してください。"
    en = "The card's file is damaged. Nothing was changed; restore a copy of it."


def to_bytes(image: CardImage) -> bytes:
    """Return the one file form of this image."""
    card = {
        "number": image.number,
        "municipality": image.municipality,
        "expires": image.expires.isoformat(),
        "salt": _text(image.salt),
        "pins": {name.value: _pin_data(image.pins[name]) for name in PIN_NAMES},
        "keys": {kind.value: _keys_data(image.keys[kind]) for kind in CertificateKind},
        "channel": _channel_data(image.channel),
        "permitted": sorted(name.value for name in image.permitted),
        "challenges": image.challenges,
        "face": _face_data(image.face),
    }
    return sealed(card, VERSION)


def sealed(card: Mapping[str, Any], version: int) -> bytes:
    """Return the file form of an image's data under its version."""
    return _canonical({"format": FORMAT, "version": version, "sha256": _checksum(card), "card": card}) + b"\n"


def from_bytes(raw: bytes) -> CardImage:
    """Read an image; raise `ImageEmpty`, `ImageTooLarge`, `ImageOfOtherVersion` or `ImageDamaged`."""
    try:
        image = _image(opened(raw, VERSION))
        if to_bytes(image) != raw:
            raise ImageDamaged
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ImageDamaged from error
    return image


def opened(raw: bytes, version: int) -> dict[str, Any]:
    """Return an image's data as its envelope of this version has them, whole but not yet looked at; raise as `from_bytes`."""
    if not raw:
        raise ImageEmpty
    if len(raw) > MAX_IMAGE:
        raise ImageTooLarge(limit=MAX_IMAGE)
    try:
        envelope: dict[str, Any] = json.loads(raw)
        found = envelope["version"] if envelope["format"] == FORMAT else None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ImageDamaged from error
    if type(found) is not int:
        raise ImageDamaged
    if found != version:
        raise ImageOfOtherVersion(found=found, expected=version)
    try:
        card: dict[str, Any] = envelope["card"]
        if envelope["sha256"] != _checksum(card) or sealed(card, version) != raw:  # before anything in it is parsed
            raise ImageDamaged
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise ImageDamaged from error
    return card


def _checksum(card: Mapping[str, Any]) -> str:
    return sha256(_canonical(card)).hexdigest()


def _canonical(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, sort_keys=True, separators=(",", ":")).encode()


def _text(octets: bytes | None) -> str | None:
    return None if octets is None else b64encode(octets).decode()


def _octets(text: str | None) -> bytes | None:
    return None if text is None else b64decode(text, validate=True)


def _pin_data(pin: PinReference) -> dict[str, Any]:
    return {"limit": pin.limit, "tries": pin.tries, "digest": _text(pin.digest)}


def _keys_data(container: Container) -> dict[str, Any]:
    return {"active": _slot_data(container.active), "shadow": _slot_data(container.shadow)}


def _slot_data(slot: KeySlot | None) -> dict[str, Any] | None:
    if slot is None:
        return None
    return {
        "private_key": _text(slot.private_key),
        "certificate": _text(slot.certificate),
        "issuer": _text(slot.issuer),
    }


def _channel_data(channel: Channel) -> dict[str, Any]:
    keys = channel.keys
    return {
        "enc": _text(keys.enc),
        "mac": _text(keys.mac),
        "dek": _text(keys.dek),
        "counter": channel.counter,
        "failures": channel.failures,
    }


def _image(card: dict[str, Any]) -> CardImage:
    return CardImage(
        number=card["number"],
        municipality=card["municipality"],
        expires=date.fromisoformat(card["expires"]),
        salt=b64decode(card["salt"], validate=True),
        pins={name: _pin(card["pins"][name.value]) for name in PIN_NAMES},
        keys={kind: _keys(card["keys"][kind.value]) for kind in CertificateKind},
        channel=_channel(card["channel"]),
        permitted=frozenset(_NAMES[name] for name in card["permitted"]),
        challenges=card["challenges"],
        face=_face(card["face"]),
    )


def _face_data(face: Face | None) -> dict[str, Any] | None:
    if face is None:
        return None
    return {
        "text": _files_data(face.text),
        "visual": _files_data(face.visual),
        "objects": _files_data(face.objects),
        "keys": {name.value: _text(face.keys[name]) for name in FaceKey},
    }


def _files_data(files: Mapping[int, bytes]) -> dict[str, Any]:
    return {f"{number:04x}": _text(content) for number, content in files.items()}


def _face(data: dict[str, Any] | None) -> Face | None:
    if data is None:
        return None
    keys = {name: b64decode(data["keys"][name.value], validate=True) for name in FaceKey}
    for private_key in keys.values():
        hold_sound(private_key)
    return Face(
        text=_files(data["text"], TEXT_FILES),
        visual=_files(data["visual"], VISUAL_FILES),
        objects=_files(data["objects"], DATA_OBJECTS),
        keys=keys,
    )


def _files(data: dict[str, Any], numbers: tuple[int, ...]) -> Mapping[int, bytes]:
    return {number: b64decode(data[f"{number:04x}"], validate=True) for number in numbers}


def _channel(data: dict[str, Any]) -> Channel:
    enc, mac, dek = (b64decode(data[name], validate=True) for name in ("enc", "mac", "dek"))
    return Channel(keys=KeySet(enc=enc, mac=mac, dek=dek), counter=data["counter"], failures=data["failures"])


def _pin(data: dict[str, Any]) -> PinReference:
    return PinReference(limit=data["limit"], tries=data["tries"], digest=_octets(data["digest"]))


def _keys(data: dict[str, Any]) -> Container:
    return Container(active=_slot(data["active"]), shadow=_slot(data["shadow"]))


def _slot(data: dict[str, Any] | None) -> KeySlot | None:
    if data is None:
        return None
    private_key = b64decode(data["private_key"], validate=True)
    hold_sound(private_key)  # later uses trust the image
    return KeySlot(
        private_key=private_key,
        certificate=_octets(data["certificate"]),
        issuer=_octets(data["issuer"]),
    )
