import os
import socket
import threading
from datetime import date
from pathlib import Path

import msgspec
import pytest
from cryptography import x509

from openjpki.authority.models import CrlPublication, Issuer, OcspResponder
from openjpki.authority.signing.callers import UserUnknown
from openjpki.authority.signing.client import RemoteKeys, SignerSilent, SignerStrange
from openjpki.authority.signing.keys import KeyMissing, KeyStore, PassphraseMissing, TooOpen
from openjpki.authority.signing.line import SOCKET, Failed, Find, Key, Line, Question
from openjpki.authority.signing.line import questions as question_decoder
from openjpki.authority.signing.purpose import NotToBeSigned
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.certificate import prepare_ca
from openjpki.pki.keys import FreshKeys, SoftwareSigner, verify_signature
from openjpki.pki.ocsp import build_request
from openjpki.rules.dates import last_second
from openjpki.rules.kinds import CertificateKind
from tests.support.authority import OPENED, Scene
from tests.support.programs import PATIENCE
from tests.support.signing import CA, NOW, PROFILES, a_certificate, answering

P384 = KeyAlgorithm.P384_SHA_384


def test_a_key_is_made_found_and_used_in_the_signing_process(remote: RemoteKeys, store: KeyStore) -> None:
    """What comes over the socket is a name, a public key and a signature; the key stays where it is kept."""
    name = remote.make("signature-ca", P384)
    signer = remote.signer(name)
    message = prepare_ca(
        PROFILES,
        kind=CertificateKind.SIGNATURE,
        public_key=signer.public_key,
        serial=1,
        not_before=NOW,
        not_after=last_second(date(2036, 11, 26)),
    ).to_be_signed

    assert signer.public_key == store.signer(name).public_key
    assert signer.algorithm is P384
    verify_signature(signer.public_key, P384, message, signer.sign(message))


@pytest.mark.django_db(databases=["authority"])
def test_an_authority_works_through_the_signing_process(tmp_path: Path, store: KeyStore) -> None:
    """Ceremony, lists and answers are signed over the socket: all that an authority signs is let through."""
    (tmp_path / "scene").mkdir()
    with answering(tmp_path, store, lambda: OPENED):
        scene = Scene(tmp_path / "scene", keys=RemoteKeys(tmp_path)).open()
        scene.authority.publish_crls()
        for issuer in Issuer.objects.all():
            scene.authority.answer_ocsp(build_request([(bytes(issuer.certificate), bytes(issuer.certificate))], None))

    for issuer in Issuer.objects.all():
        certificate = x509.load_der_x509_certificate(bytes(issuer.certificate))
        certificate.verify_directly_issued_by(certificate)
    assert CrlPublication.objects.count() == 6
    assert OcspResponder.objects.count() == 2
    assert not (tmp_path / "scene" / "keys").exists()


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


def test_without_a_signing_process_nothing_is_signed(tmp_path: Path) -> None:
    """It is said what to start."""
    with pytest.raises(SignerSilent) as silent:
        RemoteKeys(tmp_path).signer(CA)
    assert "openjpki serve signer" in silent.value.message("ja")


def test_a_socket_of_somebody_else_is_not_believed(tmp_path: Path, store: KeyStore) -> None:
    """T-107: who placed a socket there hears no question; the user is named by name or number, and must exist."""
    with answering(tmp_path, store):
        assert RemoteKeys(tmp_path, str(os.geteuid())).make("signature-ca", P384)
        with pytest.raises(SignerStrange) as strange:
            RemoteKeys(tmp_path, str(os.geteuid() + 1)).make("signature-ca", P384)
        with pytest.raises(UserUnknown):
            RemoteKeys(tmp_path, "no-such-user").make("signature-ca", P384)
    assert strange.value.data == {"found": os.geteuid(), "expected": os.geteuid() + 1}
    assert len(list((tmp_path / "keys").iterdir())) == 1


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
            talk = Line(line, PATIENCE)
            talk.receive(question_decoder)
            if isinstance(self._answer, bytes):
                line.sendall(self._answer)
            else:
                talk.send(self._answer)  # type: ignore[arg-type]  # a message of another version

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
        RemoteKeys(tmp_path).ask(Sign(CA, a_certificate()), Signed)
    other.close()
