"""On which days the procedure can be done: from which day to which, and on which the window opens (R-3.8, R-4.4, R-4.7)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from openjpki.rules.catalogue import find
from openjpki.rules.checklist.interview import Interview
from openjpki.rules.checklist.papers import Plan, plan, refused
from openjpki.rules.dates import LAST_DAY, day_of_age
from openjpki.rules.deadlines import last_day, standing
from openjpki.rules.documents import TABLE, ShownDocument, accepted_until
from openjpki.rules.eligibility import ABROAD_SINCE, SIGNATURE_AGE, is_represented
from openjpki.rules.finding import Finding
from openjpki.rules.inquiry import reply_from
from openjpki.rules.kinds import CertificateKind, Procedure, Term
from openjpki.rules.office import NeverOpen, open_day_from, open_day_until
from openjpki.rules.policy import Policy
from openjpki.rules.renewal import renewal, renewal_window
from openjpki.rules.words import word

_ONE_DAY = timedelta(days=1)
_WINDOWS = frozenset({"renewal.not-yet", "renewal.over", "renewal.no-open-day"})
"""What is said of the window of one certificate."""


@dataclass(frozen=True, kw_only=True)
class Days:
    """The first stretch of days on which it can be done, and how; `plan` is refused if there is none."""

    plan: Plan
    opens: date
    closes: date | None
    """None: no end is known."""
    first_open_day: date
    last_open_day: date | None
    today: Plan
    """How it would go on the first open day from the day of the interview."""
    of_age: bool = False
    """Whether `closes` is no term: from the day after it the holder is 15 and applies in person."""
    findings: tuple[Finding, ...] = ()
    """What is said about the last day."""

    @property
    def waits(self) -> tuple[Finding, ...]:
        """Return why somebody has to wait, who can come later but not on the first open day."""
        return self.today.findings if self.today.way == "refused" and self.plan.way != "refused" else ()


def days(policy: Policy, interview: Interview) -> Days:
    """Return the first days from the interview on which the procedure can be done (R-1.1 to R-1.4, R-3.8, R-4.7; E-36).

    Every open day from the first to the last has the same route with the same papers. Nobody waits for the end of a certificate
    to have it issued anew (R-1.10, R-2.2): it is renewed. Raises `NeverOpen`.
    """
    met = [
        (start, end, first, day_plan(policy, interview, first))
        for start, end in _stretches(policy, interview)
        if (first := open_day_from(policy, start)) <= end
    ]
    if not met:
        raise NeverOpen
    _, _, soonest, today = met[0]
    served = next((place for place, (*_, found) in enumerate(met) if found.way != "refused"), None)
    if any(finding.code == "checklist.in-force" for finding in today.findings):
        served = None
    if served is None:
        return Days(
            plan=today, opens=interview.on, closes=None, first_open_day=soonest, last_open_day=None, today=today
        )
    opens, closes, first, found = met[served]
    for _, end, _, later in met[served + 1 :]:
        if (later.way, later.pieces) != (found.way, found.pieces):
            break
        closes = end
    if closes == LAST_DAY:
        return Days(plan=found, opens=opens, closes=None, first_open_day=first, last_open_day=None, today=today)
    of_age = _of_age(policy, interview, closes)
    return Days(
        plan=found,
        opens=opens,
        closes=closes,
        first_open_day=first,
        last_open_day=open_day_until(policy, closes),
        today=today,
        of_age=of_age,
        findings=tuple(_about_the_end(policy, interview, closes, of_age=of_age)),
    )


def _of_age(policy: Policy, interview: Interview, closes: date) -> bool:
    """Say whether the days end because the holder turns 15, and not because anything runs out (R-1.3, R-1.4)."""
    if interview.holder is None or closes in _last_days(policy, interview):
        return False
    return closes + _ONE_DAY == day_of_age(interview.holder.born, SIGNATURE_AGE, policy)


def _about_the_end(policy: Policy, interview: Interview, closes: date, *, of_age: bool) -> Iterator[Finding]:
    """Tell what the last day is: a closed one, which does not move (R-4.7); or the eve of the 15th birthday (R-1.4 to R-1.6)."""
    if not of_age:
        told = standing(policy, term=Term.VALIDITY, since=closes, on=closes).findings
        renews = interview.procedure is Procedure.RENEWAL
        yield from (one if renews else replace(one, sentence="S-12", also=("R-4.4",)) for one in told)
    elif interview.holder is not None and not is_represented(policy, interview.holder, closes + _ONE_DAY):
        yield find("checklist.of-age", first=closes + _ONE_DAY)


def day_plan(policy: Policy, interview: Interview, on: date) -> Plan:
    """Return the plan of a day; what certificates there are counts as well (R-1.10, R-2.2, R-3.8, R-3.10, R-7.1, R-7.5)."""
    found = plan(policy, interview, on)
    if found.way == "inquiry":
        second = second_visit(policy, interview, on)
        found = second if second.way == "refused" else found
    against = tuple(_against(policy, interview, on))
    if found.way == "inquiry" and not against:
        against = tuple(_against_the_letter(policy, interview, on))
    if found.way != "refused":
        return refused(against) if against else found
    return refused(_of_the_card(interview, finding) for finding in _pertinent(interview, (*against, *found.findings)))


def _pertinent(interview: Interview, findings: tuple[Finding, ...]) -> Iterator[Finding]:
    """Leave out that a representative is needed where none could have the signature certificate issued either (R-1.3, R-1.7)."""
    codes = {finding.code for finding in findings}
    barred = "eligibility.ward_or_under15_principle" in codes and interview.kinds == {CertificateKind.SIGNATURE}
    yield from (finding for finding in findings if not (barred and finding.code == "representative.needed"))


def _against_the_letter(policy: Policy, interview: Interview, on: date) -> Iterator[Finding]:
    """Tell that no reply to a letter asked for on a day can be back while the renewal is open (R-2.24, R-3.8)."""
    last = last_of_the_window(policy, interview)
    if last is not None and (soonest := reply_from(policy, asked=on)) > last:
        yield find("renewal.letter-too-late", last=last, soonest=soonest)


def last_of_the_window(policy: Policy, interview: Interview) -> date | None:
    """Return the last open day on which all that is to be renewed can be (R-3.8, R-4.7); None: it is no renewal."""
    if interview.procedure is not Procedure.RENEWAL:
        return None
    return open_day_until(policy, min(renewal_window(policy, end).closes for end in interview.ends().values()))


def _of_the_card(interview: Interview, finding: Finding) -> Finding:
    """Say of a card that ends on the closed days before the next open one that it will have expired (R-1.2, R-4.7)."""
    ends = interview.card_expires
    if finding.code != "eligibility.card-expired" or ends is None or ends < interview.on:
        return finding
    return find("checklist.card-ends-first", expires=ends)


def replied(interview: Interview) -> Interview:
    """Return the interview of who has got a new inquiry letter: no form of before counts (R-2.24)."""
    return replace(interview, form="none", form_until=None, inquiry_sent=None)


def second_visit(policy: Policy, interview: Interview, on: date) -> Plan:
    """Return the plan of the second visit, to which the reply to the inquiry letter is brought (R-2.24; S-15)."""
    return plan(policy, replied(interview), on, form="returned")


def _against(policy: Policy, interview: Interview, on: date) -> Iterator[Finding]:
    """Tell what the certificates there are say: a renewal has its window (R-3.8), a new issue is none beside one in force (R-1.10, R-2.2).

    The PIN of a certificate that the holder cannot have is not there either (R-1.3, R-1.7), and one that is not known is not
    changed (R-2.9, R-2.10).
    """
    if interview.lacks_its_pin(policy):
        yield find("eligibility.ward_or_under15_principle", detail_ja="", detail_en="")
    if interview.procedure is Procedure.PIN_CHANGE and interview.unknown(policy):
        yield find("checklist.pin-unknown")
    ends = interview.ends()
    apart = len(set(ends.values())) > 1
    for kind, end in ends.items():
        if interview.procedure is Procedure.RENEWAL:
            against = _against_renewal(policy, interview, end, on)
            yield from (_of(kind, finding) if apart else finding for finding in against)
        elif interview.procedure is Procedure.NEW and on <= renewal_window(policy, end).closes:
            yield find("checklist.in-force", expires=end)


def _of(kind: CertificateKind, finding: Finding) -> Finding:
    """Say of which certificate a window is, where the two have different ones (R-3.8)."""
    if finding.code not in _WINDOWS:
        return finding
    return replace(
        finding, ja=f"{word(kind, 'ja')}の{finding.ja}", en=f"{kind.value.title()} certificate: {finding.en}"
    )


def _against_renewal(policy: Policy, interview: Interview, end: date, on: date) -> Iterator[Finding]:
    """Tell what stands against a renewal on an open day; a window that closes on the closed days before it is not over yet (R-4.7; E-36)."""
    japanese = interview.holder is None or interview.holder.japanese
    card = interview.card_expires or LAST_DAY
    found = renewal(policy, expires=end, card_expires=card, on=on, notice=interview.notice, japanese=japanese)
    for finding in found.findings:
        if finding.code == "renewal.over" and interview.on <= found.window.closes:
            yield find("renewal.no-open-day", closes=found.window.closes, next=on)
        else:
            yield finding


def _stretches(policy: Policy, interview: Interview) -> list[tuple[date, date]]:
    """Return the stretches of days, first and last included, inside which nothing that the rules look at changes."""
    starts = sorted({interview.on, *(day for day in _turns(policy, interview) if interview.on < day <= LAST_DAY)})
    ends = [start - _ONE_DAY for start in starts[1:]]
    return list(zip(starts, [*ends, LAST_DAY], strict=True))


def _turns(policy: Policy, interview: Interview) -> Iterator[date]:
    """Return the days on which something changes: the person, the card, the certificates, the papers at hand."""
    yield ABROAD_SINCE
    if interview.holder is not None:
        yield day_of_age(interview.holder.born, SIGNATURE_AGE, policy)
    for end in interview.ends().values():
        yield renewal_window(policy, end).opens
    for document in _documents(interview):
        yield TABLE[document.kind].accepted_from or interview.on
    if (last := last_of_the_window(policy, interview)) is not None:
        yield open_day_until(policy, last - timedelta(days=policy.inquiry_letter_days)) + _ONE_DAY
    yield from (day + _ONE_DAY for day in _last_days(policy, interview))


def _documents(interview: Interview) -> Iterator[ShownDocument]:
    yield from interview.documents or ()
    yield from interview.agent_documents or ()


def _last_days(policy: Policy, interview: Interview) -> frozenset[date]:
    """Return the days with which something runs out: a certificate, its window, the card, the papers at hand."""
    days = [interview.card_expires, interview.form_until]
    for end in interview.ends().values():
        days += [end, renewal_window(policy, end).closes]
    if interview.inquiry_sent is not None:
        days.append(last_day(policy, term=Term.INQUIRY_REPLY, since=interview.inquiry_sent))
    for document in _documents(interview):
        days += [document.expires, accepted_until(policy, document.kind)]
    return frozenset(day for day in days if day is not None)
