"""The steps in which a card image becomes durable, by name: after each of them the power may fail.

`tests/faults` kills a process at every member; docs/faults.md says what follows.
"""

from enum import StrEnum, unique


@unique
class Checkpoint(StrEnum):
    """Every place between two durable steps of a card's file."""

    TEMPORARY_WRITTEN = "card-temporary-written"
    """The new image is durable under a temporary name; the old one is the card."""
    RENAMED = "card-renamed"
    """The new image has the card's name; whether the folder says so after a power cut is open."""
    FOLDER_FLUSHED = "card-folder-flushed"
    """The new image is the card; it has answered nothing yet."""
