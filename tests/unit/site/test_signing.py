import sys
from dataclasses import replace
from pathlib import Path

import pytest

from openjpki.authority.signing.callers import UserUnknown
from openjpki.authority.signing.client import RemoteKeys
from openjpki.authority.signing.keys import KeyStore
from openjpki.pki.keys import FreshKeys
from openjpki.site import signing
from openjpki.site.home import Home, Settings
from openjpki.site.place import MARKER, HomeDamaged
from openjpki.site.signing import TokenLibraryMissing, answering_keys, kept_keys, remote_keys, signing_keys
from tests.support.signing import answering

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
URI = f"pkcs11:token=openjpki?module-path={MODULE}&pin-source=/etc/openjpki/pin"


def test_a_marker_says_only_what_is_set(tmp_path: Path) -> None:
    """A home with its keys in files is read by versions that know of nothing else."""
    plain = Home.create(tmp_path / "plain", Settings(purpose="sandbox"))
    other = Home.create(tmp_path / "other", Settings(purpose="sandbox", keys=URI, signer=True))

    assert '"keys"' not in (plain.path / MARKER).read_text()
    assert '"signer"' not in (plain.path / MARKER).read_text()
    assert Home.open(plain.path).settings == plain.settings
    assert Home.open(other.path).settings == other.settings


@pytest.mark.parametrize(
    "settings",
    [
        {"keys": "a token"},
        {"keys": 1},
        {"signer": 1},
        {"signer_at": "/place", "signer_user": "keeper"},
        {"signer_at": 1},
        {"signer_at": "place", "signer": True, "signer_user": "keeper"},
        {"signer_user": "keeper", "signer": True},
        {"signer_user": 1},
    ],
)
def test_settings_that_cannot_be_are_named(tmp_path: Path, settings: dict[str, object]) -> None:
    """People edit the marker."""
    with pytest.raises(HomeDamaged) as damaged:
        Home.of(tmp_path, {"purpose": "sandbox", **settings})
    assert next(iter(settings)) in damaged.value.message("en")


def test_the_settings_say_who_holds_the_keys(tmp_path: Path) -> None:
    """Files by default; with a signing process, everybody but that process asks it."""
    files = Home(tmp_path, Settings(purpose="sandbox"))
    apart = Home(tmp_path, Settings(purpose="sandbox", signer=True))

    assert isinstance(signing_keys(files, FreshKeys()), KeyStore)
    assert isinstance(signing_keys(apart, FreshKeys()), RemoteKeys)
    assert isinstance(kept_keys(apart, FreshKeys()), KeyStore)


def test_the_keys_of_a_signing_process_of_another_user_are_never_in_hand(tmp_path: Path) -> None:
    """T-107: also a process that holds the home alone asks for them, where it would open its own home's."""
    own = Settings(purpose="sandbox", signer=True)
    others = Settings(purpose="sandbox", signer=True, signer_at=str(tmp_path / "place"), signer_user="keeper")

    assert not own.with_keys_in_hand().signer
    assert others.with_keys_in_hand() == others
    assert isinstance(signing_keys(Home(tmp_path, others), FreshKeys()), RemoteKeys)
    assert isinstance(answering_keys(Home(tmp_path, others)), RemoteKeys)
    (tmp_path / "place").mkdir()
    store = KeyStore(tmp_path, tmp_path / "passphrase", FreshKeys())
    with answering(tmp_path / "place", store), pytest.raises(UserUnknown):
        remote_keys(Home(tmp_path, replace(others, signer_user="no-such-user"))).signer("signature-ca-0")


def test_keys_in_a_token_need_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without `openjpki[pkcs11]` is told what to install."""
    monkeypatch.setitem(sys.modules, "openjpki.authority.signing.token_keys", None)
    with pytest.raises(TokenLibraryMissing) as missing:
        signing.signing_keys(Home(tmp_path, Settings(purpose="sandbox", keys=URI)), FreshKeys())
    assert "openjpki[pkcs11]" in missing.value.message("ja")


def test_keys_in_a_token_are_used_there(tmp_path: Path) -> None:
    """The URI's parts are what the token is opened with, at the first use."""
    from openjpki.authority.signing.token_keys import TokenKeys

    assert isinstance(kept_keys(Home(tmp_path, Settings(purpose="sandbox", keys=URI)), FreshKeys()), TokenKeys)
