"""Gather evidence, with all the I/O that this takes: a folder of trust, and the OCSP responder a certificate names."""

from collections.abc import Callable, Sequence
from pathlib import Path

from asn1crypto import crl as asn1_crl
from asn1crypto import pem, x509

from openjpki.documents.evidence import Evidence
from openjpki.documents.exchange import OCSP, NoExchange, post
from openjpki.documents.status import OcspEvidence
from openjpki.errors import Failure, Kind
from openjpki.pki.inspect import facts
from openjpki.pki.ocsp import build_request
from openjpki.pki.path import signing_anchor

MAX_CERTIFICATE = 64 * 1024
"""Bytes of a file of CA certificates: one takes about 1.4 kB, and a PEM file may hold all generations."""
MAX_CRL = 64 * 1024 * 1024
"""Bytes of one CRL: a municipality's partition of a million entries takes about 40 MB."""
MAX_FILES = 8192
"""Files of a trust folder: some 1,900 municipalities, two CAs, and room."""
MAX_ANSWER = OCSP.most
"""Bytes of an OCSP answer."""
TIMEOUT = 10.0
"""Seconds for one whole OCSP exchange."""
NONCE_BYTES = 32
"""RFC 9654 §2.1 asks for 32."""
TSA_FOLDER = "tsa"
"""Where the anchors for time-stamps stand."""
_SUBFOLDERS = ("ca", "crl", TSA_FOLDER)
_CERTIFICATES = frozenset({".cer", ".crt", ".pem"})

Transport = Callable[[str, bytes], bytes]
"""Takes an OCSP request to a URL and brings back the answer's bytes; raises `ResponderUnreachable`."""


class TrustMissing(Failure):
    """There is no trust folder."""

    code = "verify.trust-missing"
    kind = Kind.USAGE
    ja = "信頼する認証局のフォルダー {path} がありません。--trust で指定してください。"
    en = "There is no folder {path} of trusted certification authorities. Name one with --trust."


class TrustUnreadable(Failure):
    """A file in the trust folder is not what its name says; going on without it would change verdicts silently."""

    code = "verify.trust-unreadable"
    kind = Kind.USAGE
    ja = "信頼する認証局のフォルダーの {path} を読み取れません({reason})。"
    en = "{path} in the folder of trusted certification authorities cannot be read ({reason})."


class ResponderUnreachable(Failure):
    """The OCSP responder gave no answer that can be looked at."""

    code = "verify.responder-unreachable"
    kind = Kind.UNAVAILABLE
    ja = "OCSP レスポンダー {url} から応答を得られません({reason})。"
    en = "The OCSP responder {url} gave no answer ({reason})."


def read_trust(folder: Path) -> Evidence:
    """Read CA certificates (`*.cer *.crt *.pem`), CRLs (`*.crl`) and stored OCSP answers (`*.ocsp`) of a folder.

    Its subfolders `ca` and `crl` are read too. Certificates that are no CA's become spare ones, never anchors. The
    certificates of the subfolder `tsa` are trusted for time-stamps, and for nothing else. Raises
    `TrustMissing`, and `TrustUnreadable` for any file that is not what its name says.
    """
    if not folder.is_dir():
        raise TrustMissing(path=folder)
    certificates: list[bytes] = []
    stamp_anchors: list[bytes] = []
    crls: list[bytes] = []
    answers: list[OcspEvidence] = []
    for path in _files(folder):
        suffix = path.suffix.lower()
        if suffix in _CERTIFICATES and path.parent.name == TSA_FOLDER and path.parent != folder:
            stamp_anchors.extend(_certificates(path))
        elif suffix in _CERTIFICATES:
            certificates.extend(_certificates(path))
        elif suffix == ".crl":
            crls.extend(_crls(path))
        elif suffix == ".ocsp":
            answers.append(OcspEvidence(answer=_read(path, MAX_ANSWER)))
    authorities = {der: x509.Certificate.load(der).ca for der in certificates}
    return Evidence(
        anchors=tuple(der for der, is_ca in authorities.items() if is_ca),
        certificates=tuple(der for der, is_ca in authorities.items() if not is_ca),
        crls=tuple(crls),
        ocsp=tuple(answers),
        stamp_anchors=tuple(stamp_anchors),
    )


def ask_responders(
    evidence: Evidence, certificates: Sequence[bytes], *, transport: Transport, entropy: Callable[[int], bytes]
) -> Evidence:
    """Return the evidence with a fresh OCSP answer about each certificate (DER) that a trusted CA signed.

    A URL in a certificate is followed only if an anchor vouches for it. An unreachable responder is evidence too: its
    place is kept with the reason, so that the report can say it.
    """
    answers = []
    for certificate in dict.fromkeys(certificates):
        try:
            issuer = signing_anchor(certificate, (*evidence.anchors, *evidence.stamp_anchors))
            url = facts(certificate).ocsp_url
        except (Failure, ValueError, TypeError, KeyError):  # hostile bytes: the judgement will say so
            continue
        if issuer is None or url is None:
            continue
        nonce = entropy(NONCE_BYTES)
        try:
            answer = transport(url, build_request([(certificate, issuer)], nonce))
        except ResponderUnreachable:
            answer = None
        answers.append(OcspEvidence(answer=answer, nonce=nonce, certificate=certificate))
    return evidence.with_ocsp(answers)


def http_transport(url: str, request: bytes, *, seconds: float = TIMEOUT) -> bytes:
    """Post an OCSP request (RFC 6960 Appendix A.1) within some seconds in all, following no redirect.

    Raises `ResponderUnreachable` for whatever is not an OCSP answer of at most `MAX_ANSWER` bytes.
    """
    try:
        return post(OCSP, url, request, seconds=seconds)
    except NoExchange as error:
        raise ResponderUnreachable(url=url, reason=error) from error


def _files(folder: Path) -> list[Path]:
    files = sorted(
        path for part in (folder, *(folder / name for name in _SUBFOLDERS)) for path in part.glob("*") if path.is_file()
    )
    if len(files) > MAX_FILES:
        raise TrustUnreadable(path=folder, reason=f"{len(files)} files")
    return files


def _read(path: Path, limit: int) -> bytes:
    with path.open("rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise TrustUnreadable(path=path, reason="size")
    return content


def _certificates(path: Path) -> list[bytes]:
    content = _read(path, MAX_CERTIFICATE)
    try:
        ders = [block for kind, block in _unarmoured(content) if kind in (None, "CERTIFICATE")]
        for der in ders:
            facts_of_ca = x509.Certificate.load(der, strict=True)
            _ = facts_of_ca.native
    except (ValueError, TypeError, KeyError) as error:
        raise TrustUnreadable(path=path, reason=type(error).__name__) from error
    return ders


def _crls(path: Path) -> list[bytes]:
    content = _read(path, MAX_CRL)
    try:
        ders = [block for kind, block in _unarmoured(content) if kind in (None, "X509 CRL")]
        for der in ders:
            _ = asn1_crl.CertificateList.load(der, strict=True)["tbs_cert_list"]["issuer"].native
    except (ValueError, TypeError, KeyError) as error:
        raise TrustUnreadable(path=path, reason=type(error).__name__) from error
    return ders


def _unarmoured(content: bytes) -> list[tuple[str | None, bytes]]:
    """Return the blocks of a PEM file with their kinds, or the file itself as the one DER block."""
    if not pem.detect(content):
        return [(None, content)]
    return [(kind, der) for kind, _, der in pem.unarmor(content, multiple=True)]
