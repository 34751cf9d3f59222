"""Which command groups there are."""

from collections.abc import Callable

from openjpki.cli import rules, story
from openjpki.cli.answer import Commands

REGISTER: tuple[Callable[[Commands], None], ...] = (story.register, rules.register)
