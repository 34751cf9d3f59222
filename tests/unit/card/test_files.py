from openjpki.card.apdu import Ins
from openjpki.card.face import FaceKey
from openjpki.card.files import NEVER, ApplicationTable, DataFile, InternalFile, KeyFile, PinFile, RecordFile
from openjpki.card.settings import CardSettings
from openjpki.card.status import SW
from openjpki.rules.kinds import CertificateKind, PinKind
from tests.unit.card.cards import blank


def test_a_data_file_is_free_unless_something_opens_it() -> None:
    """Most files of a card anyone may read; what nobody can show opens a file for nobody."""
    file = DataFile(lambda image, settings: image.number.encode() + settings.token_label.encode())

    assert file.opened_by is None
    assert not NEVER
    assert file.content(blank(), CardSettings()) == b"400000012719843JPKIAPICCTOKEN2"


def test_files_are_values() -> None:
    """A table of files can be compared and shared."""
    assert PinFile(PinKind.SIGNATURE) == PinFile(PinKind.SIGNATURE, Ins.CHANGE_REFERENCE_DATA)
    assert KeyFile(CertificateKind.SIGNATURE, PinKind.SIGNATURE) != KeyFile(
        CertificateKind.AUTHENTICATION, PinKind.AUTHENTICATION
    )
    assert InternalFile() == InternalFile()
    assert RecordFile(lambda image: (image.number.encode(),)).records(blank()) == (b"400000012719843",)


def test_an_application_has_no_default_key_unless_it_names_one() -> None:
    """P2 00 of COMPUTE DIGITAL SIGNATURE means a key in the applications of the card's face only; no key is delivered anywhere."""
    plain = ApplicationTable(aid=b"1", files={})

    assert plain.default_key is None
    assert plain.session_key_status is SW.SECURITY_STATUS_NOT_SATISFIED
    assert KeyFile(FaceKey.TEXT).pin is None
