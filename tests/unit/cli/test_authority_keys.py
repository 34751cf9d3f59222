import pytest

from openjpki.site.settings import ROLES
from tests.support.operators import SATO, SUZUKI, TANAKA
from tests.unit.cli.operating import Run, held, house, run

__all__ = ["held", "house", "run"]
pytestmark = pytest.mark.django_db(databases=ROLES)


def test_the_keys_say_what_they_do(held: Run) -> None:
    """Which issues, which waits, which signs lists only, which ended; where it is, and for how long."""
    (authentication, signature) = held("keys").data["keys"]
    assert (signature["does"], signature["keeper"], signature["responders"]) == ("issuing", "files", [])
    assert authentication["algorithm"] == "p-384-sha-384"
    first, second, *_ = held("keys", language="ja").lines
    assert "発行中" in first
    assert "保管 ファイル" in second

    for kind, content in (
        ("mass-revocation", ("--issuer", "signature-1")),
        ("termination", ("--issuer", "signature-1")),
    ):
        number = held("propose", kind, *content, by=SATO).data["act"]["number"]
        held("approve", number, by=TANAKA)
        held("approve", number, by=SUZUKI)
        held("carry-out", number)
        expected = {"mass-revocation": "compromised", "termination": "destroyed"}[kind]
        assert held("keys").data["keys"][1]["does"] == expected
    assert held("keys").data["keys"][1]["keeper"] is None
