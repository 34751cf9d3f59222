"""`openjpki window withdraw-move`: a move that the authority has not taken is taken back (転出取消)."""

import argparse

from openjpki.cli.answer import Answer, language_of
from openjpki.cli.window_answers import resident_data, resident_lines
from openjpki.site.opening import opened
from openjpki.window.officer import Clerk


def withdraw_move(arguments: argparse.Namespace) -> Answer:
    """Take back the last move from this municipality; the person is recorded here again."""
    clerk = Clerk(arguments.officer, arguments.municipality)
    with opened(arguments.home) as house:
        entry = house.window.withdrawn_moves.withdraw(clerk, resident_code=arguments.resident)
    return Answer(data=resident_data(entry), lines=resident_lines(entry, language_of(arguments)))
