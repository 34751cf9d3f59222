"""Python programs that speak PKCS #11 through OpenSC's module: python-pkcs11, PyKCS11, and pyHanko, which signs PDFs."""

import sys
from pathlib import Path

import pytest

from openjpki.rules.kinds import CertificateKind
from tests.interop.conftest import PINS, VERIFIED, Holder, verified
from tests.interop.test_pkcs11 import MODULE, TOKENS
from tests.support.programs import ROOT, Finished, openjpki, run
from tests.support.room import Room
from tests.support.witness import Witness

pytestmark = [pytest.mark.interop, pytest.mark.slow]

DEBIANS_PYTHON = "/usr/bin/python3"
DEBIANS_LIBRARY = Path("/usr/lib/python3/dist-packages/PyKCS11")
DOCUMENT = ROOT / "src" / "openjpki" / "story" / "document.pdf"

PYTHON_PKCS11 = """
import sys
import pkcs11
from pkcs11 import Attribute, Mechanism, ObjectClass
module, label, pin, folder = sys.argv[1:]
library = pkcs11.lib(module)
for slot in library.get_slots(token_present=True):
    print(slot.get_token().label)
with library.get_token(token_label=label).open(user_pin=pin) as session:
    key = session.get_key(object_class=ObjectClass.PRIVATE_KEY)
    signature = key.sign(open(f"{folder}/data", "rb").read(), mechanism=Mechanism.SHA256_RSA_PKCS)
    its = {Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.ID: key[Attribute.ID]}
    certificate = next(iter(session.get_objects(its)))[Attribute.VALUE]
open(f"{folder}/signature", "wb").write(signature)
open(f"{folder}/certificate", "wb").write(certificate)
"""

PYKCS11 = """
import sys
from PyKCS11 import *
module, label, pin, folder = sys.argv[1:]
library = PyKCS11Lib()
library.load(module)
tokens = {library.getTokenInfo(slot).label.strip(): slot for slot in library.getSlotList(tokenPresent=True)}
print(*tokens, sep="\\n")
session = library.openSession(tokens[label], CKF_SERIAL_SESSION)
session.login(pin)
key = session.findObjects([(CKA_CLASS, CKO_PRIVATE_KEY)])[0]
signature = bytes(session.sign(key, open(f"{folder}/data", "rb").read(), Mechanism(CKM_SHA256_RSA_PKCS, None)))
its = [(CKA_CLASS, CKO_CERTIFICATE), (CKA_ID, session.getAttributeValue(key, [CKA_ID])[0])]
certificate = bytes(session.getAttributeValue(session.findObjects(its)[0], [CKA_VALUE])[0])
session.logout()
open(f"{folder}/signature", "wb").write(signature)
open(f"{folder}/certificate", "wb").write(certificate)
"""

PYHANKO = """
import sys
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
from pyhanko.sign.signers import PdfSignatureMetadata, sign_pdf
module, label, pin, source, target = sys.argv[1:]
metadata = PdfSignatureMetadata(field_name="Signature1", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
with open_pkcs11_session(module, token_criteria=TokenCriteria(label=label), user_pin=pin) as session:
    signer = PKCS11Signer(session, cert_label="Digital Signature Certificate", key_label="Digital Signature Key")
    with open(source, "rb") as document, open(target, "wb") as signed:
        sign_pdf(IncrementalPdfFileWriter(document), metadata, signer=signer, output=signed)
"""


def signed(room: Room, holder: Holder, kind: CertificateKind, folder: Path, *program: str) -> tuple[Finished, Finished]:
    """Run a program that signs with a token's key; return it, and openssl's word with the certificate it read there."""
    (folder / "data").write_text("見本", encoding="utf-8")
    done = room.run(*program, str(MODULE), TOKENS[kind], PINS[kind], folder)
    assert done.status == 0, done.text
    assert (folder / "certificate").read_bytes() == holder.certificate(kind).read_bytes()
    return done, verified(holder.public_key(kind), folder / "data", folder / "signature")


@pytest.mark.parametrize("kind", CertificateKind)
def test_python_pkcs11_signs(
    plugged: Room, holder: Holder, kind: CertificateKind, tmp_path: Path, witness: Witness
) -> None:
    """It sees a token for each PIN; the signature is verified with the certificate that it reads from the card."""
    done, judged = signed(plugged, holder, kind, tmp_path, sys.executable, "-c", PYTHON_PKCS11)

    assert done.out.splitlines() == list(TOKENS.values())
    what = f"both tokens listed; login and `sign` with the {kind.value} key, then `openssl dgst -verify`"
    witness.saw("python-pkcs11", what, judged, VERIFIED)


@pytest.mark.skipif(not DEBIANS_LIBRARY.exists(), reason="python3-pykcs11 is not installed")
@pytest.mark.parametrize("kind", CertificateKind)
def test_pykcs11_signs(plugged: Room, holder: Holder, kind: CertificateKind, tmp_path: Path, witness: Witness) -> None:
    """The other binding finds the same tokens, keys and certificates."""
    done, judged = signed(plugged, holder, kind, tmp_path, DEBIANS_PYTHON, "-c", PYKCS11)

    assert done.out.splitlines() == list(TOKENS.values())
    what = f"both tokens listed; login and `sign` with the {kind.value} key, then `openssl dgst -verify`"
    witness.saw("PyKCS11", what, judged, VERIFIED)


def test_pyhanko_signs_a_pdf(plugged: Room, holder: Holder, tmp_path: Path, witness: Witness) -> None:
    """A PDF that a program of others signed by the card is whole to our verifier, and to poppler's."""
    kind, document = CertificateKind.SIGNATURE, tmp_path / "signed.pdf"
    program = (sys.executable, "-c", PYHANKO, MODULE, TOKENS[kind], PINS[kind])
    done = plugged.run(*program, DOCUMENT, document)
    assert done.status == 0, done.text
    judged = openjpki("verify", document, "--offline", "--trust", holder.public, "--home", holder.home)
    (tmp_path / "nss").mkdir()
    database = f"sql:{tmp_path / 'nss'}"
    assert run("certutil", "-N", "-d", database, "--empty-password").status == 0
    poppler = run("pdfsig", "-nssdir", database, "-nocert", document)

    assert judged.status == 0, judged.text
    assert "Signature is Valid." in poppler.text
    assert "Total document signed" in poppler.text
    what = "`PKCS11Signer` signs a PDF (PAdES) with the signature key, then `openjpki verify --offline`; pdfsig agrees"
    witness.saw("pyHanko", what, judged, "The signature is valid. [TOTAL-PASSED]")
