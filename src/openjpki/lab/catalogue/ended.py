"""Cards whose certificates are over, or stopped for a while."""

from typing import Final

from openjpki.lab.catalogue.card import EXPIRED, GOOD, Act, Expected, Person, Standing, TestCard, What, Words
from openjpki.lab.catalogue.places import (
    LOG_IN,
    MINATO_ADDRESS,
    OTHER_WAKABA_ADDRESS,
    REFUSE_SIGNATURE,
    TAKE_SIGNATURE,
    WAKABA_ADDRESS,
)
from openjpki.lab.city import MINATO, WAKABA
from openjpki.rules.kinds import CertificateKind, RevocationReason, Sex

_BOTH = (CertificateKind.AUTHENTICATION, CertificateKind.SIGNATURE)


def _revoked(reason: RevocationReason) -> Expected:
    return Expected(standing=Standing.REVOKED, reason=reason)


_MOVED = _revoked(RevocationReason.AFFILIATION_CHANGED)
_CEASED = _revoked(RevocationReason.CESSATION_OF_OPERATION)
_COMPROMISED = _revoked(RevocationReason.KEY_COMPROMISE)
_TO_COUNTER = Words(
    "ログインを断り、市区町村の窓口での手続きを案内する。",
    "Refuse the login and send the holder to the municipal counter.",
)

ENDED: Final = (
    TestCard(
        name="expired",
        purpose=Words(
            "電子証明書の有効期限が先月過ぎたカード。カードはまだ有効。",
            "A card whose certificates ended a month ago; the card itself is still valid.",
        ),
        login=Words(
            "期限切れとして断り、窓口での更新を案内する。失効リストと OCSP は「失効」と答えない。",
            "Refuse it as expired and tell where to renew. Lists and OCSP do not call it revoked.",
        ),
        signing=Words(
            "期限後の署名を受け付けない。有効だった時点の署名は、その証拠(タイムスタンプ)があれば受け付ける。",
            "Refuse what is signed after the end; take what is proven (by a time stamp) to be signed before.",
        ),
        person=Person(
            number=11,
            name="見本　冬彦",
            kana="ミホン　フユヒコ",
            sex=Sex.MALE,
            address=WAKABA_ADDRESS,
            municipality=WAKABA,
            age=56,
            birthday=-30,
        ),
        acts=(Act(what=What.HAND_OVER, days=-1670), Act(what=What.ISSUE, days=-1670, kinds=_BOTH)),
        authentication=EXPIRED,
        signature=EXPIRED,
    ),
    TestCard(
        name="expiring-tomorrow",
        purpose=Words(
            "作成した日の翌日に有効期限が来るカード。その日の23時59分59秒(日本時間)まで使える。",
            "A card whose certificates end on the day after it was made, at 23:59:59 Japanese time.",
        ),
        login=Words(
            "その日が終わるまではログインさせ、終われば断る。日付は日本時間で数える。",
            "Log the holder in until that day is over, then refuse it. The day is the Japanese one.",
        ),
        signing=Words(
            "その日が終わるまでの署名を受け付ける。",
            "Take what is signed before that day is over.",
        ),
        person=Person(
            number=12,
            name="見本　明日香",
            kana="ミホン　アスカ",
            sex=Sex.FEMALE,
            address=WAKABA_ADDRESS,
            municipality=WAKABA,
            age=32,
            birthday=1,
        ),
        acts=(Act(what=What.HAND_OVER, days=-1640), Act(what=What.ISSUE, days=-1640, kinds=_BOTH)),
    ),
    TestCard(
        name="revoked-moved",
        purpose=Words(
            "引っ越したかたのカード。署名用は失効し、利用者証明用は有効なまま。",
            "A card whose holder moved: the signature certificate lapsed, the authentication certificate did not (R-5.3).",
        ),
        login=LOG_IN,
        signing=Words(
            "署名を受け付けず、窓口での再発行を案内する。失効の理由は「記載事項の変更」。",
            "Refuse the signature and tell that the counter issues a new certificate; the reason is a changed attribute.",
        ),
        person=Person(
            number=13,
            name="見本　移",
            kana="ミホン　ウツル",
            sex=Sex.MALE,
            address=WAKABA_ADDRESS,
            municipality=WAKABA,
            age=24,
            birthday=75,
        ),
        acts=(
            Act(what=What.HAND_OVER, days=-500),
            Act(what=What.ISSUE, days=-500, kinds=_BOTH),
            Act(what=What.MOVE, days=-14, value=MINATO_ADDRESS),
        ),
        signature=_MOVED,
    ),
    TestCard(
        name="revoked-name",
        purpose=Words(
            "氏名が変わったかたのカード。署名用は失効し、利用者証明用は有効なまま。",
            "A card whose holder's name changed: the signature certificate lapsed, the other did not (R-5.3).",
        ),
        login=LOG_IN,
        signing=Words(
            "署名を受け付けず、窓口での再発行を案内する。",
            "Refuse the signature and tell that the counter issues a new certificate.",
        ),
        person=Person(
            number=14,
            name="見本　結",
            kana="ミホン　ユイ",
            sex=Sex.FEMALE,
            address=WAKABA_ADDRESS,
            municipality=WAKABA,
            age=28,
            birthday=-15,
        ),
        acts=(
            Act(what=What.HAND_OVER, days=-600),
            Act(what=What.ISSUE, days=-600, kinds=_BOTH),
            Act(what=What.RENAME, days=-20, value="例示　結", kana="レイジ　ユイ"),
        ),
        signature=_MOVED,
    ),
    TestCard(
        name="revoked-request",
        purpose=Words(
            "本人の申請で両方の電子証明書を失効させたカード。",
            "A card whose holder had both certificates revoked (R-5.1).",
        ),
        login=_TO_COUNTER,
        signing=REFUSE_SIGNATURE,
        person=Person(
            number=15,
            name="見本　止",
            kana="ミホン　トマル",
            sex=Sex.MALE,
            address=OTHER_WAKABA_ADDRESS,
            municipality=WAKABA,
            age=60,
            birthday=10,
        ),
        acts=(
            Act(what=What.HAND_OVER, days=-450),
            Act(what=What.ISSUE, days=-450, kinds=_BOTH),
            Act(what=What.REVOKE, days=-30, kinds=_BOTH),
        ),
        authentication=_CEASED,
        signature=_CEASED,
    ),
    TestCard(
        name="compromised",
        purpose=Words(
            "鍵が他人に使われるおそれがあると届け出たかたのカード。",
            "A card whose holder reported that somebody else may use its keys (R-5.2).",
        ),
        login=Words(
            "ログインを断る。届出より前のログインも疑う。",
            "Refuse the login, and suspect those shortly before the report.",
        ),
        signing=REFUSE_SIGNATURE,
        person=Person(
            number=16,
            name="見本　守",
            kana="ミホン　マモル",
            sex=Sex.MALE,
            address=MINATO_ADDRESS,
            municipality=MINATO,
            age=40,
            birthday=-45,
        ),
        acts=(
            Act(what=What.HAND_OVER, days=-350),
            Act(what=What.ISSUE, days=-350, kinds=_BOTH),
            Act(what=What.LEAK, days=-10, kinds=_BOTH),
        ),
        authentication=_COMPROMISED,
        signature=_COMPROMISED,
    ),
    TestCard(
        name="suspended",
        purpose=Words(
            "紛失のおそれで一時停止中のカード。署名用は失効し、利用者証明用は一時保留。",
            "A card stopped for a while: the signature certificate is over, the authentication certificate on hold (R-5.8).",
        ),
        login=Words(
            "ログインを断る。保留が解けることもあるので、利用者の登録は消さない。",
            "Refuse the login, but keep the account: a hold may be lifted.",
        ),
        signing=REFUSE_SIGNATURE,
        person=Person(
            number=17,
            name="見本　忘",
            kana="ミホン　ワスレ",
            sex=Sex.FEMALE,
            address=WAKABA_ADDRESS,
            municipality=WAKABA,
            age=32,
            birthday=180,
        ),
        acts=(
            Act(what=What.HAND_OVER, days=-250),
            Act(what=What.ISSUE, days=-250, kinds=_BOTH),
            Act(what=What.HOLD, days=-4),
        ),
        authentication=Expected(standing=Standing.HELD, reason=RevocationReason.CERTIFICATE_HOLD),
        signature=_revoked(RevocationReason.CERTIFICATE_HOLD),
    ),
    TestCard(
        name="card-lost",
        purpose=Words(
            "紛失の届出で廃止されたカード。拾った人が持っているかもしれない。",
            "A card reported as lost and abolished; a finder may hold it (R-5.2).",
        ),
        login=Words("ログインを断る。", "Refuse the login."),
        signing=REFUSE_SIGNATURE,
        person=Person(
            number=18,
            name="見本　失",
            kana="ミホン　シツ",
            sex=Sex.MALE,
            address=WAKABA_ADDRESS,
            municipality=WAKABA,
            age=44,
            birthday=60,
        ),
        acts=(
            Act(what=What.HAND_OVER, days=-320),
            Act(what=What.ISSUE, days=-320, kinds=_BOTH),
            Act(what=What.LOSE, days=-9),
        ),
        authentication=_COMPROMISED,
        signature=_COMPROMISED,
    ),
    TestCard(
        name="dead",
        purpose=Words(
            "亡くなったかたのカード。両方とも失効している。",
            "A card whose holder has died: both certificates are over (R-5.4).",
        ),
        login=Words(
            "ログインを断り、遺族や相続人の手続きを案内する。",
            "Refuse the login and tell what the family or heirs can do.",
        ),
        signing=REFUSE_SIGNATURE,
        person=Person(
            number=19,
            name="見本　故",
            kana="ミホン　フル",
            sex=Sex.MALE,
            address=WAKABA_ADDRESS,
            municipality=WAKABA,
            age=88,
            birthday=130,
        ),
        acts=(
            Act(what=What.HAND_OVER, days=-550),
            Act(what=What.ISSUE, days=-550, kinds=_BOTH),
            Act(what=What.DEATH, days=-15),
        ),
        authentication=_CEASED,
        signature=_CEASED,
    ),
    TestCard(
        name="emigrated",
        purpose=Words(
            "国外へ転出し、カードを継続して使う手続きをしなかったかたのカード。",
            "A card whose holder left Japan without having it continued (R-5.4, R-5.5).",
        ),
        login=_TO_COUNTER,
        signing=REFUSE_SIGNATURE,
        person=Person(
            number=20,
            name="見本　渡",
            kana="ミホン　ワタル",
            sex=Sex.MALE,
            address=MINATO_ADDRESS,
            municipality=MINATO,
            age=36,
            birthday=-80,
        ),
        acts=(
            Act(what=What.HAND_OVER, days=-380),
            Act(what=What.ISSUE, days=-380, kinds=_BOTH),
            Act(what=What.EMIGRATION, days=-25),
        ),
        authentication=_CEASED,
        signature=_CEASED,
    ),
    TestCard(
        name="foreign-expiring",
        purpose=Words(
            "在留期間がまもなく満了する外国人住民のカード。カードも電子証明書もその日まで。",
            "A foreign resident's card whose period of stay ends soon, and with it card and certificates (R-1.8).",
        ),
        login=Words(
            "満了日まではログインさせる。更新では延びず、在留期間の更新後にカードの延長が要る。",
            "Log the holder in until then. No renewal helps: the card is extended once the stay is.",
        ),
        signing=TAKE_SIGNATURE,
        person=Person(
            number=21,
            name="SPECIMEN　BRUNO",
            kana="スペシメン　ブルーノ",
            sex=Sex.MALE,
            address=WAKABA_ADDRESS,
            municipality=WAKABA,
            age=32,
            birthday=110,
            japanese=False,
        ),
        acts=(Act(what=What.HAND_OVER, days=-200), Act(what=What.ISSUE, days=-200, kinds=_BOTH)),
        authentication=GOOD,
        signature=GOOD,
        stay=20,
    ),
)
