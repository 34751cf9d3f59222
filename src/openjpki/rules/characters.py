"""The characters of a signature certificate: JIS X 0208 and JIS X 0212, others by substitute (R-1.9).

Python's `euc_jp` codec is that repertoire, half-width katakana apart. A name or address is never normalised (NFKC would
turn ① into 1): one character at a time keeps itself, or gets a substitute and a flag, or is refused.
"""

import unicodedata
from collections.abc import Mapping

from openjpki.errors import Failure, Kind
from openjpki.rules.person import CertifiedAttributes, FourAttributes

LONGEST_ADDRESS = 200
"""Characters of an address in a certificate."""

_SAME_CHARACTER = frozenset("\u2014\uff5e\u2225\uff0d\uffe0\uffe1\uffe2")
"""Code points by which another mapping writes a character of JIS X 0208 (U+FF0D for JIS 1-61): they stay as they are."""

_VARIANTS = str.maketrans(
    "髙﨑𠮷德瀨栁圡增寬敎橫每淸步歷溫狀產硏綠緖薰賴郞鄕靑黑",
    "高崎吉徳瀬柳土増寛教横毎清歩歴温状産研緑緒薫頼郎郷青黒",
)
"""Our own small table of variants met in names and addresses; the authority's own table is not public."""

_HALF_WIDTH_KANA = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFF61, 0xFF9E)} | {
    0xFF9E: "\u309b",  # ゛ and ゜ standing alone: NFKC would make combining marks of them
    0xFF9F: "\u309c",
}

_VARIATION_SELECTORS = frozenset(chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
"""An ideographic variation sequence is out of the repertoire as a whole; its base character is the substitute."""


class NoSubstitute(Failure):
    """A character has no substitute in the certificate's repertoire."""

    code = "characters.no-substitute"
    kind = Kind.REFUSED
    ja = "{position}文字目の文字(U+{code_point})は電子証明書に使えず、代替文字も決まっていません。代替文字を指定してください。"
    en = "Character {position} (U+{code_point}) cannot stand in a certificate and has no substitute. Choose one."


class BadSubstitute(Failure):
    """A chosen substitute is not of the repertoire."""

    code = "characters.bad-substitute"
    kind = Kind.REFUSED
    ja = "指定された代替文字は電子証明書に使えません。"
    en = "The chosen substitute cannot stand in a certificate."


class AddressTooLong(Failure):
    """The address has no room in a certificate."""

    code = "characters.address-too-long"
    kind = Kind.REFUSED
    ja = "住所が{length}文字あります。電子証明書に記載できるのは{most}文字までです。"
    en = "The address has {length} characters; a certificate holds {most}."


def in_repertoire(character: str) -> bool:
    """Say whether one character can stand in a certificate: JIS X 0208 levels 1 and 2, JIS X 0212, printable ASCII."""
    if character in _SAME_CHARACTER:
        return True
    try:
        encoded = character.encode("euc_jp")
    except UnicodeEncodeError:
        return False
    if encoded[0] == 0x8E:  # noqa: PLR2004  -- SS2 of EUC-JP: half-width katakana
        return False
    # The codec writes ¥ and ‾ as \ and ~: what does not come back is not the character.
    return encoded.decode("euc_jp") == character and unicodedata.category(character) != "Cc"


def substitute(text: str, chosen: Mapping[str, str] | None = None) -> tuple[str, str]:
    """Return the text in the repertoire and one '0'/'1' flag per character of the result (R-1.9).

    `chosen` holds the holder's own substitutes by character (one or more characters, kana for instance); they go before
    ours. Raises `NoSubstitute` with the position counted from 1, or `BadSubstitute`.
    """
    own = chosen or {}
    if not all(text and all(map(in_repertoire, text)) for text in own.values()):
        raise BadSubstitute
    result, flags = "", ""
    for position, character in enumerate(text, start=1):
        if character in _VARIATION_SELECTORS and result:
            flags = flags[:-1] + "1"
            continue
        written = character if in_repertoire(character) else own.get(character) or _substitute_of(character)
        if written is None:
            raise NoSubstitute(position=position, code_point=f"{ord(character):04X}")
        result += written
        flags += ("0" if written == character else "1") * len(written)
    return result, flags


def _substitute_of(character: str) -> str | None:
    """Return our substitute of one character: variant, full-width kana, or the ideograph it is compatible with."""
    for candidate in (
        character.translate(_VARIANTS),
        character.translate(_HALF_WIDTH_KANA),
        unicodedata.normalize("NFC", character),  # U+F900 to U+FAFF: the same ideograph, encoded twice
    ):
        if len(candidate) == 1 and in_repertoire(candidate):
            return candidate
    return None


def certified(attributes: FourAttributes, chosen: Mapping[str, str] | None = None) -> CertifiedAttributes:
    """Return the four attributes as a signature certificate carries them (R-1.9).

    Raises `NoSubstitute`, `BadSubstitute` or `AddressTooLong`.
    """
    name, name_substitutions = substitute(attributes.name, chosen)
    address, address_substitutions = substitute(attributes.address, chosen)
    if len(address) > LONGEST_ADDRESS:
        raise AddressTooLong(length=len(address), most=LONGEST_ADDRESS)
    return CertifiedAttributes(
        name=name,
        name_substitutions=name_substitutions,
        address=address,
        address_substitutions=address_substitutions,
        birth_date=attributes.birth_date,
        sex=attributes.sex,
    )
