"""Who holds the keys of CAs and responders in this process, as the home's settings say."""

from pathlib import Path

from openjpki.authority.signing.client import RemoteKeys
from openjpki.authority.signing.guard import Guard
from openjpki.authority.signing.keys import KeyStore, SigningKeys
from openjpki.errors import Failure, Kind
from openjpki.pki.keys import FreshKeys, KeySource
from openjpki.site.home import Home
from openjpki.site.linting import external_lint
from openjpki.site.token_uri import token_at


class TokenLibraryMissing(Failure):
    """There is no library that speaks PKCS #11."""

    code = "home.token-library-missing"
    kind = Kind.UNAVAILABLE
    ja = (
        "署名鍵がPKCS#11トークンにあると設定されていますが、Pythonのライブラリがありません。"
        "`pip install 'openjpki[pkcs11]'` で入ります。"
    )
    en = (
        "The signing keys are set to be in a PKCS#11 token, but the Python library is missing: "
        "`pip install 'openjpki[pkcs11]'`."
    )


class SignerNeeded(Failure):
    """Whoever can use the token can use the CAs' keys in it: a responder must not."""

    code = "serve.signer-needed"
    kind = Kind.USAGE
    ja = (
        "署名鍵がトークンにあるホームでは、OCSPレスポンダーに認証局の鍵を触らせないため、署名プロセスが必要です"
        "(`openjpki.json` の `signer` を true にし、`openjpki serve signer` を動かします)。"
    )
    en = (
        "The keys of this home are in a token. So that no responder reaches the CAs', it needs a signing process: "
        "set `signer` to true in `openjpki.json` and run `openjpki serve signer`."
    )


def signing_keys(home: Home, key_source: KeySource) -> SigningKeys:
    """Return the keys as this process may use them: in the signing process, where the home has one."""
    return remote_keys(home) if home.settings.signer else kept_keys(home, key_source)


def remote_keys(home: Home) -> RemoteKeys:
    """Return the keys as the signing process lets them be used: one of another user, where the home names it, or its own."""
    place = home.settings.signer_at
    return RemoteKeys(Path(place) if place else signer_folder(home), home.settings.signer_user)


def kept_keys(home: Home, key_source: KeySource) -> SigningKeys:
    """Return the keys themselves: in a token or in files. Where the home has a signing process, for that one alone."""
    return keys_in(home.path / "authority", home.settings.keys, key_source)


def keys_in(folder: Path, uri: str, key_source: KeySource) -> SigningKeys:
    """Return the keys of a token, or of files in a folder; raises `TokenLibraryMissing`."""
    token = token_at(uri)
    if token is None:
        return KeyStore(folder / "keys", folder / "passphrase", key_source)
    try:
        from openjpki.authority.signing.token_keys import TokenKeys
    except ModuleNotFoundError as error:
        raise TokenLibraryMissing from error
    return TokenKeys(token.module, token.label, token.pin_file)


def responder_keys(home: Home, key_source: KeySource) -> SigningKeys | None:
    """Return the responders' keys where they are files: apart from the CAs', which no responder can open. None: with them."""
    if home.settings.signer or home.settings.keys:
        return None
    folder = home.path / "responder"
    return KeyStore(folder / "keys", folder / "passphrase", key_source)


def answering_keys(home: Home) -> SigningKeys:
    """Return the keys that a responder's process uses; raises `SignerNeeded` where it would have the CAs' with them."""
    if home.settings.signer:
        return remote_keys(home)
    own = responder_keys(home, FreshKeys())
    if own is None:
        raise SignerNeeded
    return own


def guard_of(home: Home) -> Guard:
    """Return what the signing process lets be signed: what follows this home's profiles."""
    return Guard(home.profiles(), home.public / "ca", home.clock(), external=external_lint(home))


def signer_folder(home: Home) -> Path:
    """Return the folder of the signing process's socket."""
    return home.path / "authority"
