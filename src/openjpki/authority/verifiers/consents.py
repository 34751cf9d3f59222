"""最新の利用者情報(4情報)提供 (R-8.7): a consent is registered, asked under, withdrawn.

The verifier never says who the holder is: the certificate that signed the consent does. What is given is read from the
new signature certificate itself, so nothing is given while there is none, and nothing that is not certified.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from openjpki.authority.acts import Doer, act
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.generations.issuers import in_force
from openjpki.authority.issuance.serials import key_of
from openjpki.authority.means import Means
from openjpki.authority.models import Certificate, Consent, Person, Revocation, Verifier
from openjpki.authority.models.certificate import PENDING
from openjpki.authority.publishing.status import answer
from openjpki.authority.verbs import Verb
from openjpki.authority.verifiers.access import hold_right
from openjpki.authority.verifiers.consent_text import ConsentText, read_consent
from openjpki.authority.verifiers.status import current_of
from openjpki.documents.evidence import Evidence
from openjpki.documents.gather import ask_responders
from openjpki.documents.indications import Indication
from openjpki.documents.verify import content_of, signers_of, verify_cms
from openjpki.errors import Failure, Kind
from openjpki.pki.attributes import read_attributes
from openjpki.rules.consent import NEWS, Item, Lapse, Term, given, lapse
from openjpki.rules.dates import civil_date
from openjpki.rules.kinds import CertificateKind, CertificateState
from openjpki.rules.standing import shown_at
from openjpki.rules.verifiers import Right

SIGNATURE = CertificateKind.SIGNATURE
MAX_CONSENT = 32 * 1024
"""Bytes of a signed consent: the text, one certificate and a signature take about 7 kB."""


class ConsentTooLarge(Failure):
    """The signed consent is larger than any can be."""

    code = "verifier.consent-too-large"
    kind = Kind.REFUSED
    ja = "同意の文書が大きすぎます(上限 {most} バイト)。"
    en = "The consent is too large (at most {most} bytes)."


class ConsentUnproven(Failure):
    """The signature, or its certificate, does not pass; `reason` is the sub-indication of the verdict."""

    code = "verifier.consent-unproven"
    kind = Kind.REFUSED
    ja = "同意の署名を、有効な署名用電子証明書による署名として確認できません({reason})。"
    en = "The consent is not signed with a signature certificate in force ({reason})."


class ConsentForAnother(Failure):
    """The holder consented that another verifier be told."""

    code = "verifier.consent-for-another"
    kind = Kind.REFUSED
    ja = "この同意は、ほかの検証者に宛てたものです。"
    en = "The holder gave this consent to another verifier."


class ConsentReplayed(Failure):
    """The very text was registered before, and may have been withdrawn since."""

    code = "verifier.consent-replayed"
    kind = Kind.REFUSED
    ja = "この同意は既に登録されています。あらためて同意を得るには、新しい文面に署名してもらってください。"
    en = "This consent was registered before. To ask for consent again, let the holder sign a new text."


class ConsentUnknown(Failure):
    """This verifier has no such consent of the holder of that serial."""

    code = "verifier.consent-unknown"
    kind = Kind.REFUSED
    ja = "その番号の同意は、この検証者には登録されていません。"
    en = "This verifier has no such consent."


class ConsentLapsed(Failure):
    """The consent was withdrawn, has not begun, or its days are over."""

    code = "verifier.consent-lapsed"
    kind = Kind.REFUSED
    ja = "この同意は、いまは効力がありません({reason})。"
    en = "This consent is not in force now ({reason})."


@dataclass(frozen=True, kw_only=True)
class Provision:
    """What a verifier is given: nothing, with the reason, or the items consented to. `repr` shows none of them."""

    reason: str = ""
    """ "unchanged": the certificate asked about did not end by a change or a renewal; "no-new-certificate"."""
    serial: int | None = None
    """発行の番号 of the new signature certificate."""
    items: "dict[str, str] | None" = None

    def __repr__(self) -> str:
        return f"Provision(reason={self.reason!r})"


def register(means: Means, row: Verifier, document: bytes, doer: Doer) -> Consent:
    """Take a holder's consent, a CMS over its text; raises what stands against it.

    The signature is judged as any document's, with the authority's own answer about the certificate, and then held
    against the register: an ending that does not show yet (R-2.28) ends the right to consent already.
    """
    hold_right(row, Right.ATTRIBUTES, SIGNATURE)
    if len(document) > MAX_CONSENT:
        raise ConsentTooLarge(most=MAX_CONSENT)
    signed = content_of(document) or b""
    text = read_consent(signed)
    if text.verifier != row.code:
        raise ConsentForAnother
    if lapse(text.term, civil_date(doer.at), withdrawn=False) is Lapse.OVER:
        raise ConsentLapsed(reason=Lapse.OVER.value)
    serial, signer = _proven(means, document, doer.at)
    consent_id = hashlib.sha256(signed).hexdigest()
    with act():
        certificate = Certificate.objects.filter(key=key_of(SIGNATURE, serial)).first()
        if certificate is None or bytes(certificate.der or b"") != signer:
            raise ConsentUnproven(reason="not-ours")
        person = Person.objects.select_for_update().get(pk=certificate.person_id)
        certificate.refresh_from_db(fields=["state"])
        if certificate.state != CertificateState.VALID.value:
            raise ConsentUnproven(reason=certificate.state)
        if Consent.objects.filter(consent_id=consent_id).exists():
            raise ConsentReplayed
        consent = _stored(consent_id, row, person, certificate, text, document, doer)
    means.checkpoint(Checkpoint.CONSENT_REGISTERED)
    return consent


def provide(means: Means, row: Verifier, consent_id: str, serial: int, doer: Doer) -> Provision:
    """Give a verifier what its consent covers, if the certificate it knows ended by a change and a new one stands.

    A consent of another, an unknown one and the serial of another person look alike. Each answer is recorded.
    """
    hold_right(row, Right.ATTRIBUTES, SIGNATURE)
    with act():
        consent = Consent.objects.select_for_update().filter(consent_id=consent_id, verifier=row).first()
        asked = _handed_over().filter(key=key_of(SIGNATURE, serial)).first()
        if consent is None or asked is None or asked.person_id != consent.person_id:
            raise ConsentUnknown
        lapsed = lapse(
            Term(since=consent.since, until=consent.until),
            civil_date(doer.at),
            withdrawn=consent.withdrawn_at is not None,
        )
        if lapsed is not None:
            raise ConsentLapsed(reason=lapsed.value)
        provision = _provision(consent, asked, doer.at)
        doer.note(
            Verb.ATTRIBUTES_GIVEN,
            consent,
            {
                "given": provision.items is not None,
                "reason": provision.reason,
                "items": sorted(provision.items or {}),
                "serial": provision.serial,
            },
        )
    means.checkpoint(Checkpoint.ATTRIBUTES_GIVEN)
    return provision


def withdraw(means: Means, consent_id: str, doer: Doer, *, row: Verifier | None = None) -> Consent:
    """Take a consent back, for good and at once; a second time changes nothing.

    `row` is the verifier that passes the holder's word on; None: the holder's word came to the authority itself.
    """
    with act():
        found = Consent.objects.select_for_update().filter(consent_id=consent_id)
        consent = (found if row is None else found.filter(verifier=row)).first()
        if consent is None:
            raise ConsentUnknown
        if consent.withdrawn_at is None:
            consent.withdrawn_at = doer.at
            consent.save(update_fields=["withdrawn_at"])
            doer.note(Verb.CONSENT_WITHDRAWN, consent)
    means.checkpoint(Checkpoint.CONSENT_WITHDRAWN)
    return consent


def consents_of(resident_code: str, doer: Doer) -> list[Consent]:
    """Return every consent of a person, oldest first; reading a person's record is an act too."""
    with act():
        person = Person.objects.filter(resident_code=resident_code).first()
        if person is None:
            return []
        doer.note(Verb.PERSON_READ, person, {"what": "consents"})
        return list(Consent.objects.filter(person=person).order_by("registered_at", "consent_id"))


def _proven(means: Means, document: bytes, at: datetime) -> tuple[int, bytes]:
    """Return serial and DER of the signature certificate that signed; raises `ConsentUnproven`."""
    anchors = tuple(bytes(issuer.certificate) for issuer in in_force(at, SIGNATURE))
    evidence = ask_responders(
        Evidence(anchors=anchors),
        signers_of(document),
        transport=lambda _, question: answer(means, question, at, SIGNATURE, asker_known=True).der,
        entropy=means.entropy,
    )
    report = verify_cms(document, content=None, policies=(means.profiles.signature_policy,), evidence=evidence, at=at)
    signer = report.signatures[0].certificate
    if report.indication is not Indication.TOTAL_PASSED or signer is None:
        reason = report.sub_indication
        raise ConsentUnproven(reason=report.indication.value if reason is None else reason.value)
    return signer.serial, signer.der


def _stored(
    consent_id: str,
    row: Verifier,
    person: Person,
    certificate: Certificate,
    text: ConsentText,
    document: bytes,
    doer: Doer,
) -> Consent:
    consent = Consent.objects.create(
        consent_id=consent_id,
        verifier=row,
        person=person,
        certificate_key=certificate.key,
        items=[item.value for item in text.items],
        purpose=text.purpose,
        scope=text.scope,
        since=text.term.since,
        until=text.term.until,
        document=document,
        registered_at=doer.at,
    )
    doer.note(
        Verb.CONSENT_REGISTERED,
        consent,
        {"person": str(person), "certificate": certificate.key, "items": list(consent.items)},
    )
    return consent


def _provision(consent: Consent, asked: Certificate, at: datetime) -> Provision:
    shown = shown_at(Revocation.objects.filter(certificate_key=asked.key).order_by("pk"), at)
    if shown is None or shown.reason not in NEWS:
        return Provision(reason="unchanged")
    serial = current_of(asked, at)
    new = None if serial is None else _handed_over().filter(key=key_of(SIGNATURE, serial)).first()
    attributes = None if new is None else read_attributes(bytes(new.der or b""))
    if attributes is None:
        return Provision(reason="no-new-certificate")
    return Provision(serial=serial, items=given([Item(word) for word in consent.items], attributes))


def _handed_over() -> "QuerySet[Certificate]":
    return Certificate.objects.exclude(state__in=[state.value for state in PENDING])
