"""The signing process's own eye: a certificate is held against its profile again where the key is, whoever asks.

Whoever takes over a process that may ask can have certificates signed that follow the profile, and no others. The CA
certificates, which a profile is held against, come from the folder where they are published; one that this process has
just signed it knows before that. A signing process with a user of its own believes no folder of others: it keeps them itself.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from openjpki.authority.durable import PRIVATE, write_whole
from openjpki.authority.means import Terms
from openjpki.authority.signing.keys import key_name
from openjpki.authority.signing.purpose import (
    NotToBeSigned,
    hold_purpose,
    is_certificate,
    is_self_issued,
    signs_lists,
)
from openjpki.errors import Failure, Kind
from openjpki.pki import der
from openjpki.pki.algorithms import KeyAlgorithm, UnsupportedKey
from openjpki.pki.certificate import LintRefused
from openjpki.pki.crl_partition import is_partition
from openjpki.pki.crl_stream import ListBounds, ListReader
from openjpki.pki.issuer import CertificateUnreadable, issuer_of, load_certificate, subject_public_key
from openjpki.pki.keys import SignatureInvalid, verify_signature
from openjpki.pki.lint.external import ExternalLint
from openjpki.pki.lint.finding import Findings, LintFinding
from openjpki.pki.lint.rules import examine
from openjpki.pki.profiles import Profile, ProfileSet
from openjpki.rules.kinds import CertificateKind

MOST_CERTIFICATE_BYTES = 64 * 1024
"""Of a file that may be a CA's certificate; one takes about 1.4 kB."""
_CA = {"signature": Profile.SIGNATURE_CA, "authentication": Profile.AUTHENTICATION_CA}
_UNDER = {
    "signature": (Profile.SIGNATURE, Profile.OCSP_RESPONDER),
    "authentication": (Profile.AUTHENTICATION, Profile.OCSP_RESPONDER),
}
_OF_ANOTHER_KEY = Findings(
    (LintFinding("lint.public-key-own", "RFC 5280 §4.1.1.3", "another key's signature is waited for"),)
)


class IssuerUnknown(Failure):
    """The certificate of the CA whose key is to sign is not among those published."""

    code = "authority.signing.issuer-unknown"
    kind = Kind.UNAVAILABLE
    ja = "署名鍵 {name} の認証局証明書が公開されていないため、署名しません。`openjpki authority publish` を先に行ってください。"
    en = "The CA certificate of the signing key {name} is not published yet, so nothing is signed. Run `openjpki authority publish` first."


@dataclass(frozen=True)
class Guard:
    """Says what may be signed: `published` is the folder of CA certificates, `clock` the legal one."""

    profiles: ProfileSet
    published: Path
    clock: Callable[[], datetime]
    terms: Terms = field(default_factory=Terms)
    keeps: bool = False
    """Whether `published` is the signing process's own folder, and each CA certificate is kept there before its signature leaves."""
    external: ExternalLint | None = None
    """Another program that certificates are held against too (setting `external_lint`)."""
    _signed_here: dict[str, bytes] = field(default_factory=dict)
    """CA certificates by the names of their keys."""
    _promised: dict[str, bytes] = field(default_factory=dict)
    """To-be-signed CA certificates by the names of their keys: each key has one, so that none takes a longer life."""

    def hold(self, name: str, public_key: bytes, to_be_signed: bytes) -> None:
        """Raise `NotToBeSigned`, `LintRefused` or `IssuerUnknown` unless the key of this name may sign these bytes."""
        hold_purpose(name, to_be_signed)
        if not is_certificate(to_be_signed):
            return
        kind = name.partition("-")[0]
        issuer = self._signed_here.get(name) or self._found(name, public_key)
        if is_self_issued(to_be_signed):
            self._hold_any((_CA[kind],), None, public_key, to_be_signed)
            known = to_be_signed if issuer is None else load_certificate(issuer).tbs_certificate_bytes
            if self._promised.setdefault(name, known) != to_be_signed:
                raise NotToBeSigned(name=name)
            return
        if issuer is None:
            raise IssuerUnknown(name=name)
        self._hold_any(_UNDER[kind], issuer, public_key, to_be_signed)

    def held_list(self, name: str, public_key: bytes, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Give the pieces of a to-be-signed list on, each after it was read; the end comes only if the whole list holds.

        Raises `NotToBeSigned`, `IssuerUnknown`, `ListUnsound`, whatever `pieces` raises, and OSError for a folder that
        cannot be read.
        """
        if not signs_lists(name):
            raise NotToBeSigned(name=name)
        kind = CertificateKind(name.partition("-")[0])
        issuer = self._signed_here.get(name) or self._found(name, public_key)
        if issuer is None:
            raise IssuerUnknown(name=name)
        reader = ListReader(
            ListBounds(
                ca=issuer_of(issuer),
                now=self.clock(),
                ahead=self.terms.clock_tolerance,
                behind=self.terms.crl_hourly,
                longest=max(self.terms.crl_daily, self.terms.crl_hourly),
                is_partition=partial(is_partition, self.profiles, kind),
            )
        )
        for piece in pieces:
            reader.take(piece)
            yield piece
        reader.end()

    def note(self, name: str, public_key: bytes, to_be_signed: bytes, signature: bytes) -> None:
        """Remember a CA certificate that was held and signed here; raises OSError if it is to be kept and cannot be."""
        if is_certificate(to_be_signed) and is_self_issued(to_be_signed):
            algorithm = KeyAlgorithm.of(public_key).identifier
            certificate = der.sequence(to_be_signed, algorithm, der.bit_string(signature))
            if self.keeps:
                write_whole(self.published / f"{name}.cer", certificate, PRIVATE)
            self._signed_here[name] = certificate

    def _breaks(self, profile: Profile, issuer: bytes | None, public_key: bytes, to_be_signed: bytes) -> Findings:
        """Return what a certificate breaks of a profile; one that waits for another key's signature breaks any."""
        found, issuer_key = examine(self.profiles, profile, to_be_signed, issuer)
        if not found and issuer_key != public_key:
            return _OF_ANOTHER_KEY
        return found

    def _hold_any(
        self, profiles: Sequence[Profile], issuer: bytes | None, public_key: bytes, to_be_signed: bytes
    ) -> None:
        """Raise `LintRefused` unless a certificate is of one of these profiles, for the other program too where there is one."""
        least = Findings()
        for profile in profiles:
            broken = self._breaks(profile, issuer, public_key, to_be_signed)
            if not broken:
                least = self._also(profile, issuer, public_key, to_be_signed)
                break
            least = min(least or broken, broken, key=len)
        if least:
            raise LintRefused(findings=least)

    def _also(self, profile: Profile, issuer: bytes | None, public_key: bytes, to_be_signed: bytes) -> Findings:
        """Return what the other program finds, where the home has one."""
        return self.external.examine(profile, to_be_signed, public_key, issuer) if self.external else Findings()

    def _found(self, name: str, public_key: bytes) -> bytes | None:
        """Return the published certificate of a CA's key: one that the key itself signed, whoever put it there."""
        for path in sorted(self.published.glob("*.cer")):
            try:
                with path.open("rb") as file:
                    certificate = file.read(MOST_CERTIFICATE_BYTES)
                loaded = load_certificate(certificate)
                if key_name(f"{name.partition('-')[0]}-ca", subject_public_key(loaded)) != name:
                    continue
                verify_signature(
                    public_key, KeyAlgorithm.of(public_key), loaded.tbs_certificate_bytes, loaded.signature
                )
            except (OSError, CertificateUnreadable, UnsupportedKey, SignatureInvalid):
                continue
            self._signed_here[name] = certificate
            return certificate
        return None
