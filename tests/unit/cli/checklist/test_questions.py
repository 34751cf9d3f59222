import argparse

from openjpki.cli.checklist.questions import QUESTIONS
from openjpki.cli.main import parser
from tools.draw_commands import leaves


def test_every_question_is_one_of_the_command_line() -> None:
    """Each stands for an option, in both languages."""
    arguments = parser().parse_args(["checklist"])

    assert all(getattr(arguments, question.name) is None for question in QUESTIONS)
    for question in QUESTIONS:
        assert question.ja != question.en
        assert all(option.startswith("--") for option in question.option.split(", "))


def test_a_choice_is_one_that_its_option_takes() -> None:
    """R-2.20 to R-2.25, R-4.1: what a question offers can be given on the command line, and is told apart by every word."""
    (leaf,) = (one for one in leaves() if one.prog == "openjpki checklist")
    options = {option: action for action in leaf._actions for option in action.option_strings}
    for question in QUESTIONS:
        names = [name for choice in question.choices for name in choice[1:]]
        assert len(set(names)) == len(names)
        if question.leads or not question.choices:
            continue
        action = options[question.option]
        for value, *_ in question.choices:
            values = value if isinstance(value, list) else [value]
            assert isinstance(value, bool) or set(values) <= set(action.choices or ())
            assert not isinstance(value, bool) or isinstance(action, argparse._StoreTrueAction)
