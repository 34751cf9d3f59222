"""What a service provider is given of a laboratory: CA certificates and revocation lists, as values and as files."""

from collections.abc import Callable, Mapping
from pathlib import Path
from ssl import DER_cert_to_PEM_cert

from openjpki.lab.authority import LabAuthority
from openjpki.rules.kinds import CertificateKind


class Trust:
    """CA certificates of all generations. The folder is laid out as the real authority's public one, and made when asked for.

    `ca/GENERATION.cer` and `crl/GENERATION-MUNICIPALITY.crl`, DER, for `openjpki verify --trust`; `ca.pem` and one file for
    each kind, `signature-ca.pem` and `authentication-ca.pem`, for programs that want all of them in one.
    """

    def __init__(self, authority: LabAuthority, make_folder: Callable[[], Path]) -> None:
        self._authority = authority
        self._make_folder = make_folder
        self._folder: Path | None = None
        self._lists: Callable[[], Mapping[str, bytes]] = dict

    @property
    def certificates(self) -> tuple[bytes, ...]:
        """Return the CA certificates of both kinds, DER."""
        return tuple(der for kind in CertificateKind for der in self.of(kind))

    def of(self, kind: CertificateKind | str) -> tuple[bytes, ...]:
        """Return the CA certificates of one kind, DER: "signature" for documents, "authentication" for logins."""
        return tuple(one.certificate for one in self._authority.generations(CertificateKind(kind)))

    @property
    def folder(self) -> Path:
        """Return the folder, with CA certificates and the lists of this moment."""
        if self._folder is None:
            self._folder = self._make_folder()
            self._write_authorities(self._folder)
            self._write_lists(self._folder)
        return self._folder

    @property
    def pem(self) -> Path:
        """Return the file of all CA certificates, PEM."""
        return self.folder / "ca.pem"

    def pem_of(self, kind: CertificateKind | str) -> Path:
        """Return the file of the CA certificates of one kind, PEM: what a web server asks client certificates to be of."""
        return self.folder / f"{CertificateKind(kind).value}-ca.pem"

    def follow(self, lists: Callable[[], Mapping[str, bytes]]) -> None:
        """Take the lists from somewhere else from now on: the next test's."""
        self._lists = lists
        self.refresh()

    def refresh(self) -> None:
        """Bring the lists in the folder up to date, if anybody has asked for the folder."""
        if self._folder is not None:
            self._write_lists(self._folder)

    def _write_authorities(self, folder: Path) -> None:
        (folder / "ca").mkdir()
        (folder / "crl").mkdir()
        for kind in CertificateKind:
            for one in self._authority.generations(kind):
                (folder / "ca" / f"{one.name}.cer").write_bytes(one.certificate)
            _write_pem(folder / f"{kind.value}-ca.pem", self.of(kind))
        _write_pem(folder / "ca.pem", self.certificates)

    def _write_lists(self, folder: Path) -> None:
        """Replace each list as a whole: a program that reads meanwhile sees the old or the new one."""
        lists = {f"{name}.crl": crl for name, crl in self._lists().items()}
        for path in (folder / "crl").iterdir():
            if path.name not in lists:
                path.unlink()
        for name, crl in lists.items():
            written = folder / "crl" / f".{name}.new"
            written.write_bytes(crl)
            written.replace(folder / "crl" / name)


def _write_pem(path: Path, certificates: tuple[bytes, ...]) -> None:
    path.write_text("".join(map(DER_cert_to_PEM_cert, certificates)), encoding="ascii")
