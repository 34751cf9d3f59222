import socket
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from cryptography import x509

from openjpki.authority.keys import KeyMissing, KeyStore, PassphraseMissing, TooOpen
from openjpki.authority.models import CrlPublication, Issuer, OcspResponder
from openjpki.authority.signing.client import RemoteKeys, SignerSilent
from openjpki.authority.signing.line import MOST, SOCKET, Failed, Find, Key, Question, address, receive, send
from openjpki.authority.signing.line import questions as question_decoder
from openjpki.authority.signing.purpose import NotToBeSigned, hold_purpose
from openjpki.authority.signing.server import SignerRuns, listening
from openjpki.pki import der
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import FreshKeys, SoftwareSigner, verify_signature
from openjpki.pki.ocsp import build_request
from tests.support.authority import Scene

P384 = KeyAlgorithm.P384_SHA_384
CA, RESPONDER = "signature-ca-0123456789abcdef", "signature-1-ocsp-7-0123456789abcdef"


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    """Return the keys that the signing process keeps."""
    passphrase = tmp_path / "passphrase"
    passphrase.write_bytes(b"a passphrase for tests")
    passphrase.chmod(0o600)
    return KeyStore(tmp_path / "keys", passphrase, FreshKeys())


@contextmanager
def answering(folder: Path, keys: KeyStore) -> Iterator[None]:
    """Answer at the socket of a folder while the block runs."""
    with listening(folder, keys) as server:
        thread = threading.Thread(target=server.serve)
        thread.start()
        try:
            yield
        finally:
            server.stop()
            thread.join()


@pytest.fixture
def remote(tmp_path: Path, store: KeyStore) -> Iterator[RemoteKeys]:
    """Return the keys as another process has them."""
    with answering(tmp_path, store):
        yield RemoteKeys(tmp_path)


def test_a_key_is_made_found_and_used_in_the_signing_process(remote: RemoteKeys, store: KeyStore) -> None:
    """What comes over the socket is a name, a public key and a signature; the key stays where it is kept."""
    name = remote.make("signature-ca", P384)
    signer = remote.signer(name)
    message = a_list()

    assert signer.public_key == store.signer(name).public_key
    assert signer.algorithm is P384
    verify_signature(signer.public_key, P384, message, signer.sign(message))


@pytest.mark.django_db(databases=["authority"])
def test_an_authority_works_through_the_signing_process(tmp_path: Path, store: KeyStore) -> None:
    """Ceremony, lists and answers are signed over the socket: all that an authority signs is let through."""
    (tmp_path / "scene").mkdir()
    with answering(tmp_path, store):
        scene = Scene(tmp_path / "scene", keys=RemoteKeys(tmp_path)).open()
        scene.authority.publish_crls()
        for issuer in Issuer.objects.all():
            scene.authority.answer_ocsp(build_request([(bytes(issuer.certificate), bytes(issuer.certificate))], None))

    for issuer in Issuer.objects.all():
        certificate = x509.load_der_x509_certificate(bytes(issuer.certificate))
        certificate.verify_directly_issued_by(certificate)
    assert CrlPublication.objects.count() == 4
    assert OcspResponder.objects.count() == 2
    assert not (tmp_path / "scene" / "keys").exists()


NOW = datetime(2026, 11, 27, tzinfo=UTC)


def a_list() -> bytes:
    """Return the outer form of a TBSCertList."""
    return der.sequence(der.integer(1), der.sequence(), der.sequence(), der.time(NOW), der.time(NOW))


def a_certificate() -> bytes:
    """Return the outer form of a TBSCertificate."""
    return der.sequence(der.tlv(der.context(0), der.integer(2)), der.integer(1), *[der.sequence()] * 5)


def an_answer() -> bytes:
    """Return the outer form of a ResponseData."""
    return der.sequence(der.tlv(der.context(2), der.octet_string(bytes(20))), der.generalized_time(NOW), der.sequence())


FORMS: dict[str, Callable[[], bytes]] = {"list": a_list, "certificate": a_certificate, "answer": an_answer}


@pytest.mark.parametrize(("name", "form"), [(name, form) for name in (CA, RESPONDER) for form in FORMS])
def test_a_key_signs_what_it_is_for_and_nothing_else(name: str, form: str) -> None:
    """A CA's key signs certificates and lists, a responder's key answers (RFC 6960 §4.2.2.2)."""
    right = (form == "answer") == (name == RESPONDER)
    if right:
        hold_purpose(name, FORMS[form]())
        return
    with pytest.raises(NotToBeSigned):
        hold_purpose(name, FORMS[form]())


@pytest.mark.parametrize(
    "name", ["card-face", "../passphrase", "signature-ca-0123456789ABCDEF", f"{CA}\n", "", "x" * 80]
)
def test_another_name_signs_nothing(name: str) -> None:
    """Only keys of CAs and responders sign here."""
    for form in FORMS.values():
        with pytest.raises(NotToBeSigned):
            hold_purpose(name, form())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "spoil", [lambda data: data[:-1], lambda data: data + b"\0", lambda data: b"\x31" + data[1:], lambda _: b""]
)
def test_what_is_cut_or_longer_is_not_signed(form: str, spoil: Callable[[bytes], bytes]) -> None:
    """The bytes are one whole element of DER: what follows it would be signed unseen."""
    with pytest.raises(NotToBeSigned):
        hold_purpose(RESPONDER if form == "answer" else CA, spoil(FORMS[form]()))


def test_a_refusal_comes_over_the_socket_as_itself(remote: RemoteKeys, store: KeyStore, tmp_path: Path) -> None:
    """Whoever asks gets the keeper's own failure, with its data: the same sentence as if the key were here."""
    name = remote.make("signature-ca", P384)
    with pytest.raises(KeyMissing) as missing:
        remote.signer(CA)
    assert CA in missing.value.message("ja")
    with pytest.raises(NotToBeSigned):
        remote.signer(name).sign(b"anything")
    (tmp_path / "passphrase").chmod(0o644)
    with pytest.raises(TooOpen) as open_to_others:
        remote.make("signature-ca", P384)
    assert open_to_others.value.data["mode"] == "0644"
    (tmp_path / "passphrase").unlink()
    with pytest.raises(PassphraseMissing):
        remote.make("signature-ca", P384)
    assert store.signer(name).public_key == remote.signer(name).public_key


@pytest.mark.parametrize("name", ["card-face", "../passphrase", "/etc/passwd", "keys/../x"])
def test_a_name_that_is_no_keys_is_never_looked_for(remote: RemoteKeys, name: str) -> None:
    """A name is part of a path where keys are files: only what CAs and responders are called is looked for, or made."""
    with pytest.raises(KeyMissing):
        remote.signer(name)
    with pytest.raises(KeyMissing):
        remote.make(name, P384)


def test_without_a_signing_process_nothing_is_signed(tmp_path: Path) -> None:
    """It is said what to start."""
    with pytest.raises(SignerSilent) as silent:
        RemoteKeys(tmp_path).signer(CA)
    assert "openjpki serve signer" in silent.value.message("ja")


def test_the_socket_is_its_owners(tmp_path: Path, store: KeyStore) -> None:
    """Who may connect may sign: others on the machine may not, and nothing is left when it ends."""
    with answering(tmp_path, store):
        assert stat.S_IMODE((tmp_path / SOCKET).stat().st_mode) & 0o077 == 0
    assert not (tmp_path / SOCKET).exists()


def test_two_signing_processes_are_not_begun(tmp_path: Path, store: KeyStore) -> None:
    """The second is told; the first goes on."""
    with answering(tmp_path, store):
        with pytest.raises(SignerRuns), listening(tmp_path, store):
            pass
        RemoteKeys(tmp_path).make("signature-ca", P384)


def test_a_socket_that_a_killed_process_left_is_taken_away(tmp_path: Path, store: KeyStore) -> None:
    """It answers nobody, and is in nobody's way."""
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / SOCKET))
    with answering(tmp_path, store):
        RemoteKeys(tmp_path).make("signature-ca", P384)


def test_a_home_may_lie_deep(tmp_path: Path, store: KeyStore) -> None:
    """A Unix address has 107 bytes, a path may have more."""
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    with answering(deep, store):
        RemoteKeys(deep).make("signature-ca", P384)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\0\0",
        (MOST + 1).to_bytes(4),
        (4).to_bytes(4) + b"\xc1\xc1\xc1\xc1",
        (3).to_bytes(4) + b"\x01",
        (300).to_bytes(4) + b"\x81" * 300,
    ],
)
def test_whoever_says_something_else_gets_no_answer(tmp_path: Path, store: KeyStore, said: bytes) -> None:
    """Half a message, too long a one and one of another grammar end their connection; the next one is answered."""
    with answering(tmp_path, store):
        with socket.socket(socket.AF_UNIX) as line, address(tmp_path) as place:
            line.connect(place)
            line.sendall(said)
            line.shutdown(socket.SHUT_WR)
            assert line.recv(1) == b""
        RemoteKeys(tmp_path).make("signature-ca", P384)


class AnotherVersion:
    """Answers every question with bytes or a message of its own."""

    def __init__(self, folder: Path, answer: "bytes | msgspec.Struct") -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / SOCKET))
        self._listener.listen()
        self._answer = answer
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        line, _ = self._listener.accept()
        with line:
            receive(line, question_decoder)
            if isinstance(self._answer, bytes):
                line.sendall(self._answer)
            else:
                send(line, self._answer)  # type: ignore[arg-type]  # a message of another version

    def close(self) -> None:
        """End it."""
        self._thread.join()
        self._listener.close()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\0\0\0\1\xc1",
        Failed("authority.of-another-version", {}),
        Failed("authority.key-missing", {}),
        Find("a question"),
    ],
)
def test_an_answer_of_another_version_is_silence(tmp_path: Path, answer: "bytes | Question | Failed") -> None:
    """What cannot be understood is no signature and no traceback."""
    other = AnotherVersion(tmp_path, answer)
    with pytest.raises(SignerSilent):
        RemoteKeys(tmp_path).signer(CA)
    other.close()


def test_an_answer_to_another_question_is_silence(tmp_path: Path) -> None:
    """A key is no signature."""
    key = SoftwareSigner(FreshKeys().generate(P384))
    other = AnotherVersion(tmp_path, Key(CA, key.public_key))
    from openjpki.authority.signing.line import Sign, Signed

    with pytest.raises(SignerSilent):
        RemoteKeys(tmp_path).ask(Sign(CA, a_list()), Signed)
    other.close()
