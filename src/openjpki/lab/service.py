"""What costs time and is made once in a session: CAs and keys, the status server, the folder of trust. Tests come and go in it."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

from openjpki.errors import Failure
from openjpki.lab.authority import LabAuthority
from openjpki.lab.keys import KeyPool
from openjpki.lab.lab import LAB_POLICY, Lab
from openjpki.lab.server import StatusServer
from openjpki.lab.status import TRY_LATER
from openjpki.lab.trust import Trust
from openjpki.pki.keys import FreshKeys, KeySource
from openjpki.rules.kinds import CertificateKind
from openjpki.rules.policy import Policy


class LabService:
    """A running laboratory, for one test at a time; a context manager.

    `clock` and `entropy` are the caller's; `make_folder` makes an empty folder when somebody first asks for files.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        entropy: Callable[[int], bytes],
        make_folder: Callable[[], Path],
        key_source: KeySource | None = None,
    ) -> None:
        self._clock = clock
        self._lab: Lab | None = None
        self._server = StatusServer(ocsp=self._ocsp, crl=self._crl, ca=self._ca)
        self._authority = LabAuthority(
            ocsp_base_url=self._server.url, begun=clock(), pool=KeyPool(key_source or FreshKeys()), entropy=entropy
        )
        self.trust = Trust(self._authority, make_folder)
        """CA certificates, the same for the whole session."""

    @property
    def url(self) -> str:
        """Return where status is asked, without a slash at the end."""
        return self._server.url

    def begin(self, *, policy: Policy = LAB_POLICY, no_reader: Callable[[Failure], NoReturn] | None = None) -> Lab:
        """Begin a test: nothing was issued yet, and nothing ended; what the test before it issued is unknown now."""
        self._lab = Lab(
            authority=self._authority,
            trust=self.trust,
            status_url=self.url,
            clock=self._clock,
            policy=policy,
            no_reader=no_reader,
        )
        self.trust.follow(self._lab.lists)
        return self._lab

    def end(self) -> None:
        """End a test: nothing sure can be said until the next one."""
        self._lab = None
        self.trust.follow(dict)

    def close(self) -> None:
        """Stop."""
        self._server.close()

    def __enter__(self) -> Self:
        """Run."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.close()

    def _ocsp(self, question: bytes, kind: CertificateKind) -> bytes:
        lab = self._lab
        return TRY_LATER if lab is None else lab.desk.answer(question, lab.now, kind)

    def _crl(self, rest: str) -> bytes | None:
        """Return the list at "signature-2/99201.crl"."""
        lab = self._lab
        name = rest.removesuffix(".crl").replace("/", "-", 1)
        return None if lab is None or not rest.endswith(".crl") else lab.lists().get(name)

    def _ca(self, rest: str) -> bytes | None:
        """Return the certificate at "signature-2.cer"."""
        found = self._authority.named(rest.removesuffix(".cer")) if rest.endswith(".cer") else None
        return None if found is None else found.certificate
