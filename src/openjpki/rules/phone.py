"""The certificates on a phone (スマートフォン用電子証明書): who asks for them, and with what (R-2.11)."""

from collections.abc import Iterator
from dataclasses import dataclass

from openjpki.rules.catalogue import find
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import Applicant, CertificateKind


@dataclass(frozen=True, kw_only=True)
class PhoneIssue:
    """Whether the certificates are put on the phone at once, and what is found."""

    open: bool
    findings: tuple[Finding, ...]


def phone_issue(
    *, applicant: Applicant, online: bool, in_force: frozenset[CertificateKind], pin_matches: bool
) -> PhoneIssue:
    """Say whether a phone gets its certificates (R-2.11): the holder alone, online, with card and signature PIN; at once.

    `in_force`: the certificates of the card that neither expired nor ended; `pin_matches`: the card took the signature PIN.
    Every reason is told at once.
    """
    against = tuple(_against(applicant, in_force, online=online, pin_matches=pin_matches))
    return PhoneIssue(open=not against, findings=against or (find("phone.at-once"),))


def _against(
    applicant: Applicant, in_force: frozenset[CertificateKind], *, online: bool, pin_matches: bool
) -> Iterator[Finding]:
    if applicant is not Applicant.SELF:
        yield find("phone.holder-only")
    if not online:
        yield find("phone.online-only")
    if CertificateKind.SIGNATURE not in in_force:
        yield find("phone.signature-first")  # without it there is no signature PIN to be asked
    elif not pin_matches:
        yield find("phone.pin-needed")
