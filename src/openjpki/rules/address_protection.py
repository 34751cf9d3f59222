"""Whose address may be shown to whom, while the holder is under 支援措置 (住民基本台帳事務における支援措置).

The rule book says nothing of it; `docs/divergences.md` has the ruling. It protects victims of violence, stalking and
the like: nobody who comes in their place learns where they live.
"""

from dataclasses import dataclass

from openjpki.rules.catalogue import find
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import Applicant, CertificateKind
from openjpki.rules.policy import Policy


@dataclass(frozen=True, kw_only=True)
class Disclosure:
    """What who stands at the counter may see, and take along on paper."""

    address: bool
    """On the screen turned to them, on receipts, slips and refusals."""
    copies: frozenset[CertificateKind]
    """The certificates whose printed copy (電子証明書の写し) may be handed over: a signature certificate's has the address."""
    findings: tuple[Finding, ...]


def disclosure(policy: Policy, *, protected: bool, to: Applicant) -> Disclosure:
    """Say what may be shown or printed to who came (R-2.26, R-0.3): all to the holder, no address to anybody else.

    An inquiry letter still goes to the registered address, 転送不要, for only the holder is there to open it (R-2.24).
    """
    shown = not protected or to is Applicant.SELF or _representative_may(policy, to)
    copies = frozenset(CertificateKind) if shown else frozenset({CertificateKind.AUTHENTICATION})
    return Disclosure(address=shown, copies=copies, findings=_findings(protected=protected, shown=shown))


def _representative_may(policy: Policy, to: Applicant) -> bool:
    return to is Applicant.LEGAL_REPRESENTATIVE and policy.protected_address_to_legal_representative


def _findings(*, protected: bool, shown: bool) -> tuple[Finding, ...]:
    if not protected:
        return ()
    return (find("address.in-the-certificate" if shown else "address.withheld"),)
