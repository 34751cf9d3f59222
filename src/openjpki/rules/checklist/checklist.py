"""The answer to the interview: may I come, when, where, with which papers and PINs, what it costs, and else what instead."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from openjpki.rules.agency import ISSUING
from openjpki.rules.checklist.advice import advice
from openjpki.rules.checklist.days import Days, days
from openjpki.rules.checklist.instead import Instead, instead
from openjpki.rules.checklist.interview import Interview
from openjpki.rules.checklist.items import Item, Pin, pins, visits
from openjpki.rules.dates import JST
from openjpki.rules.deadlines import last_day
from openjpki.rules.fees import Fee, check_reason, fee
from openjpki.rules.finding import Finding, refusals_first
from openjpki.rules.identity import decide
from openjpki.rules.kinds import Applicant, CertificateKind, FeeReason, PinKind, Procedure, Term
from openjpki.rules.pin_reset import KioskReset, kiosk_reset
from openjpki.rules.policy import Policy
from openjpki.rules.remaking import REMADE, remaking_fee
from openjpki.rules.renewal import renewal_window
from openjpki.rules.settings import Calendar, Hours

Means = Literal["same_day", "two_visits", "telephone", "not"]
"""How it is done: in one visit, in two with the inquiry letter between them, by telephone, or not at all."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """The inquiry letter between two visits (R-2.24; S-15)."""

    days: int
    """From its sending to the last day of the reply, before closed days move it."""
    until: date
    """The last day of the reply if the letter is sent on the first open day."""


@dataclass(frozen=True, kw_only=True)
class Counter:
    """Where and at what hours, and whom to ask (R-2.29, R-4.4, R-4.8, R-4.9; S-11, S-12, S-37, S-38, S-64 to S-70)."""

    place: str
    hours: Hours
    calendar: Calendar
    contact: str
    rules: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Checklist:
    """Everything that a person has to know before coming."""

    means: Means
    opens: date | None
    """The first day, not before the interview; None: not at all."""
    closes: date | None
    """The last day; None: no end is known."""
    first_open_day: date | None
    last_open_day: date | None
    of_age: bool
    """Whether the last day is no term: from the day after it the holder is 15 and applies in person."""
    waits: tuple[Finding, ...]
    """Why it cannot be done on the first open day from the interview, but later."""
    visits: tuple[tuple[Item, ...], ...]
    """What to bring to each visit."""
    letter: Letter | None
    pins: tuple[Pin, ...]
    fee: Fee | None
    counter: Counter
    kiosk: KioskReset | None
    """Whether a kiosk does it as well (R-6.6)."""
    instead: tuple[Instead, ...]
    findings: tuple[Finding, ...]
    rules: tuple[str, ...]
    """Every R- and S-number that the answer rests on."""


def checklist(policy: Policy, interview: Interview) -> Checklist:
    """Return what a person has to know before coming (R-1.1 to R-2.25, R-3.8, R-4.1 to R-4.9, R-6.1 to R-6.7; S-07 to S-63).

    Raises `ReasonOfAnother` or `NotNearExpiry` where the reason told is none, `NeverOpen` where the office has no open day,
    and `NoFeeRow` where the fee table lacks the case.
    """
    check_reason(interview.reason, interview.procedure)
    if interview.procedure is Procedure.HOLD:
        return _by_telephone(policy, interview)
    found = days(policy, interview)
    others = instead(policy, interview, found)
    if found.plan.way == "refused":
        return _refused(policy, interview, found, others)
    cost, about_the_cost = _fee(policy, interview, found.first_open_day)
    lists = visits(policy, interview, found)
    asked = pins(policy, interview)
    counter = _counter(policy, interview)
    known = (*found.findings, *advice(policy, interview, found), *about_the_cost)
    findings = refusals_first((*found.waits, *found.plan.findings, *known))
    cited = [
        *(number for items in lists for item in items for number in item.rules),
        *(number for pin in asked for number in pin.rules),
        *cost.rules,
        *counter.rules,
    ]
    return Checklist(
        means="same_day" if found.plan.way == "same_day" else "two_visits",
        opens=found.opens,
        closes=found.closes,
        first_open_day=found.first_open_day,
        last_open_day=found.last_open_day,
        of_age=found.of_age,
        waits=found.waits,
        visits=lists,
        letter=_letter(policy, found),
        pins=asked,
        fee=cost,
        counter=counter,
        kiosk=_kiosk(policy, interview, found.first_open_day),
        instead=others,
        findings=findings,
        rules=_rules(interview, cited, findings),
    )


def _by_telephone(policy: Policy, interview: Interview) -> Checklist:
    """Take a hold by telephone, from anyone, at any hour (R-2.7, R-4.6): nothing is to be brought."""
    findings = decide(policy, interview.visit(policy, interview.on)).findings
    return Checklist(
        means="telephone",
        opens=interview.on,
        closes=None,
        first_open_day=interview.on,
        last_open_day=None,
        of_age=False,
        waits=(),
        visits=(),
        letter=None,
        pins=(),
        fee=Fee(yen=0, rules=("R-2.7",)),
        counter=_counter(policy, interview),
        kiosk=None,
        instead=(),
        findings=findings,
        rules=_rules(interview, ("R-2.7", "R-4.6"), findings),
    )


def _refused(policy: Policy, interview: Interview, found: Days, others: tuple[Instead, ...]) -> Checklist:
    findings = found.plan.findings
    return Checklist(
        means="not",
        opens=None,
        closes=None,
        first_open_day=None,
        last_open_day=None,
        of_age=False,
        waits=(),
        visits=(),
        letter=None,
        pins=(),
        fee=None,
        counter=_counter(policy, interview),
        kiosk=None,
        instead=others,
        findings=findings,
        rules=_rules(interview, (), findings),
    )


def _rules(interview: Interview, cited: Iterable[str], findings: tuple[Finding, ...]) -> tuple[str, ...]:
    window = ("R-3.8", "S-31") if interview.procedure is Procedure.RENEWAL else ()
    told = (number for finding in findings for number in (finding.rule, finding.sentence, *finding.also) if number)
    return tuple(dict.fromkeys((*window, *cited, *told)))


def _counter(policy: Policy, interview: Interview) -> Counter:
    sentences = ("S-37", "S-38") if interview.procedure is Procedure.RENEWAL else ("S-11", "S-12")
    return Counter(
        place=policy.office_place,
        hours=policy.office_hours,
        calendar=policy.office_calendar,
        contact=policy.office_contact,
        rules=("R-4.4", "R-4.8", "R-4.9", *sentences),
    )


def _letter(policy: Policy, found: Days) -> Letter | None:
    if found.plan.way != "inquiry":
        return None
    until = last_day(policy, term=Term.INQUIRY_REPLY, since=found.first_open_day)
    return Letter(days=policy.inquiry_reply_days, until=until)


def _fee(policy: Policy, interview: Interview, on: date) -> tuple[Fee, tuple[Finding, ...]]:
    """Return the fee of the visit: the highest of what each certificate would cost; only an issue costs (R-4.1, R-4.2; S-18)."""
    if interview.procedure not in ISSUING:
        return Fee(yen=0, rules=("R-4.1",)), ()
    if interview.reason in REMADE:
        made_anew = remaking_fee(policy, reason=interview.reason, on=on, card_expires=interview.card_expires)
        return Fee(yen=made_anew.yen, rules=made_anew.rules), made_anew.findings
    reasons = {interview.reason or _reason(policy, interview, kind, on) for kind in interview.kinds}
    costs = [fee(policy, reason=reason, on=on) for reason in FeeReason if reason in reasons]
    return max(costs, key=lambda cost: cost.yen), ()


def _reason(policy: Policy, interview: Interview, kind: CertificateKind, on: date) -> FeeReason:
    """Return why a certificate is issued, as far as its end tells (R-4.1, R-4.2; S-18, S-27).

    Without one, a new issue is the first, and a re-issue follows a change of the four attributes.
    """
    end = interview.ends().get(kind)
    if end is None:
        return FeeReason.FIRST if interview.first(kind) else FeeReason.ATTRIBUTES_CHANGED
    if on > end:
        return FeeReason.AFTER_EXPIRY
    return FeeReason.RENEWAL if on >= renewal_window(policy, end).opens else FeeReason.OWN_REQUEST


def _kiosk(policy: Policy, interview: Interview, on: date) -> KioskReset | None:
    """Return whether a kiosk takes the reset instead of the window: the holder's own way, since it sees the face (R-6.6)."""
    if interview.procedure is not Procedure.PIN_RESET or interview.applicant is not Applicant.SELF:
        return None
    ends = interview.ends()
    known = frozenset(PinKind) - interview.unknown(policy)
    in_force = frozenset(kind for kind in CertificateKind if ends.get(kind, on) >= on)
    at = datetime.combine(on, policy.kiosk_hours.opens, JST)
    results = [
        kiosk_reset(policy, pin=pin, known=known, in_force=in_force, applied=applied, at=at)
        for pin in interview.pins(policy)
        for applied in (None, at)
    ]
    if not results:
        return None
    barred = next((result for result in results if result.place == "window"), None)
    if barred is not None:
        return barred
    said = refusals_first(finding for result in results for finding in result.findings)
    return KioskReset(place=results[0].place, findings=said)
