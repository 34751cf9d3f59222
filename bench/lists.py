"""A list of a million entries, signed and written as `openjpki authority publish` does it, beside the time openssl reads it in.

Run as a program, `python bench/lists.py ENTRIES FOLDER` makes one such list and prints the most memory that it had.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from asn1crypto import pem

from openjpki.pki.crl import EntryStream, ListFrame, RevokedEntry, frame_of
from openjpki.rules.kinds import CertificateKind, RevocationReason
from openjpki.site.opening import start_django
from tests.support.hierarchy import DAY, HOUR, ISSUED, WAKABA, hierarchy

Work = Callable[[], object]
ENTRIES = 1_000_000
MOMENTS = 100_003
"""Different moments of the entries, over five years; a prime, so that every reason meets them all."""
MOST_EXTRA = 60
"""MB of memory that a million entries may take beyond what one takes."""
MADE = hierarchy(CertificateKind.SIGNATURE)
THIS = ISSUED + HOUR


def list_rows(stack: ExitStack) -> list[tuple[str, str, Work, Work]]:
    """Return the comparison with openssl, which reads the list that was written last; its folder goes with the stack."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    (folder / "ca.pem").write_bytes(pem.armor("CERTIFICATE", MADE.ca))
    make = writer(ENTRIES, folder)
    read = ("openssl", "crl", "-inform", "DER", "-in", make(), "-verify", "-CAfile", folder / "ca.pem", "-noout")
    what = f"sign and write a list of {ENTRIES} entries"
    return [
        (what, "`openssl crl -verify` reads it", make, lambda: subprocess.run(read, check=True, capture_output=True))
    ]


def extra_memory() -> float:
    """Return the MB that a million entries take beyond what one entry takes, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        most = [_child(entries, folder) for entries in (1, ENTRIES)]
    return (most[1] - most[0]) / 1024


def writer(count: int, folder: Path) -> Callable[[], Path]:
    """Return what makes a list of so many entries and returns its file."""
    start_django(Path("/dev/null"))
    from openjpki.authority.publishing.lists import ListFolder

    lists = ListFolder(lists=folder, partition="signature-1-99201")
    moments = [ISSUED - timedelta(seconds=157 * back) for back in range(MOMENTS)]

    def frame() -> ListFrame:
        return frame_of(
            MADE.profiles,
            issuer=MADE.ca,
            public_key=MADE.ca_signer.public_key,
            municipality=WAKABA,
            number=1,
            this_update=THIS,
            next_update=THIS + DAY,
        )

    def make() -> Path:
        entries = map(RevokedEntry, range(5_000_003, sys.maxsize, 97), cycle(moments), cycle(RevocationReason))
        with lists.leased():
            lists.sign(1, EntryStream(islice(entries, count), THIS), frame, MADE.ca_signer)
        return lists.path / "1.crl"

    return make


def _child(entries: int, folder: str) -> int:
    done = subprocess.run((sys.executable, __file__, str(entries), folder), check=True, capture_output=True, text=True)
    return int(done.stdout)


def main() -> None:
    """Make one list and print the most memory of this process, kB."""
    writer(int(sys.argv[1]), Path(sys.argv[2]))()
    status = Path("/proc/self/status").read_text(encoding="ascii")
    print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")))


if __name__ == "__main__":
    main()
