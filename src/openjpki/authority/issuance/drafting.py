"""What a certificate will say, from the register and the rules as they stand at the moment of step 2."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from openjpki.authority.generations.issuers import issuing
from openjpki.authority.issuance.orders import Held
from openjpki.authority.issuance.serials import serial_of
from openjpki.authority.means import Means
from openjpki.authority.models import Certificate, Issuer
from openjpki.authority.register.municipalities import enrolled
from openjpki.pki.certificate import Prepared, prepare_authentication, prepare_signature
from openjpki.rules.dates import civil_date, last_second
from openjpki.rules.kinds import CertificateKind
from openjpki.rules.substitution import certified
from openjpki.rules.validity import Expiry, authentication_expiry, signature_expiry

SUBJECT_ID_BYTES = 10
"""Entropy of the opaque subject name: it says nothing of the person and links no two certificates (R-5.26)."""


@dataclass(frozen=True, kw_only=True)
class Drafted:
    """A certificate that is ready to be linted."""

    prepared: Prepared
    issuer: Issuer
    serial: int
    issued_on: date
    expiry: Expiry


def draft(means: Means, held: Held, live: Mapping[CertificateKind, Certificate], at: datetime) -> Drafted:
    """Draft the certificate of an order under lock, beside those that live on the card.

    Raises `NoIssuer`, or what the repertoire refuses (R-1.9).
    """
    issuer = issuing(held.kind, at)
    expiry = _expiry(means, held, live, issuer, at)
    serial = serial_of(held.order.certificate_key)
    return Drafted(
        prepared=_prepare(means, held, issuer, serial, expiry, at),
        issuer=issuer,
        serial=serial,
        issued_on=civil_date(at),
        expiry=expiry,
    )


def _prepare(means: Means, held: Held, issuer: Issuer, serial: int, expiry: Expiry, at: datetime) -> Prepared:
    subject_id = means.entropy(SUBJECT_ID_BYTES).hex().upper()
    municipality = enrolled(held.order.municipality)
    public_key, ca = held.request.public_key, bytes(issuer.certificate)
    not_after = last_second(expiry.expires)
    if held.kind is CertificateKind.SIGNATURE:
        return prepare_signature(
            means.profiles,
            issuer=ca,
            public_key=public_key,
            serial=serial,
            subject_id=subject_id,
            municipality=municipality,
            attributes=certified(held.person.attributes(), reading=held.request.name_reading).attributes,
            not_before=at,
            not_after=not_after,
        )
    return prepare_authentication(
        means.profiles,
        issuer=ca,
        public_key=public_key,
        serial=serial,
        subject_id=subject_id,
        municipality=municipality,
        not_before=at,
        not_after=not_after,
    )


def _expiry(
    means: Means, held: Held, live: Mapping[CertificateKind, Certificate], issuer: Issuer, at: datetime
) -> Expiry:
    """Return the end by the rules (R-3.1 to R-3.3), capped by the CA generation where the profile says so."""
    expiry = _by_rule(means, held, live, at)
    generation_ends = civil_date(issuer.not_after)
    if means.profiles.cap_by_ca_generation and generation_ends < expiry.expires:
        return Expiry(expires=generation_ends, because="ca-generation", rules=expiry.rules)
    return expiry


def _by_rule(means: Means, held: Held, live: Mapping[CertificateKind, Certificate], at: datetime) -> Expiry:
    replaced = live.get(held.kind)
    card_expires = held.card.ends(held.person.stay())
    if held.kind is CertificateKind.AUTHENTICATION:
        return authentication_expiry(
            means.policy,
            issued=civil_date(at),
            born=held.person.birth_date,
            card_expires=card_expires,
            replaces_expiring=replaced.expires if replaced else None,
        )
    beside = live.get(CertificateKind.AUTHENTICATION)
    return signature_expiry(
        means.policy,
        issued=civil_date(at),
        born=held.person.birth_date,
        card_expires=card_expires,
        authentication_expires=beside.expires if beside else None,
        replaces_expiring=replaced.expires if replaced else None,
    )
