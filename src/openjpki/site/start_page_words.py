"""The words of the start page, in Japanese and English. A template asks for them by name and holds none itself."""

from enum import Enum

from openjpki.errors import Language
from openjpki.rules.kinds import CardState, CertificateKind, CertificateState, RevocationReason

WORDS: dict[str, tuple[str, str]] = {
    "title": ("OpenJPKI サンドボックス", "The OpenJPKI sandbox"),
    "skip": ("本文へ移動", "Skip to the content"),
    "other-language": ("English", "日本語"),
    "contents": ("このページの内容", "On this page"),
    "lead": (
        "マイナンバーカードの電子証明書（公的個人認証サービス）の仕組みを、発行から失効まで、この1台で試せます。",
        "Try the whole of Japan's public individual certification service, from issue to revocation, on this one machine.",
    ),
    "warning-heading": ("試験のためだけのものです", "For tests only"),
    "warning": (
        "J-LIS（地方公共団体情報システム機構）のソフトウェアではありません。ここで発行した電子証明書は、試験の外では効力を持ちません。まち、人および番号は、すべて架空のものです。",
        "This is not the software of J-LIS, the agency that runs the real service. Certificates issued here are worth nothing outside a test. Every place, person and number is invented.",
    ),
    "clock": ("このサンドボックスの日時", "Date and time in this sandbox"),
    "clock-shifted": ("実際の日時からずらしてあります", "shifted from the real date and time"),
    "about": ("どのような仕組みか", "How it works"),
    "about-lead": (
        "カードの中の秘密鍵は、外に出ません。窓口、認証局および検証者は、それぞれの役割だけを受け持ちます。",
        "The private keys never leave the card. Counter, authority and verifier each do their own part, and no more.",
    ),
    "role-holder": ("利用者", "Holder"),
    "role-holder-does": (
        "カードで文書に署名し、ログインの求めに答えます。",
        "Signs documents and answers login challenges with the card.",
    ),
    "role-window": ("市区町村の窓口", "Municipal counter"),
    "role-window-does": (
        "本人を確認し、申請を受け付け、カードを渡します。",
        "Identifies the person, takes applications, hands over the card.",
    ),
    "role-authority": ("認証局", "Certification authority"),
    "role-authority-does": (
        "電子証明書を発行し、失効させ、その状態を公開します。",
        "Issues certificates, revokes them, and publishes their state.",
    ),
    "role-verifier": ("署名検証者", "Verifier"),
    "role-verifier-does": (
        "署名が正しいか、電子証明書が有効かを確かめます。",
        "Checks that a signature is sound and its certificate valid.",
    ),
    "residents": ("まちと住民", "The towns and their residents"),
    "municipalities-caption": ("架空の市区町村", "The invented municipalities"),
    "municipality": ("市区町村", "Municipality"),
    "municipality-code": ("団体コード", "Code"),
    "romaji": ("証明書での表記", "In certificates"),
    "resident-count": ("住民の数", "Residents"),
    "resident-code": ("住民票コード", "Resident code"),
    "birth-date": ("生年月日", "Born"),
    "residents-none": (
        "住民はまだ登録されていません。次のコマンドで物語を実行すると、住民とカードができます。",
        "No resident is registered yet. Run the story: it brings residents and cards.",
    ),
    "residents-further": ("続きの住民を見る", "Show the next residents"),
    "card": ("カード", "Card"),
    "cards-none": ("カードは交付されていません。", "No card has been handed over."),
    "card-count": ("交付したカード", "Cards handed over"),
    "card-expires": ("カードの有効期限", "Card valid until"),
    "certificates-of": ("電子証明書", "Certificates"),
    "certificates-none": ("電子証明書は記録されていません。", "It never carried a certificate."),
    "certificates-count": ("発行した電子証明書", "Certificates issued"),
    "kind": ("種類", "Kind"),
    "serial": ("発行番号", "Serial"),
    "state": ("状態", "State"),
    "issued": ("発行日", "Issued"),
    "expires": ("有効期限", "Valid until"),
    "ended": ("失効日と理由", "Revoked, and why"),
    "not-ended": ("なし", "Not revoked"),
    "no-file": ("なし", "None"),
    "download": ("ダウンロード", "Download"),
    "authority": ("認証局と失効情報", "Authority and status"),
    "authority-lead": (
        "検証する側のソフトウェアは、ここにある認証局の証明書を信頼点とし、失効リストまたは OCSP で電子証明書の状態を確かめます。",
        "Verifying software trusts the CA certificates below, and asks the revocation lists or OCSP for a certificate's state.",
    ),
    "authorities-caption": ("認証局の証明書", "CA certificates"),
    "authorities-none": ("認証局はまだありません。", "There is no authority yet."),
    "generation": ("世代", "Generation"),
    "subject": ("主体者", "Subject"),
    "validity": ("有効期間", "Validity"),
    "to": ("〜", "to"),
    "fingerprint": ("SHA-256 フィンガープリント", "SHA-256 fingerprint"),
    "file": ("ファイル", "File"),
    "lists-caption": ("失効リスト（CRL）", "Revocation lists (CRL)"),
    "list-of-ca": ("認証局の証明書", "The CA's certificate"),
    "lists-none": ("失効リストはまだ公開されていません。", "No revocation list has been published yet."),
    "list-number": ("番号", "Number"),
    "this-update": ("発行日時", "Issued"),
    "next-update": ("次回の発行予定", "Next expected by"),
    "entries": ("失効件数", "Entries"),
    "ocsp": ("OCSP で状態を確かめる", "Ask for a state by OCSP"),
    "ocsp-lead": (
        "証明書をダウンロードしたフォルダーで、次のコマンドを実行します。枠を1回押すと、全体が選ばれます。",
        "Run these where you saved the certificates. One click on a line selects all of it.",
    ),
    "ocsp-none": ("OCSP の窓口はまだ動いていません。", "No OCSP responder is running yet."),
    "address": ("アドレス", "Address"),
    "story": ("最後の物語", "The last story"),
    "story-lead": (
        "1枚のカードの電子証明書がたどった道です。各場面に、適用した規則の番号と、確かめたことを示します。",
        "The life of one card's certificates. Each step names the rules it applied and what was checked.",
    ),
    "story-none": (
        "物語はまだ実行されていません。次のコマンドで始められます。",
        "No story has been told yet. This command tells one:",
    ),
    "outcomes": ("確かめたこと", "Checked"),
    "rules": ("適用した規則", "Rules applied"),
    "artefacts": ("残ったファイル", "Files it left"),
    "transcript": ("物語の記録", "Transcript"),
    "next": ("次に試すこと", "What to try next"),
    "next-lead": (
        "別の端末画面を開き、次のコマンドを実行してください。",
        "Open another terminal and run these.",
    ),
    "footer": (
        "Apache License 2.0 のもとで公開されているオープンソースソフトウェアです。",
        "Open source under the Apache License 2.0.",
    ),
}
"""Name → (Japanese, English)."""

NAMES: dict[Enum, tuple[str, str]] = {
    CertificateKind.SIGNATURE: ("署名用", "Signature"),
    CertificateKind.AUTHENTICATION: ("利用者証明用", "Authentication"),
    CertificateState.PREPARED: ("発行準備中", "Prepared"),
    CertificateState.UNDELIVERED: ("未交付", "Undelivered"),
    CertificateState.VALID: ("有効", "Valid"),
    CertificateState.HELD: ("一時保留", "Held"),
    CertificateState.REVOKED: ("失効", "Revoked"),
    CertificateState.SUPERSEDED: ("更新済み", "Superseded"),
    CertificateState.EXPIRED: ("期限切れ", "Expired"),
    CardState.ACTIVE: ("有効", "Active"),
    CardState.SUSPENDED: ("一時停止中", "Suspended"),
    CardState.ABOLISHED: ("廃止", "Abolished"),
    CardState.EXPIRED: ("期限切れ", "Expired"),
    RevocationReason.UNSPECIFIED: ("交付前の破棄", "Unspecified"),
    RevocationReason.KEY_COMPROMISE: ("秘密鍵の危殆化", "Key compromise"),
    RevocationReason.CA_COMPROMISE: ("認証局の危殆化", "CA compromise"),
    RevocationReason.AFFILIATION_CHANGED: ("記載事項の変更", "Affiliation changed"),
    RevocationReason.SUPERSEDED: ("更新", "Superseded"),
    RevocationReason.CESSATION_OF_OPERATION: ("使用の終了", "Cessation of operation"),
    RevocationReason.CERTIFICATE_HOLD: ("一時保留", "Certificate hold"),
}
"""Every member of the vocabularies that the page shows → (Japanese, English)."""


def word(name: str, language: Language) -> str:
    """Return a word or sentence of the page; an unknown name is a bug in the template and raises KeyError."""
    japanese, english = WORDS[name]
    return japanese if language == "ja" else english


def name_of(member: Enum, language: Language) -> str:
    """Return what a kind, state or reason is called."""
    japanese, english = NAMES[member]
    return japanese if language == "ja" else english
