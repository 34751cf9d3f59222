"""Sign a PDF (PAdES B-B) or any file (CAdES B-B) with a key that never leaves its card.

ETSI EN 319 142-1 §6 and EN 319 122-1 §6: the signature binds its certificate by signing-certificate-v2; a PDF states
its time in the signature dictionary (/M), a CMS in the signing-time attribute. One signature is one call of the card,
because every call of the signature key costs the holder a PIN entry.
"""

import asyncio
import hashlib
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from asn1crypto import cms, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from openjpki.documents.limits import check_size
from openjpki.documents.pdf import is_pdf
from openjpki.documents.stamping import Timestamper
from openjpki.errors import Failure, Kind
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import verify_signature

_MAX_SIGNATURE_VALUE = {KeyAlgorithm.RSA_2048_SHA_256: 256, KeyAlgorithm.P384_SHA_384: 104}
"""Bytes of the longest signature value: the modulus, or the DER of two 49-byte integers (RFC 3279 §2.2.3)."""


class NotAPdf(Failure):
    """The bytes do not begin as a PDF does."""

    code = "document.not-pdf"
    kind = Kind.REFUSED
    ja = "この文書は PDF ではありません。PDF 以外は --format cms で署名できます。"
    en = "This document is not a PDF. Anything else can be signed with --format cms."


class BrokenPdf(Failure):
    """The PDF cannot be read to its end."""

    code = "document.broken-pdf"
    kind = Kind.REFUSED
    ja = "この PDF は壊れているか、規格に合いません({reason})。署名していません。"
    en = "This PDF is broken or not conforming ({reason}). Nothing was signed."


class EncryptedPdf(Failure):
    """A PDF under a password."""

    code = "document.encrypted-pdf"
    kind = Kind.REFUSED
    ja = "この PDF はパスワードで保護されています。保護を外してから署名してください。"
    en = "This PDF is encrypted. Remove the protection before signing."


class PdfForbidsSigning(Failure):
    """An earlier certification or a form's rule does not let another signature in."""

    code = "document.forbids-signing"
    kind = Kind.REFUSED
    ja = "この PDF は新しい署名を受け付けません({reason})。"
    en = "This PDF does not accept another signature ({reason})."


class SignerMismatch(Failure):
    """The card's signature does not verify under the card's certificate."""

    code = "document.signer-mismatch"
    kind = Kind.REFUSED
    ja = "カードの署名がカードの証明書と合いません。署名した文書は作っていません。"
    en = "The card's signature does not verify under its own certificate. No signed document was made."


class DocumentSigner(Protocol):
    """A certificate and the one call that uses its key."""

    @property
    def certificate(self) -> bytes:
        """Return the signer's certificate, DER."""
        ...

    @property
    def chain(self) -> Sequence[bytes]:
        """Return the certificates of its issuers, DER, to be put into the signature."""
        ...

    def sign_digest(self, digest_name: str, digest: bytes) -> bytes:
        """Return the signature over a digest ("sha256" or "sha384"): PKCS #1 v1.5, or ECDSA in DER (RFC 3279 §2.2.3)."""
        ...


def sign_pdf(
    document: bytes, signer: DocumentSigner, *, moment: datetime, timestamper: Timestamper | None = None
) -> bytes:
    """Return `document` with a PAdES B-B signature appended as an incremental update; B-T with a time-stamp.

    `moment` (UTC-aware) is the claimed signing time. A time-stamper is asked twice: before the card, for the size of
    its tokens, and after it. Raises `EmptyDocument`, `DocumentTooLarge`, `NotAPdf`,
    `BrokenPdf`, `EncryptedPdf`, `PdfForbidsSigning`, `SignerMismatch`, and what the signer and the time-stamper raise.
    """
    writer = _open(document)
    hand = _Hand(signer)
    meta = signers.PdfSignatureMetadata(
        field_name=_unused_name(writer),
        md_algorithm=hand.algorithm.digest_name,
        subfilter=SigSeedSubFilter.PADES,
    )
    output = io.BytesIO()
    try:
        _PdfSigner(meta, hand, moment, timestamper).sign_pdf(writer, output=output)
    except Failure:
        raise
    except Exception as error:
        raise PdfForbidsSigning(reason=str(error) or type(error).__name__) from error
    return output.getvalue()


def sign_cms(
    content: bytes,
    signer: DocumentSigner,
    *,
    moment: datetime,
    detached: bool = True,
    timestamper: Timestamper | None = None,
) -> bytes:
    """Return a CAdES B-B signature (CMS SignedData, DER) over any content, B-T with a time-stamp.

    `detached` leaves the content out.

    `moment` (UTC-aware) is the claimed signing time. Raises `EmptyDocument`, `DocumentTooLarge`, `SignerMismatch`,
    and what the signer raises.
    """
    check_size(len(content))
    hand = _Hand(signer)
    signed = hand.async_sign_general_data(
        content,
        hand.algorithm.digest_name,
        detached=detached,
        use_cades=True,
        timestamper=None if timestamper is None else _Stamps(timestamper),
        signed_attr_settings=PdfCMSSignedAttributes(signing_time=moment),
    )
    encoded: bytes = asyncio.run(signed).dump()
    return encoded


def check_pdf(document: bytes) -> None:
    """Refuse a document that cannot be signed as a PDF, before anybody is asked for a PIN.

    Raises `EmptyDocument`, `DocumentTooLarge`, `NotAPdf`, `BrokenPdf` or `EncryptedPdf`.
    """
    _open(document)


def _open(document: bytes) -> IncrementalPdfFileWriter:
    """Read the PDF to its page tree, so that a broken one is refused before the card is asked."""
    check_size(len(document))
    if not is_pdf(document):
        raise NotAPdf
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(document), strict=True)
        encrypted = writer.prev.encrypted
        if not encrypted:
            writer.prev.find_page_for_modification(0)
    except Exception as error:  # the reader raises more than its own types on broken files
        raise BrokenPdf(reason=str(error) or type(error).__name__) from error
    if encrypted:
        raise EncryptedPdf
    return writer


def _unused_name(writer: IncrementalPdfFileWriter) -> str:
    """Return a field name that no signature field of the document has."""
    try:
        taken = {name for name, _, _ in enumerate_sig_fields(writer.prev)}
    except Exception as error:
        raise BrokenPdf(reason=str(error) or type(error).__name__) from error
    number = 1
    while f"Signature{number}" in taken:
        number += 1
    return f"Signature{number}"


class _Hand(signers.Signer):
    """Gives the library a signer whose key is elsewhere: a digest goes out, a checked signature comes back."""

    def __init__(self, signer: DocumentSigner) -> None:
        certificate = x509.Certificate.load(signer.certificate)
        store = SimpleCertificateStore()
        store.register_multiple(x509.Certificate.load(issuer) for issuer in signer.chain)
        super().__init__(signing_cert=certificate, cert_registry=store)
        self._spki: bytes = certificate.public_key.dump()
        self.algorithm = KeyAlgorithm.of(self._spki)
        self._signer = signer

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: FBT001, FBT002  -- the library's signature
        """Sign `data` by one call of the card; a dry run, which only measures, never reaches it."""
        if dry_run:
            return bytes(_MAX_SIGNATURE_VALUE[self.algorithm])
        signature = self._signer.sign_digest(digest_algorithm, hashlib.new(digest_algorithm, data).digest())
        try:
            verify_signature(self._spki, self.algorithm, data, signature)
        except Failure as failure:
            raise SignerMismatch from failure
        return signature


class _Stamps(TimeStamper):
    """Gives the library a time-stamp authority that is elsewhere."""

    def __init__(self, timestamper: Timestamper) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library has no types here
        self._timestamper = timestamper

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """Return a token; a dummy one, for the size, is asked for in the same way."""
        return cms.ContentInfo.load(self._timestamper.stamp(md_algorithm, message_digest))


class _PdfSigner(signers.PdfSigner):
    """Signs at a given moment; the library would read the clock."""

    def __init__(
        self, meta: signers.PdfSignatureMetadata, hand: _Hand, moment: datetime, timestamper: Timestamper | None
    ) -> None:
        super().__init__(meta, signer=hand, timestamper=None if timestamper is None else _Stamps(timestamper))
        self._moment = moment

    def init_signing_session(
        self,
        pdf_out: BasePdfFileWriter,
        existing_fields_only: bool = False,  # noqa: FBT001, FBT002  -- the library's signature
    ) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._moment
        return session
