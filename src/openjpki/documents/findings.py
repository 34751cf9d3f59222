"""Everything the verifier can find, with its code, its sub-indication and a sentence in two languages.

`docs/verification.md` lists the same codes; a test holds the two equal. A finding without a sub-indication is a remark:
it changes no verdict.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, unique
from typing import Any

from openjpki.documents.indications import SubIndication
from openjpki.documents.stamp_problems import StampProblem
from openjpki.documents.status import ABSENT, REVOKED_LATER, UNREADABLE, NumberWentBack, ResponderSilent
from openjpki.errors import Language
from openjpki.pki.crl_reading import (
    CrlAfterExpiry,
    CrlNotYetValid,
    MalformedCrl,
    StaleCrl,
    WrongCrlIssuer,
    WrongPartition,
)
from openjpki.pki.delegation import WrongResponder
from openjpki.pki.keys import SignatureInvalid
from openjpki.pki.ocsp_reading import (
    AnswerNotYetValid,
    MalformedAnswer,
    NoAnswer,
    StaleAnswer,
    WrongCertificate,
    WrongNonce,
)
from openjpki.rules.dates import in_japan
from openjpki.rules.kinds import RevocationReason


@dataclass(frozen=True)
class Wording:
    """What a check says when it finds something; the sentences are `str.format` templates."""

    code: str
    sub_indication: SubIndication | None
    ja: str
    en: str


@unique
class Check(Enum):
    """The checks, in the order of the process: format, content, signature, certificate, status."""

    UNREADABLE = Wording(
        "verify.unreadable",
        SubIndication.FORMAT_FAILURE,
        "署名の形式を読み取れません({reason})。",
        "The signature cannot be read ({reason}).",
    )
    ENCRYPTED = Wording(
        "verify.encrypted",
        SubIndication.GENERIC,
        "文書がパスワードで保護されているため、署名後の変更の有無を判定できません。",
        "The document is encrypted, so changes after signing cannot be judged.",
    )
    NO_SIGNATURE = Wording(
        "verify.no-signature",
        SubIndication.FORMAT_FAILURE,
        "この文書には署名がありません。",
        "This document carries no signature.",
    )
    SUBFILTER = Wording(
        "verify.subfilter",
        SubIndication.FORMAT_FAILURE,
        "この PDF 署名の方式({found})には対応していません。",
        "The PDF signature's encoding ({found}) is not supported.",
    )
    CONTENT_TYPE = Wording(
        "verify.content-type",
        SubIndication.FORMAT_FAILURE,
        "署名の対象の種類({found})が正しくありません。",
        "The signature covers content of a wrong type ({found}).",
    )
    SIGNED_ATTRIBUTES = Wording(
        "verify.signed-attributes",
        SubIndication.FORMAT_FAILURE,
        "署名属性が欠けているか、重複しています({reason})。",
        "A signed attribute is missing or doubled ({reason}).",
    )
    BYTE_RANGE = Wording(
        "verify.byte-range",
        SubIndication.FORMAT_FAILURE,
        "署名が文書全体を対象としていません(署名されていない部分があります)。",
        "The signature does not cover the whole document: parts of it are not signed.",
    )
    ALTERED_AFTER_SIGNING = Wording(
        "verify.altered-after-signing",
        SubIndication.FORMAT_FAILURE,
        "署名の後に文書の内容が変更されています。",
        "The document was altered after this signature.",
    )
    DRAWN_AFTER_SIGNING = Wording(
        "verify.drawn-after-signing",
        SubIndication.GENERIC,
        "この署名の後に、別の署名者が文書の署名欄に表示を加えています。署名した内容が隠されていないかは、機械では判定できません。",
        "A later signer put a picture into a signature box of the page. Whether it hides what was signed here cannot be judged by a machine.",
    )
    SIGNED_AGAIN = Wording(
        "verify.signed-again",
        None,
        "この署名の後に、別の署名が加えられています。",
        "Another signature was added after this one.",
    )
    EVIDENCE_UNREADABLE = Wording(
        "verify.evidence-unreadable",
        None,
        "文書に含まれる検証用データの一部を読み取れないため、使いません({reason})。",
        "Some of the validation data inside the document cannot be read and is not used ({reason}).",
    )
    TIMESTAMP_UNJUDGED = Wording(
        "verify.timestamp-unjudged",
        None,
        "文書タイムスタンプがありますが、この版では判定に使いません。",
        "There is a document time-stamp, which this version does not judge.",
    )
    CONTENT_MISSING = Wording(
        "verify.content-missing",
        SubIndication.SIGNED_DATA_NOT_FOUND,
        "署名の対象の文書がありません。--content で指定してください。",
        "The signed content is not here. Name it with --content.",
    )
    CONTENT_DIFFERS = Wording(
        "verify.content-differs",
        SubIndication.HASH_FAILURE,
        "指定された文書は、署名に含まれている文書と異なります。",
        "The content given is not the content inside the signature.",
    )
    HASH = Wording(
        "verify.hash",
        SubIndication.HASH_FAILURE,
        "文書の内容が署名されたときのものと異なります。",
        "The content is not what was signed.",
    )
    SIGNATURE_VALUE = Wording(
        "verify.signature-value",
        SubIndication.SIG_CRYPTO_FAILURE,
        "署名値が証明書の公開鍵と合いません。",
        "The signature value does not verify under the certificate's public key.",
    )
    ALGORITHM = Wording(
        "verify.algorithm",
        SubIndication.CRYPTO_CONSTRAINTS_FAILURE,
        "署名のアルゴリズム({found})は認められていません。",
        "The signature's algorithm ({found}) is not accepted.",
    )
    CERTIFICATE_MISSING = Wording(
        "verify.certificate-missing",
        SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
        "署名者の証明書が見つかりません。",
        "The signer's certificate cannot be found.",
    )
    CERTIFICATE_NOT_BOUND = Wording(
        "verify.certificate-not-bound",
        SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
        "署名属性が指す証明書と、付いている証明書が異なります。",
        "The certificate is not the one that the signed attributes name.",
    )
    NO_CERTIFICATE_REFERENCE = Wording(
        "verify.no-certificate-reference",
        SubIndication.SIG_CONSTRAINTS_FAILURE,
        "PAdES の署名に必要な signing-certificate-v2 属性がありません。",
        "The signing-certificate-v2 attribute that a PAdES signature must have is missing.",
    )
    CERTIFICATE_UNREFERENCED = Wording(
        "verify.certificate-unreferenced",
        None,
        "署名属性に証明書の指定(signing-certificate-v2)がありません。古い形式の署名です。",
        "The signed attributes do not name the certificate (signing-certificate-v2): an older form of signature.",
    )
    CLAIMED_TIME_AHEAD = Wording(
        "verify.claimed-time-ahead",
        SubIndication.SIG_CONSTRAINTS_FAILURE,
        "署名に書かれた日時({claimed})が検証の時点より後です。",
        "The signing time that the signature claims ({claimed}) lies after the moment of verification.",
    )
    NO_CHAIN = Wording(
        "verify.no-chain",
        SubIndication.NO_CERTIFICATE_CHAIN_FOUND,
        "信頼する認証局が発行した証明書ではありません。",
        "The certificate was not issued by a trusted certification authority.",
    )
    ANCHOR_UNFIT = Wording(
        "verify.anchor-unfit",
        SubIndication.CHAIN_CONSTRAINTS_FAILURE,
        "認証局証明書が認証局のものとして使えません。",
        "The certification authority's certificate may not act as one.",
    )
    ANCHOR_OUT_OF_BOUNDS = Wording(
        "verify.anchor-out-of-bounds",
        SubIndication.CHAIN_CONSTRAINTS_FAILURE,
        "認証局証明書が有効期間外です。",
        "The certification authority's certificate is outside its validity.",
    )
    CHAIN_UNPROCESSABLE = Wording(
        "verify.chain-unprocessable",
        SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE,
        "証明書の検証を最後まで行えません。",
        "The certificate's path cannot be processed.",
    )
    POLICY = Wording(
        "verify.policy",
        SubIndication.CHAIN_CONSTRAINTS_FAILURE,
        "証明書ポリシーが、この用途に認められたものではありません。",
        "The certificate's policy is not one accepted for this use.",
    )
    KEY_USAGE = Wording(
        "verify.key-usage",
        SubIndication.CHAIN_CONSTRAINTS_FAILURE,
        "証明書の鍵用途が、この用途に合いません。",
        "The certificate's key usage does not allow this use.",
    )
    CRITICAL_EXTENSION = Wording(
        "verify.critical-extension",
        SubIndication.CHAIN_CONSTRAINTS_FAILURE,
        "証明書に、理解できない重要(critical)な拡張があります。",
        "The certificate has a critical extension that is not understood.",
    )
    CERTIFICATE_ALGORITHM = Wording(
        "verify.certificate-algorithm",
        SubIndication.CRYPTO_CONSTRAINTS_FAILURE,
        "証明書の鍵または署名のアルゴリズムは認められていません。",
        "The certificate's key or signature algorithm is not accepted.",
    )
    NOT_YET_VALID = Wording(
        "verify.not-yet-valid",
        SubIndication.OUT_OF_BOUNDS_NO_POE,
        "証明書の有効期間がまだ始まっていません(開始: {begins})。",
        "The certificate is not valid yet (it begins {begins}).",
    )
    SIGNED_BEFORE_VALIDITY = Wording(
        "verify.signed-before-validity",
        SubIndication.NOT_YET_VALID,
        "署名の日時({claimed})が証明書の有効期間の開始({begins})より前です。",
        "The signature claims a time ({claimed}) before the certificate began ({begins}).",
    )
    EXPIRED = Wording(
        "verify.expired",
        SubIndication.OUT_OF_BOUNDS_NO_POE,
        "証明書の有効期間が終わっています(終了: {ends})。期間中に署名されたことの証拠(タイムスタンプ)がありません。",
        "The certificate has expired ({ends}), and nothing proves that the signature is older than that.",
    )
    EXPIRED_NOT_REVOKED = Wording(
        "verify.expired-not-revoked",
        SubIndication.OUT_OF_BOUNDS_NOT_REVOKED,
        "証明書の有効期間が終わっています(終了: {ends})。失効はしていませんが、期間中に署名されたことの証拠(タイムスタンプ)がありません。",
        "The certificate has expired ({ends}) without having been revoked, and nothing proves that the signature is older.",
    )
    SIGNED_AFTER_EXPIRY = Wording(
        "verify.signed-after-expiry",
        SubIndication.EXPIRED,
        "署名の日時({claimed})が証明書の有効期間の終了({ends})より後です。",
        "The signature claims a time ({claimed}) after the certificate expired ({ends}).",
    )
    REVOKED = Wording(
        "verify.revoked",
        SubIndication.REVOKED_NO_POE,
        "証明書は失効しています({revoked_at}、理由: {reason})。失効前に署名されたことの証拠(タイムスタンプ)がありません。",
        "The certificate was revoked ({revoked_at}, {reason}), and nothing proves that the signature is older than that.",
    )
    SIGNED_AFTER_REVOCATION = Wording(
        "verify.signed-after-revocation",
        SubIndication.REVOKED,
        "署名の日時({claimed})は証明書の失効({revoked_at}、理由: {reason})より後です。",
        "The signature claims a time ({claimed}) after the certificate was revoked ({revoked_at}, {reason}).",
    )
    PROVEN_BEFORE_VALIDITY = Wording(
        "verify.proven-before-validity",
        SubIndication.NOT_YET_VALID,
        "タイムスタンプ({proven})は、証明書の有効期間の開始({begins})より前に署名があったことを示しています。",
        "A time-stamp ({proven}) shows that the signature is older than the certificate ({begins}).",
    )
    EXPIRED_LATER = Wording(
        "verify.expired-later",
        None,
        "証明書の有効期間は終わっています(終了: {ends})が、署名はそれより前にあったことがタイムスタンプで確認できます。",
        "The certificate has expired since ({ends}); a time-stamp proves that the signature is older than that.",
    )
    REVOKED_LATER = Wording(
        "verify.revoked-later",
        None,
        "証明書は失効しています({revoked_at}、理由: {reason})が、署名はそれより前にあったことがタイムスタンプで確認できます。",
        "The certificate was revoked since ({revoked_at}, {reason}); a time-stamp proves that the signature is older.",
    )
    STAMP_PROVES_NOTHING = Wording(
        "verify.stamp-proves-nothing",
        None,
        "署名のタイムスタンプは、署名の時期の証拠になりません({reason})。",
        "The signature's time-stamp proves nothing about when it was made ({reason}).",
    )
    STATUS_UNKNOWN = Wording(
        "verify.status-unknown",
        SubIndication.TRY_LATER,
        "証明書が失効していないことを確認できません(OCSP: {ocsp}、失効リスト: {crl})。",
        "Whether the certificate is revoked cannot be established (OCSP: {ocsp}, CRL: {crl}).",
    )
    ONE_STATUS_SOURCE = Wording(
        "verify.one-status-source",
        None,
        "失効の確認は {used} だけで行いました({unused_source}: {unused})。",
        "The status rests on {used} alone ({unused_source}: {unused}).",
    )
    ATTRIBUTES_UNREADABLE = Wording(
        "verify.attributes-unreadable",
        SubIndication.CHAIN_CONSTRAINTS_FAILURE,
        "証明書の基本4情報を読み取れません。",
        "The four attributes in the certificate cannot be read.",
    )
    PROOF_MALFORMED = Wording(
        "verify.proof-malformed",
        SubIndication.FORMAT_FAILURE,
        "ログインの応答の形式が正しくありません({reason})。",
        "The login proof is malformed ({reason}).",
    )


_SPOKEN = {
    "good": ("有効", "good"),
    "revoked": ("失効", "revoked"),
    "unknown": ("発行の記録なし", "unknown to the responder"),
    REVOKED_LATER: ("署名の後に失効", "revoked later"),
    ABSENT: ("なし", "none"),
    NumberWentBack.code: ("番号の後戻り", "numbers go back"),
    UNREADABLE: ("読み取れない", UNREADABLE),
    ResponderSilent.code: ("応答なし", "unreachable"),
    StaleAnswer.code: ("期限切れ", "out of date"),
    AnswerNotYetValid.code: ("検証時点より後のもの", "later than the moment of verification"),
    WrongNonce.code: ("ノンスの不一致", "wrong nonce"),
    WrongCertificate.code: ("別の証明書についての回答", "about another certificate"),
    WrongResponder.code: ("委任のない応答者", "responder not authorised"),
    MalformedAnswer.code: ("読み取れない", UNREADABLE),
    NoAnswer.code: ("応答者が回答を拒否", "refused by the responder"),
    StaleCrl.code: ("期限切れ", "out of date"),
    CrlNotYetValid.code: ("検証時点より後のもの", "later than the moment of verification"),
    CrlAfterExpiry.code: ("証明書の満了後のもの", "later than the certificate's end"),
    WrongCrlIssuer.code: ("この認証局のものなし", "none of this authority"),
    WrongPartition.code: ("この市区町村のものなし", "none for this municipality"),
    MalformedCrl.code: ("読み取れない", UNREADABLE),
    SignatureInvalid.code: ("署名が正しくない", "wrongly signed"),
    StampProblem.UNREADABLE.value: ("読み取れない", UNREADABLE),
    StampProblem.IMPRINT.value: ("別の署名に対するもの", "it is over something else"),
    StampProblem.ALGORITHM.value: ("認められていないアルゴリズム", "its algorithm is not accepted"),
    StampProblem.SIGNATURE.value: ("署名が正しくない", "wrongly signed"),
    StampProblem.CERTIFICATE.value: ("時刻認証局の証明書がない", "its authority's certificate is missing"),
    StampProblem.UNTRUSTED.value: ("信頼する時刻認証局のものではない", "its authority is not trusted"),
    StampProblem.USE.value: ("時刻認証局の証明書として使えない", "its certificate may not stamp"),
    StampProblem.OUT_OF_DATE.value: ("時刻認証局の証明書が有効期間外", "its authority's certificate is out of date"),
    StampProblem.AHEAD.value: ("検証時点より後のもの", "later than the moment of verification"),
    StampProblem.STATUS.value: (
        "時刻認証局の証明書の失効を確認できない",
        "its authority's certificate is not known to be good",
    ),
    RevocationReason.UNSPECIFIED.value: ("理由の記載なし", "unspecified"),
    RevocationReason.KEY_COMPROMISE.value: ("秘密鍵の危殆化", "key compromise"),
    RevocationReason.CA_COMPROMISE.value: ("認証局の秘密鍵の危殆化", "CA compromise"),
    RevocationReason.AFFILIATION_CHANGED.value: ("記載事項の変更", "content changed"),
    RevocationReason.SUPERSEDED.value: ("更新", "superseded"),
    RevocationReason.CESSATION_OF_OPERATION.value: ("利用の終了", "cessation of operation"),
    RevocationReason.CERTIFICATE_HOLD.value: ("一時保留", "certificate hold"),
}
"""Words of the status evidence (failure codes of `pki`) and reasons of revocation, as people read them."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True)
class Finding:
    """One thing found, with the data of its sentences: dates, names of algorithms, never a personal attribute."""

    check: Check
    data: Mapping[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """Return the stable code."""
        return self.check.value.code

    @property
    def sub_indication(self) -> SubIndication | None:
        """Return the reason this finding gives, None for a remark."""
        return self.check.value.sub_indication

    def message(self, language: Language) -> str:
        """Return the sentence a person reads."""
        wording = self.check.value
        words = {name: spoken(value, language) for name, value in self.data.items()}
        return (wording.ja if language == "ja" else wording.en).format(**words)

    def as_data(self) -> dict[str, Any]:
        """Return the finding as JSON-ready data."""
        reason = self.sub_indication
        return {
            "code": self.code,
            "severity": "remark" if reason is None else "refusal",
            "sub_indication": None if reason is None else reason.value,
            "ja": self.message("ja"),
            "en": self.message("en"),
            "data": dict(self.data),
        }


def spoken(word: str, language: Language) -> str:
    """Return a word of the status evidence, a reason or a moment as people read it; any other text as it is."""
    if _MOMENT.fullmatch(word):
        return f"{in_japan(datetime.fromisoformat(word)):%Y-%m-%d %H:%M:%S} JST"
    ja, en = _SPOKEN.get(word, (word, word))
    return ja if language == "ja" else en


class ToldMoment(str):
    """A moment in a refusal: `{when:ja}` and `{when:en}` speak it in the sentences, as data it is the ISO 8601 that programs read."""

    __slots__ = ()

    def __format__(self, language: str) -> str:
        """Return it as people read it."""
        return spoken(str(self), "ja" if language == "ja" else "en")


def found(check: Check, **data: object) -> Finding:
    """Make a finding; the data become text."""
    return Finding(check, {name: str(value) for name, value in data.items()})
