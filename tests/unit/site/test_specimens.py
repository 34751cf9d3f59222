from dataclasses import replace
from pathlib import Path

import pytest

from openjpki.pki.issuer import load_certificate
from openjpki.pki.lint import external
from openjpki.pki.profiles import Profile
from openjpki.site.specimens import look, write_out
from tests.support.authority import Scene

pytestmark = pytest.mark.django_db(databases=["authority"])


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Return an authority with both CAs."""
    return Scene(tmp_path).open()


@pytest.mark.oracle
def test_every_profile_is_looked_at_by_everybody(scene: Scene) -> None:
    """Our own rules, pkilint and OpenSSL find nothing, and each is as recorded."""
    report = look(scene.authority)

    assert report.sound
    assert report.digest == report.recorded
    assert [one.profile for one in report.profiles] == list(Profile)
    assert all((one.own, one.pkilint, one.openssl, one.as_recorded) == ((), (), True, True) for one in report.profiles)


def test_who_is_not_installed_says_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither is a condition of a home; that one was not asked is said."""
    monkeypatch.setattr(external, "find_spec", lambda _: None)
    monkeypatch.setattr("shutil.which", lambda _: None)
    report = look(scene.authority)

    assert report.sound
    assert {(one.pkilint, one.openssl) for one in report.profiles} == {(None, None)}


def test_what_is_not_right_is_told_of_its_profile(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken rule, a change that nobody approved, and bytes that OpenSSL cannot read."""
    changed = replace(scene.authority, profiles=replace(scene.authority.profiles, ca_years_at_most=5))
    monkeypatch.setattr("shutil.which", lambda _: "/bin/false")
    found = {one.profile: one for one in look(changed).profiles}

    assert not look(changed).sound
    assert found[Profile.SIGNATURE_CA].own.codes == {"lint.validity.length"}
    assert not found[Profile.SIGNATURE_CA].as_recorded
    assert found[Profile.SIGNATURE].as_recorded
    assert not any(one.sound for one in found.values())
    assert {one.openssl for one in found.values()} == {False}


def test_specimens_are_written_for_anybody_to_read(scene: Scene, tmp_path: Path) -> None:
    """Each is a certificate in DER, in a folder that is made for them."""
    written = write_out(scene.authority, tmp_path / "a" / "b")

    assert [path.name for path in written] == [
        "signature-ca-1.cer",
        "authentication-ca-1.cer",
        "signature-1.cer",
        "signature-2.cer",
        "authentication-1.cer",
        "ocsp-responder-1.cer",
        "ocsp-responder-2.cer",
    ]
    assert all(load_certificate(path.read_bytes()) for path in written)
