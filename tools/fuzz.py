"""`python -m tools.fuzz TARGET …`: a target under a fuzzer that follows the coverage, until its time is over.

Each target is run in a process of its own, its findings are kept in the folder named; the last lines count what was sent. Status 1
if a target found something. Needs atheris (requirements/fuzz.txt), which has no package for some machines.
"""

import argparse
import subprocess
import sys
from pathlib import Path

LONGEST = 4096
"""Bytes of a script at most."""


def main() -> int:
    """Fuzz each target for its share of the time."""
    parser = argparse.ArgumentParser(description="Fuzz the card.")
    parser.add_argument("target", nargs="*", default=["card", "channel"], help="card, channel")
    parser.add_argument("--seconds", type=int, default=60, help="for each target (60)")
    parser.add_argument("--out", type=Path, default=Path(".fuzz"), help="where scripts and findings are kept (.fuzz)")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        _fuzz(options.target[0], options.seconds, options.out)
        return 0
    results = [_run(target, options.seconds, options.out / target) for target in options.target]
    return max(results)


def _run(target: str, seconds: int, folder: Path) -> int:
    """Run one target in its own process and say what came of it."""
    folder.mkdir(parents=True, exist_ok=True)
    count = folder / "sent"
    count.unlink(missing_ok=True)
    command = [
        sys.executable,
        "-m",
        "tools.fuzz",
        target,
        "--inside",
        "--seconds",
        str(seconds),
        "--out",
        str(folder),
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    said = run.stderr.splitlines()
    if run.returncode:
        print("\n".join(said[-60:]))
        print(f"{target}: FAILED; the script that did it is in {folder}")
        return 1
    done = next(line for line in reversed(said) if line.startswith("Done "))
    covered = next(line for line in reversed(said) if " cov: " in line).split(" cov: ")[1].split()[0]
    print(
        f"{target}: {done.removeprefix('Done ')}, {count.read_text()} commands, {covered} places reached: nothing found"
    )
    return 0


def _fuzz(target: str, seconds: int, folder: Path) -> None:
    """Hand the target to the fuzzer, which ends the process."""
    import atheris

    with atheris.instrument_imports(include=["openjpki.card"]):
        from tests.fuzz import targets

    scripts = folder / "scripts"
    scripts.mkdir(exist_ok=True)
    for number, seed in enumerate(targets.seeds(target)):
        (scripts / f"seed-{number:03}").write_bytes(seed)
    sent = 0
    run = targets.TARGETS[target]

    def once(script: bytes) -> None:
        nonlocal sent
        sent += run(script)
        (folder / "sent").write_text(f"{sent:,}")

    atheris.Setup(
        [
            target,
            str(scripts),
            f"-max_total_time={seconds}",
            f"-max_len={LONGEST}",
            f"-artifact_prefix={folder}/",
            "-timeout=30",
        ],
        once,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
