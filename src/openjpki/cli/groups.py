"""Which command groups there are."""

from collections.abc import Callable

from openjpki.cli import (
    audit,
    authority,
    card,
    checklist,
    documents,
    init,
    keeping,
    rules,
    serve,
    status,
    story,
    window,
)
from openjpki.cli.answer import Commands

REGISTER: tuple[Callable[[Commands], None], ...] = (
    story.register,
    serve.register,
    init.register,
    status.register,
    keeping.register,
    authority.register,
    audit.register,
    window.register,
    card.register,
    documents.register,
    checklist.register,
    rules.register,
)
