"""Three operators of an authority, with keys of their own: what tests of dual control act with."""

from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

from openjpki.authority.authority import Authority
from openjpki.authority.control.controlled import Going
from openjpki.authority.control.kinds import ActKind, DualControl
from openjpki.authority.control.operator_keys import Hand, OperatorKey
from openjpki.authority.means import Means
from openjpki.authority.models import ControlledAct
from openjpki.rules.kinds import CertificateKind

SATO, TANAKA, SUZUKI = "sato", "tanaka", "suzuki"
NAMES = (SATO, TANAKA, SUZUKI)


def set_dual_control(means: Means, *, required: int = 2, operators: int = 3) -> None:
    """Say m of n, as a home's settings do."""
    object.__setattr__(means, "dual_control", DualControl(required=required, operators=operators, strict=True))


class Operators:
    """The operators of one authority, which is under dual control then; the first proposes, the others approve."""

    def __init__(self, authority: Authority) -> None:
        set_dual_control(authority)
        self.operation = authority.operation
        self.keys = {name: OperatorKey(derive_private_key(place, SECP256R1())) for place, name in enumerate(NAMES, 1)}
        """The same in every process: what one proposed, another approves."""

    def enrolled(self) -> "Operators":
        """Enrol all three."""
        for name in NAMES:
            self.operation.enrol_first(name, self.keys[name].public_key)
        return self

    def hand(self, name: str) -> Hand:
        """Return the hand of one of them."""
        return Hand(name, self.keys[name].sign)

    def propose(self, kind: ActKind, content: Mapping[str, Any], *, by: str = SATO) -> int:
        """Propose an act and return its number."""
        return self.operation.propose(kind, content, self.hand(by)).pk

    def approved(self, kind: ActKind, content: Mapping[str, Any]) -> int:
        """Propose an act, have the two others approve it, and return its number."""
        number = self.propose(kind, content)
        for name in (TANAKA, SUZUKI):
            self.operation.approve(number, self.hand(name))
        return number

    def carried_out(self, kind: ActKind, content: Mapping[str, Any], *, new_key: bool = False) -> ControlledAct:
        """Propose an act, have it approved, and carry it out."""
        return self.operation.carry_out(self.approved(kind, content), Going(new_key=new_key))


def script(authority: Authority, *generations: tuple[str, int, str], operators: tuple[str, ...] = NAMES) -> str:
    """Return the script of a ceremony: kind, number and day of issue of each generation."""
    items = "".join(
        f"  - kind: {kind}\n"
        f"    generation: {number}\n"
        f'    subject: "{authority.profiles.ca_name(CertificateKind(kind)).rfc4514_string()}"\n'
        "    years: 10\n"
        f"    issues_from: {issues_from}\n"
        for kind, number, issues_from in generations
    )
    return (
        "ceremony: 1\n"
        "title: 試験の鍵生成\n"
        "place: 試験室\n"
        f"algorithm: {authority.profiles.algorithm.value}\n"
        "keeper: files\n"
        f"operators: [{', '.join(operators)}]\n"
        f"generations:\n{items}"
    )
