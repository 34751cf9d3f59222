import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

import pkcs11
import pytest
from cryptography import x509
from pkcs11.exceptions import NoSuchKey, PinIncorrect

from openjpki.authority.models import Issuer
from openjpki.authority.signing.keys import KeyMissing, TokenUnavailable
from openjpki.authority.signing.token_keys import TokenKeys
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import key_identifier, verify_signature
from tests.support.authority import Scene
from tests.support.programs import plain_environment
from tests.support.token import LABEL, MODULE, PIN, Token, TokenMissing, the_token

RSA, P384 = KeyAlgorithm.RSA_2048_SHA_256, KeyAlgorithm.P384_SHA_384


@pytest.fixture
def token() -> Token:
    """Return this process's token."""
    try:
        return the_token()
    except TokenMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture
def keys(token: Token) -> TokenKeys:
    """Return the keys of the token, as a process opens them."""
    return TokenKeys(MODULE, LABEL, token.pin_file)


@pytest.mark.parametrize("algorithm", list(KeyAlgorithm))
def test_a_key_made_in_the_token_signs_after_a_restart(token: Token, keys: TokenKeys, algorithm: KeyAlgorithm) -> None:
    """Another opening of the token finds the key by its name; its signatures are those of its public key."""
    name = keys.make("signature-ca", algorithm)
    signer = TokenKeys(MODULE, LABEL, token.pin_file).signer(name)

    assert signer.algorithm is algorithm
    assert name == f"signature-ca-{key_identifier(signer.public_key).hex()[:16]}"
    for message in (b"", b"message", bytes(100_000)):
        verify_signature(signer.public_key, algorithm, message, signer.sign(message))
    verify_signature(signer.public_key, algorithm, b"a list", signer.sign_stream(iter((b"a ", b"list"))))


@pytest.mark.oracle
def test_a_private_key_never_leaves_the_token(token: Token, keys: TokenKeys) -> None:
    """OpenSC's tool reads of each key that it was made in the token, has never been extractable, and only signs."""
    name = keys.make("authentication-ca", P384)
    command = [
        "pkcs11-tool",
        "--module",
        str(MODULE),
        "--token-label",
        LABEL,
        "--login",
        "--pin",
        PIN,
        "--list-objects",
    ]
    listed = subprocess.run(
        command, check=True, capture_output=True, text=True, env={**plain_environment(), **token.environment}
    )
    _, *privates = listed.stdout.split("Private Key Object")  # in any order among the public ones
    private = next(part for part in (one.partition("Public Key Object")[0] for one in privates) if name in part)

    assert "Usage:      sign\n" in private
    assert "Access:     sensitive, always sensitive, never extractable, local" in private


def test_two_keys_have_two_names(keys: TokenKeys) -> None:
    """A name is found once or not at all: no certificate is signed by another key than its CA's."""
    first, second = (keys.make("signature-ca", P384) for _ in range(2))

    assert keys.signer(first).public_key != keys.signer(second).public_key
    with pytest.raises(KeyMissing):
        keys.signer("signature-ca-0000000000000000")
    assert keys.make("signature-ca", P384) not in {first, second}


def test_many_threads_sign_at_once(keys: TokenKeys) -> None:
    """A session is one thread's at a time: eight threads get eight right signatures each."""
    signer = keys.signer(keys.make("signature-1-ocsp-7", RSA))

    def sign(number: int) -> None:
        message = str(number).encode()
        verify_signature(signer.public_key, RSA, message, signer.sign(message))

    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(sign, range(64)))) == 64


@pytest.mark.parametrize(
    ("module", "label", "reason"),
    [(MODULE, "another token", "NoSuchToken"), (Path("/nonexistent.so"), LABEL, "PKCS11Error")],
)
def test_a_token_that_is_not_there_is_told(token: Token, module: Path, label: str, reason: str) -> None:
    """Whoever reads the refusal learns which token, and what the library said."""
    with pytest.raises(TokenUnavailable) as refusal:
        TokenKeys(module, label, token.pin_file).signer("signature-ca")

    assert refusal.value.code == "authority.token-unavailable"
    assert label in refusal.value.message("ja")
    assert reason in refusal.value.message("en")


def test_a_wrong_pin_opens_nothing(token: Token, tmp_path: Path) -> None:
    """A process with the wrong PIN is refused, and neither PIN is shown (a process logs in once: another one asks)."""
    wrong = tmp_path / "pin"
    wrong.write_text("not the PIN", encoding="utf-8")
    wrong.chmod(0o600)
    program = (
        "import sys; from pathlib import Path; from openjpki.authority.signing.token_keys import TokenKeys\n"
        "TokenKeys(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])).signer('signature-ca')"
    )
    asked = subprocess.run(
        [sys.executable, "-c", program, str(MODULE), LABEL, str(wrong)],
        capture_output=True,
        text=True,
        check=False,
        env={**plain_environment(), **token.environment, "PYTHONPATH": os.pathsep.join(sys.path)},
    )

    assert asked.returncode != 0
    assert "PinIncorrect" in asked.stderr
    assert PIN not in asked.stderr
    assert "not the PIN" not in asked.stderr


def test_a_pin_that_is_no_text_is_told(tmp_path: Path) -> None:
    """A file of octets that are no UTF-8 is no PIN: the token is not even asked."""
    wrong = tmp_path / "pin"
    wrong.write_bytes(b"\xff\xfe")
    wrong.chmod(0o600)
    with pytest.raises(TokenUnavailable) as refused:
        TokenKeys(tmp_path / "no-library", LABEL, wrong).signer("signature-ca")

    assert "UTF-8" in refused.value.message("ja")
    assert "xff" not in str(refused.value)


class WrongPinToken:
    """A token that refuses each PIN but one, and counts how often it was asked: a real one locks itself after some."""

    def __init__(self) -> None:
        self.asked = 0

    def get_token(self, **_: object) -> "WrongPinToken":
        """Be the library and the token."""
        return self

    def open(self, *, user_pin: str, **_: object) -> "WrongPinToken":
        """Log in."""
        self.asked += 1
        if user_pin != PIN:
            raise PinIncorrect
        return self

    def get_key(self, **_: object) -> NoReturn:
        """Have no key."""
        raise NoSuchKey


def test_a_wrong_pin_is_shown_to_the_token_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many ask: a token locks its PIN after a few wrong ones. A mended file is read at once."""
    token, pin_file = WrongPinToken(), tmp_path / "pin"
    monkeypatch.setattr(pkcs11, "lib", lambda _: token)
    pin_file.touch(mode=0o600)
    pin_file.write_text("not the PIN", encoding="utf-8")
    keys = TokenKeys(MODULE, LABEL, pin_file)
    for _ in range(5):
        with pytest.raises(TokenUnavailable) as refusal:
            keys.signer("signature-ca")
        assert "PinIncorrect" in refusal.value.message("en")
    assert token.asked == 1

    pin_file.write_text(PIN, encoding="utf-8")
    with pytest.raises(KeyMissing):
        keys.signer("signature-ca")
    assert token.asked == 2


def test_a_session_in_which_something_failed_is_not_used_again(keys: TokenKeys) -> None:
    """After the token was taken away for a moment (its sessions are gone) the next signature opens another one."""
    name = keys.make("signature-ca", P384)
    signer = keys.signer(name)
    pkcs11.lib(str(MODULE)).reinitialize()

    with pytest.raises(TokenUnavailable):
        signer.sign(b"while it is away")
    verify_signature(signer.public_key, P384, b"and back", signer.sign(b"and back"))


@pytest.mark.django_db(databases=["authority"])
def test_an_authority_works_with_its_keys_in_a_token(tmp_path: Path, keys: TokenKeys) -> None:
    """Ceremony, certificates, lists and answers are signed in the token, and no key file is made."""
    scene = Scene(tmp_path, keys=keys).open()
    scene.authority.publish_crls()

    for issuer in Issuer.objects.all():
        certificate = x509.load_der_x509_certificate(bytes(issuer.certificate))
        certificate.verify_directly_issued_by(certificate)
        assert keys.signer(issuer.key_name).algorithm is P384
    assert not list(tmp_path.glob("keys/*.pem"))


def test_a_destroyed_key_is_gone_from_the_token(token: Token, keys: TokenKeys) -> None:
    """Both halves, for every process; once more is no fault, and other keys stay."""
    name, other = keys.make("signature-ca", P384), keys.make("signature-ca", P384)
    keys.signer(name)
    keys.destroy(name)
    keys.destroy(name)

    for opening in (keys, TokenKeys(MODULE, LABEL, token.pin_file)):
        with pytest.raises(KeyMissing):
            opening.signer(name)
    assert keys.signer(other).sign(b"message")
