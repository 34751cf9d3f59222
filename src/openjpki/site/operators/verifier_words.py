"""The Japanese words for a verifier's kind, rights and state (R-8.0) and the items of a consent (R-8.7)."""

from collections.abc import Mapping

from openjpki.rules.verifiers import Right, VerifierKind, VerifierState

KINDS_JA: Mapping[str, str] = {
    VerifierKind.SIGNATURE_VERIFIER.value: "署名検証者",
    VerifierKind.AUTHENTICATION_VERIFIER.value: "利用者証明検証者",
    VerifierKind.GROUP_VERIFIER.value: "団体署名検証者",
    VerifierKind.PLATFORM_OPERATOR.value: "プラットフォーム事業者",
    VerifierKind.PUBLIC_BODY.value: "行政機関等",
}
RIGHTS_JA: Mapping[str, str] = {
    Right.LISTS.value: "失効リスト",
    Right.STATUS.value: "失効情報の照会",
    Right.LINKING.value: "新旧の発行番号",
    Right.ATTRIBUTES.value: "最新の利用者情報",
}
STATES_JA: Mapping[str, str] = {
    VerifierState.ACTIVE.value: "登録中",
    VerifierState.SUSPENDED.value: "停止中",
    VerifierState.ENDED.value: "終了",
}
ITEMS_JA: Mapping[str, str] = {"name": "氏名", "address": "住所", "birth-date": "生年月日", "sex": "性別"}
