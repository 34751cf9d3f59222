from importlib import import_module
from pathlib import Path

import openjpki.cli
from openjpki.cli.groups import REGISTER


def test_every_command_module_is_registered() -> None:
    """A module of the command line that can register a command does, once."""
    names = sorted(path.stem for path in Path(openjpki.cli.__file__).parent.glob("*.py") if path.stem != "__init__")
    modules = [import_module(f"openjpki.cli.{name}") for name in names]
    able = [module.register for module in modules if hasattr(module, "register")]

    assert sorted(REGISTER, key=repr) == sorted(able, key=repr)
    assert len(REGISTER) == len(set(REGISTER))
