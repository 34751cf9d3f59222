"""The four attributes (基本4情報), as the resident record has them and as a certificate carries them (R-1.9)."""

from dataclasses import dataclass, field
from datetime import date

from openjpki.rules.kinds import Sex


@dataclass(frozen=True, kw_only=True)
class FourAttributes:
    """氏名, 住所, 生年月日, 性別 as they stand on the resident record. `repr` shows none of them."""

    name: str = field(repr=False)
    """Family and given name separated by one full-width space."""
    address: str = field(repr=False)
    """Begins with the prefecture, no postcode, at most 200 characters."""
    birth_date: date = field(repr=False)
    sex: Sex = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class CertifiedAttributes:
    """The four attributes in the certificate's repertoire, with one '0'/'1' flag per character of name and address.

    '1' marks a character that stands for another one that the repertoire lacks (R-1.9).
    """

    name: str = field(repr=False)
    name_substitutions: str = field(repr=False)
    address: str = field(repr=False)
    address_substitutions: str = field(repr=False)
    birth_date: date = field(repr=False)
    sex: Sex = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Municipality:
    """A municipality as certificates, lists and papers name it."""

    code: str
    """全国地方公共団体コード without its check digit: five digits."""
    prefecture: str
    name: str
    prefecture_romaji: str
    """As in the certificate's first L, for example "Mihon-ken"."""
    name_romaji: str
    """As in the certificate's second L, for example "Wakaba-shi"."""
