import pytest

from openjpki.card.keyset import KeySet, cmac, derive, diversified

MASTER = bytes(range(32))


def test_the_mac_is_aes_cmac() -> None:
    """RFC 4493 §4, example 2."""
    key = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")

    assert cmac(key, bytes.fromhex("6bc1bee22e409f96e93d7e117393172a")).hex() == "070a16b46b4d4144f79bdd9dd04a287c"


def test_longer_keys_take_more_blocks() -> None:
    """SP 800-108, counter mode: each block counts itself and tells the whole length, so a short key begins no long one."""
    long = derive(MASTER, b"label", b"context", 256)

    assert len(long) == 32
    assert long[:16] != derive(MASTER, b"label", b"context", 128)
    assert long[:16] == cmac(MASTER, b"label\0\x01\x00\x01context")
    assert long[16:] == cmac(MASTER, b"label\0\x01\x00\x02context")


def test_every_card_has_its_own_keys() -> None:
    """A card that is opened tells nothing of another's keys, nor one of its keys of the others."""
    one, other = diversified(MASTER, "1" * 15), diversified(MASTER, "2" * 15)

    assert len({one.enc, one.mac, one.dek, other.enc, other.mac, other.dek}) == 6
    assert one == diversified(MASTER, "1" * 15)
    assert {len(key) for key in (one.enc, one.mac, one.dek)} == {32}


@pytest.mark.parametrize("sizes", [(16, 16, 32), (8, 8, 8), (0, 0, 0)])
def test_other_lengths_are_no_keys(sizes: tuple[int, int, int]) -> None:
    """AES keys, all of one length."""
    enc, mac, dek = map(bytes, sizes)
    with pytest.raises(ValueError, match="AES"):
        KeySet(enc=enc, mac=mac, dek=dek)


def test_repr_shows_no_key() -> None:
    """A key never enters a log."""
    assert repr(diversified(MASTER, "1" * 15)) == "KeySet()"
