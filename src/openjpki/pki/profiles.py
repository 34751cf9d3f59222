"""What the two hierarchies are called and how they are set: the sandbox (default) and the production shape.

Every choice that public sources leave open is a field here with its reason; docs/certificates.md has the marks.
"""

from dataclasses import dataclass
from enum import Enum, unique
from typing import Literal, Self

from cryptography import x509
from cryptography.x509.oid import NameOID

from openjpki.errors import Failure, Kind
from openjpki.pki import oids
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.rules.kinds import CertificateKind
from openjpki.rules.person import Municipality

SIGNATURE = CertificateKind.SIGNATURE
AUTHENTICATION = CertificateKind.AUTHENTICATION


class ForeignIssuer(Failure):
    """A certificate was given as the issuer that is no CA of this profile set."""

    code = "pki.foreign-issuer"
    kind = Kind.REFUSED
    ja = "発行者として渡された証明書は、このプロファイルの認証局のものではありません。"
    en = "The certificate given as issuer does not belong to a certification authority of this profile set."


@unique
class Profile(Enum):
    """The five shapes of certificates that are issued here."""

    SIGNATURE_CA = "signature-ca"
    AUTHENTICATION_CA = "authentication-ca"
    SIGNATURE = "signature"
    AUTHENTICATION = "authentication"
    OCSP_RESPONDER = "ocsp-responder"

    @property
    def ca_kind(self) -> CertificateKind | None:
        """Return which certificates a CA of this profile issues; None if it is no CA profile."""
        return {Profile.SIGNATURE_CA: SIGNATURE, Profile.AUTHENTICATION_CA: AUTHENTICATION}.get(self)

    @property
    def holder_kind(self) -> CertificateKind | None:
        """Return which certificate of a card this is; None if it is not a holder's."""
        return {Profile.SIGNATURE: SIGNATURE, Profile.AUTHENTICATION: AUTHENTICATION}.get(self)


@dataclass(frozen=True, kw_only=True)
class ProfileSet:
    """Names, identifiers and settings of one pair of hierarchies."""

    label: str
    """"sandbox" or "production": shown to people, never encoded."""
    organization: str
    organization_ja: str
    disclaimer: str
    """An added OU of the CA names; empty in production."""
    disclaimer_ja: str
    signature_policy: str
    authentication_policy: str
    signature_ocsp_url: str
    """The real addresses are not public (docs/divergences.md)."""
    authentication_ocsp_url: str
    algorithm: KeyAlgorithm = KeyAlgorithm.RSA_2048_SHA_256
    """Of every new key; an issuer of an older generation keeps its own."""
    cps: str = "http://www.jpki.go.jp/cps.html"
    """The CPS qualifier of the certificate policy."""
    distribution_point_cn: str = "{municipality} CRLDP"
    """Recalled form; `{municipality}` is the romaji name, as in the second L of the subject."""
    unknown_sex: Literal["3", "9"] = "3"
    """性別不明: '3' in a published reading of a real card, '9' by JIS X 0303; sources conflict."""
    client_authentication: bool = True
    """Extended key usage clientAuth in authentication certificates (inferred)."""
    responder_usage_critical: bool = False
    """Criticality of the OCSP responder's extended key usage (open)."""
    cap_by_ca_generation: bool = True
    """No certificate outlives its issuer's (a recalled rule)."""
    holder_years_at_most: int = 6
    """A wall behind `rules.validity`: five birthdays, or the sixth in the renewal window (R-3.1)."""
    ca_years_at_most: int = 10
    """As the published CA certificates."""
    responder_days_at_most: int = 366
    """A responder certificate cannot be revoked (RFC 6960 §4.2.2.2.1), so it must be short-lived."""

    def __post_init__(self) -> None:
        """Refuse settings that no certificate could carry; they come from code, so this is a bug's message."""
        if "{municipality}" not in self.distribution_point_cn:
            message = "distribution_point_cn must contain {municipality}"
            raise ValueError(message)
        if not all(url.startswith(("http://", "https://")) for url in (*self._ocsp_urls().values(), self.cps)):
            message = "OCSP and CPS addresses must be http or https"
            raise ValueError(message)

    @classmethod
    def sandbox(cls, ocsp_base_url: str, *, algorithm: KeyAlgorithm = KeyAlgorithm.RSA_2048_SHA_256) -> Self:
        """Return the default set: names and policies say that nothing in it was issued by J-LIS.

        Other settings are changed by `dataclasses.replace`.
        """
        return cls(
            label="sandbox",
            organization="JPKI-TEST",
            organization_ja="公的個人認証サービス（試験用）",
            disclaimer="Not issued by J-LIS",
            disclaimer_ja="地方公共団体情報システム機構の発行ではありません",
            signature_policy=oids.TEST_SIGNATURE_POLICY,
            authentication_policy=oids.TEST_AUTHENTICATION_POLICY,
            signature_ocsp_url=_address(ocsp_base_url, SIGNATURE),
            authentication_ocsp_url=_address(ocsp_base_url, AUTHENTICATION),
            algorithm=algorithm,
        )

    @classmethod
    def production(cls, ocsp_base_url: str, *, algorithm: KeyAlgorithm = KeyAlgorithm.RSA_2048_SHA_256) -> Self:
        """Return the names and policies of the published CAs. No key that is shipped uses it."""
        return cls(
            label="production",
            organization="JPKI",
            organization_ja="公的個人認証サービス",
            disclaimer="",
            disclaimer_ja="",
            signature_policy=oids.SIGNATURE_POLICY,
            authentication_policy=oids.AUTHENTICATION_POLICY,
            signature_ocsp_url=_address(ocsp_base_url, SIGNATURE),
            authentication_ocsp_url=_address(ocsp_base_url, AUTHENTICATION),
            algorithm=algorithm,
        )

    def policy(self, kind: CertificateKind) -> str:
        """Return the certificate policy of a holder's certificate, dotted."""
        return {SIGNATURE: self.signature_policy, AUTHENTICATION: self.authentication_policy}[kind]

    def ocsp_url(self, kind: CertificateKind) -> str:
        """Return where the status of a holder's certificate is asked."""
        return self._ocsp_urls()[kind]

    def _ocsp_urls(self) -> dict[CertificateKind, str]:
        return {SIGNATURE: self.signature_ocsp_url, AUTHENTICATION: self.authentication_ocsp_url}

    def ca_name(self, kind: CertificateKind) -> x509.Name:
        """Return the subject of a CA: the same in every generation."""
        return _name(
            self.organization,
            _PURPOSE[kind],
            "Japan Agency for Local Authority Information Systems",
            *filter(None, [self.disclaimer]),
        )

    def ca_alternative_name(self, kind: CertificateKind) -> x509.Name:
        """Return the Japanese name of a CA, as its subjectAltName and as its certificates' issuerAltName."""
        return _name(
            self.organization_ja,
            _PURPOSE_JA[kind],
            "地方公共団体情報システム機構",
            *filter(None, [self.disclaimer_ja]),
        )

    def kind_of(self, ca_subject: x509.Name) -> CertificateKind:
        """Tell which certificates a CA of this name issues; raise `ForeignIssuer`."""
        for kind in CertificateKind:
            if self.ca_name(kind) == ca_subject:
                return kind
        raise ForeignIssuer

    def partition_name(self, kind: CertificateKind, municipality: Municipality | None) -> x509.Name:
        """Return the distribution point of a municipality's certificates, or of the CA's own (None): a name, no address."""
        if municipality is None:
            return self.ca_name(kind)
        return x509.Name(
            [
                *_name(self.organization, _PURPOSE[kind], "CRL Distribution Points", municipality.prefecture_romaji),
                _utf8(NameOID.COMMON_NAME, self.distribution_point_cn.format(municipality=municipality.name_romaji)),
            ]
        )

    def signature_subject(self, municipality: Municipality, subject_id: str) -> x509.Name:
        """Return the subject of a signature certificate: country, prefecture, municipality, an opaque name."""
        return x509.Name(
            [
                _COUNTRY,
                _utf8(NameOID.LOCALITY_NAME, municipality.prefecture_romaji),
                _utf8(NameOID.LOCALITY_NAME, municipality.name_romaji),
                _utf8(NameOID.COMMON_NAME, subject_id),
            ]
        )

    def authentication_subject(self, subject_id: str) -> x509.Name:
        """Return the subject of an authentication certificate: country and an opaque name."""
        return x509.Name([_COUNTRY, _utf8(NameOID.COMMON_NAME, subject_id)])

    def responder_subject(self, kind: CertificateKind) -> x509.Name:
        """Return the subject of a CA's OCSP responder."""
        return x509.Name([*self.ca_name(kind), _utf8(NameOID.COMMON_NAME, "OCSP Responder")])


_PURPOSE = {SIGNATURE: "JPKI for digital signature", AUTHENTICATION: "JPKI for user authentication"}
_PURPOSE_JA = {SIGNATURE: "公的個人認証サービス署名用", AUTHENTICATION: "公的個人認証サービス利用者証明用"}
_COUNTRY = x509.NameAttribute(NameOID.COUNTRY_NAME, "JP")


def _utf8(kind: x509.ObjectIdentifier, value: str) -> x509.NameAttribute[str]:
    return x509.NameAttribute(kind, value)


def _name(organization: str, *units: str) -> x509.Name:
    """C is a PrintableString and all else UTF8String, which is how the library writes them (RFC 5280 §4.1.2.4)."""
    return x509.Name(
        [
            _COUNTRY,
            _utf8(NameOID.ORGANIZATION_NAME, organization),
            *(_utf8(NameOID.ORGANIZATIONAL_UNIT_NAME, unit) for unit in units),
        ]
    )


def _address(base: str, kind: CertificateKind) -> str:
    return f"{base.rstrip('/')}/ocsp/{kind.value}"
