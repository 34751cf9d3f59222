from datetime import timedelta

import pytest

from openjpki.authority.generations.listing import told_generations
from openjpki.authority.models import Issuer
from tests.support.authority import Scene

pytestmark = pytest.mark.django_db(databases=["authority"])


def test_a_generation_says_what_it_does(scene: Scene) -> None:
    """It issues, waits for its day, signs lists only, ended, expired; where its key is, and for how long."""
    now = scene.clock()
    authentication, signature = told_generations(now, "files")

    assert (authentication["issuer"], signature["issuer"]) == ("authentication-1", "signature-1")
    assert (signature["does"], signature["keeper"], signature["algorithm"]) == ("issuing", "files", "p-384-sha-384")
    assert signature["days_left"] > 3600
    row = Issuer.objects.get(kind="signature")
    assert told_generations(row.issues_from - timedelta(days=1), "files")[1]["does"] == "waiting"
    assert told_generations(row.not_after, "files")[1]["does"] == "expired"
