from struct import unpack

from openjpki.card.portrait import PORTRAIT


def test_the_photo_is_jpeg_2000_in_grey_and_nobodys() -> None:
    """A JP2 file (ISO/IEC 15444-1 annex I): signature, then one component of eight bits."""
    assert PORTRAIT[:12] == bytes.fromhex("0000000C6A5020200D0A870A")
    header = PORTRAIT[PORTRAIT.index(b"ihdr") + 4 :]
    height, width, components, depth = unpack(">IIHB", header[:11])
    assert (width, height, components, depth) == (168, 216, 1, 7)
