"""A place where the package is installed slim: its wheel, what its metadata asks for without extras, and pytest. Nothing else."""

import subprocess
import sys
import zipfile
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

from tests.support.programs import ROOT, Finished, run


class SlimPlace:
    """A folder that stands for site-packages, and programs that see no other."""

    def __init__(self, folder: Path) -> None:
        """Build the wheel and lay it beside links to what it needs."""
        self.packages = folder / "packages"
        self.packages.mkdir()
        self._compiled = folder / "compiled"
        build = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
        subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
        (wheel,) = folder.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(self.packages)
        (metadata,) = self.packages.glob("*.dist-info/METADATA")
        wanted = [
            line.removeprefix("Requires-Dist: ")
            for line in metadata.read_text(encoding="utf-8").splitlines()
            if line.startswith("Requires-Dist: ")
        ]
        for name in needed([*wanted, "pytest"]):
            self._link(name)

    def _link(self, name: str) -> None:
        installed = distribution(name)
        for top in {file.parts[0] for file in installed.files or ()} - {"..", "__pycache__"}:
            if not (self.packages / top).exists():
                (self.packages / top).symlink_to(Path(str(installed.locate_file(top))))

    def python(self, *words: str | Path, folder: Path | None = None) -> Finished:
        """Run the interpreter to its end; -S keeps it from every other place where something is installed."""
        environment = {"PYTHONPATH": str(self.packages), "PYTHONPYCACHEPREFIX": str(self._compiled)}
        return run(sys.executable, "-S", *words, environment=environment, folder=folder)


def needed(requirements: list[str]) -> set[str]:
    """Return the names of all distributions that are needed for these, without extras."""
    found: set[str] = set()
    waiting = list(requirements)
    while waiting:
        requirement = Requirement(waiting.pop())
        applies = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if applies and requirement.name not in found:
            found.add(requirement.name)
            waiting += distribution(requirement.name).requires or ()
    return found
