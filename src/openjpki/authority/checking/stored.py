"""Stored certificates: of CAs, responders and holders, each by its profile, its row, and what else is known of it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from cryptography import x509

from openjpki.authority.checking.problems import Problem, ProblemKind, linted, problem
from openjpki.authority.generations.profile_records import differing
from openjpki.authority.issuance.admission import key_digest
from openjpki.authority.issuance.serials import key_of
from openjpki.authority.means import Means
from openjpki.authority.models import Certificate, Issuer, MunicipalityRow, OcspResponder, Revocation, Serial
from openjpki.authority.signing.keys import SigningKeys
from openjpki.errors import Failure
from openjpki.pki.issuer import (
    CertificateUnreadable,
    distribution_points,
    load_certificate,
    subject_public_key,
)
from openjpki.pki.keys import key_identifier
from openjpki.pki.lint.rules import examine
from openjpki.pki.lint.signed import examine_signed
from openjpki.pki.profiles import Profile
from openjpki.rules.dates import civil_date, last_second
from openjpki.rules.kinds import CertificateKind, CertificateState

BATCH = 500
"""Rows that are held in memory at once."""

ENDED = {CertificateState.REVOKED.value, CertificateState.SUPERSEDED.value, CertificateState.HELD.value}
_CA = {
    CertificateKind.SIGNATURE.value: Profile.SIGNATURE_CA,
    CertificateKind.AUTHENTICATION.value: Profile.AUTHENTICATION_CA,
}


def issuers(means: Means) -> Iterator[Problem]:
    """Check every CA generation: profile, row, serial, and that its key is kept."""
    for row in Issuer.objects.order_by("kind", "generation"):
        subject, certificate = f"ca:{row}", bytes(row.certificate)
        yield from linted(
            ProblemKind.CERTIFICATE_LINT, subject, examine_signed(means.profiles, _CA[row.kind], certificate, None)
        )
        yield from _dated(subject, certificate, serial=row.serial, first=row.not_before, last=row.not_after)
        loaded = _loaded(certificate)
        if loaded is not None and key_identifier(_key(loaded)).hex() != row.key_identifier:
            yield problem(ProblemKind.CERTIFICATE_ROW, subject, "key_identifier")
        if row.key_destroyed_at is None:
            yield from _kept(means.keys, subject, row.key_name, certificate)


def responders(means: Means) -> Iterator[Problem]:
    """Check every responder's certificate: profile, row, serial, and that its key is kept while it answers."""
    for row in OcspResponder.objects.select_related("issuer").order_by("pk").iterator(chunk_size=BATCH):
        certificate, issuer = bytes(row.certificate), bytes(row.issuer.certificate)
        yield from linted(
            ProblemKind.CERTIFICATE_LINT,
            row,
            examine_signed(means.profiles, Profile.OCSP_RESPONDER, certificate, issuer),
        )
        yield from _dated(row, certificate, serial=row.serial, first=row.not_before, last=row.not_after)
        if row.not_after > means.clock() and row.issuer.key_destroyed_at is None:
            yield from _kept(means.keys_of_responders, row, row.key_name, certificate)


def profiles(means: Means) -> Iterator[Problem]:
    """Check that certificates are made as they are recorded to be made."""
    for profile in differing(means):
        yield problem(ProblemKind.PROFILES_DIFFER, f"profile:{profile.value}")


def serials() -> Iterator[Problem]:
    """Check that every serial of a CA or a responder was drawn, and that it and its key are borne by nobody else."""
    keys: dict[str, str] = {}
    borne: dict[str, str] = {}
    for subject, kind, serial, certificate in _ours():
        name = key_of(CertificateKind(kind), serial)
        yield from _drawn(subject, name)
        if name in borne or Certificate.objects.filter(key=name).exists():
            yield problem(ProblemKind.SERIAL_TWICE, subject, name)
        borne[name] = subject
        loaded = _loaded(certificate)
        digest = key_digest(_key(loaded)) if loaded else subject
        if digest in keys or Certificate.objects.filter(public_key_digest=digest).exists():
            yield problem(ProblemKind.KEY_TWICE, subject)
        keys[digest] = subject


def certificates(means: Means) -> Iterator[tuple[int, list[Problem]]]:
    """Check every holder's certificate; give how many were checked and what was found, batch by batch."""
    rows = Certificate.objects.select_related("issuer").order_by("key").iterator(chunk_size=BATCH)
    points = _points(means)
    while batch := list(islice(rows, BATCH)):
        keys = [row.key for row in batch]
        drawn = set(Serial.objects.filter(key__in=keys).values_list("key", flat=True))
        journal: dict[str, list[Revocation]] = {key: [] for key in keys}
        for revocation in Revocation.objects.filter(certificate_key__in=keys).order_by("pk"):
            journal[revocation.certificate_key].append(revocation)
        found: list[Problem] = []
        for row in batch:
            if row.key not in drawn:
                found.append(problem(ProblemKind.SERIAL_NOT_DRAWN, row, row.key))
            found += _content(means, row, points)
            found += _state(row, journal[row.key])
        yield len(batch), found


def strays() -> Iterator[Problem]:
    """Check that every revocation is of a certificate that there is."""
    known = Certificate.objects.values("key")
    for row in Revocation.objects.exclude(certificate_key__in=known).order_by("pk").iterator(chunk_size=BATCH):
        yield problem(ProblemKind.REVOCATION_ROW, row, "certificate")


def _content(means: Means, row: Certificate, points: dict[tuple[str, str], bytes]) -> list[Problem]:
    issuer, profile = bytes(row.issuer.certificate), Profile(row.kind)
    linted_bytes = bytes(row.to_be_signed)
    if row.der is None:
        return linted(ProblemKind.CERTIFICATE_LINT, row, examine(means.profiles, profile, linted_bytes, issuer)[0])
    certificate = bytes(row.der)
    found = linted(ProblemKind.CERTIFICATE_LINT, row, examine_signed(means.profiles, profile, certificate, issuer))
    loaded = _loaded(certificate)
    if loaded is None:
        return found
    if loaded.tbs_certificate_bytes != linted_bytes:
        found.append(problem(ProblemKind.CERTIFICATE_DIFFERS, row))
    said = {
        "serial": loaded.serial_number == row.serial and row.key == key_of(CertificateKind(row.kind), row.serial),
        "issued_on": civil_date(loaded.not_valid_before_utc) == row.issued_on,
        "expires": loaded.not_valid_after_utc == last_second(row.expires),
        "public_key_digest": key_digest(_key(loaded)) == row.public_key_digest,
        "issuing_municipality": distribution_points(loaded) == (points.get((row.kind, row.issuing_municipality)),),
    }
    return found + [problem(ProblemKind.CERTIFICATE_ROW, row, name) for name, fits in said.items() if not fits]


def _state(row: Certificate, journal: list[Revocation]) -> list[Problem]:
    """Hold a state against the journal: an end has its row, and what has a row in force has ended (R-5.20)."""
    ended = any(one.released_at is None for one in journal)
    found = []
    if row.state in ENDED and not ended:
        found.append(problem(ProblemKind.CERTIFICATE_STATE, row, f"{row.state} without a revocation"))
    if row.state not in ENDED and ended:
        found.append(problem(ProblemKind.CERTIFICATE_STATE, row, f"{row.state} with a revocation"))
    for one in journal:
        said = {
            "serial": one.serial == row.serial,
            "issuer": one.issuer_id == row.issuer_id,
            "issuing_municipality": one.issuing_municipality == row.issuing_municipality,
            "expires_at": one.expires_at == last_second(row.expires),
        }
        found += [problem(ProblemKind.REVOCATION_ROW, one, name) for name, fits in said.items() if not fits]
    return found


def _dated(subject: object, certificate: bytes, *, serial: int, first: datetime, last: datetime) -> Iterator[Problem]:
    loaded = _loaded(certificate)
    if loaded is None:
        return
    said = {
        "serial": loaded.serial_number == serial,
        "not_before": loaded.not_valid_before_utc == first,
        "not_after": loaded.not_valid_after_utc == last,
    }
    yield from (problem(ProblemKind.CERTIFICATE_ROW, subject, name) for name, fits in said.items() if not fits)


def _kept(keys: SigningKeys, subject: object, key_name: str, certificate: bytes) -> Iterator[Problem]:
    loaded = _loaded(certificate)
    try:
        kept = keys.signer(key_name).public_key
    except Failure as failure:
        yield problem(ProblemKind.KEY_OTHER, subject, failure.code)
        return
    if loaded is not None and kept != _key(loaded):
        yield problem(ProblemKind.KEY_OTHER, subject, key_name)


def _drawn(subject: object, name: str) -> Iterator[Problem]:
    if not Serial.objects.filter(key=name).exists():
        yield problem(ProblemKind.SERIAL_NOT_DRAWN, subject, name)


def _ours() -> Iterator[tuple[str, str, int, bytes]]:
    for issuer in Issuer.objects.order_by("pk"):
        yield f"ca:{issuer}", issuer.kind, issuer.serial, bytes(issuer.certificate)
    for responder in OcspResponder.objects.select_related("issuer").order_by("pk"):
        yield str(responder), responder.issuer.kind, responder.serial, bytes(responder.certificate)


def _points(means: Means) -> dict[tuple[str, str], bytes]:
    """Return the distribution point of every partition, DER."""
    towns: Iterable[MunicipalityRow] = MunicipalityRow.objects.order_by("code")
    return {
        (kind.value, town.code): means.profiles.partition_name(kind, town.value()).public_bytes()
        for town in towns
        for kind in CertificateKind
    }


def _loaded(certificate: bytes) -> x509.Certificate | None:
    """Return a parsed certificate; None if it is none, which the lint has told."""
    try:
        loaded = load_certificate(certificate)
        _key(loaded)
    except (CertificateUnreadable, Failure):
        return None
    return loaded


def _key(loaded: x509.Certificate) -> bytes:
    return subject_public_key(loaded)
