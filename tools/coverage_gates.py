"""Holds the branch coverage of each room to its gate: rules and card 100 %, everything else above 95 %."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

EXACT = ("rules", "card")
FLOOR = 95.0


def main() -> int:
    """Combine what was measured, print one line per room, return 1 if a room is below its gate."""
    subprocess.run([sys.executable, "-m", "coverage", "combine", "--quiet"], check=False)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        subprocess.run([sys.executable, "-m", "coverage", "json", "--quiet", "-o", str(report)], check=True)
        files = json.loads(report.read_text(encoding="utf-8"))["files"]
    rooms: dict[str, list[int]] = {}
    for name, facts in files.items():
        parts = Path(name).parts
        room = parts[parts.index("openjpki") + 1].removesuffix(".py")
        summary = facts["summary"]
        seen, wanted = rooms.setdefault(room, [0, 0])
        rooms[room] = [
            seen + summary["covered_lines"] + summary["covered_branches"],
            wanted + summary["num_statements"] + summary["num_branches"],
        ]
        gate = 100.0 if room in EXACT else FLOOR
        if summary["percent_covered"] < gate:
            print(f"  {name}: {summary['percent_covered']:.1f} %, missing lines {facts['missing_lines'][:12]}")
    failed = False
    for room, (seen, wanted) in sorted(rooms.items()):
        percent = 100.0 * seen / wanted if wanted else 100.0
        gate = 100.0 if room in EXACT else FLOOR
        below = percent < gate
        failed |= below
        print(f"{room:12} {percent:6.2f} %  gate {gate:.0f} %{'  BELOW' if below else ''}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
