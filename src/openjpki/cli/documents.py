"""`openjpki sign` and `openjpki verify`: their arguments. What they do is loaded when it is asked for.

Signing and verifying bring a PDF library with them that takes longer to load than most commands take to run.
"""

import argparse
from pathlib import Path

from openjpki.cli.answer import Answer, Commands

LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")
NONCES = ("required", "optional")
"""The words of `documents.currency.NonceRule`."""


def register(commands: Commands) -> None:
    """Add `sign` and `verify`."""
    sign = commands.add_parser("sign", help="sign a document with a card of this home")
    sign.add_argument("file", type=Path, metavar="FILE", help="what is signed: a PDF, or any other file")
    sign.add_argument(
        "--format",
        choices=("pdf", "cms", "xml"),
        help="pdf: PAdES, inside the PDF; cms: CAdES, a file of its own beside any other; xml is not made yet (default: by the ending of FILE: .pdf, .xml, else cms)",
    )
    sign.add_argument("--card", required=True, metavar="NAME", help="which card (`openjpki card list`)")
    sign.add_argument(
        "--out", required=True, type=Path, metavar="F", help="where the signed document or signature goes"
    )
    content = sign.add_mutually_exclusive_group()
    content.add_argument("--detached", action="store_true", help="cms: without the content (default)")
    content.add_argument("--attached", action="store_true", help="cms: with the content inside")
    sign.add_argument(
        "--level", default="B-B", choices=LEVELS, help="B-T adds a time-stamp, B-LT validation data too (default: B-B)"
    )
    sign.add_argument("--tsa", metavar="URL", help="the time-stamp authority, for B-T and B-LT")
    sign.add_argument(
        "--with-evidence", action="store_true", help="add what shows today that the certificate is not revoked"
    )
    sign.add_argument(
        "--trust", type=Path, metavar="DIR", help="CA certificates, CRLs, tsa/ (default: this home's authority)"
    )
    sign.add_argument("--offline", action="store_true", help="ask no OCSP responder")
    sign.add_argument("--pin-stdin", action="store_true", help="read the PIN from one line of standard input")
    sign.set_defaults(run=_sign)
    verify = commands.add_parser("verify", help="verify a signed document")
    verify.add_argument("file", type=Path, metavar="FILE", help="a signed PDF, or a CMS signature")
    verify.add_argument("--content", type=Path, metavar="F", help="the content of a detached CMS signature")
    verify.add_argument(
        "--trust", type=Path, metavar="DIR", help="CA certificates, CRLs (default: this home's authority)"
    )
    verify.add_argument("--at", metavar="MOMENT", help="judge at this moment (default: now); implies --offline")
    verify.add_argument("--offline", action="store_true", help="ask no OCSP responder")
    verify.add_argument(
        "--accept-policy",
        action="append",
        metavar="OID",
        help="accepted certificate policy (repeatable; default: JPKI's)",
    )
    verify.add_argument(
        "--skew", type=int, metavar="SECONDS", help="how far other clocks may run ahead (0 to 900; default: 300)"
    )
    verify.add_argument(
        "--nonce",
        choices=NONCES,
        help="must an OCSP answer repeat the nonce that was sent (default: required)",
    )
    verify.set_defaults(run=_verify)


def _sign(arguments: argparse.Namespace) -> Answer:
    from openjpki.cli.document_acts import sign

    return sign(arguments)


def _verify(arguments: argparse.Namespace) -> Answer:
    from openjpki.cli.document_acts import verify

    return verify(arguments)
