import sys
from collections.abc import Iterator

import pytest

from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.issuer import issuer_of, load_certificate
from openjpki.pki.lint import external
from openjpki.pki.lint.external import EXPLAINED, ExternalLintUnusable, Pkilint, explained
from openjpki.pki.profiles import Profile
from openjpki.pki.tbs import as_if_signed
from openjpki.rules.kinds import CertificateKind
from tests.support.hierarchy import Hierarchy, hierarchy
from tests.support.programs import run


@pytest.fixture
def unloaded() -> Iterator[None]:
    """Let the program be loaded anew by the test, and by who comes after it."""
    external._loaded.cache_clear()
    yield
    external._loaded.cache_clear()


def specimen(made: Hierarchy, profile: Profile) -> tuple[bytes, bytes | None]:
    """Return the to-be-signed bytes of one profile, and the issuer's certificate."""
    if profile.ca_kind:
        return load_certificate(made.ca).tbs_certificate_bytes, None
    of = made.holder if profile.holder_kind else made.responder
    return load_certificate(of).tbs_certificate_bytes, made.ca


@pytest.mark.parametrize("algorithm", KeyAlgorithm, ids=lambda each: each.value)
@pytest.mark.parametrize("profile", Profile)
def test_nothing_is_found_that_is_not_explained(profile: Profile, algorithm: KeyAlgorithm) -> None:
    """RFC 5280 by pkilint: each profile and algorithm, before its signature; and each explanation is needed."""
    made = hierarchy(profile.ca_kind or profile.holder_kind or CertificateKind.SIGNATURE, algorithm)
    to_be_signed, issuer = specimen(made, profile)
    key = issuer_of(made.ca).public_key

    assert not Pkilint().examine(profile, to_be_signed, key, issuer)
    look = external._loaded()
    found = set(look(as_if_signed(to_be_signed, key), issuer))
    assert found == explained(profile)


def test_what_is_explained_of_one_profile_is_not_of_another() -> None:
    """The table is closed by profile: a responder's certificate carries no policy, and a holder's names its issuer's key."""
    made = hierarchy()
    to_be_signed, issuer = specimen(made, Profile.SIGNATURE)

    found = Pkilint().examine(Profile.OCSP_RESPONDER, to_be_signed, issuer_of(made.ca).public_key, issuer)

    assert [str(one) for one in found] == [
        "lint.external (pkilint: pkix.certificate_policies_policy_has_qualifier)",
    ]
    assert all(one.reason and one.clause for one in EXPLAINED)


def test_certificate_and_issuer_are_held_together() -> None:
    """RFC 5280 §4.1.2.4, §4.2.1.1: under the other hierarchy's CA neither name nor key fits."""
    made, other = hierarchy(), hierarchy(CertificateKind.AUTHENTICATION, ca_position=3)
    to_be_signed, _ = specimen(made, Profile.SIGNATURE)

    found = Pkilint().examine(Profile.SIGNATURE, to_be_signed, issuer_of(made.ca).public_key, other.ca)

    assert {one.detail for one in found} == {
        "pkilint: pkix.issuer_and_subject_dn_not_binary_equal",
        "pkilint: pkix.issuer_and_subject_key_identifier_not_equal",
    }


def test_what_it_cannot_examine_is_not_let_pass() -> None:
    """A rule that fails has found nothing right."""
    made = hierarchy()

    found = Pkilint().examine(Profile.SIGNATURE, b"\x30\x00", issuer_of(made.ca).public_key, made.ca)

    assert [one.code for one in found] == ["lint.unexamined"]


@pytest.mark.usefixtures("unloaded")
def test_nothing_is_signed_while_it_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken installation is UNAVAILABLE: the order keeps its step, and is finished once it is mended."""
    monkeypatch.setitem(sys.modules, "pkilint.pkix", None)

    with pytest.raises(ExternalLintUnusable) as raised:
        Pkilint().load()

    assert raised.value.data == {"reason": "ModuleNotFoundError"}


def test_it_is_not_loaded_by_who_does_not_ask_it() -> None:
    """It takes a second and a half, and who has the setting off does not wait for it."""
    said = "import sys, openjpki.pki.certificate, openjpki.site.linting; print('pkilint' in sys.modules)"

    assert run(sys.executable, "-c", said).out == "False\n"
