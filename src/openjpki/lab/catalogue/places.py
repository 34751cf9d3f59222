"""Names and addresses that many test cards share. No such person or place exists."""

from typing import Final

from openjpki.lab.catalogue.card import Words

WAKABA_ADDRESS: Final = "見本県若葉市緑町一丁目２番３号"
OTHER_WAKABA_ADDRESS: Final = "見本県若葉市本町三丁目４番５号"
MINATO_ADDRESS: Final = "見本県みなと市浜通二丁目６番７号"

LOG_IN: Final = Words("ログインさせる。", "Log the holder in.")
TAKE_SIGNATURE: Final = Words("署名を受け付ける。", "Take the signature.")
REFUSE_SIGNATURE: Final = Words("署名を受け付けない。", "Refuse the signature.")
