import json
from pathlib import Path

import pytest

from openjpki.authority.signing.keys import KeyStore
from openjpki.authority.signing.server import FolderOfOthers
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import FreshKeys
from openjpki.site.home import Home, HomeOfOtherVersion, Settings
from openjpki.site.place import HomeDamaged, HomeMissing, HomeNotEmpty
from openjpki.site.signer_place import PLACE_MARKER, SignerPlace, is_place

SETTINGS = Settings(purpose="sandbox", port=9001, algorithm="p-384-sha-384", clock_shift_seconds=60, signer=True)


def test_a_place_is_made_and_opened(tmp_path: Path) -> None:
    """It has what says how things are signed, and the keys; of a home's other settings it knows nothing."""
    made = SignerPlace.create(tmp_path / "place", SETTINGS)
    said = json.loads((made.path / PLACE_MARKER).read_bytes())
    name = made.keys(FreshKeys()).make("signature-ca", KeyAlgorithm.P384_SHA_384)

    assert said == {
        "format": 1,
        "purpose": "sandbox",
        "port": 9001,
        "algorithm": "p-384-sha-384",
        "external_lint": "off",
        "clock_shift_seconds": 60,
        "keys": "",
    }
    again = SignerPlace.open(made.path)
    keys = again.keys(FreshKeys())
    assert isinstance(keys, KeyStore)
    assert keys.signer(name).public_key
    assert again.guard().keeps
    assert again.guard().published == made.path / "ca"
    assert again.guard().profiles == Home(made.path, again.settings).profiles()
    modes = {path.name: path.stat().st_mode & 0o777 for path in (made.path, *made.path.iterdir())}
    assert modes == {"place": 0o700, "keys": 0o700, "ca": 0o700, "passphrase": 0o600, PLACE_MARKER: 0o600}


def test_a_place_is_no_home(tmp_path: Path) -> None:
    """No other command opens it, and no home is taken for it; a place is not made over either."""
    place = SignerPlace.create(tmp_path / "place", SETTINGS)
    home = Home.create(tmp_path / "home", Settings(purpose="sandbox"))
    assert (is_place(place.path), is_place(home.path)) == (True, False)
    with pytest.raises(HomeMissing):
        Home.open(place.path)
    for taken in (place.path, home.path):
        with pytest.raises(HomeNotEmpty):
            SignerPlace.create(taken, SETTINGS)


def test_a_place_that_others_may_write_to_is_not_opened(tmp_path: Path) -> None:
    """T-107: a key would be made where somebody else chose."""
    place = SignerPlace.create(tmp_path / "place", SETTINGS)
    (place.path / "keys").chmod(0o777)
    with pytest.raises(FolderOfOthers):
        SignerPlace.open(place.path)


@pytest.mark.parametrize(
    ("change", "refused"),
    [({"format": 2}, HomeOfOtherVersion), ({"algorithm": "rsa-512"}, HomeDamaged), ({"owner": "me"}, HomeDamaged)],
)
def test_a_marker_that_people_edited_wrongly_is_named(
    tmp_path: Path, change: dict[str, object], refused: type[Exception]
) -> None:
    """What cannot be is refused, with the file's name."""
    place = SignerPlace.create(tmp_path / "place", SETTINGS)
    marker = place.path / PLACE_MARKER
    marker.write_text(json.dumps(json.loads(marker.read_bytes()) | change))
    with pytest.raises(refused) as told:
        SignerPlace.open(place.path)
    assert PLACE_MARKER in str(told.value) or refused is HomeOfOtherVersion
