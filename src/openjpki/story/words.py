"""Words the chapters share: days in both calendars, certificates by name, limits by name."""

from datetime import date

from openjpki.rules.era import in_era
from openjpki.rules.kinds import CertificateKind

KIND_JA = {CertificateKind.SIGNATURE: "署名用電子証明書", CertificateKind.AUTHENTICATION: "利用者証明用電子証明書"}
KIND_EN = {
    CertificateKind.SIGNATURE: "signature certificate",
    CertificateKind.AUTHENTICATION: "authentication certificate",
}
BECAUSE_JA = {
    "fifth-birthday": "発行の日後の5回目の誕生日",
    "sixth-birthday": "更新期間内のため、発行の日後の6回目の誕生日",
    "authentication-expiry": "利用者証明用電子証明書の有効期間の満了日",
    "card-expiry": "カードの有効期間の満了日",
}
BECAUSE_EN = {
    "fifth-birthday": "the fifth birthday after the day of issue",
    "sixth-birthday": "the sixth birthday, since it was renewed inside the window",
    "authentication-expiry": "the end of the authentication certificate",
    "card-expiry": "the end of the card",
}


def day_ja(day: date) -> str:
    """Return a day in both calendars: 令和8年11月23日(2026-11-23)."""
    return f"{in_era(day)}({day.isoformat()})"
