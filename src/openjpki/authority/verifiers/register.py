"""The verifiers' register: entered, certified, suspended, ended (R-5.24, R-8.0). Acts of the authority's own people.

Where the authority is under dual control a registration is an act that several operators approve (`controlled`); in a
sandbox it is entered at once, and `approved_by` may name a paper.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID
from django.db.models import QuerySet

from openjpki.authority.acts import Doer, act, authority_at
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.control.in_force import control_in_force
from openjpki.authority.desk.desk_ca import DeskCa
from openjpki.authority.desk.desk_keys import fingerprint
from openjpki.authority.means import Means
from openjpki.authority.models import Verifier, VerifierCertificate
from openjpki.authority.verbs import Verb
from openjpki.authority.verifiers.requests import key_of_request
from openjpki.errors import Failure, Kind
from openjpki.rules.lifecycle import advance
from openjpki.rules.verifiers import (
    VERIFIER,
    Ground,
    Right,
    VerifierEvent,
    VerifierKind,
    VerifierState,
    corporate_number_is_sound,
    grounds_foreign,
    rights_missing,
)

PEER = "urn:openjpki:verifier:"
"""What a verifier's certificate calls it, before the code."""
MOST_CERTIFICATES = 2
"""Certificates of a verifier in force at once: the one in use, and the one that is to take its place."""
MOST_YEARS_AHEAD = 10
"""How far ahead a registration may end: nobody is let in for longer without being asked again."""
_CODE = re.compile("[a-z][a-z0-9-]{0,31}")
_LONGEST_NAME = 200
"""Characters of a name: what the register's column holds."""


class VerifierUnknown(Failure):
    """Nobody is registered under this code."""

    code = "authority.verifier.unknown"
    kind = Kind.REFUSED
    ja = "検証者「{code}」は登録されていません。"
    en = 'No verifier is registered as "{code}".'


class VerifierKnown(Failure):
    """The code is somebody's, also after the end of a registration."""

    code = "authority.verifier.known"
    kind = Kind.REFUSED
    ja = "検証者「{code}」は既に登録されています。終了した登録の番号も、ふたたびは使えません。"
    en = 'A verifier is registered as "{code}". The code of a registration that ended is not given again.'


class RegistrationUnsound(Failure):
    """What is to be registered cannot be."""

    code = "authority.verifier.unsound"
    kind = Kind.USAGE
    ja = "検証者の登録の「{field}」が正しくありません。"
    en = 'The registration of a verifier cannot have this "{field}".'


class GroundForeign(Failure):
    """A body of this kind cannot notify under this article (R-5.24)."""

    code = "authority.verifier.ground-foreign"
    kind = Kind.REFUSED
    ja = "この種別の検証者は、根拠「{ground}」では登録できません。"
    en = 'A verifier of this kind cannot stand on the ground "{ground}".'


class RightNotGiven(Failure):
    """The grounds do not carry what is asked for (R-5.24)."""

    code = "authority.verifier.right-not-given"
    kind = Kind.REFUSED
    ja = "届け出た根拠では「{right}」は認められません。"
    en = 'The grounds of this verifier do not give it "{right}".'


class CertificatesInForce(Failure):
    """A verifier has the one in use and the one to come, and no third."""

    code = "authority.verifier.certificates-in-force"
    kind = Kind.REFUSED
    ja = "この検証者には有効な接続用証明書が{count}枚あります。使わないものを失効させてから発行してください。"
    en = "This verifier has {count} client certificates in force. Revoke the one that is not used before another is made."


class KeyCertified(Failure):
    """A key is certified once, for one verifier."""

    code = "authority.verifier.key-certified"
    kind = Kind.REFUSED
    ja = "この鍵には既に接続用証明書を発行しています。新しい鍵で発行を要求してください。"
    en = "This key was certified before. Make the request with a new key."


class VerifierCertificateUnknown(Failure):
    """No certificate in force of this verifier has that fingerprint."""

    code = "authority.verifier.certificate-unknown"
    kind = Kind.REFUSED
    ja = "この検証者に、その指紋の有効な接続用証明書はありません。"
    en = "This verifier has no client certificate in force with that fingerprint."


class VerifierNotActive(Failure):
    """No certificate is made for who is suspended or has ended."""

    code = "authority.verifier.not-active"
    kind = Kind.REFUSED
    ja = "この検証者の登録は停止中か、終了しています。"
    en = "This verifier is suspended, or its registration has ended."


class RegistrationNeedsApproval(Failure):
    """Under dual control nobody lets a verifier in alone."""

    code = "authority.verifier.needs-approval"
    kind = Kind.REFUSED
    ja = "検証者の登録には複数の運用者の承認が必要です。`openjpki authority propose verifier-registration` で提案してください。"
    en = (
        "To register a verifier takes the approval of several operators. "
        "Propose it: `openjpki authority propose verifier-registration`."
    )


@dataclass(frozen=True, kw_only=True)
class Registration:
    """What a notification says (R-5.24)."""

    code: str
    name: str
    kind: VerifierKind
    grounds: frozenset[Ground]
    rights: frozenset[Right]
    since: date
    until: date
    corporate_number: str = ""


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A client certificate as it was made, and who vouches for it: PEM."""

    certificate: bytes
    trust: bytes
    fingerprint: str


def register(means: Means, registration: Registration, at: datetime, *, approved_by: str = "") -> Verifier:
    """Enter a verifier of a sandbox; raises what `hold_registrable` raises, and `RegistrationNeedsApproval` elsewhere."""
    if control_in_force(means).strict:
        raise RegistrationNeedsApproval
    hold_registrable(registration)
    with act():
        row = enter(registration, authority_at(at), approved_by=approved_by)
    means.checkpoint(Checkpoint.VERIFIER_CHANGED)
    return row


def hold_registrable(registration: Registration) -> None:
    """Raise what is wrong with a registration, in the order of the notification."""
    _hold_sound(registration)
    for ground in grounds_foreign(registration.kind, registration.grounds):
        raise GroundForeign(ground=ground.value)
    for right in rights_missing(registration.grounds, registration.rights):
        raise RightNotGiven(right=right.value)
    _hold_new(registration)


def enter(registration: Registration, doer: Doer, *, approved_by: str) -> Verifier:
    """Enter a verifier inside the caller's act; raises `VerifierKnown`."""
    _hold_new(registration)
    row = Verifier.objects.create(
        code=registration.code,
        name=registration.name,
        kind=registration.kind.value,
        corporate_number=registration.corporate_number,
        grounds=_words(registration.grounds, Ground),
        rights=_words(registration.rights, Right),
        since=registration.since,
        until=registration.until,
        approved_by=approved_by,
        registered_at=doer.at,
    )
    doer.note(
        Verb.VERIFIER_REGISTERED,
        row,
        {"kind": row.kind, "grounds": list(row.grounds), "rights": list(row.rights), "approved_by": approved_by},
    )
    return row


def certify(means: Means, ca: DeskCa, code: str, request: bytes, at: datetime, *, now: datetime) -> Issued:
    """Make a client certificate for the key of a request; it counts from the moment this act is committed.

    `at` is the legal moment, `now` the transport clock's. The former certificate stays in force, so that the verifier can
    change over, until it is revoked or ends.
    """
    key = key_of_request(request)
    digest = fingerprint(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    with act():
        row = _locked(code)
        if row.state != VerifierState.ACTIVE.value:
            raise VerifierNotActive
        in_force = _in_force(row).filter(not_after__gte=now).count()
        if in_force >= MOST_CERTIFICATES:
            raise CertificatesInForce(count=in_force)
        if VerifierCertificate.objects.filter(key_digest=digest).exists():
            raise KeyCertified
        names = (x509.UniformResourceIdentifier(PEER + code),)
        made = ca.certify(key, code, names, ExtendedKeyUsageOID.CLIENT_AUTH, now)
        stored = VerifierCertificate.objects.create(
            verifier=row,
            fingerprint=made.fingerprint(SHA256()).hex(),
            key_digest=digest,
            certificate=made.public_bytes(Encoding.DER),
            not_before=made.not_valid_before_utc,
            not_after=made.not_valid_after_utc,
        )
        authority_at(at).note(Verb.VERIFIER_CERTIFIED, row, {"certificate": stored.fingerprint})
    means.checkpoint(Checkpoint.VERIFIER_CHANGED)
    return Issued(
        certificate=made.public_bytes(Encoding.PEM), trust=ca.certificate.read_bytes(), fingerprint=stored.fingerprint
    )


def revoke_certificate(means: Means, code: str, found: str, at: datetime, *, now: datetime) -> VerifierCertificate:
    """Take nothing more under a certificate, named by its SHA-256 fingerprint; from the next connection on."""
    with act():
        row = _locked(code)
        certificate = _in_force(row).filter(fingerprint=found.lower()).first()
        if certificate is None:
            raise VerifierCertificateUnknown
        _end(row, certificate, now, authority_at(at))
    means.checkpoint(Checkpoint.VERIFIER_CHANGED)
    return certificate


def move(means: Means, code: str, event: VerifierEvent, at: datetime, *, now: datetime) -> Verifier:
    """Suspend, resume or end a registration along `rules.verifiers.VERIFIER`; an end ends its certificates too."""
    doer = authority_at(at)
    with act():
        row = _locked(code)
        row.state = advance(VERIFIER, VerifierState(row.state), event).value
        row.save(update_fields=["state"])
        doer.note(_VERBS[event], row)
        if event is VerifierEvent.END:
            for certificate in _in_force(row):
                _end(row, certificate, now, doer)
    means.checkpoint(Checkpoint.VERIFIER_CHANGED)
    return row


def verifiers() -> list[Verifier]:
    """Return all that were ever registered, by code."""
    return list(Verifier.objects.order_by("code"))


def verifier(code: str) -> Verifier:
    """Return one; raises `VerifierUnknown`."""
    row = Verifier.objects.filter(code=code).first()
    if row is None:
        raise VerifierUnknown(code=code)
    return row


_VERBS: Mapping[VerifierEvent, Verb] = {
    VerifierEvent.SUSPEND: Verb.VERIFIER_SUSPENDED,
    VerifierEvent.RESUME: Verb.VERIFIER_RESUMED,
    VerifierEvent.END: Verb.VERIFIER_ENDED,
}


def _locked(code: str) -> Verifier:
    row = Verifier.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise VerifierUnknown(code=code)
    return row


def _in_force(row: Verifier) -> "QuerySet[VerifierCertificate]":
    return VerifierCertificate.objects.filter(verifier=row, revoked_at__isnull=True)


def _end(row: Verifier, certificate: VerifierCertificate, now: datetime, doer: Doer) -> None:
    certificate.revoked_at = now
    certificate.save(update_fields=["revoked_at"])
    doer.note(Verb.VERIFIER_KEY_REVOKED, row, {"certificate": certificate.fingerprint})


def _hold_new(registration: Registration) -> None:
    if Verifier.objects.filter(code=registration.code).exists():
        raise VerifierKnown(code=registration.code)


def _hold_sound(registration: Registration) -> None:
    number = registration.corporate_number
    sound = {
        "code": _CODE.fullmatch(registration.code) is not None,
        "name": bool(registration.name.strip()) and len(registration.name) <= _LONGEST_NAME,
        "corporate-number": not number or corporate_number_is_sound(number),
        "grounds": bool(registration.grounds),
        "rights": bool(registration.rights),
        "until": registration.since <= registration.until
        and registration.until.year <= registration.since.year + MOST_YEARS_AHEAD,
    }
    for field, good in sound.items():
        if not good:
            raise RegistrationUnsound(field=field)


def _words(chosen: Collection[Ground | Right], words: type[Ground] | type[Right]) -> list[str]:
    return [str(word.value) for word in words if word in chosen]
