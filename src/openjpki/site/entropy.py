"""The one source of entropy: the operating system's."""

import os


def entropy(count: int) -> bytes:
    """Return `count` unpredictable bytes."""
    return os.urandom(count)  # noqa: TID251  -- this is the one place
