from importlib import import_module
from pathlib import Path

import openjpki.cli
from openjpki.cli.groups import REGISTER


def test_every_command_module_is_registered() -> None:
    """A module of the command line that can register a command does, once."""
    folder = Path(openjpki.cli.__file__).parent
    files = sorted(path.relative_to(folder).with_suffix("") for path in folder.rglob("*.py") if path.stem != "__init__")
    modules = [import_module(".".join(("openjpki.cli", *file.parts))) for file in files]
    able = [module.register for module in modules if hasattr(module, "register")]

    assert sorted(REGISTER, key=repr) == sorted(able, key=repr)
    assert len(REGISTER) == len(set(REGISTER))
