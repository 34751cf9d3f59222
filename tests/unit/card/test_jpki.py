import pytest

from openjpki.card.files import DataFile, KeyFile, PinFile
from openjpki.card.jpki import AID, FILES
from openjpki.card.settings import CardSettings
from openjpki.rules.kinds import CertificateKind, PinKind
from tests.unit.card.cards import blank, issuer, ordinary


def test_the_application_identifier() -> None:
    """公的個人認証AP, as every client selects it."""
    assert AID.hex().upper() == "D392F000260100000001"


def test_the_files_are_those_that_clients_use() -> None:
    """OpenSC's jpki driver and jpki/myna name them; all can be addressed by a short identifier."""
    assert set(FILES) == {0x01, 0x02, 0x06, 0x08, 0x09, 0x0A, 0x0B, 0x16, 0x17, 0x18, 0x1A, 0x1B}
    assert FILES[0x17] == KeyFile(CertificateKind.AUTHENTICATION, PinKind.AUTHENTICATION)
    assert FILES[0x1A] == KeyFile(CertificateKind.SIGNATURE, PinKind.SIGNATURE)
    assert FILES[0x18] == PinFile(PinKind.AUTHENTICATION)
    assert FILES[0x1B] == PinFile(PinKind.SIGNATURE)


def test_only_the_signature_certificate_is_behind_a_pin() -> None:
    """The signature certificate carries the four attributes (R-0.3): reading it needs the signature PIN. EF 0009 opens for nobody."""
    files = {number: file for number, file in FILES.items() if isinstance(file, DataFile)}
    closed = {number: file.opened_by for number, file in files.items() if file.opened_by is not None}

    assert closed == {0x01: {PinKind.SIGNATURE}, 0x09: set()}
    assert files[0x09].content(blank(), CardSettings()) == b"\xff" * 16


@pytest.mark.parametrize(
    ("number", "kind", "part"),
    [
        (0x01, CertificateKind.SIGNATURE, "certificate"),
        (0x02, CertificateKind.SIGNATURE, "issuer"),
        (0x0A, CertificateKind.AUTHENTICATION, "certificate"),
        (0x0B, CertificateKind.AUTHENTICATION, "issuer"),
    ],
)
def test_certificates_come_from_what_is_in_use(number: int, kind: CertificateKind, part: str) -> None:
    """The four certificate files show the active slots; a holder without the certificate has no content there."""
    file = FILES[number]
    assert isinstance(file, DataFile)

    assert file.content(ordinary(), CardSettings()) == getattr(ordinary().keys[kind].active, part)
    assert file.content(blank(), CardSettings()) is None
    assert issuer() != file.content(ordinary(), CardSettings())


def test_the_public_files_need_no_certificate() -> None:
    """Token information and presence marks are there on a blank card too."""
    for number, size in ((0x06, 160), (0x08, 3)):
        file = FILES[number]
        assert isinstance(file, DataFile)
        assert len(file.content(blank(), CardSettings()) or b"") == size
