from pathlib import Path

import pytest

from openjpki.site.token_uri import TokenUri, token_at

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
URI = f"pkcs11:token=openjpki?module-path={MODULE}&pin-source=/etc/openjpki/pin"


@pytest.mark.parametrize(
    ("uri", "label", "pin"),
    [
        (URI, "openjpki", "/etc/openjpki/pin"),
        (
            f"pkcs11:token=My%20token%3B%C2%A9?pin-source=file:///a%20b/pin&module-path={MODULE}",
            "My token;©",
            "/a b/pin",
        ),
        (f"pkcs11:token=t?pin-source=file:/pin&module-path={MODULE}", "t", "/pin"),
    ],
)
def test_a_uri_names_a_token_its_module_and_its_pin_file(uri: str, label: str, pin: str) -> None:
    """RFC 7512 §2.3, percent-encoding included; the order of the parts is free."""
    assert token_at(uri) == TokenUri(label, Path(MODULE), Path(pin))


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "token=openjpki",
        "pkcs11:",
        "pkcs11:token=openjpki",
        f"pkcs11:?module-path={MODULE}&pin-source=/pin",
        f"pkcs11:token=?module-path={MODULE}&pin-source=/pin",
        f"pkcs11:token=a;token=b?module-path={MODULE}&pin-source=/pin",
        f"pkcs11:token=a;object=b?module-path={MODULE}&pin-source=/pin",
        f"pkcs11:token=a?module-path={MODULE}",
        f"pkcs11:token=a?module-path={MODULE}&pin-value=1234",
        f"pkcs11:token=a?module-path={MODULE}&pin-source=/pin&pin-value=1234",
        "pkcs11:token=a?module-path=softhsm.so&pin-source=/pin",
        f"pkcs11:token=a?module-path={MODULE}&pin-source=pin",
        f"pkcs11:token?module-path={MODULE}&pin-source=/pin",
    ],
)
def test_what_is_not_understood_is_no_token(uri: str) -> None:
    """A part that is unknown, missing or doubled is refused rather than passed over; a PIN itself is never taken."""
    assert token_at(uri) is None
