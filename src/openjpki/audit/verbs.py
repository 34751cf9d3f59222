"""The closed vocabulary of what is done to a record itself, as the record spells it."""

from enum import Enum, unique


@unique
class Verb(Enum):
    """What an operator did to the record of a role."""

    PURGED = "audit.purged"
    PERSONAL_PURGED = "audit.personal-purged"
    PERSONAL_EXPORTED = "audit.personal-exported"
    RESTORED = "audit.restored"
