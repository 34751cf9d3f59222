"""Hierarchies over the key pool: made once in a process, the same for every test."""

import pytest

from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.rules.kinds import CertificateKind
from tests.support.hierarchy import Hierarchy, hierarchy


@pytest.fixture
def made() -> Hierarchy:
    """Return the signature hierarchy with RSA keys."""
    return hierarchy()


@pytest.fixture
def authentication() -> Hierarchy:
    """Return the authentication hierarchy with RSA keys."""
    return hierarchy(CertificateKind.AUTHENTICATION)


@pytest.fixture(
    params=[(kind, algorithm) for algorithm in KeyAlgorithm for kind in CertificateKind],
    ids=lambda param: f"{param[0].value}-{param[1].value}",
)
def each(request: pytest.FixtureRequest) -> Hierarchy:
    """Return each hierarchy in turn: both kinds, both algorithms."""
    kind, algorithm = request.param
    return hierarchy(kind, algorithm)
