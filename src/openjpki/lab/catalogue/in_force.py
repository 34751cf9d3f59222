"""Cards with certificates in force, and those to which none was issued."""

from typing import Final

from openjpki.lab.catalogue.card import ABSENT, Act, Expected, Person, Standing, TestCard, What, Words
from openjpki.lab.catalogue.places import (
    LOG_IN,
    MINATO_ADDRESS,
    OTHER_WAKABA_ADDRESS,
    TAKE_SIGNATURE,
    WAKABA_ADDRESS,
)
from openjpki.lab.city import MINATO, WAKABA
from openjpki.rules.kinds import CertificateKind, PinKind, Power, RevocationReason, Sex

AUTHENTICATION, SIGNATURE = CertificateKind.AUTHENTICATION, CertificateKind.SIGNATURE
_BOTH = (AUTHENTICATION, SIGNATURE)
_WITHOUT_SIGNATURE_PIN = frozenset(PinKind) - {PinKind.SIGNATURE}
_SUPERSEDED = Expected(standing=Standing.REVOKED, reason=RevocationReason.SUPERSEDED)

IN_FORCE: Final = (
    TestCard(
        name="adult",
        purpose=Words("成人のカード。すべて有効。", "An adult's card: everything is in force."),
        login=LOG_IN,
        signing=TAKE_SIGNATURE,
        person=Person(
            number=1,
            name="見本　大介",
            kana="ミホン　ダイスケ",
            sex=Sex.MALE,
            address=WAKABA_ADDRESS,
            municipality=WAKABA,
            age=36,
            birthday=120,
        ),
        acts=(Act(what=What.HAND_OVER, days=-400), Act(what=What.ISSUE, days=-400, kinds=_BOTH)),
    ),
    TestCard(
        name="child",
        purpose=Words(
            "15歳未満のかたのカード。署名用電子証明書は発行されない。",
            "A card of a person under 15, to whom no signature certificate is issued (R-1.3).",
        ),
        login=Words(
            "ログインさせる。法定代理人が操作していることがある。",
            "Log the holder in; it may be the parent who acts.",
        ),
        signing=Words(
            "署名用電子証明書がないことを伝え、ほかの手続きを案内する。故障として扱わない。",
            "Tell that the card has no signature certificate and offer another way; it is no fault of the card.",
        ),
        person=Person(
            number=2,
            name="見本　つぼみ",
            kana="ミホン　ツボミ",
            sex=Sex.FEMALE,
            address=WAKABA_ADDRESS,
            municipality=WAKABA,
            age=8,
            birthday=-60,
        ),
        acts=(Act(what=What.HAND_OVER, days=-300), Act(what=What.ISSUE, days=-300, kinds=(AUTHENTICATION,))),
        signature=ABSENT,
        pins=_WITHOUT_SIGNATURE_PIN,
        represented=Power.PARENT,
    ),
    TestCard(
        name="fifteen",
        purpose=Words(
            "15歳になったばかりのかたのカード。署名用電子証明書の発行を受けている。",
            "A card of a person who has just turned 15 and was issued a signature certificate (R-1.4).",
        ),
        login=LOG_IN,
        signing=Words(
            "署名を受け付ける。成年に限る手続きは、証明書の生年月日を確かめて断る。",
            "Take the signature. What only adults may do is refused by the birth date in the certificate.",
        ),
        person=Person(
            number=3,
            name="見本　若葉",
            kana="ミホン　ワカバ",
            sex=Sex.FEMALE,
            address=WAKABA_ADDRESS,
            municipality=WAKABA,
            age=15,
            birthday=-30,
        ),
        acts=(Act(what=What.HAND_OVER, days=-2), Act(what=What.ISSUE, days=-2, kinds=_BOTH)),
    ),
    TestCard(
        name="ward",
        purpose=Words(
            "成年被後見人のカード。署名用電子証明書は発行されない。",
            "A card of an adult ward, to whom no signature certificate is issued (R-1.7).",
        ),
        login=Words(
            "ログインさせる。成年後見人が操作していることがある。",
            "Log the holder in; it may be the guardian who acts.",
        ),
        signing=Words(
            "署名用電子証明書がないことを伝え、成年後見人による手続きを案内する。",
            "Tell that the card has no signature certificate, and how the guardian can act.",
        ),
        person=Person(
            number=4,
            name="見本　静",
            kana="ミホン　シズカ",
            sex=Sex.FEMALE,
            address=OTHER_WAKABA_ADDRESS,
            municipality=WAKABA,
            age=84,
            birthday=200,
        ),
        acts=(Act(what=What.HAND_OVER, days=-180), Act(what=What.ISSUE, days=-180, kinds=(AUTHENTICATION,))),
        signature=ABSENT,
        pins=_WITHOUT_SIGNATURE_PIN,
        represented=Power.GUARDIAN,
    ),
    TestCard(
        name="face-auth",
        purpose=Words(
            "顔認証マイナンバーカード。暗証番号がなく、署名用電子証明書もない。",
            "A card that identifies by face: no PINs, and no signature certificate (R-1.11).",
        ),
        login=Words(
            "暗証番号を受け付けないカードだと伝え、ほかの手段を案内する。「ロック中」とは伝えない。",
            "Tell that this card takes no PIN and offer another way. It is not locked: nothing can be reset.",
        ),
        signing=Words(
            "署名用電子証明書がないことを伝え、ほかの手続きを案内する。",
            "Tell that the card has no signature certificate and offer another way.",
        ),
        person=Person(
            number=5,
            name="見本　松雄",
            kana="ミホン　マツオ",
            sex=Sex.MALE,
            address=OTHER_WAKABA_ADDRESS,
            municipality=WAKABA,
            age=76,
            birthday=90,
        ),
        acts=(Act(what=What.HAND_OVER, days=-150), Act(what=What.ISSUE, days=-150, kinds=(AUTHENTICATION,))),
        signature=ABSENT,
        pins=frozenset(),
    ),
    TestCard(
        name="no-certificates",
        purpose=Words(
            "電子証明書の発行を希望しなかったかたのカード。",
            "A card whose holder did not wish for any certificate.",
        ),
        login=Words(
            "電子証明書がないことを伝え、市区町村の窓口での発行を案内する。",
            "Tell that the card has no certificate; the municipal counter issues it.",
        ),
        signing=Words("ログインと同じ。", "As for a login."),
        person=Person(
            number=6,
            name="見本　正",
            kana="ミホン　タダシ",
            sex=Sex.MALE,
            address=OTHER_WAKABA_ADDRESS,
            municipality=WAKABA,
            age=44,
            birthday=33,
        ),
        acts=(Act(what=What.HAND_OVER, days=-90),),
        authentication=ABSENT,
        signature=ABSENT,
        pins=frozenset(PinKind) - {PinKind.SIGNATURE, PinKind.AUTHENTICATION},
    ),
    TestCard(
        name="blank",
        purpose=Words(
            "工場から届いたままのカード。券面の記録も暗証番号も電子証明書もない。",
            "A card as it came from the factory: nobody's, without face, PINs and certificates.",
        ),
        login=Words("使えないカードだと伝える。", "Tell that the card cannot be used."),
        signing=Words("使えないカードだと伝える。", "Tell that the card cannot be used."),
        person=None,
        authentication=ABSENT,
        signature=ABSENT,
        pins=frozenset(),
    ),
    TestCard(
        name="in-window",
        purpose=Words(
            "更新できる期間に入ったカード。電子証明書はまだ有効。",
            "A card whose renewal window is open; its certificates are still in force (R-3.8).",
        ),
        login=Words(
            "ログインさせる。有効期限が近いことを知らせてもよい。",
            "Log the holder in; the service may remind of the coming expiry.",
        ),
        signing=TAKE_SIGNATURE,
        person=Person(
            number=7,
            name="見本　春子",
            kana="ミホン　ハルコ",
            sex=Sex.FEMALE,
            address=WAKABA_ADDRESS,
            municipality=WAKABA,
            age=40,
            birthday=45,
        ),
        acts=(Act(what=What.HAND_OVER, days=-1600), Act(what=What.ISSUE, days=-1600, kinds=_BOTH)),
    ),
    TestCard(
        name="renewed",
        purpose=Words(
            "両方の電子証明書を更新したカード。前の電子証明書は失効している。",
            "A card on which both certificates were renewed; the old ones are superseded (R-5.7).",
        ),
        login=Words(
            "ログインさせる。利用者を発行番号で覚えている場合は、新しい番号への紐付けが必要。",
            "Log the holder in. Whoever knows the user by the serial has to link the new one.",
        ),
        signing=Words(
            "新しい証明書の署名を受け付ける。更新前の証明書による署名は、署名した時点で判断する。",
            "Take signatures by the new certificate; one by the old certificate is judged at the time of signing.",
        ),
        person=Person(
            number=8,
            name="見本　夏樹",
            kana="ミホン　ナツキ",
            sex=Sex.MALE,
            address=WAKABA_ADDRESS,
            municipality=WAKABA,
            age=48,
            birthday=20,
        ),
        acts=(
            Act(what=What.HAND_OVER, days=-1620),
            Act(what=What.ISSUE, days=-1620, kinds=_BOTH),
            Act(what=What.RENEW, days=-20, kinds=_BOTH),
        ),
        former=((AUTHENTICATION, _SUPERSEDED), (SIGNATURE, _SUPERSEDED)),
    ),
    TestCard(
        name="reissued",
        purpose=Words(
            "引っ越して署名用電子証明書の再発行を受けたカード。新しい住所が入っている。",
            "A card whose holder moved and was issued a new signature certificate, with the new address (R-5.22).",
        ),
        login=Words(
            "ログインさせる。利用者証明用電子証明書は引越しの前と同じもの。",
            "Log the holder in: the authentication certificate is the one from before the move.",
        ),
        signing=Words(
            "署名を受け付け、登録してある住所を証明書の住所と照らし合わせる。",
            "Take the signature, and compare the address on file with the one in the certificate.",
        ),
        person=Person(
            number=9,
            name="見本　秋江",
            kana="ミホン　アキエ",
            sex=Sex.FEMALE,
            address=WAKABA_ADDRESS,
            municipality=WAKABA,
            age=52,
            birthday=-100,
        ),
        acts=(
            Act(what=What.HAND_OVER, days=-700),
            Act(what=What.ISSUE, days=-700, kinds=_BOTH),
            Act(what=What.MOVE, days=-60, value=MINATO_ADDRESS),
            Act(what=What.REISSUE, days=-45, kinds=(SIGNATURE,)),
        ),
        former=((SIGNATURE, Expected(standing=Standing.REVOKED, reason=RevocationReason.AFFILIATION_CHANGED)),),
    ),
    TestCard(
        name="minato",
        purpose=Words(
            "もう一つの市のカード。失効リストは市区町村ごとに分かれている。",
            "A card from the other city: revocation lists are parted by municipality.",
        ),
        login=LOG_IN,
        signing=TAKE_SIGNATURE,
        person=Person(
            number=10,
            name="見本　渚",
            kana="ミホン　ナギサ",
            sex=Sex.UNKNOWN,
            address=MINATO_ADDRESS,
            municipality=MINATO,
            age=28,
            birthday=150,
        ),
        acts=(Act(what=What.HAND_OVER, days=-210), Act(what=What.ISSUE, days=-210, kinds=_BOTH)),
    ),
)
