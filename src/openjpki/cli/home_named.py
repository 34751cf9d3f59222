"""Whether a home was named on the command line, and how the next command names the same one."""

import argparse
import shlex


def home_named(arguments: argparse.Namespace) -> bool:
    """Tell whether `--home` was typed."""
    return any(word == "--home" or word.startswith("--home=") for word in arguments.words)


def next_command(command: str, arguments: argparse.Namespace) -> str:
    """Return a command that is told to be run next: in the same home, where one was named."""
    return f"{command} --home {shlex.quote(str(arguments.home))}" if home_named(arguments) else command
