"""What the interview asks, in its order: only what matters for the case (R-2.20 to R-2.25, R-3.8, R-4.1)."""

import argparse
from enum import Enum

from openjpki.cli.checklist.question import Choice, Matters, Question
from openjpki.cli.checklist.words import word
from openjpki.rules.agency import ISSUING
from openjpki.rules.kinds import Applicant, CertificateKind, FeeReason, Power, Procedure, Residence

_WITHOUT_PINS = frozenset({Procedure.REVOCATION.value, Procedure.HOLD.value, Procedure.PIN_RESET.value})


def _words(*members: Enum) -> tuple[Choice, ...]:
    return tuple((member.value, word(member, "ja"), word(member, "en")) for member in members)


def _yes_or_no(if_yes: object = True, if_no: object = False) -> tuple[Choice, ...]:  # noqa: FBT002  -- the answers themselves
    return ((if_yes, "はい", "yes"), (if_no, "いいえ", "no"))


def _procedure_of(arguments: argparse.Namespace) -> Procedure | None:
    return Procedure(arguments.procedure) if arguments.procedure else None


def _is_for(*applicants: Applicant) -> Matters:
    values = {applicant.value for applicant in applicants}
    return lambda arguments: arguments.applicant in values and _visits(arguments)


def _visits(arguments: argparse.Namespace) -> bool:
    return _procedure_of(arguments) is not Procedure.HOLD


def _issues(arguments: argparse.Namespace) -> bool:
    return _procedure_of(arguments) in ISSUING


def _no_end(arguments: argparse.Namespace) -> bool:
    return not any((arguments.signature_expires, arguments.authentication_expires))


def _two_ends_unknown(arguments: argparse.Namespace) -> bool:
    """The two certificates can end on different days (R-3.1, R-3.3)."""
    both = len(arguments.kind or CertificateKind) == len(CertificateKind)
    return _procedure_of(arguments) is Procedure.RENEWAL and both and _no_end(arguments)


def _one_end_unknown(arguments: argparse.Namespace) -> bool:
    return _procedure_of(arguments) is Procedure.RENEWAL and _no_end(arguments) and arguments.same_expiry is not False


def _each_end_unknown(arguments: argparse.Namespace) -> bool:
    return arguments.same_expiry is False


def _reason_unknown(arguments: argparse.Namespace) -> bool:
    """Where a last day is known it tells the reason itself (R-4.1, R-4.2)."""
    return _procedure_of(arguments) is Procedure.REISSUE and _no_end(arguments)


def _pins_matter(arguments: argparse.Namespace) -> bool:
    """PINs decide the route of the holder, and of an agent with the sealed form (R-2.20, R-2.23)."""
    if arguments.procedure in _WITHOUT_PINS or arguments.face_card:
        return False
    agent = arguments.applicant in {Applicant.VOLUNTARY_AGENT.value, Applicant.HOUSEHOLD.value}
    return arguments.applicant == Applicant.SELF.value or (agent and arguments.inquiry_form == "sealed")


def _may_know_pins(arguments: argparse.Namespace) -> bool:
    """A revocation asks for no PIN, but who knows one needs no document (R-2.5, R-2.20)."""
    revokes = _procedure_of(arguments) is Procedure.REVOCATION
    return revokes and arguments.applicant == Applicant.SELF.value and not arguments.face_card


def _document_matters(arguments: argparse.Namespace) -> bool:
    resets = _procedure_of(arguments) is Procedure.PIN_RESET or arguments.pins in {"forgotten", "locked"}
    return arguments.applicant == Applicant.SELF.value and resets and not arguments.document


_PROCEDURES = _words(
    Procedure.RENEWAL,
    Procedure.NEW,
    Procedure.REISSUE,
    Procedure.PIN_RESET,
    Procedure.PIN_CHANGE,
    Procedure.REVOCATION,
    Procedure.HOLD,
)
_APPLICANTS = (
    (Applicant.SELF.value, "ご本人", "the holder"),
    (
        Applicant.LEGAL_REPRESENTATIVE.value,
        "法定代理人(親権者、成年後見人など)",
        "the legal representative (a parent, a guardian, …)",
    ),
    (Applicant.VOLUNTARY_AGENT.value, "代理人(ご本人から頼まれたかた)", "an agent, whom the holder asked"),
    (Applicant.HOUSEHOLD.value, "同じ世帯のかた", "a member of the household"),
)
_POWERS = _words(*Power)
_RESIDENCES = (
    (Residence.HERE.value, "はい", "yes"),
    (Residence.MOVED_OUT.value, "いいえ(通知が届いた後に転出した)", "no, moved out after the notice came"),
    (Residence.ELSEWHERE.value, "いいえ(ほかの市区町村にある)", "no, on another municipality's"),
    (Residence.ABROAD_HERE.value, "国外に住んでいる(戸籍の附票はこの市区町村にある)", "abroad; the 附票 is kept here"),
)
_KINDS = (
    ([kind.value for kind in CertificateKind], "両方", "both"),
    *(([kind.value], word(kind, "ja"), word(kind, "en")) for kind in CertificateKind),
)
_PINS = (
    ("known", "覚えている", "known"),
    ("forgotten", "忘れた(1つでも)", "forgotten, be it one"),
    ("locked", "ロックした(1つでも)", "locked, be it one"),
)

_REASONS = (
    (
        FeeReason.ATTRIBUTES_CHANGED.value,
        "引越しや氏名の変更などで失効した",
        "it ended with a move, a change of name, …",
    ),
    (
        FeeReason.OWN_REQUEST.value,
        "ご本人の希望(失効の申請をした、または有効なうちに新しくする)",
        "the holder's own wish: it was given up, or is to be new before its time",
    ),
    (FeeReason.AFTER_HOLD.value, "一時停止の後で、カードが見つかった", "the card was held and is found again"),
    (FeeReason.CARD_LOST.value, "カードをなくして作り直した", "the card was lost and made anew"),
    (FeeReason.CARD_DAMAGED.value, "カードを壊した、汚したなどで作り直した", "the card was spoilt and made anew"),
    (FeeReason.OFFICE_ERROR.value, "市区町村などの誤りで失効した", "an office ended it by mistake"),
)
QUESTIONS: tuple[Question, ...] = (
    Question(
        name="procedure",
        option="--procedure",
        ja="何の手続きですか。",
        en="What is it about?",
        matters=lambda _: True,
        choices=_PROCEDURES,
    ),
    Question(
        name="applicant",
        option="--applicant",
        ja="だれが窓口に来ますか。",
        en="Who will come?",
        matters=_visits,
        choices=_APPLICANTS,
    ),
    Question(
        name="residence",
        option="--residence",
        ja="ご本人は、いまこの市区町村に住民登録がありますか。",
        en="Is the holder on this municipality's resident record now?",
        matters=lambda arguments: _visits(arguments) and not arguments.not_resident,
        choices=_RESIDENCES,
        must=False,
    ),
    Question(
        name="kind",
        option="--kind",
        ja="どの電子証明書ですか。",
        en="Which certificate?",
        matters=lambda arguments: _issues(arguments) or _procedure_of(arguments) is Procedure.REVOCATION,
        choices=_KINDS,
        must=False,
    ),
    Question(
        name="born",
        option="--born",
        ja="ご本人の生年月日はいつですか。",
        en="When was the holder born?",
        matters=_visits,
        past=True,
    ),
    Question(
        name="power",
        option="--power",
        ja="どの資格で代理しますか。",
        en="By what right does the representative act?",
        matters=_is_for(Applicant.LEGAL_REPRESENTATIVE),
        choices=_POWERS,
    ),
    Question(
        name="same_household",
        option="--same-household",
        ja="親権者と本人は、住民票で同じ世帯ですか。",
        en="Are parent and child in one household on the record?",
        matters=lambda arguments: arguments.power == Power.PARENT.value,
        choices=_yes_or_no(),
        must=False,
    ),
    Question(
        name="same_expiry",
        option="--signature-expires, --authentication-expires",
        ja="2つの電子証明書の有効期限は、同じ日ですか。カードの表面か通知書にあります。",
        en="Do both certificates expire on the same day? The card or the notice says so.",
        matters=_two_ends_unknown,
        choices=_yes_or_no(),
        must=False,
        leads=True,
    ),
    Question(
        name="certificates_expire",
        option="--signature-expires, --authentication-expires",
        ja="有効期限はいつですか。",
        en="When do they expire?",
        matters=_one_end_unknown,
    ),
    Question(
        name="signature_expires",
        option="--signature-expires",
        ja="署名用電子証明書の有効期限はいつですか。",
        en="When does the signature certificate expire?",
        matters=_each_end_unknown,
    ),
    Question(
        name="authentication_expires",
        option="--authentication-expires",
        ja="利用者証明用電子証明書の有効期限はいつですか。",
        en="When does the authentication certificate expire?",
        matters=_each_end_unknown,
    ),
    Question(
        name="card_expires",
        option="--card-expires",
        ja="カードの有効期限はいつですか。カードの表面にあります。",
        en="When does the card expire? It is on its face.",
        matters=lambda arguments: _procedure_of(arguments) is Procedure.RENEWAL,
        must=False,
    ),
    Question(
        name="reason",
        option="--reason",
        ja="再発行する理由は何ですか。(手数料が決まります)",
        en="Why is it issued again? (The fee depends on it.)",
        matters=_reason_unknown,
        choices=_REASONS,
        must=False,
    ),
    Question(
        name="inquiry_form",
        option="--inquiry-form",
        ja="通知に同封の照会書兼回答書を、ご本人が書いて封をしたものがありますか。",
        en="Is there the 照会書兼回答書 of the notice, filled in and sealed by the holder?",
        matters=lambda arguments: (
            _procedure_of(arguments) is Procedure.RENEWAL
            and _is_for(Applicant.VOLUNTARY_AGENT, Applicant.HOUSEHOLD)(arguments)
        ),
        choices=_yes_or_no(if_yes="sealed", if_no="none"),
        must=False,
    ),
    Question(
        name="move_report",
        option="--move-report",
        ja="同じ日に、転入届か転居届を出しますか。",
        en="Is the move reported on the same day?",
        matters=lambda arguments: _issues(arguments) and _is_for(Applicant.HOUSEHOLD)(arguments),
        choices=_yes_or_no(),
        must=False,
    ),
    Question(
        name="pins",
        option="--pins",
        ja="ご本人は暗証番号を覚えていますか。(番号は聞かないでください)",
        en="Does the holder remember the PINs? (Do not ask for them.)",
        matters=_pins_matter,
        choices=_PINS,
    ),
    Question(
        name="pins",
        option="--pins",
        ja="ご本人は暗証番号を覚えていますか。覚えていれば、ほかの本人確認書類は要りません。(番号は聞かないでください)",
        en="Does the holder remember the PINs? Then no other identity document is needed. (Do not ask for them.)",
        matters=_may_know_pins,
        choices=_PINS,
        must=False,
    ),
    Question(
        name="pins",
        option="--pins",
        ja="暗証番号を設定し直しますか。",
        en="Is a PIN to be set anew?",
        matters=lambda arguments: _issues(arguments) and _is_for(Applicant.LEGAL_REPRESENTATIVE)(arguments),
        choices=_yes_or_no(if_yes="forgotten", if_no="known"),
        must=False,
    ),
    Question(
        name="no_document",
        option="--no-document",
        ja="マイナンバーカードのほかに、有効期限内の本人確認書類(運転免許証、資格確認書など)がありますか。",
        en="Is there an identity document in force besides the My Number card?",
        matters=_document_matters,
        choices=_yes_or_no(if_yes=False, if_no=True),
        must=False,
    ),
)
"""In the order in which they are put: what is asked later depends on what was answered before."""
