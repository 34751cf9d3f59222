"""What is told of a card: its certificates, its days, its PINs, as data for `--json` and as a person reads them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from openjpki.errors import Language
from openjpki.pki.inspect import facts
from openjpki.pki.issuer import CertificateUnreadable
from openjpki.rules.dates import civil_date
from openjpki.rules.era import in_era, spoken
from openjpki.rules.kinds import CertificateKind, PinKind, Sex

CERTIFICATES: Mapping[CertificateKind, Mapping[Language, str]] = {
    CertificateKind.SIGNATURE: {"ja": "署名用電子証明書", "en": "signature certificate"},
    CertificateKind.AUTHENTICATION: {"ja": "利用者証明用電子証明書", "en": "authentication certificate"},
}
PINS: Mapping[PinKind, Mapping[Language, str]] = {
    PinKind.SIGNATURE: {"ja": "署名用電子証明書の暗証番号", "en": "signature PIN"},
    PinKind.AUTHENTICATION: {"ja": "利用者証明用電子証明書の暗証番号", "en": "authentication PIN"},
    PinKind.RESIDENT_RECORD: {"ja": "住民基本台帳用の暗証番号", "en": "resident record PIN"},
    PinKind.CARD_FACE_ENTRY: {"ja": "券面事項入力補助用の暗証番号", "en": "card face entry PIN"},
}

SEXES: Mapping[Sex, Mapping[Language, str]] = {
    Sex.MALE: {"ja": "男", "en": "male"},
    Sex.FEMALE: {"ja": "女", "en": "female"},
    Sex.UNKNOWN: {"ja": "不明", "en": "unknown"},
}


def certificate_data(certificate: bytes, moment: datetime) -> dict[str, Any]:
    """Return what a certificate, DER, tells without naming its holder; raise `CertificateUnreadable`."""
    told = facts(certificate)
    try:
        expires = civil_date(told.not_after)
    except OverflowError:  # RFC 5280 §4.1.2.5: without an end, which is no day in Japan any more
        raise CertificateUnreadable from None
    return {
        "serial": told.serial,
        "algorithm": told.algorithm.value,
        "valid_from": told.not_before.isoformat(),
        **day_data("expires", expires),
        "in_period": told.not_before <= moment <= told.not_after,
    }


def certificate_words(certificate: Mapping[str, Any], language: Language) -> list[str]:
    """Return what a person reads of `certificate_data`, part by part."""
    day = spoken(date.fromisoformat(certificate["expires"]), language)
    until = words(language, f"{day}まで", f"valid through {day}")
    parts = [until, f"No. {certificate['serial']}", certificate["algorithm"]]
    if not certificate["in_period"]:
        parts.append(words(language, "有効期間外です", "not within its validity"))
    return parts


def line_of(kind: CertificateKind, parts: list[str], language: Language) -> str:
    """Return a certificate's line."""
    return f"{CERTIFICATES[kind][language]}: {words(language, '、', ', ').join(parts)}"


def day_data(name: str, day: date) -> dict[str, str]:
    """Return a day in both calendars."""
    return {name: day.isoformat(), f"{name}_era": in_era(day)}


def words(language: Language, ja: str, en: str) -> str:
    """Return the words of the language asked for."""
    return ja if language == "ja" else en
