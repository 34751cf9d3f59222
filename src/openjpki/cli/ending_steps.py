"""What people do after a generation ended, in the order of docs/operations.md: after a drill and in earnest alike."""

from collections.abc import Mapping

from openjpki.errors import Language

AFTER: Mapping[str, Mapping[Language, tuple[str, ...]]] = {
    "compromise": {
        "ja": (
            "次にすること: 1. 検証者への連絡: この世代の認証局証明書を信頼から外す(危殆化した鍵が署名した失効リスト・OCSP応答は、それだけでは信用できない)。2. すぐに発行を始める新しい世代の鍵生成の式。",
            "3. 市区町村への連絡: 影響を受けるカードの電子証明書は、新しい世代が発行を始めてから再発行する(手数料なし、R-5.10)。4. 所有者への連絡: 窓口での再発行。カード自体は使える。",
        ),
        "en": (
            "What to do now: 1. Tell the verifiers to drop this generation's CA certificate: lists and answers signed by a compromised key are worth nothing by themselves. 2. A ceremony for a new generation that issues at once.",
            "3. Tell the municipalities: certificates of the cards concerned are issued anew, without a fee (R-5.10), once a new generation issues. 4. Tell the holders: they come to the counter; the card itself stays.",
        ),
    },
    "termination": {
        "ja": ("この世代の最後の失効リストは、認証局証明書の有効期間満了まで有効です。公開を続けてください。",),
        "en": ("The last lists of this generation are valid until its CA certificate ends. Keep publishing them.",),
    },
}
"""Why it ended → language → lines."""
