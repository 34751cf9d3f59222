import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.x509 import ocsp

from openjpki.pki.ocsp import build_request
from openjpki.rules.kinds import Procedure
from tests.support.authority import AUTHENTICATION, SIGNATURE, Scene
from tests.support.hierarchy import hierarchy
from tests.support.responder import Node, question, said

pytestmark = pytest.mark.django_db(databases=["authority"])


@pytest.fixture
def node(scene: Scene, tmp_path: Path) -> Node:
    """Return a node whose store is complete."""
    scene.authority.renew_responders()
    scene.with_both()
    node = Node(scene, tmp_path / "status")
    node.follow()
    return node


def test_one_answer_for_several_certificates(scene: Scene, node: Node) -> None:
    """RFC 6960 §4.1.1: in the order of the question; those of another issuer are unknown in it."""
    first = scene.issue(SIGNATURE, Procedure.REISSUE)
    second = scene.issue(AUTHENTICATION, Procedure.REISSUE)
    node.follow()
    pairs = [(one.certificate, one.issuer_certificate) for one in (first, second, first)]
    answered = node.desk.answer(build_request(pairs, None), scene.clock())

    words = [one.certificate_status.name for one in ocsp.load_der_ocsp_response(answered.der).responses]
    assert words == ["GOOD", "UNKNOWN", "GOOD"]
    assert [one.standing for one in answered.about] == [b"", None, b""]


def test_what_no_answer_is_given_for(scene: Scene, node: Node) -> None:
    """RFC 6960 §2.3: no question, no issuer of ours, and no store of this time, each has its own word."""
    foreign = hierarchy()
    issued = scene.issue(SIGNATURE, Procedure.REISSUE)
    later = scene.clock() + timedelta(hours=1)
    at = scene.clock()

    assert said(node.desk.answer(b"nonsense", at)) == "MALFORMED_REQUEST"
    assert said(node.desk.answer(build_request([(foreign.holder, foreign.ca)], None), at)) == "UNAUTHORIZED"
    assert said(node.desk.answer(question(issued), later)) == "TRY_LATER"
    assert said(node.desk.answer(question(issued), at, AUTHENTICATION)) == "TRY_LATER"  # the clock has been later


def test_a_worker_knows_no_database() -> None:
    """DESIGN §4, T-27g: what a worker of the responder loads has no Django in it, and no table."""
    program = (
        "import sys; import openjpki.site.responding; "
        "print([name for name in ('django', 'openjpki.authority.models') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)

    assert done.stdout == "[]\n"
