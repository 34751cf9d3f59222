"""What is good to know before coming: of the notice, the second visit, the telephone, and what needs no visit (R-2.5, R-2.9, R-2.24, R-3.1, R-5.3, R-7.1)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from openjpki.rules.agency import ISSUING
from openjpki.rules.catalogue import find
from openjpki.rules.checklist.days import Days, last_of_the_window
from openjpki.rules.checklist.interview import Interview
from openjpki.rules.checklist.items import GONE
from openjpki.rules.documents import DocumentKind, ShownDocument, examine
from openjpki.rules.eligibility import Holder, may_have
from openjpki.rules.finding import Finding
from openjpki.rules.follow_up import found_again
from openjpki.rules.identity import decide
from openjpki.rules.kinds import Applicant, CardState, CertificateKind, FeeReason, PinKind, Procedure
from openjpki.rules.notices import brought, lost
from openjpki.rules.policy import Policy
from openjpki.rules.remaking import REMADE
from openjpki.rules.words import word

_PHOTO = ShownDocument(kind=DocumentKind.DRIVERS_LICENCE)


def advice(policy: Policy, interview: Interview, found: Days) -> Iterator[Finding]:
    """Tell what is good to know: about the notice, the second visit, who comes, the telephone, and what needs no visit."""
    if interview.procedure is Procedure.RENEWAL:
        yield from _about_a_renewal(policy, interview, found)
    if interview.procedure in ISSUING:
        yield from _about_the_end(interview, found.first_open_day)
        yield from (_of_a_pin(pin) for pin in PinKind if pin in interview.left_as_they_are(policy))
    yield from _about_the_reason(policy, interview)
    yield from _about_the_papers(policy, interview, found)
    if interview.applicant is Applicant.LEGAL_REPRESENTATIVE and interview.holder is not None:
        yield from _about_a_representative(policy, interview, interview.holder, found.first_open_day)
    if interview.procedure is Procedure.REVOCATION:
        yield from _about_a_revocation(interview)
    knows = interview.applicant is Applicant.SELF and not interview.unknown(policy)
    if knows and interview.procedure is Procedure.PIN_CHANGE:
        yield find("checklist.pin-change-at-home")


def _about_a_renewal(policy: Policy, interview: Interview, found: Days) -> Iterator[Finding]:
    """Tell of the notice (S-40), of a card that ends before (R-7.5), and until when the second visit counts (R-2.24, R-3.8)."""
    named = min(interview.ends().values())
    yield from brought(policy, named=named, current=named, on=interview.on) if interview.notice else (lost(policy),)
    if interview.card_expires is None and policy.card_first_if_same_expiry:
        yield find("checklist.card-end-unknown")
    if found.plan.way == "inquiry":
        yield find("checklist.second-visit-in-time", closes=last_of_the_window(policy, interview))
        yield from _about_the_form(policy, interview, found.first_open_day)


def _about_the_form(policy: Policy, interview: Interview, on: date) -> Iterator[Finding]:
    """Tell what keeps a sealed form from serving an agent in one visit: its own faults, or the want of a photo document (R-2.23; S-49, S-51, S-53)."""
    if interview.form != "sealed" or interview.applicant is Applicant.SELF:
        return
    tried = decide(policy, interview.visit(policy, on, agent=(_PHOTO,), form="sealed"))
    if tried.route == "same_day":
        yield find("checklist.form-with-photo")
    yield from (finding for finding in tried.findings if finding.severity == "refusal")


def _about_the_end(interview: Interview, on: date) -> Iterator[Finding]:
    """Tell that a signature certificate issued alone ends with the other one (R-1.5, R-3.1, R-5.22; S-20; E-03, E-20)."""
    other = interview.authentication_expires
    if CertificateKind.AUTHENTICATION not in interview.kinds and other and other >= on:
        yield find("checklist.ends-with-authentication", expires=other)


def _of_a_pin(pin: PinKind) -> Finding:
    """Tell of a PIN that stays locked or forgotten (R-6.3, R-6.5)."""
    return find("checklist.pin-stays", pin_ja=word(pin, "ja"), pin_en=word(pin, "en"))


def _about_the_reason(policy: Policy, interview: Interview) -> Iterator[Finding]:
    """Tell what comes before a certificate for a card made anew (R-1.2, R-2.7) or found again (R-2.8, R-5.20), and what a change of the attributes leaves alone (R-5.3)."""
    if interview.reason in REMADE - {FeeReason.OFFICE_ERROR}:
        yield find("checklist.new-card-first")
    if interview.reason in GONE:
        yield find("hold.by-telephone")
    if interview.reason is FeeReason.AFTER_HOLD:
        yield from found_again(policy, on=interview.on).follow_up.findings
    if interview.reason is FeeReason.ATTRIBUTES_CHANGED and CertificateKind.AUTHENTICATION in interview.kinds:
        yield find("checklist.authentication-goes-on")


def _about_the_papers(policy: Policy, interview: Interview, found: Days) -> Iterator[Finding]:
    """Tell what is wrong with the papers at hand (R-2.21, R-2.23; S-54, S-59)."""
    for given in (interview.documents, interview.agent_documents):
        yield from examine(policy, given or (), found.first_open_day).findings
    if interview.form == "opened" and interview.applicant in {Applicant.VOLUNTARY_AGENT, Applicant.HOUSEHOLD}:
        yield find("agent.unsealed")


def _about_a_representative(policy: Policy, interview: Interview, holder: Holder, on: date) -> Iterator[Finding]:
    """Tell that a PIN set anew takes two documents (R-6.4), and that it is asked about by telephone beforehand (R-2.29; S-09, S-10)."""
    if interview.procedure in ISSUING and interview.unknown(policy):
        yield find("checklist.reset-two-documents")
    about = may_have(policy, holder, kind=CertificateKind.AUTHENTICATION, on=on)
    applies = (one for one in about.findings if one.code == "eligibility.representative-applies")
    # the list says what to bring, and what not
    yield from (replace(one, bring_ja="", bring_en="") for one in applies)


def _about_a_revocation(interview: Interview) -> Iterator[Finding]:
    """Tell whether it is needed at all (R-3.10), and who can ask for it online: with the card in force and its PINs (R-2.5)."""
    ends = interview.ends()
    over = [end < interview.on for end in ends.values()]
    if over and all(over) and len(over) == len(interview.kinds):
        yield find("checklist.revocation-not-needed")
        return
    holder = interview.holder_on(interview.on)
    works = holder is not None and holder.card is CardState.ACTIVE and not holder.face_card
    if works and interview.applicant is Applicant.SELF and not interview.unknown_pins:
        yield find("checklist.revoke-online")
