"""What may be wrong with what is stored or served: closed kinds, each with its sentence."""

from dataclasses import dataclass
from enum import Enum, unique

from openjpki.errors import Language
from openjpki.pki.lint.finding import Findings


@dataclass(frozen=True)
class Wording:
    """A code and two sentences, templates over `subject` and `detail`."""

    code: str
    ja: str
    en: str


@unique
class ProblemKind(Enum):
    """The ways in which stored or served things can be other than they should be."""

    CERTIFICATE_LINT = Wording(
        "check.certificate.lint",
        "{subject}: 保存された証明書がプロファイルに適合しません({detail})。",
        "{subject}: the stored certificate breaks its profile ({detail}).",
    )
    CERTIFICATE_DIFFERS = Wording(
        "check.certificate.differs",
        "{subject}: 署名された内容が、検査した内容と異なります。",
        "{subject}: what was signed is not what was linted.",
    )
    CERTIFICATE_ROW = Wording(
        "check.certificate.row",
        "{subject}: 台帳の記録と証明書の内容が異なります({detail})。",
        "{subject}: the row and the certificate disagree ({detail}).",
    )
    CERTIFICATE_STATE = Wording(
        "check.certificate.state",
        "{subject}: 状態が失効の記録と合いません({detail})。",
        "{subject}: its state does not fit the journal of revocations ({detail}).",
    )
    SERIAL_NOT_DRAWN = Wording(
        "check.serial.not-drawn",
        "{subject}: 発行番号 {detail} は払い出した記録がありません。",
        "{subject}: its serial {detail} was never drawn.",
    )
    SERIAL_TWICE = Wording(
        "check.serial.twice",
        "{subject}: 発行番号 {detail} が二つの証明書にあります。",
        "{subject}: its serial {detail} is borne by two certificates.",
    )
    KEY_TWICE = Wording(
        "check.key.twice",
        "{subject}: 認証局かOCSP応答者の鍵が、別の証明書にもあります。",
        "{subject}: a key of a CA or a responder stands in another certificate.",
    )
    KEY_OTHER = Wording(
        "check.key.other",
        "{subject}: 保管されている署名鍵が、証明書の鍵と異なるか、使えません({detail})。",
        "{subject}: the key that is kept is not the certificate's, or cannot be used ({detail}).",
    )
    REVOCATION_ROW = Wording(
        "check.revocation.row",
        "{subject}: 失効の記録が証明書と合いません({detail})。",
        "{subject}: the row of the revocation does not fit its certificate ({detail}).",
    )
    LIST_FILE = Wording(
        "check.list.file",
        "{subject}: 失効リストのファイルがないか、台帳の記録と異なります。",
        "{subject}: the list's file is missing, or is not what its row says.",
    )
    LIST_LINT = Wording(
        "check.list.lint",
        "{subject}: 失効リストがプロファイルに適合しません({detail})。",
        "{subject}: the revocation list breaks its profile ({detail}).",
    )
    LIST_ROW = Wording(
        "check.list.row",
        "{subject}: 台帳の記録と失効リストの内容が異なります({detail})。",
        "{subject}: the row and the list disagree ({detail}).",
    )
    LIST_ORDER = Wording(
        "check.list.order",
        "{subject}: 番号がより小さいリストより前の日時です。",
        "{subject}: it is dated before a list of a smaller number.",
    )
    LIST_ENTRIES = Wording(
        "check.list.entries",
        "{subject}: 失効の記録と項目が異なります(発行番号 {detail})。",
        "{subject}: its entries are not those of the journal (serial {detail}).",
    )
    LIST_STALE = Wording(
        "check.list.stale",
        "{subject}: 次回更新日時を過ぎています({detail})。",
        "{subject}: it is past its next update ({detail}).",
    )
    LIST_MISSING = Wording(
        "check.list.missing",
        "{subject}: 失効リストがまだありません。",
        "{subject}: no revocation list was made yet.",
    )
    PROFILES_DIFFER = Wording(
        "check.profiles.differ",
        "{subject}: この版のプロファイルが、記録されたものと異なります。変更が承認されるまで、このプロファイルでは発行しません。",
        "{subject}: this version's profile is not the recorded one. Nothing is issued by it until the change is approved.",
    )
    FOLDER_DIFFERS = Wording(
        "check.folder.differs",
        "{subject}: 公開フォルダーのファイルがないか、台帳の最新の内容と異なります。",
        "{subject}: the file in the public folder is missing, or is not the newest that the row has.",
    )
    FOLDER_STRANGER = Wording(
        "check.folder.stranger",
        "{subject}: 公開フォルダーに、認証局が置いたものではないファイルがあります。",
        "{subject}: a file in the public folder that the authority did not put there.",
    )
    SERVED_UNREACHABLE = Wording(
        "check.served.unreachable",
        "{subject}: 応答がありません({detail})。",
        "{subject}: no answer ({detail}).",
    )
    SERVED_DIFFERS = Wording(
        "check.served.differs",
        "{subject}: 配信された内容が、台帳の最新の内容と異なります。",
        "{subject}: what is served is not the newest that the row has.",
    )
    SERVED_ANSWER = Wording(
        "check.served.answer",
        "{subject}: OCSP応答がプロファイルに適合しません({detail})。",
        "{subject}: the OCSP answer breaks its profile ({detail}).",
    )
    SERVED_STATUS = Wording(
        "check.served.status",
        "{subject}: OCSP応答が台帳と異なる状態を示しています({detail})。",
        "{subject}: the OCSP answer says another status than the journal ({detail}).",
    )


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is not as it should be; it names a row, a file or an address, never a person."""

    kind: ProblemKind
    subject: str
    detail: str = ""

    def message(self, language: Language) -> str:
        """Return the sentence a person reads."""
        wording = self.kind.value
        return (wording.ja if language == "ja" else wording.en).format(subject=self.subject, detail=self.detail)


def problem(kind: ProblemKind, subject: object, detail: object = "") -> Problem:
    """Return a problem with a row, whose text is its opaque name."""
    return Problem(kind=kind, subject=str(subject), detail=str(detail))


def linted(kind: ProblemKind, subject: object, findings: Findings) -> list[Problem]:
    """Return one problem for everything that the lint found about one thing, none if it found nothing."""
    return [problem(kind, subject, ", ".join(sorted(findings.codes)))] if findings else []
