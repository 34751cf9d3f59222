from openjpki.card.files import DataFile, KeyFile, PinFile
from openjpki.card.settings import CardSettings
from openjpki.rules.kinds import CertificateKind, PinKind
from tests.unit.card.cards import blank


def test_a_data_file_is_free_unless_a_pin_opens_it() -> None:
    """Most files of a card anyone may read."""
    file = DataFile(lambda image, settings: image.number.encode() + settings.token_label.encode())

    assert file.pin is None
    assert file.content(blank(), CardSettings()) == b"400000012719843JPKIAPICCTOKEN2"


def test_files_are_values() -> None:
    """A table of files can be compared and shared."""
    assert PinFile(PinKind.SIGNATURE) == PinFile(PinKind.SIGNATURE)
    assert KeyFile(CertificateKind.SIGNATURE, PinKind.SIGNATURE) != KeyFile(
        CertificateKind.AUTHENTICATION, PinKind.AUTHENTICATION
    )
