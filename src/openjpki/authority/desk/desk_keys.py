"""The public keys of those who may speak at the desk: enrolled, replaced, revoked. The private ones never come here."""

import hashlib
from datetime import datetime

from openjpki.authority.acts import Doer, act, authority_at
from openjpki.authority.means import Means
from openjpki.authority.models import EnrolledKey
from openjpki.authority.register.municipalities import lock_keys_of
from openjpki.authority.verbs import Verb
from openjpki.errors import Failure, Kind


class DeskKeyUnknown(Failure):
    """The signer has no key in force."""

    code = "authority.desk-key-unknown"
    kind = Kind.REFUSED
    ja = "市区町村 {municipality} の「{signer}」には、使用中の鍵がありません。"
    en = 'The signer "{signer}" of municipality {municipality} has no key in force.'


def introduce(means: Means, *, municipality: str, signer: str, public_key: bytes, at: datetime) -> None:
    """Enrol a signer's key; a key that is known already stays as it is. `at` is the transport clock's.

    A newer key takes the place of the one in force. A signer whose keys were all revoked is not let in again: that is
    `readmit`. Raises `MunicipalityUnknown`.
    """
    _enrol(means, municipality, signer, public_key, at, again=False)


def readmit(means: Means, *, municipality: str, signer: str, public_key: bytes, at: datetime) -> None:
    """Enrol a new key for a signer, also for one whose keys were all revoked: a decision of the authority's people."""
    _enrol(means, municipality, signer, public_key, at, again=True)


def revoke_key(means: Means, *, municipality: str, signer: str, at: datetime) -> EnrolledKey:
    """End a signer's key: what it signs from now on is refused; raises `MunicipalityUnknown` and `DeskKeyUnknown`."""
    with act():
        key = next((key for key in _keys_of(municipality, signer) if key.revoked_at is None), None)
        if key is None:
            raise DeskKeyUnknown(municipality=municipality, signer=signer)
        _end(key, at, authority_at(means.clock()))
    return key


def desk_keys() -> list[EnrolledKey]:
    """Return every key that was ever enrolled, by municipality, signer and time."""
    return list(EnrolledKey.objects.order_by("municipality", "signer", "enrolled_at", "pk"))


def fingerprint(public_key: bytes) -> str:
    """Return the SHA-256 of a SubjectPublicKeyInfo, hexadecimal."""
    return hashlib.sha256(public_key).hexdigest()


def _enrol(means: Means, municipality: str, signer: str, public_key: bytes, at: datetime, *, again: bool) -> None:
    doer = authority_at(means.clock())
    with act():
        former = _keys_of(municipality, signer)
        if EnrolledKey.objects.filter(fingerprint=fingerprint(public_key)).exists():
            return
        in_force = [key for key in former if key.revoked_at is None]
        if former and not in_force and not again:
            return
        for key in in_force:
            _end(key, at, doer)
        key = EnrolledKey.objects.create(
            municipality=municipality,
            signer=signer,
            fingerprint=fingerprint(public_key),
            public_key=public_key,
            enrolled_at=at,
        )
        doer.note(Verb.DESK_KEY_ENROLLED, key, {"municipality": municipality, "signer": signer})


def _keys_of(municipality: str, signer: str) -> list[EnrolledKey]:
    """Return every key a signer ever had; raises `MunicipalityUnknown`.

    What is done to the keys of one municipality queues, so that a revocation meets the key that a replacement has just
    put in force. (Locking the signer's own rows is not enough: it waits for the old row, and never sees the new one.)
    """
    lock_keys_of(municipality)
    return list(EnrolledKey.objects.filter(municipality=municipality, signer=signer))


def _end(key: EnrolledKey, at: datetime, doer: Doer) -> None:
    key.revoked_at = max(at, key.enrolled_at)
    key.save(update_fields=["revoked_at"])
    doer.note(Verb.DESK_KEY_REVOKED, key, {"municipality": key.municipality, "signer": key.signer})
