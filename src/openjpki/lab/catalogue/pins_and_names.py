"""Cards with locked PINs, and cards whose holders' names and dates are a test of their own."""

from typing import Final

from openjpki.lab.catalogue.card import Act, Person, TestCard, What, Words
from openjpki.lab.catalogue.places import (
    LOG_IN,
    MINATO_ADDRESS,
    OTHER_WAKABA_ADDRESS,
    TAKE_SIGNATURE,
    WAKABA_ADDRESS,
)
from openjpki.lab.city import MINATO, WAKABA
from openjpki.rules.characters import LONGEST_ADDRESS
from openjpki.rules.kinds import CertificateKind, Sex

AUTHENTICATION, SIGNATURE = CertificateKind.AUTHENTICATION, CertificateKind.SIGNATURE
_BOTH = (AUTHENTICATION, SIGNATURE)
_RESET = Words(
    "暗証番号がロック中だと伝え、窓口かコンビニ端末での再設定を案内する。何度も入力させない。",
    "Tell that the PIN is locked; the counter, or a convenience store's terminal, sets it anew (R-6.6). Ask for no other try.",
)
_RESET_AT_COUNTER = Words(
    "暗証番号がロック中だと伝え、窓口での再設定を案内する。コンビニ端末では再設定できない。",
    "Tell that the PIN is locked and the municipal counter sets it anew; no convenience store's terminal can (R-6.6).",
)

LOCKED: Final = (
    TestCard(
        name="locked-sign",
        purpose=Words(
            "署名用の暗証番号を5回間違えてロックされたカード。",
            "A card whose signature PIN is locked after five misses (R-6.2).",
        ),
        login=LOG_IN,
        signing=_RESET,
        person=Person(
            number=22,
            name="見本　鍵子",
            kana="ミホン　カギコ",
            sex=Sex.FEMALE,
            address=WAKABA_ADDRESS,
            municipality=WAKABA,
            age=28,
            birthday=95,
        ),
        acts=(
            Act(what=What.HAND_OVER, days=-160),
            Act(what=What.ISSUE, days=-160, kinds=_BOTH),
            Act(what=What.LOCK, days=-3, kinds=(SIGNATURE,)),
        ),
    ),
    TestCard(
        name="locked-auth",
        purpose=Words(
            "利用者証明用の暗証番号を3回間違えてロックされたカード。",
            "A card whose authentication PIN is locked after three misses (R-6.2).",
        ),
        login=_RESET,
        signing=TAKE_SIGNATURE,
        person=Person(
            number=23,
            name="見本　錠太",
            kana="ミホン　ジョウタ",
            sex=Sex.MALE,
            address=WAKABA_ADDRESS,
            municipality=WAKABA,
            age=20,
            birthday=-25,
        ),
        acts=(
            Act(what=What.HAND_OVER, days=-140),
            Act(what=What.ISSUE, days=-140, kinds=_BOTH),
            Act(what=What.LOCK, days=-3, kinds=(AUTHENTICATION,)),
        ),
    ),
    TestCard(
        name="locked-both",
        purpose=Words(
            "署名用と利用者証明用の暗証番号がどちらもロックされたカード。",
            "A card both of whose PINs are locked.",
        ),
        login=_RESET_AT_COUNTER,
        signing=_RESET_AT_COUNTER,
        person=Person(
            number=24,
            name="見本　閉",
            kana="ミホン　トジル",
            sex=Sex.MALE,
            address=OTHER_WAKABA_ADDRESS,
            municipality=WAKABA,
            age=72,
            birthday=5,
        ),
        acts=(
            Act(what=What.HAND_OVER, days=-130),
            Act(what=What.ISSUE, days=-130, kinds=_BOTH),
            Act(what=What.LOCK, days=-3, kinds=_BOTH),
        ),
    ),
)


def _filled(start: str, again: str, length: int) -> str:
    """Return a text of exactly so many characters."""
    return (start + again * length)[:length]


LONGEST_NAME: Final = 100
"""Characters of the longest name that a register takes (`window.shapes.MAX_NAME`)."""

UNCOMMON: Final = (
    TestCard(
        name="substituted-name",
        purpose=Words(
            "氏名と住所に電子証明書で使えない文字があり、代替文字に置き換わっているカード。",
            "A card whose name and address have characters that a certificate lacks; substitutes stand for them (R-1.9).",
        ),
        login=LOG_IN,
        signing=Words(
            "署名を受け付ける。氏名を照合するときは、代替文字の印の付いた位置を違いとして数えない。",
            "Take the signature. Where a flag marks a substitute, a different character is no different name.",
        ),
        person=Person(
            number=25,
            name="髙𠮷　德子",
            kana="タカヨシ　ノリコ",
            sex=Sex.FEMALE,
            address="見本県若葉市本町二丁目１番地髙﨑荘",
            municipality=WAKABA,
            age=44,
            birthday=-70,
        ),
        acts=(Act(what=What.HAND_OVER, days=-260), Act(what=What.ISSUE, days=-260, kinds=_BOTH)),
    ),
    TestCard(
        name="long-name",
        purpose=Words(
            "氏名が100文字、住所が200文字のカード。",
            "A card with a name of 100 characters and an address of 200.",
        ),
        login=LOG_IN,
        signing=Words(
            "署名を受け付け、氏名と住所を切り詰めずに表示し、保存する。",
            "Take the signature; show and store name and address without cutting them.",
        ),
        person=Person(
            number=26,
            name=_filled("SPECIMEN　MAXIMILIANA　", "LONGINA", LONGEST_NAME),
            kana=_filled("スペシメン　マクシミリアーナ　", "ロンギナ", LONGEST_NAME),
            sex=Sex.FEMALE,
            address=_filled("見本県若葉市緑町一丁目９９番９９号", "見本長名集合住宅", LONGEST_ADDRESS),
            municipality=WAKABA,
            age=36,
            birthday=140,
        ),
        acts=(Act(what=What.HAND_OVER, days=-120), Act(what=What.ISSUE, days=-120, kinds=_BOTH)),
    ),
    TestCard(
        name="foreign-resident",
        purpose=Words(
            "外国人住民のカード。氏名はローマ字で、有効期間は在留期間の満了日まで。",
            "A foreign resident's card: a name in Latin letters, valid until the period of stay ends (R-1.8).",
        ),
        login=LOG_IN,
        signing=Words(
            "署名を受け付ける。氏名がローマ字で、姓と名の順が決まっていないことがある。",
            "Take the signature. The name is in Latin letters, and may have more than two parts.",
        ),
        person=Person(
            number=27,
            name="SPECIMEN　ANNA　MARIA",
            kana="スペシメン　アンナ　マリア",
            sex=Sex.FEMALE,
            address=MINATO_ADDRESS,
            municipality=MINATO,
            age=28,
            birthday=55,
            japanese=False,
        ),
        acts=(Act(what=What.HAND_OVER, days=-110), Act(what=What.ISSUE, days=-110, kinds=_BOTH)),
        stay=600,
    ),
)
