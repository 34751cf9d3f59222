import struct

from openjpki.card.image import Container
from openjpki.card.token_info import TOKEN_INFO_SIZE, presence, token_info
from openjpki.rules.kinds import CertificateKind
from tests.unit.card.cards import blank, ordinary


def test_token_info_is_a_ck_token_info_of_160_bytes() -> None:
    """EF 0006: the structure of PKCS #11, 32-bit big-endian numbers, texts padded with blanks (measured by myna-card)."""
    raw = token_info(ordinary(), "JPKIAPICCTOKEN2")
    fields = struct.unpack(">32s32s16s16s11I2s2s16s", raw)

    assert len(raw) == TOKEN_INFO_SIZE
    assert fields[0] == b"JPKIAPICCTOKEN2" + b" " * 17
    assert fields[1] == b"OpenJPKI".ljust(32)
    assert fields[2] == b"VIRTUAL CARD".ljust(16)
    assert fields[3] == b"0400000012719843"
    assert fields[4] == 0x040D
    assert fields[9:11] == (16, 6)
    assert fields[11:15] == (0xFFFFFFFF,) * 4
    assert fields[15:] == (b"03", b"01", b"9" * 16)


def test_presence_tells_which_certificates_there_are() -> None:
    """EF 0008: 8F 8F 00 for both, 00 8F 00 without a signature certificate, as for a holder under 15 (R-1.3)."""
    young = ordinary().with_keys(CertificateKind.SIGNATURE, Container())

    assert presence(ordinary()).hex() == "8f8f00"
    assert presence(young).hex() == "008f00"
    assert presence(blank()).hex() == "000000"
