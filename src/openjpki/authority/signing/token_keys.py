"""Signing keys in a PKCS#11 token: made in it, used in it, and never outside it (PKCS #11 v2.40).

The token's PIN stands in a file as a folder's passphrase does (`authority.keys`). What the token is asked for is the
signature over a hash: a list of a million entries is hashed here, and only its hash crosses.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any

import pkcs11
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pkcs11.exceptions import NoSuchKey, PinIncorrect, PKCS11Error, UserAlreadyLoggedIn
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters

from openjpki.authority.signing.keys import KeyMissing, TokenUnavailable, key_name, read_passphrase
from openjpki.pki.algorithms import RSA_BITS, RSA_EXPONENT, KeyAlgorithm, public_key_bytes
from openjpki.pki.keys import StreamSigner, digest_of

_DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
"""What stands before a SHA-256 hash in a DigestInfo (RFC 8017 §9.2)."""
_P384 = "1.3.132.0.34"


class _Session:
    """A session with the token, and the keys it has found: a key's handle is its session's."""

    def __init__(self, session: pkcs11.Session) -> None:
        self.session = session
        self.found: dict[str, Any] = {}

    def private(self, name: str) -> Any:
        """Return the private key of a name."""
        if name not in self.found:
            self.found[name] = self.session.get_key(label=name, object_class=pkcs11.ObjectClass.PRIVATE_KEY)
        return self.found[name]


class TokenKeys:
    """`SigningKeys` in a token, named by its label.

    One session for the process, lent to one thread at a time: that is all that PKCS #11 modules agree on. It is opened at
    the first use, and again after something failed in it.
    """

    def __init__(self, module: Path, label: str, pin_file: Path) -> None:
        self._module = module
        self._label = label
        self._pin_file = pin_file
        self._turn = Lock()
        self._open: _Session | None = None
        self._wrong: str | None = None
        """The PIN that the token refused: shown to it again and again, it would lock the token."""
        self._signers: dict[str, TokenSigner] = {}

    def make(self, prefix: str, algorithm: KeyAlgorithm) -> str:
        """Make a key pair in the token, which gives no private key out, and return its name."""
        with self._session() as talk:
            public, private = _pair(talk.session, prefix, algorithm)
            name = key_name(prefix, _spki(public, algorithm))
            for half in (public, private):
                half[pkcs11.Attribute.LABEL] = name
        return name

    def signer(self, name: str) -> StreamSigner:
        """Return the signer of a key; raises `KeyMissing`, `TokenUnavailable`."""
        if name not in self._signers:
            self._signers[name] = self._found(name)
        return self._signers[name]

    def destroy(self, name: str) -> None:
        """Destroy both halves of a key in the token."""
        self._signers.pop(name, None)
        with self._session() as talk:
            talk.found.pop(name, None)
            for half in (pkcs11.ObjectClass.PRIVATE_KEY, pkcs11.ObjectClass.PUBLIC_KEY):
                with suppress(NoSuchKey):
                    talk.session.get_key(label=name, object_class=half).destroy()

    def sign(self, name: str, algorithm: KeyAlgorithm, digest: bytes) -> bytes:
        """Return a key's signature over a hash; raises as `signer` does."""
        with self._session() as talk:
            key = self._private(talk, name)
            if algorithm is KeyAlgorithm.RSA_2048_SHA_256:
                return bytes(key.sign(_DIGEST_INFO + digest, mechanism=pkcs11.Mechanism.RSA_PKCS))
            raw = bytes(key.sign(digest, mechanism=pkcs11.Mechanism.ECDSA))
        half = len(raw) // 2
        return encode_dss_signature(int.from_bytes(raw[:half]), int.from_bytes(raw[half:]))

    def _found(self, name: str) -> "TokenSigner":
        with self._session() as talk:
            self._private(talk, name)
            public = talk.session.get_key(label=name, object_class=pkcs11.ObjectClass.PUBLIC_KEY)
            rsa_key = public.key_type is pkcs11.KeyType.RSA
            algorithm = KeyAlgorithm.RSA_2048_SHA_256 if rsa_key else KeyAlgorithm.P384_SHA_384
            return TokenSigner(self, name, _spki(public, algorithm))

    def _private(self, talk: _Session, name: str) -> Any:
        try:
            return talk.private(name)
        except NoSuchKey:
            raise KeyMissing(name=name) from None

    @contextmanager
    def _session(self) -> Iterator[_Session]:
        """Lend the session; raises `TokenUnavailable` for whatever the library says, and closes it then."""
        with self._turn:
            try:
                if self._open is None:
                    self._open = _Session(self._opened())
                yield self._open
            except PKCS11Error as error:
                self._close()
                raise TokenUnavailable(label=self._label, reason=type(error).__name__) from error

    def _close(self) -> None:
        broken, self._open = self._open, None
        if broken is not None:
            with suppress(PKCS11Error):
                broken.session.close()

    def _opened(self) -> pkcs11.Session:
        """Open a session and log in; raises `TokenUnavailable` for a PIN that is no text. In a process that is logged in already, by another keeper, it is too (PKCS #11 §5.6)."""
        try:
            pin = read_passphrase(self._pin_file).decode()
        except UnicodeDecodeError as error:
            raise TokenUnavailable(label=self._label, reason="the PIN file is no UTF-8") from error
        if pin == self._wrong:
            raise PinIncorrect
        token = pkcs11.lib(str(self._module)).get_token(token_label=self._label)
        try:
            return token.open(rw=True, user_pin=pin)
        except PinIncorrect:
            self._wrong = pin
            raise
        except UserAlreadyLoggedIn:
            return token.open(rw=True)


class TokenSigner:
    """A `StreamSigner` whose key is in a token."""

    def __init__(self, keys: TokenKeys, name: str, public_key: bytes) -> None:
        self._keys = keys
        self._name = name
        self.public_key = public_key
        self.algorithm = KeyAlgorithm.of(public_key)

    def sign(self, to_be_signed: bytes) -> bytes:
        """Return the signature over the hash of `to_be_signed`; raises as `TokenKeys.signer` does."""
        return self.sign_stream((to_be_signed,))

    def sign_stream(self, pieces: Iterable[bytes]) -> bytes:
        """Return the signature over the hash of what the pieces are together; raises as `sign` does."""
        return self._keys.sign(self._name, self.algorithm, digest_of(self.algorithm, pieces))


def _pair(session: pkcs11.Session, label: str, algorithm: KeyAlgorithm) -> tuple[Any, Any]:
    """Make a key pair that lasts, signs, does nothing else, and cannot be read or copied out."""
    private = {
        pkcs11.Attribute.SENSITIVE: True,
        pkcs11.Attribute.EXTRACTABLE: False,
        pkcs11.Attribute.SIGN: True,
        pkcs11.Attribute.DECRYPT: False,
        pkcs11.Attribute.UNWRAP: False,
        pkcs11.Attribute.DERIVE: False,
    }
    if algorithm is KeyAlgorithm.RSA_2048_SHA_256:
        public = {pkcs11.Attribute.PUBLIC_EXPONENT: RSA_EXPONENT.to_bytes(3)}
        pair = session.generate_keypair(
            pkcs11.KeyType.RSA, RSA_BITS, store=True, label=label, public_template=public, private_template=private
        )
    else:
        curve = session.create_domain_parameters(
            pkcs11.KeyType.EC, {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters(_P384)}, local=True
        )
        pair = curve.generate_keypair(store=True, label=label, private_template=private)
    return pair


def _spki(public: Any, algorithm: KeyAlgorithm) -> bytes:
    """Return a public key of the token as SubjectPublicKeyInfo, DER."""
    if algorithm is KeyAlgorithm.P384_SHA_384:
        return bytes(encode_ec_public_key(public))
    modulus, exponent = (
        int.from_bytes(public[attribute]) for attribute in (pkcs11.Attribute.MODULUS, pkcs11.Attribute.PUBLIC_EXPONENT)
    )
    return public_key_bytes(rsa.RSAPublicNumbers(exponent, modulus).public_key())
