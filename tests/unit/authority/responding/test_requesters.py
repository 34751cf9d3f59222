from datetime import datetime, timedelta
from pathlib import Path

import pytest

from openjpki.authority.responding.answering import Answered
from openjpki.authority.responding.requesters import NotAccepted, RequesterFolder, SignatureMissing, hold_requester
from openjpki.pki import der
from openjpki.pki.keys import SoftwareSigner
from openjpki.pki.ocsp import build_request, parse_request
from openjpki.rules.kinds import CertificateKind
from openjpki.rules.policy import Policy
from tests.support.authority import Scene
from tests.support.hierarchy import ISSUED, hierarchy
from tests.support.responder import Node, question, said

MADE = hierarchy(CertificateKind.SIGNATURE)
OTHER = hierarchy(CertificateKind.AUTHENTICATION)


def signed(plain: bytes, signer: SoftwareSigner, *certificates: bytes, algorithm: bytes = b"") -> bytes:
    """Return a question with a signature, as RFC 6960 §4.1.1 has it."""
    outer = der.Reader(plain).inside(der.SEQUENCE)
    to_be_signed = outer.whole(der.SEQUENCE)
    beside = der.tlv(der.context(0), der.sequence(*certificates)) if certificates else b""
    said = der.sequence(algorithm or signer.algorithm.identifier, der.bit_string(signer.sign(to_be_signed)), beside)
    return der.sequence(to_be_signed, der.tlv(der.context(0), said))


PLAIN = build_request([(MADE.holder, MADE.ca)], None)


def now() -> datetime:
    """Return a moment at which the requesters' certificates are valid."""
    return ISSUED + timedelta(hours=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the register's folder with one requester."""
    (tmp_path / "one.cer").write_bytes(MADE.holder)
    return tmp_path


def test_who_is_registered_may_ask(folder: Path) -> None:
    """certificates.md §7.5: the signature is made with the key of a certificate that the register has."""
    request = parse_request(signed(PLAIN, MADE.holder_signer, MADE.holder, MADE.ca))

    hold_requester(request, RequesterFolder(folder, now))


@pytest.mark.parametrize(
    "asked",
    [
        signed(PLAIN, OTHER.ca_signer, OTHER.holder),
        signed(PLAIN, OTHER.ca_signer, MADE.holder),
        signed(PLAIN, MADE.holder_signer),
        signed(PLAIN, MADE.holder_signer, MADE.holder, algorithm=bytes.fromhex("300a06082a8648ce3d040303")),
        signed(PLAIN, MADE.holder_signer, der.sequence()),
    ],
    ids=["a stranger", "with a stranger's key", "without a certificate", "another algorithm", "no certificate"],
)
def test_who_is_not_may_not(folder: Path, asked: bytes) -> None:
    """Neither a stranger, nor whoever merely shows a requester's certificate."""
    (folder / "nothing.cer").write_bytes(der.sequence())
    with pytest.raises(NotAccepted):
        hold_requester(parse_request(asked), RequesterFolder(folder, now))


def test_a_question_without_a_signature_is_told_to_have_one(folder: Path) -> None:
    """RFC 6960 §2.3: sigRequired."""
    with pytest.raises(SignatureMissing):
        hold_requester(parse_request(PLAIN), RequesterFolder(folder, now))


def test_the_register_counts_as_it_is_now(folder: Path) -> None:
    """A certificate that is taken away, or put there, counts at once; without the folder nobody is accepted."""
    register = RequesterFolder(folder, now)
    assert register.accepts(MADE.holder)
    assert register.accepts(MADE.holder)
    (folder / "one.cer").unlink()
    assert not register.accepts(MADE.holder)
    (folder / "two.cer").write_bytes(OTHER.holder)

    assert register.accepts(OTHER.holder)
    assert not RequesterFolder(folder / "nowhere", now).accepts(OTHER.holder)


def test_a_certificate_that_is_written_over_counts_no_more(folder: Path) -> None:
    """The name in the folder says nothing: what counts is the certificate that is there now."""
    register = RequesterFolder(folder, now)
    assert register.accepts(MADE.holder)
    (folder / "one.cer").write_bytes(OTHER.holder)

    assert not register.accepts(MADE.holder)
    assert register.accepts(OTHER.holder)


@pytest.mark.parametrize(("days", "accepted"), [(-1, False), (0, True), (365 * 20, False)])
def test_a_certificate_of_another_time_is_none(folder: Path, days: int, *, accepted: bool) -> None:
    """Before its first second and behind its last a requester is nobody, whoever forgot to take the file away."""
    register = RequesterFolder(folder, lambda: now() + timedelta(days=days))

    assert register.accepts(MADE.holder) is accepted


@pytest.mark.django_db(databases=["authority"])
def test_without_a_register_nobody_may_ask(tmp_path: Path) -> None:
    """The setting alone closes: where no register is put in, no signature helps; who is known otherwise is answered."""
    policy = Policy.preset("national").with_settings({"ocsp_requesters": "registered"})
    scene = Scene(tmp_path, policy=policy).open()
    issued = scene.with_card().issue()
    asked = signed(question(issued), MADE.holder_signer, MADE.holder)

    assert said(scene.authority.answer_status(asked)) == "UNAUTHORIZED"
    assert said(scene.authority.answer_status(question(issued), asker_known=True)) == "good"


@pytest.mark.django_db(databases=["authority"])
def test_registered_requesters_alone_are_answered(tmp_path: Path) -> None:
    """Setting `ocsp_requesters = "registered"`: the register's tables and a node's store hold to it alike, and no cache keeps the answer."""
    (tmp_path / "scene").mkdir()
    register = tmp_path / "requesters"
    register.mkdir()
    (register / "one.cer").write_bytes(MADE.holder)
    requesters = RequesterFolder(register, now)
    policy = Policy.preset("national").with_settings({"ocsp_requesters": "registered"})
    scene = Scene(tmp_path / "scene", policy=policy, requesters=requesters).open()
    issued = scene.with_card().issue()
    scene.authority.renew_responders()
    node = Node(scene, tmp_path / "status", requesters=requesters)
    node.follow()
    plain = question(issued)

    def asked(question_: bytes) -> list[Answered]:
        return [scene.authority.answer_status(question_), node.desk.answer(question_, scene.clock())]

    assert [said(one) for one in asked(plain)] == ["SIG_REQUIRED"] * 2
    assert [said(one) for one in asked(signed(plain, OTHER.ca_signer, OTHER.holder))] == ["UNAUTHORIZED"] * 2
    answered = asked(signed(plain, MADE.holder_signer, MADE.holder))
    assert [said(one) for one in answered] == ["good"] * 2
    assert [one.next_update for one in answered] == [None, None]
