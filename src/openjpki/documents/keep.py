"""Put the validation data beside a signature: into a PDF's document security store, or into the CMS itself.

ETSI EN 319 142-1 §5.4 (DSS in an incremental update of its own, with the signature's VRI entry) and EN 319 122-1 §6.3
(SignedData.crls with RFC 5940 for OCSP answers). Neither touches what is signed, so the card is not needed again.
"""

import io

from asn1crypto import cms, crl, ocsp, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.dss import DocumentSecurityStore

from openjpki.documents.evidence import Embedded
from openjpki.documents.limits import check_size


def keep_in_pdf(document: bytes, kept: Embedded) -> bytes:
    """Return a signed PDF with validation data for its last signature appended. Raises `DocumentTooLarge`."""
    reader = PdfFileReader(io.BytesIO(document), strict=True)
    signature = reader.embedded_signatures[-1]
    writer = IncrementalPdfFileWriter.from_reader(reader)
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        document[signature.byte_range[1] + 1 : signature.byte_range[2] - 1],  # the hexadecimal string as it stands
        certs=[x509.Certificate.load(der) for der in kept.certificates],
        crls=[crl.CertificateList.load(der) for der in kept.crls],
        ocsps=[ocsp.OCSPResponse.load(der) for der in kept.answers],
    )
    output = io.BytesIO()
    writer.write(output)
    check_size(output.tell())
    return output.getvalue()


def keep_in_cms(message: bytes, kept: Embedded) -> bytes:
    """Return a CMS signature (DER) with validation data added to its SignedData. Raises `DocumentTooLarge`."""
    outer = cms.ContentInfo.load(message)
    signed = outer["content"]
    present = {choice.chosen.untag().dump() for choice in signed["certificates"] if choice.name == "certificate"}
    for der in kept.certificates:
        if der not in present:
            signed["certificates"].append(cms.CertificateChoices("certificate", x509.Certificate.load(der)))
    lists = [cms.RevocationInfoChoice("crl", crl.CertificateList.load(der)) for der in kept.crls]
    answers = [
        cms.RevocationInfoChoice(
            "other",
            cms.OtherRevocationInfoFormat(
                {"other_rev_info_format": "ocsp_response", "other_rev_info": ocsp.OCSPResponse.load(der)}
            ),
        )
        for der in kept.answers
    ]
    signed["crls"] = cms.RevocationInfoChoices([*lists, *answers])
    if answers:
        signed["version"] = "v5"  # RFC 5652 §5.1: other forms of revocation information are inside
    encoded: bytes = outer.dump()
    check_size(len(encoded))
    return encoded
