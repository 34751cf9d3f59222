"""The words of the operators' pages, in Japanese and English. A template asks for them by name and holds none itself."""

from collections.abc import Mapping
from enum import Enum

from openjpki.authority.control.kinds import RULES
from openjpki.authority.models.notice import NoticeState
from openjpki.errors import Language
from openjpki.rules.kinds import CardState, CertificateKind, CertificateState
from openjpki.rules.phone_hold import Question
from openjpki.rules.verifiers import Right, VerifierKind, VerifierState
from openjpki.site.operators.states import ACT_STATES, CHECK_NAMES, KEY_DOES, Words
from openjpki.site.operators.verifier_words import KINDS_JA, RIGHTS_JA, STATES_JA
from openjpki.site.start_page_words import NAMES

WORDS: Mapping[str, Words] = {
    "title": ("機構の運用者の画面", "The operators' pages"),
    "skip": ("本文へ移動", "Skip to the content"),
    "other-language": ("English", "日本語"),
    "pages": ("画面", "Pages"),
    "operator": ("運用者", "Operator"),
    "now": ("法令上の日時", "Legal date and time"),
    "test-only": (
        "試験用のソフトウェアです。J-LIS のものではありません。",
        "This is software for tests, and not that of J-LIS.",
    ),
    "none": ("なし", "None"),
    "code": ("コード", "Code"),
    "state-word": ("状態", "State"),
    "kind": ("種類", "Kind"),
    "number": ("番号", "Number"),
    "until": ("期限", "Until"),
    "municipality": ("市区町村", "Municipality"),
    "not-done": ("受け付けませんでした", "Not done"),
    # 状態
    "state": ("状態", "State"),
    "state-lead": (
        "この画面を開いた時点の状態です。コマンド openjpki status と同じ検査を、同じ名前で示します。",
        "As it stands while this page is made: the checks of the command openjpki status, by the same names.",
    ),
    "checks": ("検査", "Checks"),
    "check": ("検査の対象", "Check"),
    "figures": ("数値", "Figures"),
    "sound": ("良好", "sound"),
    "warning": ("要確認", "look at this"),
    "unsound": ("異常", "NOT SOUND"),
    "check-deeper": (
        "保存・公開しているものすべての照合は、時間がかかるため、コマンドで行います。",
        "Holding all that is stored and served against the register takes long, and is done by a command.",
    ),
    "keys": ("認証局の鍵と世代", "CA keys and generations"),
    "generation": ("世代", "Generation"),
    "does": ("役割", "What it does"),
    "issues-from": ("発行開始", "Issues from"),
    "valid-until": ("有効期間の満了", "Valid until"),
    "days-left": ("残り日数", "Days left"),
    "keeper": ("保管場所", "Kept in"),
    "files": ("ファイル", "files"),
    "responders": ("OCSPレスポンダーの証明書", "OCSP responders' certificates"),
    "serial": ("発行番号", "Serial"),
    "keys-none": ("認証局の鍵はありません。", "There is no CA key."),
    "responders-none": (
        "有効なものはありません。次の応答のときに作られます。",
        "None is valid. One is made at the next answer.",
    ),
    "lists": ("失効リスト", "Revocation lists"),
    "this-update": ("発行日時", "This update"),
    "next-update": ("次回更新", "Next update"),
    "age": ("経過（分）", "Age (min)"),
    "lists-none": ("失効リストはありません。", "There is no revocation list."),
    "lists-more": ("このほかの良好なもの", "Others, which are sound"),
    "status": ("失効情報ストアとジャーナル", "Status store and journal"),
    "journal": ("ジャーナルの最後の位置", "Last position of the journal"),
    "store": ("この計算機のストアの位置", "Position of this machine's store"),
    "store-behind": ("ジャーナルとの差", "Behind the journal by"),
    "store-none": (
        "この計算機にストアはありません（OCSPはデータベースから応答）。",
        "No store on this machine (OCSP is answered from the database).",
    ),
    "store-stale": (
        "ストアが古いため、レスポンダーは応答しません（tryLater）。",
        "The store is not of now: a responder answers tryLater.",
    ),
    "queues": ("待っているもの", "What waits"),
    "queue": ("待ち行列", "Queue"),
    "count": ("件数", "Count"),
    "acts-waiting": ("承認待ち・実行待ちの操作", "Acts that wait"),
    "orders-open": ("処理中の注文", "Open orders"),
    "orders-old": ("うち1週間を超えるもの", "Of these, older than a week"),
    "outbox-waiting": ("窓口からの送信待ち", "Windows' messages on their way"),
    "outbox-refused": ("うち拒否されたもの", "Of these, refused"),
    "letters-waiting": ("渡す前の有効期限通知", "Expiry notices not handed over"),
    "stops-open": ("窓口の記録を待つ一時停止", "Stops that wait for a window"),
    # 操作と承認
    "acts": ("操作", "Acts"),
    "acts-lead": (
        "複数の運用者の承認が要る操作です。提案と実行は、コマンドで行います。",
        "What takes several operators. Acts are proposed and carried out by commands.",
    ),
    "acts-none": ("提案された操作はありません。", "No act was proposed."),
    "act": ("操作", "Act"),
    "approvals": ("承認", "Approvals"),
    "proposer": ("提案", "Proposed by"),
    "proposed-at": ("提案日時", "Proposed"),
    "done-at": ("実行日時", "Done"),
    "digest": ("内容の SHA-256", "SHA-256 of the statement"),
    "content": ("内容", "Content"),
    "approved-by": ("承認した運用者", "Approved by"),
    "counts": ("有効な承認", "Approvals that count"),
    "earlier": ("古い操作を見る", "Show earlier acts"),
    "approve": ("承認する", "Approve"),
    "approve-lead": (
        "承認は、あなたの鍵による署名です。鍵はこの画面にもサーバーにも渡しません。",
        "An approval is a signature by your own key, which comes neither to this page nor to the server.",
    ),
    "approve-1": (
        "操作の内容のファイルを保存し、鍵のある計算機へ移します。",
        "Save the act's statement, and take it to the machine that has your key.",
    ),
    "approve-2": (
        "その計算機で次のコマンドを実行します。署名する内容が表示されるので、この画面の内容および SHA-256 と同じことを確かめてから、パスフレーズを入力してください。",
        "Run this there. It shows what it will sign: see that content and SHA-256 are those of this page before you type the passphrase.",
    ),
    "approve-3": (
        "表示された署名（1行）を、次の欄に貼り付けて送信します。",
        "Paste the signature that it shows, one line, and send it.",
    ),
    "signature": ("署名", "Signature"),
    "send-approval": ("承認を送信する", "Send the approval"),
    "approval-taken": ("承認を受け付けました。", "The approval was taken."),
    "may-not-approve": ("この操作を、あなたは今は承認できません。", "You cannot approve this act now."),
    "carry-out": ("実行", "Carry out"),
    "carry-out-lead": (
        "承認がそろいました。次のコマンドで実行します。",
        "It has its approvals. This command carries it out.",
    ),
    # 電話による一時停止
    "phone": ("電話による一時停止", "Stop by telephone"),
    "phone-lead": (
        "ご本人からの電話により、カードを止めます。利用者証明用は一時保留、署名用は失効となり、署名用は元に戻りません（R-5.8、R-5.20）。",
        "Stops a card at its holder's word: the authentication certificate is held, the signature certificate ends for good (R-5.8, R-5.20).",
    ),
    "phone-recorded": (
        "照会したこと、質問したこと、停止したことは、監査記録に残ります。答えは記録しません。",
        "That you looked, what you asked and what you stopped is recorded. No answer is.",
    ),
    "find-card": ("カードを探す", "Find the card"),
    "card-number": ("カードの製造番号", "Card number"),
    "card-number-hint": (
        "数字15桁。カードが手元にない方には、次の欄を使います。",
        "15 digits. For a caller without it, use the next field.",
    ),
    "resident-code": ("住民票コード", "Resident code"),
    "resident-code-hint": (
        "数字11桁。お持ちのカードのうち、いちばん新しいものになります。",
        "11 digits. The newest of the holder's cards is meant.",
    ),
    "look-up": ("照会する", "Look up"),
    "either": (
        "カードの製造番号か住民票コードの、どちらか一つを入力してください。",
        "Enter either the card number or the resident code.",
    ),
    "caller": ("電話の方の確認", "Who calls"),
    "caller-lead": (
        "台帳の記録です。質問への答えと照らし合わせてください。こちらから答えを言ってはいけません。",
        "This is what the register says. Hold the caller's answers against it, and never say it yourself.",
    ),
    "on-record": ("台帳の記録", "On record"),
    "name": ("氏名", "Name"),
    "address": ("住所", "Address"),
    "birth-date": ("生年月日", "Born"),
    "sex": ("性別", "Sex"),
    "card": ("カード", "Card"),
    "asked": ("質問し、台帳と一致したもの", "Asked, and answered as on record"),
    "asked-always": ("必ず質問する", "always asked"),
    "stop-card": ("このカードを一時停止する", "Stop this card"),
    "stopped": ("カードを一時停止しました", "The card is stopped"),
    "ended": ("電子証明書", "Certificates"),
    "ended-none": ("止める電子証明書はありませんでした。", "It had no certificate to stop."),
    "next": ("この後のこと", "What happens next"),
    "next-1": (
        "OCSP の応答は、すぐに変わります。失効リストには、次の発行から載ります。",
        "OCSP answers say so at once; revocation lists with their next issue.",
    ),
    "next-2": (
        "住所地の市区町村の窓口が、一時停止を記録します。それまでは、どの届けによっても停止は解けません。",
        "The window of the holder's municipality records the stop. Until then no report sets the card free.",
    ),
    "next-3": (
        "カードが見つかったときは、ご本人が窓口で届け出ます。署名用電子証明書は元に戻らないので、新しく発行を申請します。",
        "If the card is found, its holder reports it at the window. The signature certificate does not come back: a new one is applied for there.",
    ),
    "show-stopped": ("窓口の記録を待つカードの一覧", "Cards that wait for their window"),
    "stopped-list": ("窓口の記録を待つ一時停止", "Stops that wait for a window"),
    "stopped-lead": (
        "この一覧を見たことも、監査記録に残ります。",
        "That this list was looked at is recorded too.",
    ),
    "stopped-none": ("ありません。", "There are none."),
    "held-at": ("停止日時", "Stopped"),
    "taken-by": ("受付", "Taken by"),
    "another-call": ("次の電話へ", "The next call"),
    # 検証者
    "verifiers": ("検証者", "Verifiers"),
    "verifiers-lead": (
        "登録した検証者（R-5.24）です。登録、停止および終了は、コマンドで行います。",
        "Registered verifiers (R-5.24). They are registered, suspended and ended by commands.",
    ),
    "verifiers-none": ("登録された検証者はありません。", "No verifier is registered."),
    "rights": ("照会できること", "May ask"),
    "last-day": ("登録の最終日", "Last day"),
    "client-certificate": ("接続用の証明書", "Client certificate"),
    "no-certificate": ("有効なものはありません", "None in force"),
    # 通知
    "notices": ("通知", "Notices"),
    "notices-lead": (
        "有効期限通知（R-7.1）の選定と、市区町村への引渡しの進み具合です。",
        "Expiry notices (R-7.1): what was selected, and how far it has been handed over.",
    ),
    "letters": ("通知書の状態", "Letters by state"),
    "batches": ("選定のまとまり", "Batches"),
    "batches-none": ("まだ選定されていません。", "Nothing was selected yet."),
    "on-date": ("対象の日", "Day"),
    "noticed": ("新しい通知書", "New letters"),
    "skipped": ("通知しないもの", "In no letter"),
    "taken-out": ("取りやめ", "Taken out"),
    "still-waiting": ("うち渡す前", "Of these, not handed over"),
    "not-found": ("ページが見つかりません", "Page not found"),
    "not-found-lead": ("アドレスを確かめてください。", "Check the address."),
}
"""Name → (Japanese, English)."""

_LETTERS: Mapping[str, Words] = {
    NoticeState.WAITING.value: ("渡す前", "waiting"),
    NoticeState.GIVEN.value: ("送信済み（受領の返事待ち）", "given, not yet said to be kept"),
    NoticeState.HANDED_OVER.value: ("引渡し済み", "handed over"),
    NoticeState.TAKEN_OUT.value: ("取りやめ", "taken out"),
}
_QUESTIONS: Mapping[str, Words] = {
    Question.NAME.value: ("氏名", "name"),
    Question.ADDRESS.value: ("住所", "address"),
    Question.BIRTH_DATE.value: ("生年月日", "date of birth"),
    Question.SEX.value: ("性別", "sex"),
    Question.WHERE_LOST.value: ("いつ、どこでなくしたか", "where and when it was last seen"),
    Question.CALL_BACK.value: ("折り返しの電話", "called back"),
}
_SEXES: Mapping[str, Words] = {"male": ("男", "male"), "female": ("女", "female"), "unknown": ("不明", "unknown")}
_LISTS: Mapping[str, Words] = {
    "sound": ("良好", "sound"),
    "late": ("更新の遅れ", "late"),
    "run-out": ("期限切れ", "RUN OUT"),
    "none": ("未発行", "NEVER MADE"),
}


def _of(vocabulary: type[Enum]) -> Mapping[str, Words]:
    return {str(member.value): NAMES[member] for member in vocabulary}


VOCABULARIES: Mapping[str, Mapping[str, Words]] = {
    "act-kind": {kind.value: (rule.ja, rule.en) for kind, rule in RULES.items()},
    "act-state": ACT_STATES,
    "does": KEY_DOES,
    "check": CHECK_NAMES,
    "list": _LISTS,
    "letter": _LETTERS,
    "question": _QUESTIONS,
    "sex": _SEXES,
    "verifier-kind": {kind.value: (KINDS_JA[kind.value], kind.value) for kind in VerifierKind},
    "verifier-state": {state.value: (STATES_JA[state.value], state.value) for state in VerifierState},
    "right": {right.value: (RIGHTS_JA[right.value], right.value) for right in Right},
    "certificate": _of(CertificateKind),
    "certificate-state": _of(CertificateState),
    "card-state": _of(CardState),
}
"""Vocabulary → value → (Japanese, English)."""


def word(name: str, language: Language) -> str:
    """Return a word or sentence of the pages; an unknown name is a bug in the template and raises KeyError."""
    return WORDS[name][language == "en"]


def named(vocabulary: str, value: str, language: Language) -> str:
    """Return what a value of a vocabulary is called; an unknown one is a bug and raises KeyError."""
    return VOCABULARIES[vocabulary][value][language == "en"]
