import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, get_args

import pytest

from openjpki.errors import Failure
from openjpki.rules.book import RULES, Mark
from openjpki.rules.dates import JST, day_of_age
from openjpki.rules.deadlines import last_day
from openjpki.rules.eligibility import SIGNATURE_AGE, eligibility
from openjpki.rules.fees import fee
from openjpki.rules.kinds import CertificateKind, FeeReason, PinKind, Term
from openjpki.rules.office import office_open, open_day_from, open_day_until
from openjpki.rules.pins import check_pin, left_after, tries
from openjpki.rules.policy import Policy
from openjpki.rules.renewal import renewal, renewal_window
from openjpki.rules.validity import (
    Expiry,
    authentication_expiry,
    card_expiry,
    signature_expiry,
    special_period_end,
)

Given = Mapping[str, Any]
Answer = dict[str, object]

ROOT = Path(__file__).resolve().parents[3]
VECTORS = ROOT / "tests" / "vectors" / "rules"
NOON = time(12, 0)
FAR = date(2100, 1, 1)


def _age(policy: Policy, given: Given) -> Answer:
    found = eligibility(policy, kind=CertificateKind.SIGNATURE, born=given["born"], on=given["on"])
    return {"eligible": found.eligible, "first": day_of_age(given["born"], SIGNATURE_AGE, policy)}


def _window(policy: Policy, given: Given) -> Answer:
    window = renewal_window(policy, given["expires"])
    return {"opens": window.opens, "closes": window.closes}


def _validity(policy: Policy, given: Given) -> Answer:
    """Issue what `of` names in the order of the counter: the card, the authentication, the signature certificate."""
    issued, born = given["issued"], given["born"]
    beside = {"card": given.get("card_expires"), "authentication": given.get("authentication_expires")}
    answer: Answer = {}

    def end(what: str, expiry: Expiry) -> None:
        beside[what] = expiry.expires
        answer[what] = [expiry.expires, expiry.because]

    if "card" in given["of"]:
        received = given.get("received", issued)
        end(
            "card", card_expiry(policy, issued=issued, received=received, born=born, stay_until=given.get("stay_until"))
        )
    common = {"issued": issued, "born": born, "card_expires": beside["card"]}
    old = given.get("replaces_expiring")
    if "authentication" in given["of"]:
        end("authentication", authentication_expiry(policy, replaces_expiring=old, **common))
    if "signature" in given["of"]:
        authentication = beside["authentication"]
        end(
            "signature",
            signature_expiry(policy, replaces_expiring=old, authentication_expires=authentication, **common),
        )
    return answer


def _special_period(policy: Policy, given: Given) -> Answer:
    assert policy == Policy()
    return {"until": special_period_end(given["stay_until"], decided_on=given.get("decided_on"))}


def _fee(policy: Policy, given: Given) -> Answer:
    return {"yen": fee(policy, reason=FeeReason(given["reason"]), on=given["on"]).yen}


def _office(policy: Policy, given: Given) -> Answer:
    found = office_open(policy, datetime.combine(given["day"], NOON, JST))
    return {"open": found.open, "because": found.because}


def _closed_expiry(policy: Policy, given: Given) -> Answer:
    """Renew on the last open day, or come on the next one: a new issue."""
    expires, born = given["expires"], given["born"]
    last, following = open_day_until(policy, expires), open_day_from(policy, expires)
    late = renewal(policy, expires=expires, card_expires=FAR, on=following)
    renewed = authentication_expiry(policy, issued=last, born=born, card_expires=FAR, replaces_expiring=expires)
    issued = authentication_expiry(policy, issued=following, born=born, card_expires=FAR)
    assert renewal(policy, expires=expires, card_expires=FAR, on=last).open
    return {
        "last_open_day": last,
        "renewed_until": renewed.expires,
        "next_open_day": following,
        "refusal": ", ".join(finding.code for finding in late.findings),
        "yen": fee(policy, reason=FeeReason.AFTER_EXPIRY, on=following).yen,
        "issued_until": issued.expires,
    }


def _continued_use(policy: Policy, given: Given) -> Answer:
    return {"until": last_day(policy, term=Term.CONTINUED_USE, since=given["reported"])}


def _pin_lock(policy: Policy, given: Given) -> Answer:
    assert policy == Policy()
    kind = PinKind(given["kind"])
    left = tries(kind)
    for entry in given["tries"]:
        left = left_after(kind, left, matched=entry == "H")
    return {"locked": left == 0, "left": left}


def _pin_form(policy: Policy, given: Given) -> Answer:
    try:
        return {"set": check_pin(PinKind(given["kind"]), given["pin"], policy)}
    except Failure as refusal:
        return {"refusal": refusal.code}


QUESTIONS: Mapping[str, Callable[[Policy, Given], Answer]] = {
    "age": _age,
    "card": _validity,
    "closed-expiry": _closed_expiry,
    "continued-use": _continued_use,
    "fees": _fee,
    "leap-day": _validity,
    "office": _office,
    "pin-form": _pin_form,
    "pin-lock": _pin_lock,
    "renewal-window": _window,
    "special-period": _special_period,
    "stay": _validity,
    "validity": _validity,
}
"""A file of examples → how our functions answer its question."""


@dataclass(frozen=True, kw_only=True)
class Example:
    """One worked example as its file has it."""

    file: str
    id: str
    rules: list[str]
    mark: str
    source: str
    cases: list[dict[str, Given]]


EXAMPLES = [
    Example(file=path.stem, **row)
    for path in sorted(VECTORS.glob("*.toml"))
    for row in tomllib.loads(path.read_text(encoding="utf-8"))["example"]
]


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.id for example in EXAMPLES])
def test_a_worked_example(example: Example) -> None:
    """R-1.4, R-1.5, R-2.4, R-3.1 to R-3.5, R-3.7 to R-3.10, R-4.1, R-4.3, R-4.4, R-4.7, R-5.21, R-5.22, R-6.1, R-6.2: E-01 to E-43."""
    for case in example.cases:
        policy = Policy().with_settings(case["given"].get("policy", {}))

        assert QUESTIONS[example.file](policy, case["given"]) == case["expected"]


def test_every_example_is_used_once() -> None:
    """E-01 to E-43, each in one file, and each in the rule book that people read."""
    known = [f"E-{number:02}" for number in range(1, 44)]

    assert sorted(example.id for example in EXAMPLES) == known
    assert set(re.findall(r"\bE-\d\d\b", (ROOT / "docs" / "rules.md").read_text(encoding="utf-8"))) == set(known)


def test_every_file_is_used() -> None:
    """No file lies in the folder unread, and no question is without its file."""
    found = {path.name for path in VECTORS.rglob("*")}

    assert found == {f"{name}.toml" for name in QUESTIONS} | {"README.md"}


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.id for example in EXAMPLES])
def test_an_example_says_where_it_comes_from(example: Example) -> None:
    """Rules of the rule book, a certainty mark, a source, at least one case."""
    assert example.rules
    assert set(example.rules) <= set(RULES)
    assert example.mark in get_args(Mark)
    assert example.source
    assert example.cases
