"""How `openjpki checklist` tells its answer to a program: one object with every rule and finding."""

from datetime import date
from typing import Any

from openjpki.cli.rules.findings import coded
from openjpki.errors import Language
from openjpki.rules.checklist.checklist import Checklist
from openjpki.rules.checklist.interview import Interview
from openjpki.rules.checklist.items import Item
from openjpki.rules.kinds import CertificateKind


def as_data(interview: Interview, found: Checklist, language: Language) -> dict[str, Any]:
    """Return the answer as JSON-ready data, with every rule and finding."""
    return {
        **_asked(interview),
        "on": interview.on.isoformat(),
        "means": found.means,
        "opens": _day(found.opens),
        "closes": _day(found.closes),
        "first_open_day": _day(found.first_open_day),
        "last_open_day": _day(found.last_open_day),
        "waits": coded(found.waits, language),
        "office": {
            "place": found.counter.place,
            "opens": f"{found.counter.hours.opens:%H:%M}",
            "closes": f"{found.counter.hours.closes:%H:%M}",
            "contact": found.counter.contact,
        },
        "visits": [[_item_data(item) for item in items] for items in found.visits],
        "letter": {"days": found.letter.days, "until": _day(found.letter.until)} if found.letter else None,
        "pins": [
            {"pin": pin.kind.value, "remember": pin.remember, "think_of": pin.think_of, "rules": list(pin.rules)}
            for pin in found.pins
        ],
        "fee": {"yen": found.fee.yen, "rules": list(found.fee.rules)} if found.fee else None,
        "kiosk": {"place": found.kiosk.place, "findings": coded(found.kiosk.findings, language)}
        if found.kiosk
        else None,
        "instead": [
            {
                **(_asked(other.interview) if other.interview else {"procedure": None, "applicant": None, "kinds": []}),
                "opens": _day(other.opens),
                "findings": coded(other.findings, language),
            }
            for other in found.instead
        ],
        "findings": coded(found.findings, language),
        "rules": list(found.rules),
    }


def _asked(interview: Interview) -> dict[str, Any]:
    return {
        "procedure": interview.procedure.value,
        "applicant": interview.applicant.value,
        "kinds": [kind.value for kind in CertificateKind if kind in interview.kinds],
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _item_data(item: Item) -> dict[str, Any]:
    return {
        "thing": item.thing.value,
        "whose": item.whose.value,
        "required": item.required,
        "another": item.another,
        "kinds": [kind.value for kind in item.kinds],
        "months": item.months or None,
        "rules": list(item.rules),
    }
