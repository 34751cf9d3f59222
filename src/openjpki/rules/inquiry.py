"""The inquiry letter (照会書兼回答書) between its posting and its reply (R-2.24)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from openjpki.rules.catalogue import find
from openjpki.rules.deadlines import last_day
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import Term
from openjpki.rules.office import open_day_from
from openjpki.rules.policy import Policy

InquiryState = Literal["open", "lapsed", "cancelled"]


@dataclass(frozen=True, kw_only=True)
class Inquiry:
    """Where an inquiry stands on a day."""

    state: InquiryState
    until: date
    """The last day for the reply, itself included."""
    address_flagged: bool
    """Whether the resident record is to be marked: the letter did not reach the holder."""
    findings: tuple[Finding, ...]


def inquiry(policy: Policy, *, sent: date, on: date, mail_returned: bool = False) -> Inquiry:
    """Say where an inquiry sent on a day stands on another (R-2.24; S-15).

    The letter goes 転送不要 to the registered address. If it comes back the application is cancelled and the address
    flagged; a reply after the last day does not count, and the application is made anew. Raises `NeverOpen`.
    """
    until = last_day(policy, term=Term.INQUIRY_REPLY, since=sent)
    if mail_returned:
        return _inquiry("cancelled", until, "inquiry.mail-returned")
    if on > until:
        return _inquiry("lapsed", until, "inquiry.lapsed")
    return _inquiry("open", until, "inquiry.reply-until")


def reply_from(policy: Policy, *, asked: date) -> date:
    """Return the first open day on which the reply can be brought to a letter asked for on a day (R-2.24, R-4.7); raise `NeverOpen`."""
    return open_day_from(policy, asked + timedelta(days=policy.inquiry_letter_days))


def _inquiry(state: InquiryState, until: date, code: str) -> Inquiry:
    return Inquiry(
        state=state, until=until, address_flagged=state == "cancelled", findings=(find(code, until=until, last=until),)
    )
