"""PKCS #11 URIs (RFC 7512), as far as they name a token, its module and where its PIN is."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

_SCHEME = "pkcs11:"
_PATH, _QUERY = frozenset({"token"}), frozenset({"module-path", "pin-source"})


@dataclass(frozen=True)
class TokenUri:
    """A token by its label, the module that speaks to it, and the file with its PIN."""

    label: str
    module: Path
    pin_file: Path


def token_at(uri: str) -> TokenUri | None:
    """Return what a URI says; None if it is none, lacks token, module or PIN file, or says more than is understood here.

    `pin-source` is a file, as a path or a file URI; a PIN itself (`pin-value`) is not taken: the marker is no secret.
    """
    if not uri.startswith(_SCHEME):
        return None
    path, _, query = uri.removeprefix(_SCHEME).partition("?")
    named, asked = _pairs(path, ";"), _pairs(query, "&")
    if named is None or asked is None or named.keys() != _PATH or asked.keys() != _QUERY:
        return None
    module = Path(asked["module-path"])
    pin_file = Path(asked["pin-source"].removeprefix("file://").removeprefix("file:"))
    if not named["token"] or not module.is_absolute() or not pin_file.is_absolute():
        return None
    return TokenUri(named["token"], module, pin_file)


def _pairs(text: str, between: str) -> dict[str, str] | None:
    """Read `name=value` pairs, percent-encoded; None if one is none or comes twice."""
    pairs = [part.partition("=") for part in text.split(between) if part]
    names = [name for name, _, _ in pairs]
    if len(set(names)) < len(names) or not all(equals for _, equals, _ in pairs):
        return None
    return {name: unquote(value) for name, _, value in pairs}
