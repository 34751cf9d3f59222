"""Who may ask the signing process, and who it is that answers: users of the machine, as the kernel names them.

The kernel says of a connected Unix socket which user is at its other end (SO_PEERCRED, unix(7)); nobody can say it
otherwise. It knows numbers: names are looked up once.
"""

import grp
import os
import pwd
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from openjpki.errors import Failure, Kind

_CREDENTIALS = struct.Struct("=iII")
"""struct ucred: process, user, group."""
_NOBODY = frozenset({65534, 2**32 - 1})
"""What the kernel calls a user whom this process's namespace does not know, and no user at all: it may be anybody."""
QUIET_SECONDS = 60.0
"""After a refusal was told, those of the same user are only counted for so long: whoever may connect cannot fill the journal."""
MOST_NOTED = 64
"""Users whose refusals are told apart; those of further ones are told together."""
_OTHERS = -1


class UserUnknown(Failure):
    """The machine knows no user of this name, or one who stands for anybody."""

    code = "authority.signing.user-unknown"
    kind = Kind.USAGE
    ja = "利用者「{name}」はこの機械にありません(または、特定の利用者ではありません)。"
    en = 'This machine knows no user "{name}", or it is nobody in particular.'


class GroupUnknown(Failure):
    """The machine knows no group of this name."""

    code = "authority.signing.group-unknown"
    kind = Kind.USAGE
    ja = "グループ「{name}」はこの機械にありません。"
    en = 'This machine knows no group "{name}".'


@dataclass(frozen=True)
class Callers:
    """Whom the signing process hears, and which group may reach its socket; None: its owner alone."""

    users: frozenset[int] = field(default_factory=lambda: frozenset((os.geteuid(),)))
    group: int | None = None

    @classmethod
    def named(cls, users: list[str], group: str | None) -> "Callers":
        """Return them by names or numbers; nobody named is the process's own user. Raises `UserUnknown`, `GroupUnknown`."""
        numbers = frozenset(map(user_number, users)) or cls().users
        return cls(numbers, None if group is None else group_number(group))


def user_number(name: str) -> int:
    """Return the number of a user who is named, or given by the number itself; raises `UserUnknown`."""
    try:
        number = int(name) if name.isdecimal() else pwd.getpwnam(name).pw_uid
    except (KeyError, ValueError):
        raise UserUnknown(name=name) from None
    if number in _NOBODY:
        raise UserUnknown(name=name)
    return number


def group_number(name: str) -> int:
    """Return the number of a group, as `user_number` does; raises `GroupUnknown`."""
    try:
        return int(name) if name.isdecimal() else grp.getgrnam(name).gr_gid
    except (KeyError, ValueError):
        raise GroupUnknown(name=name) from None


def user_at(connected: socket.socket) -> int:
    """Return the user at the other end: of whoever connected, or of whoever listens. Raises OSError."""
    _, user, _ = _CREDENTIALS.unpack(connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
    return int(user)


class Refusals:
    """Tells of those who were not heard: the first of a user at once, and how many more there were, once a minute."""

    def __init__(self, tell: Callable[[int, int], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._tell, self._clock = tell, clock
        self._told: dict[int, float] = {}
        self._left_out: dict[int, int] = {}

    def note(self, user: int) -> None:
        """Take one down; `tell` gets the user and how many were left out before. Called by one thread only."""
        who = user if user in self._told or len(self._told) < MOST_NOTED else _OTHERS
        now = self._clock()
        if now - self._told.get(who, -QUIET_SECONDS) < QUIET_SECONDS:
            self._left_out[who] = self._left_out.get(who, 0) + 1
            return
        self._told[who] = now
        self._tell(user, self._left_out.pop(who, 0))
