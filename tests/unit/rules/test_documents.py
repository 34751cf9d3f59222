from datetime import date

import pytest

from openjpki.rules.documents import TABLE, DocumentKind, DocumentList, ShownDocument, examine, greatest_age_months
from openjpki.rules.policy import Policy

NATIONAL = Policy.preset("national")
PAGE = Policy.preset("page")
ON = date(2026, 11, 24)


def test_every_kind_is_in_the_table() -> None:
    """R-2.21, R-2.22: every kind has names and a list."""
    assert set(TABLE) == set(DocumentKind)
    assert all(row.ja and row.en for row in TABLE.values())


@pytest.mark.parametrize(
    ("kind", "name", "listed"),
    [
        ("drivers-licence", "運転免許証", "A"),
        ("passport", "旅券", "A"),
        ("residence-card", "在留カード", "A"),
        ("my-number-card", "マイナンバーカード", "A"),
        ("basic-resident-register-card", "住民基本台帳カード", "A"),
        ("disability-certificate", "身体障害者手帳", "A"),
        ("eligibility-certificate", "資格確認書", "B"),
        ("health-insurance-card", "健康保険証", "B"),
        ("nursing-insurance-card", "介護保険証", "B"),
        ("pension-book", "年金手帳", "B"),
        ("student-id", "学生証", "B"),
        ("employee-id", "社員証", "B"),
        ("family-register-certificate", "戸籍全部事項証明書", "power"),
    ],
)
def test_lists(kind: str, name: str, listed: str) -> None:
    """R-2.21, R-2.22; S-44, S-49: list A has a photo, list B name and address or birth date."""
    row = TABLE[DocumentKind(kind)]

    assert name in row.ja
    assert row.list is DocumentList(listed)


@pytest.mark.parametrize(("expires", "counts"), [(date(2026, 11, 23), False), (ON, True), (None, True)])
def test_a_document_is_in_force_through_its_last_day(expires: date | None, counts: bool) -> None:  # noqa: FBT001  -- a column of the table
    """R-2.21; S-59: 有効期限内のもの, the last day included."""
    examined = examine(NATIONAL, [ShownDocument(kind=DocumentKind.PASSPORT, expires=expires)], ON)

    assert bool(examined.counted) is counts
    assert [finding.code for finding in examined.findings] == ([] if counts else ["identity.document-expired"])


@pytest.mark.parametrize(
    ("policy", "on", "counts"),
    [
        (NATIONAL, "2025-12-01", True),
        (NATIONAL, "2025-12-02", False),
        (PAGE, "2026-11-24", True),
        (NATIONAL.with_settings({"health_insurance_card_accept_until": "2026-03-31"}), "2026-03-31", True),
    ],
)
def test_the_health_insurance_card_is_date_versioned(policy: Policy, on: str, counts: bool) -> None:  # noqa: FBT001  -- a column of the table
    """R-2.21, CF-9; S-44, S-62: until 2025-12-01; by the page's letter without an end. A 資格確認書 always counts."""
    card = ShownDocument(kind=DocumentKind.HEALTH_INSURANCE_CARD)
    certificate = ShownDocument(kind=DocumentKind.ELIGIBILITY_CERTIFICATE)
    examined = examine(policy, [card, certificate], date.fromisoformat(on))

    assert (card.kind in examined.counted) is counts
    assert certificate.kind in examined.of(DocumentList.B)


def test_an_old_certificate_of_driving_history() -> None:
    """R-2.21: a 運転経歴証明書 counts if issued on or after 2012-04-01; an unnoted day of issue is the clerk's word."""
    kind = DocumentKind.DRIVING_HISTORY_CERTIFICATE
    old = examine(NATIONAL, [ShownDocument(kind=kind, issued=date(2012, 3, 31))], ON)

    assert [finding.code for finding in old.findings] == ["identity.document-too-old"]
    assert examine(NATIONAL, [ShownDocument(kind=kind, issued=date(2012, 4, 1))], ON).counted == {kind}
    assert examine(NATIONAL, [ShownDocument(kind=kind)], ON).counted == {kind}


@pytest.mark.parametrize(("on", "codes"), [("2024-12-01", ["identity.document-not-yet"]), ("2024-12-02", [])])
def test_a_kind_counts_from_its_first_day(on: str, codes: list[str]) -> None:
    """R-2.21: the list is dated at both ends: 資格確認書 from 2024-12-02."""
    shown = ShownDocument(kind=DocumentKind.ELIGIBILITY_CERTIFICATE)
    examined = examine(NATIONAL, [shown], date.fromisoformat(on))

    assert [finding.code for finding in examined.findings] == codes
    assert bool(examined.counted) is not bool(codes)


@pytest.mark.parametrize(
    ("issued", "codes"),
    [("2026-08-24", []), ("2026-08-23", ["identity.paper-out-of-date"]), ("2026-11-24", []), (None, [])],
)
def test_a_certificate_of_registration_counts_for_three_months(issued: str | None, codes: list[str]) -> None:
    """R-2.22: 登記事項証明書 ≤ 3か月, its last day included; an unnoted day of issue is the clerk's word."""
    shown = ShownDocument(
        kind=DocumentKind.GUARDIANSHIP_CERTIFICATE, issued=date.fromisoformat(issued) if issued else None
    )
    examined = examine(NATIONAL, [shown], ON)

    assert [finding.code for finding in examined.findings] == codes
    assert all("登記事項証明書は、発行の日から3か月以内" in finding.ja for finding in examined.findings)


@pytest.mark.parametrize(
    ("setting", "kind"),
    [
        ("guardianship_certificate_months", DocumentKind.GUARDIANSHIP_CERTIFICATE),
        ("family_register_certificate_months", DocumentKind.FAMILY_REGISTER_CERTIFICATE),
        ("mandate_months", DocumentKind.MANDATE),
    ],
)
def test_each_paper_has_a_term_of_its_own(setting: str, kind: DocumentKind) -> None:
    """R-2.22, R-2.24: one setting a paper, months from its day of issue; 0 is no term."""
    old = [ShownDocument(kind=kind, issued=date(2025, 1, 1))]

    assert greatest_age_months(NATIONAL.with_settings({setting: "6"}), kind) == 6
    assert examine(NATIONAL.with_settings({setting: "6"}), old, ON).counted == frozenset()
    assert examine(NATIONAL.with_settings({setting: "0"}), old, ON).counted == {kind}


def test_an_identity_document_has_no_term_but_its_own() -> None:
    """R-2.21: a passport issued long ago counts until its printed last day."""
    passport = ShownDocument(kind=DocumentKind.PASSPORT, issued=date(2017, 1, 1), expires=date(2027, 1, 1))

    assert greatest_age_months(NATIONAL, passport.kind) == 0
    assert examine(NATIONAL, [passport], ON).counted == {passport.kind}


@pytest.mark.parametrize(
    ("issued", "codes"), [("2026-11-23", ["household.move-of-another-day"]), ("2026-11-24", []), (None, [])]
)
def test_the_report_of_a_move_counts_on_its_day(issued: str | None, codes: list[str]) -> None:
    """R-2.25: the shortcut is for the day on which the 転入届 or 転居届 is filed."""
    shown = ShownDocument(kind=DocumentKind.MOVE_REPORT, issued=date.fromisoformat(issued) if issued else None)

    assert [finding.code for finding in examine(NATIONAL, [shown], ON).findings] == codes


def test_two_documents_of_one_kind_are_one() -> None:
    """R-2.22: A×2 is two different documents."""
    twice = [ShownDocument(kind=DocumentKind.PASSPORT), ShownDocument(kind=DocumentKind.PASSPORT)]

    assert len(examine(NATIONAL, twice, ON).of(DocumentList.A)) == 1
