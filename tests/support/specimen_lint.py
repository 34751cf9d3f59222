"""What pkilint, OpenSSL and GnuTLS say of a folder of specimens (`specimens`): findings with the test that made each."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final

from openjpki.pki.lint.external import EXPLAINED
from tests.support.lint import FEWEST_RULES, findings
from tests.support.programs import run

CORES: Final = 2
_LINTERS: Final[Mapping[str, tuple[str, ...]]] = {
    "certificate": ("lint_pkix_cert",),
    "list": ("lint_crl", "-t", "CRL", "-p", "PKIX"),
    "answer": ("lint_ocsp_response",),
}
_FEWEST: Final = {"certificate": FEWEST_RULES, "list": FEWEST_RULES, "answer": 5}
"""An answer without nonce and certificate gives a linter little to look at."""
_READERS: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "certificate": (
        ("openssl", "x509", "-inform", "DER", "-noout", "-text", "-in"),
        ("certtool", "--certificate-info", "--inder", "--infile"),
    ),
    "list": (
        ("openssl", "crl", "-inform", "DER", "-noout", "-text", "-in"),
        ("certtool", "--crl-info", "--inder", "--infile"),
    ),
    "answer": (
        ("openssl", "ocsp", "-noverify", "-resp_text", "-respin"),
        ("ocsptool", "--response-info", "--inder", "--infile"),
    ),
}
_COMPLAINTS: Final = ("<INVALID", "<EXTRANEOUS", "<Parse Error", "error:", "rror parsing", "rror decoding", "Unable to")
"""Words of programs that read something wrong and say so without failing."""
_EXPLAINED: Final = {one.code for one in EXPLAINED} - {"pkix.authority_key_identifier_extension_absent"}
"""What is signed is seen to be self-signed: nothing has to explain that a CA names no other key."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """How much was looked at, and what was found."""

    looked_at: Mapping[str, int]
    findings: tuple[str, ...]
    seconds: float

    @property
    def lines(self) -> list[str]:
        """Return what a person reads."""
        counts = ", ".join(f"{count} {kind}s" for kind, count in self.looked_at.items() if count)
        return [f"specimens: {counts or 'none'} linted in {self.seconds:.1f} s", *self.findings]


def look(folder: Path) -> Said:
    """Have every specimen of a folder looked at."""
    begun = monotonic()
    by_kind = {kind: sorted(folder.glob(f"*.{kind}")) for kind in (*_LINTERS, "unknown")}
    with ThreadPoolExecutor(CORES) as pool:
        tasks = [pool.submit(_linted, kind, by_kind[kind]) for kind in _LINTERS if by_kind[kind]]
        read = pool.map(
            lambda one: _read(*one), [(kind, path) for kind in _READERS for path in by_kind[kind]], chunksize=8
        )
        told = [line for task in tasks for line in task.result()] + [line for lines in read for line in lines]
    told += [_line(path, "it is no certificate, list or answer") for path in by_kind["unknown"]]
    return Said(
        looked_at={kind: len(paths) for kind, paths in by_kind.items()},
        findings=tuple(sorted(told)),
        seconds=monotonic() - begun,
    )


def _linted(kind: str, paths: Sequence[Path]) -> list[str]:
    linter, *options = _LINTERS[kind]
    try:
        found = findings(linter, paths, *options, fewest=_FEWEST[kind])
    except AssertionError as error:
        if len(paths) == 1:
            return [_line(paths[0], f"pkilint cannot look at it: {str(error)[:200]}")]
        return [line for path in paths for line in _linted(kind, [path])]
    return [_line(path, f"pkilint: {code}") for path, codes in found.items() for code in sorted(codes - _EXPLAINED)]


def _read(kind: str, path: Path) -> list[str]:
    return [_line(path, said) for reader in _READERS[kind] for said in _complaints(reader, path)]


def _complaints(reader: tuple[str, ...], path: Path) -> Iterator[str]:
    try:
        done = run(*reader, path)
    except FileNotFoundError:
        yield f"{reader[0]} is not installed"
        return
    worst = next((line.strip() for line in done.text.splitlines() if any(one in line for one in _COMPLAINTS)), "")
    if done.status or worst:
        yield f"{reader[0]}: {worst or done.err.strip()[:200] or done.status}"


def _line(path: Path, said: str) -> str:
    test = path.with_name(f"{path.name}.test")
    whose = test.read_text(encoding="utf-8") if test.exists() else "?"
    return f"{whose}: {said} ({path})"
