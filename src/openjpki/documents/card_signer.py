"""A document signer whose key is in a card: the PIN is shown once, the certificate read, then each signature is one command."""

from collections.abc import Sequence

from openjpki.card.terminal import JpkiTerminal, NoCertificate
from openjpki.rules.kinds import CertificateKind


class CardSigner:
    """A `DocumentSigner` over a card in a reader.

    The PIN is not kept. Raises what `JpkiTerminal.read_certificate` raises: no certificate, which is found before the PIN is
    sent; a wrong or locked PIN.
    """

    def __init__(
        self,
        terminal: JpkiTerminal,
        pin: bytes | bytearray,
        kind: CertificateKind = CertificateKind.SIGNATURE,
    ) -> None:
        self._terminal = terminal
        self._kind = kind
        self.certificate = terminal.read_certificate(kind, pin)
        self.chain: Sequence[bytes] = self._issuers()

    def sign_digest(self, digest_name: str, digest: bytes) -> bytes:
        """Return the card's signature over a digest: one command."""
        return self._terminal.sign_digest(self._kind, digest_name, digest)

    def _issuers(self) -> tuple[bytes, ...]:
        """Return the CA certificate that the card carries; a card may lack it."""
        try:
            return (self._terminal.read_ca_certificate(self._kind),)
        except NoCertificate:
            return ()
