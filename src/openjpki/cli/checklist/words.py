"""The words of the interview, as residents say them, and the title of its answer."""

from enum import Enum

from openjpki.errors import Language
from openjpki.rules.agency import ISSUING
from openjpki.rules.checklist.interview import Interview
from openjpki.rules.checklist.items import Thing
from openjpki.rules.kinds import Applicant, CertificateKind, FeeReason, PinKind, Power, Procedure
from openjpki.rules.remaking import REMADE
from openjpki.rules.words import word as rules_word

_WORDS: dict[Enum, tuple[str, str]] = {
    Procedure.RENEWAL: ("更新", "renewal"),
    Procedure.NEW: ("新規発行", "new issue"),
    Procedure.REISSUE: ("再発行(引越し・氏名変更の後など)", "re-issue (after a move, a change of name, …)"),
    Procedure.PIN_RESET: ("暗証番号の再設定(忘れた・ロックした)", "PIN reset (forgotten or locked)"),
    Procedure.PIN_CHANGE: ("暗証番号の変更(今の番号がわかる)", "PIN change (the PIN is known)"),
    Procedure.REVOCATION: ("失効の申請", "revocation"),
    Procedure.HOLD: ("一時停止(カードをなくした)", "hold (the card is lost)"),
    Applicant.SELF: ("ご本人", "the holder"),
    Applicant.LEGAL_REPRESENTATIVE: ("法定代理人", "the legal representative"),
    Applicant.VOLUNTARY_AGENT: ("代理人", "a voluntary agent"),
    Applicant.HOUSEHOLD: ("同じ世帯のかた", "a member of the household"),
    Power.PARENT: ("親権者", "parent"),
    Power.MINORS_GUARDIAN: ("未成年後見人", "guardian of a minor"),
    Power.GUARDIAN: ("成年後見人", "guardian of an adult"),
    Power.CURATOR: ("保佐人", "curator"),
    Power.ASSISTANT: ("補助人", "assistant"),
    Power.VOLUNTARY_GUARDIAN: ("任意後見人", "voluntary guardian"),
    PinKind.SIGNATURE: ("署名用", "signature"),
    PinKind.AUTHENTICATION: ("利用者証明用", "authentication"),
    PinKind.RESIDENT_RECORD: ("住民基本台帳用", "resident record"),
    PinKind.CARD_FACE_ENTRY: ("券面事項入力補助用", "card-face entry"),
    Thing.CARD: ("ご本人のマイナンバーカード", "the holder's My Number card"),
    Thing.NOTICE: ("有効期限通知書", "the expiry notice"),
    Thing.FORM: (
        "通知に同封の照会書兼回答書(ご本人が署名または記名・押印し、暗証番号を書いて封筒に封をしたもの)",
        "the 照会書兼回答書 that came with the notice, signed by the holder, PINs written inside, sealed",
    ),
    Thing.SEALED_MANDATE: (
        "委任状(ご本人が署名または記名・押印し、手続きの内容と暗証番号を書いて封筒に封をしたもの)",
        "a mandate (委任状) signed by the holder, naming the act, PINs written inside, sealed",
    ),
    Thing.REPLY: (
        "届いた照会書兼回答書(ご本人が署名または記名・押印し、暗証番号を書いて封筒に封をしたもの)",
        "the 照会書兼回答書 that came by post, signed by the holder, PINs written inside, sealed",
    ),
}
_IN_THE_TITLE = REMADE | {FeeReason.OWN_REQUEST, FeeReason.AFTER_HOLD}
"""Reasons that say more than the procedure's own words, which speak of moves."""


def say(language: Language, ja: str, en: str) -> str:
    """Return one of two sentences."""
    return ja if language == "ja" else en


def word(member: Enum, language: Language) -> str:
    """Return a word as residents say it, else as the rules do."""
    return say(language, *_WORDS[member]) if member in _WORDS else rules_word(member, language)


def title(interview: Interview, language: Language) -> str:
    """Return the title of an answer: the procedure, the certificates, and who comes."""
    names = [word(kind, language) for kind in CertificateKind if kind in interview.kinds]
    about_pins = interview.procedure in {Procedure.PIN_CHANGE, Procedure.PIN_RESET, Procedure.HOLD}
    procedure, who = _procedure(interview, language), word(interview.applicant, language)
    what = "" if about_pins else say(language, f"({'・'.join(names)})", f" ({', '.join(names)})")
    if interview.procedure is Procedure.HOLD:
        return f"■ {procedure}"
    return say(language, f"■ {procedure}{what} 来るかた: {who}", f"■ {procedure}{what}; who comes: {who}")


def _procedure(interview: Interview, language: Language) -> str:
    """Name the procedure; a re-issue by its reason, and one in place of what has not lapsed by itself alone."""
    kind, reason = interview.procedure, interview.reason
    if kind in ISSUING and reason is not None and reason in _IN_THE_TITLE:
        why = rules_word(reason, language)
        return say(language, f"{rules_word(kind, 'ja')}:{why}", f"{kind.value}, {why}")
    if kind is Procedure.REISSUE and reason is None and interview.ends():
        return rules_word(kind, language)
    return word(kind, language)
