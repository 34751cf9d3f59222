"""Which acts of the authority need several operators, and who of them may approve: a table, and how many there must be.

m of n: `required` distinct operators approve, of `operators` who are enrolled.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, unique
from typing import Final

from openjpki.rules.words import Told

SEATS: Final = (1, 2, 3)
"""Seats of an act: an approval takes one. The database has columns for so many."""
LEAST_REQUIRED: Final = 2
"""Fewer approve nothing: control would not be dual."""
OPERATORS_MOST: Final = 9
"""Operators that an authority has at most: a card for each is drawn by hand."""
MAX_SCRIPT: Final = 64 * 1024
"""Bytes of a ceremony's script: what is longer nobody reviews."""
_WRITTEN: Final = re.compile(r"([2-3])-of-([2-9])")


@unique
class ActKind(Enum):
    """What is done under dual control only."""

    KEY_CEREMONY = "key-ceremony"
    """New CA keys and generations, by a reviewed script."""
    GENERATION_SWITCH = "generation-switch"
    """Another day from which a generation issues."""
    TERMINATION = "termination"
    """A generation ends for good, its key with it."""
    MASS_REVOCATION = "mass-revocation"
    """Everything of a generation is revoked, because its key is compromised (R-5.10)."""
    REVOCATION = "revocation"
    """One certificate is revoked by the operators, without a municipality's order."""
    OPERATOR_ENROLMENT = "operator-enrolment"
    OPERATOR_REMOVAL = "operator-removal"
    PROFILE_CHANGE = "profile-change"
    VERIFIER_REGISTRATION = "verifier-registration"


@dataclass(frozen=True, kw_only=True)
class ActRule:
    """How an act of a kind is approved."""

    proposer_may_approve: bool
    """False: whoever proposes it takes no seat; a change needs somebody who did not think of it."""
    ja: str
    en: str


RULES: Mapping[ActKind, ActRule] = {
    ActKind.KEY_CEREMONY: ActRule(proposer_may_approve=False, ja="鍵生成の式", en="key ceremony"),
    ActKind.GENERATION_SWITCH: ActRule(proposer_may_approve=False, ja="世代の切替え", en="generation switch"),
    ActKind.TERMINATION: ActRule(proposer_may_approve=False, ja="認証局の終了", en="termination"),
    ActKind.MASS_REVOCATION: ActRule(proposer_may_approve=True, ja="一括失効", en="mass revocation"),
    ActKind.REVOCATION: ActRule(proposer_may_approve=True, ja="失効", en="revocation"),
    ActKind.OPERATOR_ENROLMENT: ActRule(proposer_may_approve=True, ja="運用者の登録", en="enrolment of an operator"),
    ActKind.OPERATOR_REMOVAL: ActRule(proposer_may_approve=True, ja="運用者の抹消", en="removal of an operator"),
    ActKind.PROFILE_CHANGE: ActRule(proposer_may_approve=False, ja="プロファイルの変更", en="profile change"),
    ActKind.VERIFIER_REGISTRATION: ActRule(
        proposer_may_approve=False, ja="署名検証者の登録", en="registration of a verifier"
    ),
}
"""What stops harm may be approved by its proposer too, since it cannot wait; what changes something may not.

An operator's enrolment is of the first sort: when one key of three is lost, the two that are left must be enough.
"""


@dataclass(frozen=True, kw_only=True)
class DualControl:
    """m of n, and whether a sandbox's short ways are closed."""

    required: int = 2
    operators: int = 3
    strict: bool = False
    """True: no ceremony, and no drill, without its approved act, as an authority outside a sandbox must have it."""

    @classmethod
    def read(cls, text: str) -> "DualControl | None":
        """Return what a home's setting says: "2-of-3", or "" for a sandbox; None if it says neither."""
        if not text:
            return cls()
        found = _WRITTEN.fullmatch(text)
        if found is None or int(found[1]) > int(found[2]):
            return None
        return cls(required=int(found[1]), operators=int(found[2]), strict=True)


def told_kind(kind: ActKind) -> Told:
    """Return the kind of an act, to be told in a refusal."""
    return Told(kind, RULES[kind].ja)
