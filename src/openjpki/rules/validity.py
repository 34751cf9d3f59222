"""Until when certificates and cards are valid: the earliest of their limits, that day included (R-3.1 to R-3.7)."""

from dataclasses import dataclass
from datetime import date

from openjpki.rules.dates import age_on, months_after, nth_birthday_after, validity_birthday
from openjpki.rules.policy import Policy
from openjpki.rules.renewal import less_than_three_months_from

CERTIFICATE_BIRTHDAYS = 5
"""The 5th birthday after the day of issue (R-3.1, S-19)."""

ADULT_CARD_BIRTHDAYS = 10
MINOR_CARD_BIRTHDAYS = 5
ADULT_AGE = 18
ADULT_AGE_BEFORE_2022 = 20
ADULT_AGE_CHANGED = date(2022, 4, 1)
"""The line follows the day on which the authority received the application for the card (R-3.7)."""

SPECIAL_PERIOD_MONTHS = 2
"""特例期間 while a renewal of the period of stay is pending (R-3.7)."""

_ORDINALS = {5: "fifth", 6: "sixth", 10: "tenth"}


@dataclass(frozen=True, kw_only=True)
class Expiry:
    """The last day of validity, included; the limit that decided; the rules applied.

    `because` is one of "fifth-birthday", "sixth-birthday", "tenth-birthday", "authentication-expiry", "card-expiry",
    "period-of-stay".
    """

    expires: date
    because: str
    rules: tuple[str, ...]


def signature_expiry(
    policy: Policy,
    *,
    issued: date,
    born: date,
    card_expires: date,
    authentication_expires: date | None = None,
    replaces_expiring: date | None = None,
) -> Expiry:
    """Return the end of a signature certificate: birthday, authentication certificate or card (R-3.1; S-19 to S-22).

    `issued` is the day on which the authority issues it, not that of the hand-over (R-2.1);
    `authentication_expires` is the end of the authentication certificate that will be alive beside it;
    `replaces_expiring` the end of the living certificate of the same kind that it replaces (R-3.3).
    """
    return _earliest(
        _birthday_limit(policy, issued, born, replaces_expiring),
        _limit(authentication_expires, "authentication-expiry", "R-3.1"),
        _limit(card_expires, "card-expiry", "R-3.1"),
    )


def authentication_expiry(
    policy: Policy,
    *,
    issued: date,
    born: date,
    card_expires: date,
    authentication_expires: date | None = None,
    replaces_expiring: date | None = None,
) -> Expiry:
    """Return the end of an authentication certificate: birthday or card (R-3.2; S-19, S-21, S-22; CF-4).

    `authentication_expires` counts only under `auth_expiry_caps = "both"`, the letter of S-20; the certificate being
    replaced is no limit of its successor, so the caller leaves it out.
    """
    capped = authentication_expires if policy.auth_expiry_caps == "both" else None
    return _earliest(
        _birthday_limit(policy, issued, born, replaces_expiring),
        _limit(capped, "authentication-expiry", "R-3.2"),
        _limit(card_expires, "card-expiry", "R-3.2"),
    )


def card_expiry(policy: Policy, *, issued: date, received: date, born: date, stay_until: date | None = None) -> Expiry:
    """Return the end of a card: the 10th birthday for adults, else the 5th, never past a period of stay (R-3.7)."""
    adult_age = ADULT_AGE if received >= ADULT_AGE_CHANGED else ADULT_AGE_BEFORE_2022
    adult = age_on(born, issued, policy) >= adult_age
    birthdays = ADULT_CARD_BIRTHDAYS if adult else MINOR_CARD_BIRTHDAYS
    return _earliest(
        Expiry(
            expires=nth_birthday_after(born, issued, birthdays, policy),
            because=f"{_ORDINALS[birthdays]}-birthday",
            rules=("R-3.5", "R-3.7"),
        ),
        _limit(stay_until, "period-of-stay", "R-3.7"),
    )


def special_period_end(stay_until: date, *, decided_on: date | None = None) -> date:
    """Return the last day of the 特例期間: two months past the period of stay, once, or the decision if earlier (R-3.7)."""
    end = months_after(stay_until, SPECIAL_PERIOD_MONTHS)
    return end if decided_on is None else max(stay_until, min(end, decided_on))


def _birthday_limit(policy: Policy, issued: date, born: date, replaces_expiring: date | None) -> Expiry:
    """Return the 5th birthday after the issue, the 6th for a renewal with less than three months to go (R-3.3, R-3.4)."""
    birthdays, rules = CERTIFICATE_BIRTHDAYS, ("R-3.1", "R-3.5")
    if replaces_expiring and less_than_three_months_from(policy, replaces_expiring) <= issued <= replaces_expiring:
        birthdays, rules = policy.early_renewal_birthdays, ("R-3.3", "R-3.5")
        if issued == replaces_expiring == validity_birthday(born, issued.year, policy):
            birthdays, rules = policy.expiry_day_birthdays, ("R-3.4", "R-3.5")
    return Expiry(
        expires=nth_birthday_after(born, issued, birthdays, policy),
        because=f"{_ORDINALS[birthdays]}-birthday",
        rules=rules,
    )


def _limit(day: date | None, because: str, rule: str) -> Expiry | None:
    return None if day is None else Expiry(expires=day, because=because, rules=(rule,))


def _earliest(birthday: Expiry, *limits: Expiry | None) -> Expiry:
    """Return the earliest limit; of equal ones the first named (S-22)."""
    return min((birthday, *(limit for limit in limits if limit)), key=lambda limit: limit.expires)
