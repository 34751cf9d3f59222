"""The validation data that a document carries: what a PDF's DSS and a CMS's SignedData hold to be judged by.

ETSI EN 319 142-1 §5.4.2 (document security store); RFC 5652 §10.2.1 and RFC 5940 (SignedData.crls), as ETSI EN 319 122-1
§6.3 has them at level B-LT; Adobe's RevocationInfoArchival of older PDF signatures. Whoever hands the document over may
have put anything there: it is read within bounds, and judged like any other evidence.
"""

from collections.abc import Iterator

from asn1crypto import cms, pdf, x509
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, StreamObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import find_cms_attribute_iter

from openjpki.documents.evidence import Embedded

MAX_PIECES = 64
"""Of one kind in one place. A signature needs one or two, and each list costs the check of a signature."""
_ARCHIVAL: str = pdf.CMSAttributeType.map("1.2.840.113583.1.1.8")


class EvidenceUnreadable(Exception):
    """Validation data is there and cannot be read; it becomes a remark, and nothing of that place is used."""


def read_dss(reader: PdfFileReader) -> Embedded:
    """Return what the document security store of a PDF's last revision holds; nothing if there is none.

    Certificates that cannot be parsed are left out. Raises `EvidenceUnreadable` for a store that is none.
    """
    try:
        if "/DSS" not in reader.root:
            return Embedded()
        store = reader.root["/DSS"]
        certificates = _streams(store, "/Certs", DecodePurpose.CERTIFICATE)
        return Embedded(
            certificates=tuple(der for der in certificates if _is_certificate(der)),
            crls=tuple(_streams(store, "/CRLs", DecodePurpose.CRL)),
            answers=tuple(_streams(store, "/OCSPs", DecodePurpose.OCSP_RESPONSE)),
        )
    except EvidenceUnreadable:
        raise
    except Exception as error:  # hostile PDFs raise whatever they like
        raise EvidenceUnreadable(type(error).__name__) from error


def read_cms_evidence(signed: cms.SignedData) -> Embedded:
    """Return the lists and answers in a SignedData, and those that its signer signed as Adobe's attribute.

    Raises `EvidenceUnreadable`.
    """
    try:
        kept = [*_revocation_info(signed), *_archived(signed)]
    except EvidenceUnreadable:
        raise
    except Exception as error:  # hostile bytes raise whatever they like
        raise EvidenceUnreadable(type(error).__name__) from error
    return Embedded(
        crls=_bounded([der for kind, der in kept if kind == "crl"]),
        answers=_bounded([der for kind, der in kept if kind == "ocsp"]),
    )


def _streams(store: DictionaryObject, name: str, purpose: DecodePurpose) -> list[bytes]:
    """Decode the streams of one kind, within the library's bounds on what they may unfold to."""
    if name not in store:
        return []
    entries = store[name]
    if not isinstance(entries, ArrayObject) or len(entries) > MAX_PIECES:
        raise EvidenceUnreadable(name)
    found = []
    for entry in entries:
        stream = entry.get_object()
        if not isinstance(stream, StreamObject):
            raise EvidenceUnreadable(name)
        found.append(bytes(stream.read_data(purpose)))
    return found


def _is_certificate(der: bytes) -> bool:
    try:
        _ = x509.Certificate.load(der, strict=True).native
    except (ValueError, TypeError, KeyError):
        return False
    return True


def _revocation_info(signed: cms.SignedData) -> Iterator[tuple[str, bytes]]:
    for choice in signed["crls"] or ():
        if choice.name == "crl":
            yield "crl", choice.chosen.dump()
        elif choice.chosen["other_rev_info_format"].native == "ocsp_response":
            yield "ocsp", choice.chosen["other_rev_info"].dump()


def _archived(signed: cms.SignedData) -> Iterator[tuple[str, bytes]]:
    attributes = signed["signer_infos"][0]["signed_attrs"]
    if attributes.native is None:
        return
    for archival in find_cms_attribute_iter(attributes, _ARCHIVAL):
        yield from (("crl", one.dump()) for one in archival["crl"] or ())
        yield from (("ocsp", one.dump()) for one in archival["ocsp"] or ())


def _bounded(pieces: list[bytes]) -> tuple[bytes, ...]:
    if len(pieces) > MAX_PIECES:
        raise EvidenceUnreadable(str(len(pieces)))
    return tuple(dict.fromkeys(pieces))
