from datetime import date, timedelta

import pytest

from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.identity import InquiryForm, Route, Visit, decide, route
from openjpki.rules.kinds import Applicant, Procedure
from openjpki.rules.policy import Policy

NATIONAL = Policy.preset("national")
PAGE = Policy.preset("page")
ON = date(2026, 11, 24)


def _route(
    procedure: str,
    applicant: str = "self",
    *,
    pin: bool | None = False,
    own: str = "",
    agent: str = "",
    form: InquiryForm = "none",
    policy: Policy = NATIONAL,
) -> Route:
    return route(
        policy,
        procedure=Procedure(procedure),
        applicant=Applicant(applicant),
        pin_matches=pin,
        documents=[ShownDocument(kind=DocumentKind(kind)) for kind in own.split()],
        agent_documents=[ShownDocument(kind=DocumentKind(kind)) for kind in agent.split()],
        inquiry_form=form,
        on=ON,
    )


def _codes(found: Route, severity: str = "refusal") -> list[str]:
    return [finding.code for finding in found.findings if finding.severity == severity]


ISSUING = ["new", "renewal", "reissue"]


@pytest.mark.parametrize(
    ("signed", "sent", "pin", "way", "codes"),
    [
        (True, ON, False, "same_day", []),
        (False, ON, False, "refused", ["identity.reply-unsigned"]),
        (False, ON, True, "same_day", []),
        (True, ON + timedelta(days=1), False, "inquiry", ["identity.inquiry"]),
    ],
)
def test_a_reply_is_signed_and_answers_a_letter(
    signed: bool,  # noqa: FBT001  -- a column of the table
    sent: date,
    pin: bool,  # noqa: FBT001  -- a column of the table
    way: str,
    codes: list[str],
) -> None:
    """R-2.24; S-15: the holder's own reply too; one from before its letter is none; who is known by PIN needs none."""
    visit = Visit(
        procedure=Procedure.NEW,
        applicant=Applicant.SELF,
        on=ON,
        pin_matches=pin,
        form="returned",
        form_signed=signed,
        inquiry_sent=sent,
    )
    found = decide(NATIONAL, visit)

    assert (found.route, _codes(found)) == (way, codes)


@pytest.mark.parametrize("procedure", ISSUING)
@pytest.mark.parametrize(
    ("pin", "own", "way"),
    [
        (True, "", "same_day"),
        (False, "drivers-licence", "same_day"),
        (False, "eligibility-certificate", "same_day"),
        (True, "passport", "same_day"),
        (False, "", "inquiry"),
        (False, "my-number-card", "inquiry"),
        (False, "health-insurance-card", "inquiry"),
        (False, "mandate", "inquiry"),
    ],
)
def test_the_holder_in_person(procedure: str, pin: bool, own: str, way: str) -> None:  # noqa: FBT001  -- a column of the table
    """R-2.20, CF-3; S-13 to S-15, S-39, S-41: same day with a matching PIN or one document; neither → 照会書."""
    found = _route(procedure, pin=pin, own=own)

    assert found.route == way
    assert _codes(found) == ([] if way == "same_day" else ["identity.inquiry"])


def test_a_matching_pin_needs_no_word() -> None:
    """S-13: マイナンバーカードで暗証番号の照合ができれば本人確認書類は必要ありません."""
    assert _route("renewal", pin=True).findings == ()


def test_the_inquiry_says_what_to_bring() -> None:
    """R-2.24; S-14, S-15: the letter goes to the holder, who brings the reply and the needed papers."""
    finding = _route("new").findings[0]

    assert (finding.rule, finding.sentence) == ("R-2.20", "S-14")
    assert {"R-2.24", "S-15"} <= set(finding.also)
    assert "照会書兼回答書" in finding.bring_ja


@pytest.mark.parametrize("procedure", ["new", "renewal", "reissue", "pin-reset", "revocation"])
def test_the_reply_brought_back(procedure: str) -> None:
    """R-2.24; S-15: with the reply to the inquiry the procedure is done on that day."""
    assert _route(procedure, form="returned").route == "same_day"


def test_a_forgotten_pin_is_reset_first() -> None:
    """R-6.3, R-6.7; S-43 to S-45, S-61 to S-63: with a document the PIN is set anew, then the renewal goes on."""
    found = _route("renewal", own="drivers-licence")

    assert _codes(found, "advice") == ["identity.pin-reset-first", "identity.copies-kept"]


@pytest.mark.parametrize(
    ("procedure", "advice"),
    [
        ("new", []),
        ("reissue", []),
        ("renewal", ["identity.pin-needed"]),
        ("pin-change", ["identity.pin-needed"]),
    ],
)
def test_a_pin_that_was_not_tried_is_not_called_wrong(procedure: str, advice: list[str]) -> None:
    """R-2.20, R-6.3, R-6.7; S-13, S-41: a document is enough; only who renews, or changes a PIN, types the PIN in force."""
    found = _route(procedure, pin=None, own="drivers-licence")

    assert found.route == "same_day"
    assert _codes(found, "advice") == [*advice, "identity.copies-kept"]


@pytest.mark.parametrize("procedure", [*ISSUING, "revocation"])
def test_a_pin_that_was_not_tried_identifies_nobody(procedure: str) -> None:
    """R-2.20; S-14: with neither document nor PIN the route is the inquiry, whether a PIN was tried or not."""
    assert _route(procedure, pin=None).route == "inquiry"
    assert _route("new", pin=None, own="passport", policy=PAGE).route == "inquiry"


def test_documents_are_copied() -> None:
    """R-2.26; S-28, S-60: who relies on a document is told that it is copied."""
    finding = _route("new", own="drivers-licence").findings[-1]

    assert (finding.code, finding.sentence) == ("identity.copies-kept", "S-28")


def test_an_expired_document_does_not_count() -> None:
    """R-2.21; S-59: 有効期限内のもの."""
    found = route(
        NATIONAL,
        procedure=Procedure.NEW,
        applicant=Applicant.SELF,
        pin_matches=False,
        documents=[ShownDocument(kind=DocumentKind.DRIVERS_LICENCE, expires=date(2026, 11, 23))],
        on=ON,
    )

    assert found.route == "inquiry"
    assert _codes(found, "advice") == ["identity.document-expired"]


def test_the_holders_card_is_no_second_document() -> None:
    """R-2.20, R-6.3; S-44, S-62: マイナンバーカード以外の本人確認書類."""
    assert "identity.card-is-no-second-document" in _codes(_route("new", own="my-number-card"), "advice")


@pytest.mark.parametrize("procedure", ["new", "reissue"])
def test_the_page_wants_the_pin_to_match(procedure: str) -> None:
    """S-14, CF-3, preset `page`: 暗証番号の照合ができなかった場合は、即日で発行ができません."""
    found = _route(procedure, own="drivers-licence", policy=PAGE)

    assert found.route == "inquiry"
    assert _codes(found) == ["identity.pin-must-match"]
    assert _route(procedure, pin=True, policy=PAGE).route == "same_day"


def test_the_page_renews_after_a_reset() -> None:
    """S-43 to S-45, CF-3, preset `page`: 窓口にて再設定後に更新手続きを行います."""
    assert _route("renewal", own="health-insurance-card", policy=PAGE).route == "same_day"
    assert _route("renewal", policy=PAGE).route == "inquiry"


@pytest.mark.parametrize(
    ("pin", "own", "way"), [(True, "", "inquiry"), (False, "student-id", "same_day"), (False, "", "inquiry")]
)
def test_a_pin_reset_takes_a_document(pin: bool, own: str, way: str) -> None:  # noqa: FBT001  -- a column of the table
    """R-2.10, R-6.3; S-61, S-62: card and one other document, whatever another PIN says."""
    found = _route("pin-reset", pin=pin, own=own)

    assert found.route == way
    assert _codes(found) == ([] if way == "same_day" else ["identity.reset-needs-document"])


def test_a_pin_change_takes_the_old_pin() -> None:
    """R-2.9: with the old PIN at once; without it the PIN is reset on a document."""
    assert _route("pin-change", pin=True).findings == ()
    assert "identity.pin-reset-first" in _codes(_route("pin-change", own="passport"), "advice")


def test_a_revocation_asks_no_pin() -> None:
    """R-2.5: a document is enough, and the PIN need not be set anew; the page's letter changes nothing here."""
    for policy in (NATIONAL, PAGE):
        found = _route("revocation", own="passport", policy=policy)

        assert found.route == "same_day"
        assert _codes(found, "advice") == ["identity.copies-kept"]
    assert _route("revocation").route == "inquiry"


@pytest.mark.parametrize("applicant", list(Applicant))
def test_a_hold_is_done_at_once(applicant: Applicant) -> None:
    """R-2.7: anyone calling as the holder, at any hour."""
    found = _route("hold", applicant.value)

    assert found.route == "same_day"
    assert _codes(found, "advice") == ["hold.by-telephone"]
    for words in (found.findings[0].ja, found.findings[0].en):
        assert "0120-95-0178" in words
        assert "0570-783-578" in words
    assert "国外からも" in found.findings[0].ja
    assert _route("hold", applicant.value, own="passport", agent="passport").findings == found.findings


@pytest.mark.parametrize(
    ("procedure", "agent", "missing"),
    [
        ("new", "drivers-licence family-register-certificate", []),
        ("renewal", "my-number-card guardianship-certificate", []),
        ("revocation", "passport resident-record", []),
        ("new", "drivers-licence", ["representative.power"]),
        ("new", "pension-book resident-record", ["representative.photo-id"]),
        ("new", "", ["representative.photo-id", "representative.power"]),
        ("pin-reset", "drivers-licence resident-record", ["representative.two-documents"]),
        ("pin-reset", "drivers-licence passport resident-record", []),
        ("pin-reset", "drivers-licence pension-book resident-record", []),
        ("pin-reset", "pension-book student-id resident-record", ["representative.photo-id"]),
    ],
)
def test_the_legal_representative(procedure: str, agent: str, missing: list[str]) -> None:
    """R-2.22, R-6.4; S-09: a photo document (A×2 or A+B for a reset) and the proof of power."""
    found = _route(procedure, "legal-representative", agent=agent)

    assert found.route == ("refused" if missing else "same_day")
    assert _codes(found) == missing


@pytest.mark.parametrize(
    ("pin", "agent", "form", "way", "codes"),
    [
        (True, "drivers-licence", "sealed", "same_day", []),
        (True, "my-number-card", "sealed", "same_day", []),
        (True, "student-id", "sealed", "refused", ["agent.photo-id"]),
        (False, "drivers-licence", "sealed", "inquiry", ["agent.pin-mismatch"]),
        (True, "drivers-licence", "opened", "refused", ["agent.unsealed"]),
        (False, "drivers-licence", "none", "inquiry", ["agent.two-visits"]),
        (False, "", "none", "refused", ["agent.id"]),
        (True, "student-id", "returned", "same_day", []),
        (True, "", "returned", "refused", ["agent.id"]),
    ],
)
def test_a_voluntary_agent_renews(pin: bool, agent: str, form: InquiryForm, way: str, codes: list[str]) -> None:  # noqa: FBT001  -- a column of the table
    """R-2.23, R-2.24, CF-5; S-46, S-48 to S-54: one visit with the sealed form, else by inquiry letter."""
    found = _route("renewal", "voluntary-agent", pin=pin, agent=agent, form=form)

    assert found.route == way
    assert _codes(found) == codes


def test_an_agent_is_told_whom_to_ask() -> None:
    """R-2.24, R-2.29; S-16, S-17: who is turned to two visits is told to ask the office for the details."""
    (finding,) = (
        one for one in _route("new", "voluntary-agent", agent="passport").findings if one.severity == "refusal"
    )

    assert "市民課におたずねください" in finding.bring_ja
    assert "ask the office" in finding.bring_en


def test_the_holder_is_asked_to_come_in_person() -> None:
    """R-2.30; S-47: a request, not a refusal."""
    found = _route("renewal", "voluntary-agent", pin=True, agent="passport", form="sealed")

    assert [finding.sentence for finding in found.findings if finding.code == "agent.holder-preferred"] == ["S-47"]


def test_the_page_never_serves_an_agent_on_the_same_day() -> None:
    """S-16, CF-5, preset `page`: 任意代理人に手続きを依頼される場合、即日での発行はできません."""
    found = _route("renewal", "voluntary-agent", pin=True, agent="passport", form="sealed", policy=PAGE)

    assert found.route == "inquiry"
    assert [finding.sentence for finding in found.findings if finding.severity == "refusal"] == ["S-16"]


@pytest.mark.parametrize("procedure", ["new", "reissue", "pin-change", "pin-reset"])
def test_an_agent_otherwise_comes_twice(procedure: str) -> None:
    """R-2.2, R-2.10, R-2.24, R-6.4; S-16: the form of the notice serves renewals only."""
    for form in ("none", "sealed"):
        assert _route(procedure, "voluntary-agent", pin=True, agent="passport", form=form).route == "inquiry"
    assert _route(procedure, "voluntary-agent", agent="passport", form="returned").route == "same_day"


def test_a_mandate_on_the_first_visit_is_a_setting() -> None:
    """R-2.24: `agent_first_visit_mandate`."""
    policy = NATIONAL.with_settings({"agent_first_visit_mandate": "true"})

    assert _codes(_route("new", "voluntary-agent", agent="passport", policy=policy)) == ["agent.mandate"]
    assert _route("new", "voluntary-agent", agent="passport mandate", policy=policy).route == "inquiry"


def test_an_agent_revokes_with_a_mandate() -> None:
    """R-2.5: same day at the window, with the agent's document and, unless set otherwise, a 委任状."""
    lenient = NATIONAL.with_settings({"agent_revocation_mandate": "false"})

    assert _route("revocation", "voluntary-agent", agent="passport mandate").route == "same_day"
    assert _codes(_route("revocation", "voluntary-agent", agent="passport")) == ["agent.mandate"]
    assert _codes(_route("revocation", "voluntary-agent", agent="mandate")) == ["agent.id"]
    assert _route("revocation", "voluntary-agent", agent="passport", policy=lenient).route == "same_day"


@pytest.mark.parametrize(
    ("agent", "form", "way"),
    [
        ("passport move-report", "sealed", "same_day"),
        ("passport move-report", "returned", "same_day"),
        ("move-report", "sealed", "refused"),
        ("passport move-report", "opened", "refused"),
        ("passport move-report", "none", "inquiry"),
        ("passport", "sealed", "inquiry"),
    ],
)
def test_a_member_of_the_household(agent: str, form: InquiryForm, way: str) -> None:
    """R-2.25: at once with the sealed mandate on the day of the 転入/転居届; otherwise as any agent."""
    assert _route("reissue", "household", agent=agent, form=form).route == way


def test_a_member_of_the_household_without_a_move_is_an_agent() -> None:
    """R-2.25: the shortcut is for issues on the day of the move; a renewal may still take the sealed form (R-2.23)."""
    found = _route("renewal", "household", pin=True, agent="passport", form="sealed")

    assert found.route == "same_day"
    assert "household.only-with-move" not in _codes(found, "advice")  # nothing more could be had
    assert _route("pin-reset", "household", agent="passport move-report", form="sealed").route == "inquiry"
