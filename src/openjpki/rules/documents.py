"""The documents a person can show, by kind, and which of them count on a day (R-2.21, R-2.22)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, unique

from openjpki.rules.catalogue import find
from openjpki.rules.dates import months_after
from openjpki.rules.finding import Finding
from openjpki.rules.policy import Policy

DRIVING_HISTORY_SINCE = date(2012, 4, 1)
"""A 運転経歴証明書 counts if issued on or after this day (R-2.21)."""
ELIGIBILITY_CERTIFICATE_SINCE = date(2024, 12, 2)
"""From this day 資格確認書 are issued in place of 健康保険証 (R-2.21)."""


@unique
class DocumentList(Enum):
    """What a document is good for."""

    A = "A"
    """Issued by a public office, with a photo."""
    B = "B"
    """Carries 氏名+住所 or 氏名+生年月日."""
    POWER = "power"
    """Shows a power of representation, or what stands in for it; proves nobody's identity."""


@unique
class DocumentKind(Enum):
    """The kinds of document; the values are the words of the command line."""

    DRIVERS_LICENCE = "drivers-licence"
    DRIVING_HISTORY_CERTIFICATE = "driving-history-certificate"
    PASSPORT = "passport"
    MY_NUMBER_CARD = "my-number-card"
    BASIC_RESIDENT_REGISTER_CARD = "basic-resident-register-card"
    DISABILITY_CERTIFICATE = "disability-certificate"
    RESIDENCE_CARD = "residence-card"
    SPECIAL_PERMANENT_RESIDENT_CERTIFICATE = "special-permanent-resident-certificate"
    TEMPORARY_REFUGE_PERMIT = "temporary-refuge-permit"
    PROVISIONAL_STAY_PERMIT = "provisional-stay-permit"
    ELIGIBILITY_CERTIFICATE = "eligibility-certificate"
    HEALTH_INSURANCE_CARD = "health-insurance-card"
    NURSING_INSURANCE_CARD = "nursing-insurance-card"
    MEDICAL_RECIPIENT_CERTIFICATE = "medical-recipient-certificate"
    PENSION_BOOK = "pension-book"
    PENSION_CERTIFICATE = "pension-certificate"
    STUDENT_ID = "student-id"
    EMPLOYEE_ID = "employee-id"
    MATERNAL_CHILD_HANDBOOK = "maternal-child-handbook"
    PUBLIC_ASSISTANCE_CERTIFICATE = "public-assistance-certificate"
    FAMILY_REGISTER_CERTIFICATE = "family-register-certificate"
    GUARDIANSHIP_CERTIFICATE = "guardianship-certificate"
    RESIDENT_RECORD = "resident-record"
    MANDATE = "mandate"
    MOVE_REPORT = "move-report"


@dataclass(frozen=True, kw_only=True)
class DocumentRow:
    """One row of the table: the names, the list, and by which dates the kind counts."""

    ja: str
    en: str
    list: DocumentList
    issued_since: date | None = None
    """It counts if issued on or after this day."""
    accepted_from: date | None = None
    """The first day on which the kind counts at all."""
    that_day: bool = False
    """It counts only on its day of issue."""


def _a(ja: str, en: str, issued_since: date | None = None) -> DocumentRow:
    return DocumentRow(ja=ja, en=en, list=DocumentList.A, issued_since=issued_since)


def _b(ja: str, en: str, accepted_from: date | None = None) -> DocumentRow:
    return DocumentRow(ja=ja, en=en, list=DocumentList.B, accepted_from=accepted_from)


def _power(ja: str, en: str, *, that_day: bool = False) -> DocumentRow:
    return DocumentRow(ja=ja, en=en, list=DocumentList.POWER, that_day=that_day)


TABLE: Mapping[DocumentKind, DocumentRow] = {
    DocumentKind.DRIVERS_LICENCE: _a("運転免許証", "driver's licence"),
    DocumentKind.DRIVING_HISTORY_CERTIFICATE: _a(
        "運転経歴証明書", "certificate of driving history", DRIVING_HISTORY_SINCE
    ),
    DocumentKind.PASSPORT: _a("旅券(パスポート)", "passport"),
    DocumentKind.MY_NUMBER_CARD: _a("マイナンバーカード", "My Number card"),
    DocumentKind.BASIC_RESIDENT_REGISTER_CARD: _a(
        "住民基本台帳カード(写真付き)", "Basic Resident Register card (photo)"
    ),
    DocumentKind.DISABILITY_CERTIFICATE: _a(
        "身体障害者手帳・精神障害者保健福祉手帳・療育手帳", "disability certificate"
    ),
    DocumentKind.RESIDENCE_CARD: _a("在留カード", "residence card"),
    DocumentKind.SPECIAL_PERMANENT_RESIDENT_CERTIFICATE: _a(
        "特別永住者証明書", "special permanent resident certificate"
    ),
    DocumentKind.TEMPORARY_REFUGE_PERMIT: _a("一時庇護許可書", "permit of landing for temporary refuge"),
    DocumentKind.PROVISIONAL_STAY_PERMIT: _a("仮滞在許可書", "permit of provisional stay"),
    DocumentKind.ELIGIBILITY_CERTIFICATE: _b(
        "資格確認書", "health insurance eligibility certificate", ELIGIBILITY_CERTIFICATE_SINCE
    ),
    DocumentKind.HEALTH_INSURANCE_CARD: _b("健康保険証", "health insurance card"),
    DocumentKind.NURSING_INSURANCE_CARD: _b("介護保険証", "nursing care insurance card"),
    DocumentKind.MEDICAL_RECIPIENT_CERTIFICATE: _b("医療受給者証", "medical care recipient certificate"),
    DocumentKind.PENSION_BOOK: _b("年金手帳", "pension book"),
    DocumentKind.PENSION_CERTIFICATE: _b("年金証書", "pension certificate"),
    DocumentKind.STUDENT_ID: _b("学生証", "student identity card"),
    DocumentKind.EMPLOYEE_ID: _b("社員証", "employee identity card"),
    DocumentKind.MATERNAL_CHILD_HANDBOOK: _b("母子健康手帳", "maternal and child health handbook"),
    DocumentKind.PUBLIC_ASSISTANCE_CERTIFICATE: _b("生活保護受給証", "public assistance certificate"),
    DocumentKind.FAMILY_REGISTER_CERTIFICATE: _power("戸籍全部事項証明書", "family register certificate"),
    DocumentKind.GUARDIANSHIP_CERTIFICATE: _power("登記事項証明書", "guardianship registration certificate"),
    DocumentKind.RESIDENT_RECORD: _power(
        "住民票による確認(同一世帯、または本籍が当市区町村)",
        "the resident record (same household, or register kept here)",
    ),
    DocumentKind.MANDATE: _power("委任状", "mandate"),
    DocumentKind.MOVE_REPORT: _power("同日の転入届・転居届", "report of a move filed the same day", that_day=True),
}


@dataclass(frozen=True, kw_only=True)
class ShownDocument:
    """A document on the counter: its kind, its printed last day, and its day of issue where the clerk noted it.

    A day of issue that was not noted is the clerk's word that the document is of an age that counts.
    Showing it says that it carries 氏名+住所 or 氏名+生年月日, which the clerk has read.
    """

    kind: DocumentKind
    expires: date | None = None
    issued: date | None = None


@dataclass(frozen=True, kw_only=True)
class Examined:
    """The kinds that count on the day, and why others do not."""

    counted: frozenset[DocumentKind]
    findings: tuple[Finding, ...]

    def of(self, *lists: DocumentList) -> frozenset[DocumentKind]:
        """Return the counted kinds of some lists."""
        return frozenset(kind for kind in self.counted if TABLE[kind].list in lists)


def accepted_until(policy: Policy, kind: DocumentKind) -> date | None:
    """Return the last day on which a kind counts at all; None = no last day (R-2.21; S-44, S-62, CF-9)."""
    return policy.health_insurance_card_accept_until if kind is DocumentKind.HEALTH_INSURANCE_CARD else None


def greatest_age_months(policy: Policy, kind: DocumentKind) -> int:
    """Return for how many months from its day of issue a paper counts; 0 = no term of its own (R-2.22, R-2.24)."""
    terms = {
        DocumentKind.GUARDIANSHIP_CERTIFICATE: policy.guardianship_certificate_months,
        DocumentKind.FAMILY_REGISTER_CERTIFICATE: policy.family_register_certificate_months,
        DocumentKind.MANDATE: policy.mandate_months,
    }
    return terms.get(kind, 0)


def examine(policy: Policy, documents: Sequence[ShownDocument], on: date) -> Examined:
    """Sort out the documents that count on a day (R-2.21; S-59): in force, its last day included, and of a kind in use."""
    counted: set[DocumentKind] = set()
    findings: list[Finding] = []
    for document in documents:
        finding = next(_against(policy, document, on), None)
        if finding is None:
            counted.add(document.kind)
        else:
            findings.append(finding)
    return Examined(counted=frozenset(counted), findings=tuple(findings))


def _against(policy: Policy, document: ShownDocument, on: date) -> Iterator[Finding]:
    row = TABLE[document.kind]
    names = {"name_ja": row.ja, "name_en": row.en}
    until = accepted_until(policy, document.kind)
    if until is not None and on > until:
        yield find("identity.document-not-accepted", until=until, **names)
    if row.accepted_from and on < row.accepted_from:
        yield find("identity.document-not-yet", since=row.accepted_from, **names)
    if document.expires is not None and on > document.expires:
        yield find("identity.document-expired", expires=document.expires, **names)
    if document.issued is not None:
        yield from _against_age(policy, document.kind, document.issued, on)


def _against_age(policy: Policy, kind: DocumentKind, issued: date, on: date) -> Iterator[Finding]:
    """Hold the day of issue against the table and the paper's own term, whose last day is included (R-2.21, R-2.22)."""
    row, months = TABLE[kind], greatest_age_months(policy, kind)
    names = {"name_ja": row.ja, "name_en": row.en}
    if row.issued_since and issued < row.issued_since:
        yield find("identity.document-too-old", since=row.issued_since, **names)
    if months and on > months_after(issued, months):
        yield find("identity.paper-out-of-date", months=months, **names)
    if row.that_day and issued != on:
        yield find("household.move-of-another-day", issued=issued)
