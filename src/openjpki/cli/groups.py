"""Which command groups there are."""

from collections.abc import Callable

from openjpki.cli import (
    audit,
    authority,
    card,
    documents,
    init,
    keeping,
    reader,
    serve,
    status,
    story,
    window,
)
from openjpki.cli.answer import Commands
from openjpki.cli.checklist import command as checklist
from openjpki.cli.rules import command as rules

Register = Callable[[Commands], None]
"""Puts the commands of one group into the grammar."""

REGISTER: tuple[Register, ...] = (
    story.register,
    serve.register,
    init.register,
    status.register,
    keeping.register,
    authority.register,
    audit.register,
    window.register,
    card.register,
    reader.register,
    documents.register,
    checklist.register,
    rules.register,
)
