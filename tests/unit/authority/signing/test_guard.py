from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from openjpki.authority.signing import guard as guard_module
from openjpki.authority.signing.guard import Guard, IssuerUnknown
from openjpki.authority.signing.keys import key_name
from openjpki.authority.signing.purpose import NotToBeSigned
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.certificate import LintRefused, prepare_ca, prepare_signature
from openjpki.pki.crl import ListUnsound
from openjpki.pki.lint.finding import Findings
from openjpki.pki.lint.rules import examine
from openjpki.pki.profiles import Profile, ProfileSet
from openjpki.rules.kinds import CertificateKind
from tests.support.hierarchy import CA_EXPIRES, EXPIRES, ISSUED, SUBJECT_ID, TARO, WAKABA, Hierarchy, hierarchy
from tests.support.lists import THIS, frame, in_pieces, line, to_be_signed
from tests.support.second_lint import SecondLint
from tests.support.signing import PROFILES, RESPONDER, an_answer

MADE = {
    kind: hierarchy(kind, KeyAlgorithm.P384_SHA_384, ca_position=position)
    for kind, position in ((CertificateKind.SIGNATURE, 0), (CertificateKind.AUTHENTICATION, 4))
}
SIGNATURE = MADE[CertificateKind.SIGNATURE]
LOOK_ALIKE = hierarchy(CertificateKind.SIGNATURE, KeyAlgorithm.P384_SHA_384, ca_position=3)


def name(made: Hierarchy) -> str:
    """Return what the key of a CA is called."""
    return key_name(f"{made.kind.value}-ca", made.ca_signer.public_key)


def unsigned(certificate: bytes) -> bytes:
    """Return the to-be-signed part of a certificate."""
    return x509.load_der_x509_certificate(certificate).tbs_certificate_bytes


def hold(guard: Guard, made: Hierarchy, to_be_signed: bytes) -> None:
    """Hold bytes for a CA's key."""
    guard.hold(name(made), made.ca_signer.public_key, to_be_signed)


def guard_of(published: Path) -> Guard:
    """Return what guards the keys an hour after the certificates were made."""
    return Guard(PROFILES, published, lambda: THIS)


def held(guard: Guard, made: Hierarchy, whole: bytes) -> bytes:
    """Have a to-be-signed list read for a CA's key, and return what is given on to be signed."""
    return b"".join(guard.held_list(name(made), made.ca_signer.public_key, in_pieces(whole, 100)))


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """Return the folder of published CA certificates, with both CAs, something else and a look-alike first in it."""
    (tmp_path / "a.cer").write_bytes(LOOK_ALIKE.ca)
    (tmp_path / "b.cer").write_bytes(b"no certificate")
    for kind, made in MADE.items():
        (tmp_path / f"{kind.value}-1.cer").write_bytes(made.ca)
    return tmp_path


@pytest.mark.parametrize("made", MADE.values(), ids=[kind.value for kind in MADE])
def test_what_follows_its_profile_is_signed(published: Path, made: Hierarchy) -> None:
    """A CA's own certificate, its holders' and its responder's, and its lists."""
    guard = guard_of(published)

    for certificate in (made.ca, made.holder, made.responder):
        hold(guard, made, unsigned(certificate))
    assert held(guard, made, to_be_signed(frame(made), [line(7)])) == to_be_signed(frame(made), [line(7)])


def too_long() -> bytes:
    """Return a holder's certificate that would be valid for ten years (R-3.1 allows five)."""
    return prepare_signature(
        PROFILES,
        issuer=SIGNATURE.ca,
        public_key=SIGNATURE.holder_signer.public_key,
        serial=7,
        subject_id=SUBJECT_ID,
        municipality=WAKABA,
        attributes=TARO,
        not_before=ISSUED,
        not_after=EXPIRES + timedelta(days=5 * 366),
    ).to_be_signed


def a_ca_of_another_key() -> bytes:
    """Return a CA certificate for a key that its maker has."""
    return prepare_ca(
        PROFILES,
        kind=CertificateKind.SIGNATURE,
        public_key=LOOK_ALIKE.ca_signer.public_key,
        serial=1,
        not_before=ISSUED,
        not_after=CA_EXPIRES,
    ).to_be_signed


@pytest.mark.parametrize(
    "to_be_signed",
    [
        too_long(),
        a_ca_of_another_key(),
        unsigned(LOOK_ALIKE.holder),
        unsigned(MADE[CertificateKind.AUTHENTICATION].holder),
        unsigned(MADE[CertificateKind.AUTHENTICATION].ca),
    ],
    ids=["ten years", "a CA of another key", "under a look-alike", "of the other kind", "a CA of the other kind"],
)
def test_what_breaks_its_profile_is_not_signed(published: Path, to_be_signed: bytes) -> None:
    """Whoever asks, the key that matters is not used for it."""
    with pytest.raises(LintRefused) as refused:
        hold(guard_of(published), SIGNATURE, to_be_signed)
    assert "lint." in refused.value.message("ja")


def test_a_key_is_not_used_for_another_purpose(published: Path) -> None:
    """A CA's key answers nobody."""
    with pytest.raises(NotToBeSigned):
        hold(guard_of(published), SIGNATURE, an_answer())
    with pytest.raises(NotToBeSigned):
        hold(guard_of(published), SIGNATURE, to_be_signed(frame(SIGNATURE)))
    with pytest.raises(NotToBeSigned):
        next(guard_of(published).held_list(RESPONDER, SIGNATURE.responder_signer.public_key, [b""]))


def test_a_certificate_of_a_ca_signed_here_is_known_before_it_is_published(tmp_path: Path) -> None:
    """After the ceremony certificates are issued at once; after a restart the CA's certificate has to be published."""
    guard = guard_of(tmp_path)
    holder, ca = unsigned(SIGNATURE.holder), unsigned(SIGNATURE.ca)
    with pytest.raises(IssuerUnknown) as unknown:
        hold(guard, SIGNATURE, holder)
    assert "authority publish" in unknown.value.message("ja")

    hold(guard, SIGNATURE, ca)
    guard.note(name(SIGNATURE), SIGNATURE.ca_signer.public_key, ca, SIGNATURE.ca_signer.sign(ca))
    hold(guard, SIGNATURE, holder)
    guard.note(name(SIGNATURE), SIGNATURE.ca_signer.public_key, holder, SIGNATURE.ca_signer.sign(holder))
    hold(guard, SIGNATURE, holder)
    with pytest.raises(IssuerUnknown):
        hold(guard_of(tmp_path), SIGNATURE, holder)


def test_a_guard_with_a_folder_of_its_own_keeps_what_it_signed(tmp_path: Path) -> None:
    """T-107: nobody who asks is asked back for the CA's certificate, and after a restart the key still has that one only."""
    holder, ca, signer = unsigned(SIGNATURE.holder), unsigned(SIGNATURE.ca), SIGNATURE.ca_signer
    guard = replace(guard_of(tmp_path), keeps=True)
    hold(guard, SIGNATURE, ca)
    guard.note(name(SIGNATURE), signer.public_key, ca, signer.sign(ca))
    guard.note(name(SIGNATURE), signer.public_key, holder, signer.sign(holder))

    (kept,) = tmp_path.iterdir()
    assert (kept.name, kept.stat().st_mode & 0o777) == (f"{name(SIGNATURE)}.cer", 0o600)
    hold(guard_of(tmp_path), SIGNATURE, holder)
    with pytest.raises(OSError, match="No such file"):
        replace(guard, published=tmp_path / "gone").note(name(SIGNATURE), signer.public_key, ca, signer.sign(ca))


def test_a_certificate_is_held_once(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A holder's is not held against the CA's profile first: one reading for each that is issued."""
    held_against: list[Profile] = []

    def counted(profiles: ProfileSet, profile: Profile, raw: bytes, issuer: bytes | None) -> tuple[Findings, bytes]:
        held_against.append(profile)
        return examine(profiles, profile, raw, issuer)

    monkeypatch.setattr(guard_module, "examine", counted)
    guard = guard_of(published)
    for certificate in (SIGNATURE.holder, SIGNATURE.ca):
        hold(guard, SIGNATURE, unsigned(certificate))
        guard.note(name(SIGNATURE), SIGNATURE.ca_signer.public_key, unsigned(certificate), b"signature")

    assert held_against == [Profile.SIGNATURE, Profile.SIGNATURE_CA]


def test_a_published_certificate_that_the_key_did_not_sign_is_nobodys(tmp_path: Path) -> None:
    """Whoever can write into the public folder cannot choose what a profile is held against."""
    forged = bytearray(SIGNATURE.ca)
    forged[-1] ^= 1
    (tmp_path / "signature-1.cer").write_bytes(bytes(forged))

    with pytest.raises(IssuerUnknown):
        hold(guard_of(tmp_path), SIGNATURE, unsigned(SIGNATURE.holder))


@pytest.mark.parametrize("known", ["published", "signed here"])
def test_a_key_has_one_ca_certificate(published: Path, tmp_path_factory: pytest.TempPathFactory, known: str) -> None:
    """T-27a, RFC 5280 §4.1.2.5: another would give the CA a longer life, and the holders' certificates would be held against it."""
    signer = SIGNATURE.ca_signer
    guard = guard_of(published if known == "published" else tmp_path_factory.mktemp("empty"))
    if known == "signed here":
        hold(guard, SIGNATURE, unsigned(SIGNATURE.ca))
    later = timedelta(days=3000)
    another = prepare_ca(
        PROFILES,
        kind=CertificateKind.SIGNATURE,
        public_key=signer.public_key,
        serial=2,
        not_before=ISSUED + later,
        not_after=CA_EXPIRES + later,
    ).to_be_signed

    with pytest.raises(NotToBeSigned):
        hold(guard, SIGNATURE, another)
    hold(guard, SIGNATURE, unsigned(SIGNATURE.ca))


@pytest.mark.parametrize(
    ("whole", "problem"),
    [
        (to_be_signed(frame(MADE[CertificateKind.AUTHENTICATION])), "issuer"),
        (to_be_signed(frame(LOOK_ALIKE)), "authorityKeyIdentifier"),
        (to_be_signed(frame(SIGNATURE, this_update=THIS + timedelta(minutes=2))), "this_update"),
        (to_be_signed(frame(SIGNATURE, this_update=THIS - timedelta(minutes=66))), "this_update"),
        (to_be_signed(frame(SIGNATURE, lives=timedelta(hours=26))), "next_update"),
        (to_be_signed(frame(SIGNATURE)) + b"and more", "length"),
    ],
)
def test_a_list_that_is_not_as_it_should_be_is_not_signed(published: Path, whole: bytes, problem: str) -> None:
    """T-27a: of another CA or key, for later or earlier, for longer, or with something behind it: the end never comes."""
    with pytest.raises(ListUnsound) as refused:
        held(guard_of(published), SIGNATURE, whole)
    assert refused.value.data == {"problem": problem}


def test_without_its_certificate_a_ca_signs_no_list(tmp_path: Path) -> None:
    """There is nothing to hold the list against."""
    with pytest.raises(IssuerUnknown):
        held(guard_of(tmp_path), SIGNATURE, to_be_signed(frame(SIGNATURE)))


def test_a_file_that_cannot_be_read_is_nobodys_certificate(published: Path) -> None:
    """Whoever can write into the public folder does not stop the signing of what follows its profile."""
    (published / "0.cer").mkdir()
    (published / "1.cer").symlink_to(published / "nowhere")
    (published / "2.cer").write_bytes(b"x" * 100_000)

    hold(guard_of(published), SIGNATURE, unsigned(SIGNATURE.holder))


def test_another_program_is_asked_by_the_signing_process_too(published: Path) -> None:
    """Setting `external_lint`: what it finds in a certificate that follows its profile is not signed, whoever asks."""
    finds, passes = SecondLint(finds=True), SecondLint(finds=False)
    certificates = (SIGNATURE.ca, SIGNATURE.holder, SIGNATURE.responder)

    for certificate in certificates:
        hold(replace(guard_of(published), external=passes), SIGNATURE, unsigned(certificate))
        with pytest.raises(LintRefused) as refused:
            hold(replace(guard_of(published), external=finds), SIGNATURE, unsigned(certificate))
        found = refused.value.data["findings"]
        assert isinstance(found, Findings)
        assert found.codes == {"lint.external"}
    assert finds.seen == passes.seen == [Profile.SIGNATURE_CA, Profile.SIGNATURE, Profile.OCSP_RESPONDER]
