from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from openjpki.cli import window_answers as told
from openjpki.desk.carrier import AuthorityUnreachable
from openjpki.errors import Language
from openjpki.rules.catalogue import find
from openjpki.rules.kinds import (
    ApplicationState,
    ApprovalGround,
    CardState,
    CertificateKind,
    CertificateState,
    FeeReason,
    LifeEvent,
    Procedure,
    RevocationReason,
)
from openjpki.rules.policy import Policy
from openjpki.rules.revocation import effect_of
from openjpki.window.entries import ApplicationEntry, CertificateEntry, FeeEntry, OrderEntry
from openjpki.window.procedures import ApprovalAwaited
from openjpki.window.revocations import PROCEDURE_OF
from openjpki.window.states import OrderStep, ResidentState

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
CERTIFICATE = CertificateEntry(
    kind=CertificateKind.SIGNATURE,
    serial=7,
    state=CertificateState.REVOKED,
    issued_on=date(2021, 7, 1),
    expires=date(2026, 6, 10),
    reason=RevocationReason.AFFILIATION_CHANGED,
    event=LifeEvent.MOVE,
    effective_at=NOW,
    visible_at=NOW,
    card_number="1" * 15,
    issuing_municipality="99201",
    certificate=b"",
    known_at=NOW,
)
APPLICATION = ApplicationEntry(
    receipt="2026-000001",
    municipality="99201",
    resident_code="12345678901",
    procedure=Procedure.REISSUE,
    kinds=(CertificateKind.SIGNATURE,),
    state=ApplicationState.PARTLY_ISSUED,
    officer="sato",
    received_at=NOW,
    closed_at=None,
    policy="national",
    approval_grounds=(),
    approved_by="",
    fee=FeeEntry(yen=0, reason=FeeReason.ATTRIBUTES_CHANGED, rules=("R-4.1",), receipt="2026-000001"),
    orders=(
        OrderEntry(
            order_id="a",
            kind=CertificateKind.SIGNATURE,
            step=OrderStep.ISSUED,
            serial=8,
            expires=date(2026, 6, 10),
            because="authentication-expiry",
            certificate=b"",
        ),
        OrderEntry(
            order_id="b",
            kind=CertificateKind.AUTHENTICATION,
            step=OrderStep.PLANNED,
            serial=None,
            expires=None,
            because="",
            certificate=b"",
        ),
    ),
    findings=(),
)


@pytest.mark.parametrize(
    "vocabulary",
    [
        CertificateKind,
        CertificateState,
        CardState,
        ResidentState,
        ApplicationState,
        OrderStep,
        FeeReason,
        RevocationReason,
    ],
)
def test_every_word_has_its_japanese(vocabulary: type) -> None:
    """A clerk reads no English word of the tables."""
    for member in vocabulary:  # type: ignore[attr-defined]  # an enum
        assert not told.word(member, "ja").isascii()
        assert told.word(member, "en") == member.value


@pytest.mark.parametrize("procedure", [*PROCEDURE_OF.values(), Procedure.NEW, Procedure.RENEWAL, Procedure.REISSUE])
def test_every_procedure_of_the_counter_has_its_japanese(procedure: Procedure) -> None:
    """新規発行, 更新, 再発行, 失効, 一時保留 (R-2.2 to R-2.7)."""
    assert not told.word(procedure, "ja").isascii()


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "signature No. 7  revoked (affiliation_changed)  until 2026-06-10 (Wed)"),
        ("ja", "署名用電子証明書 No. 7  失効 (記載内容の変更)  令和8年（2026年）6月10日（水）まで"),
    ],
)
def test_a_certificate_is_one_line(language: Language, line: str) -> None:
    """Kind, number, state with its reason, last day in both calendars."""
    assert told.certificate_line(CERTIFICATE, language) == line
    assert told.certificate_data(CERTIFICATE)["visible_at"] == "2026-11-23T01:00:00+00:00"


def test_an_application_tells_how_far_it_is() -> None:
    """Receipt number, procedure, state, fee with reason and rule, each certificate's step."""
    assert told.application_lines(APPLICATION, "en") == [
        "2026-000001  reissue  partly-issued",
        "  fee ¥0  attributes-changed  [R-4.1]",
        "  signature: issued  until 2026-06-10 (Wed)",
        "  authentication: planned",
    ]
    assert told.application_lines(APPLICATION, "ja")[0] == "2026-000001  再発行  一部発行済み"
    assert told.application_lines(APPLICATION, "ja")[1] == "  手数料 ¥0  基本4情報の変更  [R-4.1]"
    assert told.application_data(APPLICATION)["certificates"][1] == {
        "kind": "authentication",
        "step": "planned",
        "serial": None,
        "expires": None,
        "because": "",
    }
    assert "12345678901" not in str(told.application_data(APPLICATION))


def test_a_finding_cites_and_says_what_to_bring() -> None:
    """Sentence, code, rule, sentence of the page; below it what to bring, where there is something."""
    lines = told.finding_lines([find("identity.inquiry"), find("identity.copies-kept")], "ja")

    assert lines[0].endswith("[identity.inquiry; R-2.20, S-14]")
    assert lines[1].startswith("    → ")
    assert len(lines) == 3
    assert told.finding_data(find("identity.inquiry"))["severity"] == "refusal"


def test_an_effect_tells_both_certificates() -> None:
    """What ends, what is held, what stays."""
    hold = effect_of(Policy(), LifeEvent.HOLD, date(2026, 11, 23))
    move = effect_of(Policy(), LifeEvent.MOVE, date(2026, 11, 23))

    assert told.effect_lines(hold, "en") == [
        "  signature: ends (certificate_hold) [R-5.8, R-5.20]",
        "  authentication: is held (certificate_hold) [R-5.8, R-5.20]",
    ]
    assert told.effect_lines(move, "ja")[1] == "  利用者証明用電子証明書: 失効しません [R-5.3]"
    assert told.effect_data(move) == {
        "signature": {"ends": "2026-11-23", "reason": "affiliation_changed", "held": False},
        "authentication": None,
        "rules": ["R-5.3"],
    }


def test_what_waits_is_told_with_the_way_on() -> None:
    """How many messages wait, why an application waits, and the command that goes on; nothing if nothing waits."""
    assert told.waiting_line(0, "en") == []
    assert "2件" in told.waiting_line(2, "ja")[0]
    assert told.interruption_lines(None, "2026-000001", "en") == []
    assert told.interruption_data(None) is None
    lines = told.interruption_lines(AuthorityUnreachable(), "2026-000001", "ja")
    assert lines[0].startswith("[desk.authority-unreachable] ")
    assert "--receipt 2026-000001" in lines[1]


@pytest.mark.parametrize(("language", "words"), [("ja", "検証者に失効が見えるのは"), ("en", "Verifiers see it from")])
def test_a_clerk_is_told_from_when_an_ending_shows(language: Language, words: str) -> None:
    """R-2.28: after a register event the status shows the next day; the clerk can say so to the person."""
    (line,) = told.visible_line([CERTIFICATE], language)

    assert words in line
    assert "10:00" in line


def test_what_ended_nothing_shows_nothing() -> None:
    """A certificate that stands has no such moment."""
    assert told.visible_line([], "ja") == told.visible_line([replace(CERTIFICATE, visible_at=None)], "en") == []


@pytest.mark.parametrize(
    ("by", "language", "line"),
    [
        ("", "ja", "  別の職員の承認が必要  (暗証番号によらない本人確認)"),
        ("", "en", "  a second person approves  (no-pin)"),
        ("tanaka", "ja", "  承認 tanaka  (暗証番号によらない本人確認)"),
        ("tanaka", "en", "  approved by tanaka  (no-pin)"),
    ],
)
def test_the_second_person_is_told(by: str, language: Language, line: str) -> None:
    """R-2.27: why one is asked for, and who approved; the JSON has both."""
    entry = replace(APPLICATION, approval_grounds=(ApprovalGround.NO_PIN,), approved_by=by)

    assert line in told.application_lines(entry, language)
    assert told.application_data(entry)["approval"] == {"grounds": ["no-pin"], "by": by or None}


@pytest.mark.parametrize(("language", "word"), [("ja", "承認します"), ("en", "approves it")])
def test_what_awaits_approval_is_not_told_to_resume(language: Language, word: str) -> None:
    """R-2.27: the next step is the other officer's."""
    lines = told.interruption_lines(ApprovalAwaited(receipt="2026-000001"), "2026-000001", language)

    assert word in lines[1]
    assert "window approve --receipt 2026-000001" in lines[1]
    assert not [line for line in lines if "resume" in line]


def test_an_amount_is_told_as_people_write_it() -> None:
    """R-4.1, R-4.2: with a comma between the thousands, as the findings tell it."""
    assert APPLICATION.fee is not None
    entry = replace(APPLICATION, fee=replace(APPLICATION.fee, yen=2000, refunded=1000))

    assert "手数料 ¥2,000 " in told.application_lines(entry, "ja")[1]
    assert told.application_lines(entry, "ja")[1].endswith("返金 ¥1,000")
