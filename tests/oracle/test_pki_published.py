"""Our production profile against the CA certificates that the real service publishes."""

from hashlib import sha256
from pathlib import Path

import pytest

from openjpki.pki.issuer import issuer_of, load_certificate, subject_public_key
from openjpki.pki.keys import key_identifier, verify_signature
from openjpki.pki.lint.rules import examine
from openjpki.pki.preparing import prepare_ca
from openjpki.pki.profiles import ProfileSet

pytestmark = pytest.mark.oracle

VECTORS = Path(__file__).parents[1] / "vectors" / "published-ca"
FINGERPRINTS = {
    "authentication-01": "4dcfc4ca0aaf9fb2a3081b3f0c991c320b3acc008667a341eeaec5af1d58ca7d",
    "authentication-03": "64114f29620c24ed2631d46476a040e7ee740d956089c00b036a6a8118c322b5",
    "signature-01": "19645405a1fe14377434bd55957628ac4038557c542403a2243f21c706fc9355",
    "signature-02": "79679c33e4cc9319440f1ad120a597ff1844e2ef217063adb176966fd5e6fbeb",
    "signature-03": "d227f6cde11d35c5252178f106f843d24651944975413b539fa2fb68dbfa365f",
}
PRODUCTION = ProfileSet.production("http://ocsp.invalid")


def test_every_vector_is_used() -> None:
    """Each file in the folder is one of those below."""
    assert {path.stem for path in VECTORS.glob("*.der")} == set(FINGERPRINTS)


@pytest.mark.parametrize("name", sorted(FINGERPRINTS))
def test_the_profile_writes_what_the_real_service_wrote(name: str) -> None:
    """docs/certificates.md §2: given key, serial and dates, our to-be-signed bytes are theirs; our lint finds nothing."""
    published = (VECTORS / f"{name}.der").read_bytes()
    loaded = load_certificate(published)
    prepared = prepare_ca(
        PRODUCTION,
        kind=PRODUCTION.kind_of(loaded.subject),
        public_key=subject_public_key(loaded),
        serial=loaded.serial_number,
        not_before=loaded.not_valid_before_utc,
        not_after=loaded.not_valid_after_utc,
    )

    assert sha256(published).hexdigest() == FINGERPRINTS[name]
    assert prepared.profile.value == f"{name[:-3]}-ca"
    assert prepared.to_be_signed == loaded.tbs_certificate_bytes
    assert examine(PRODUCTION, prepared.profile, loaded.tbs_certificate_bytes, None)[0] == ()


@pytest.mark.parametrize("name", sorted(FINGERPRINTS))
def test_identifiers_and_signatures_are_read_as_the_real_service_writes_them(name: str) -> None:
    """The key identifier is the SHA-1 of the key bits, the signature is the key's own."""
    published = (VECTORS / f"{name}.der").read_bytes()
    ca, loaded = issuer_of(published), load_certificate(published)

    assert ca.key_identifier == key_identifier(ca.public_key)
    verify_signature(ca.public_key, ca.algorithm, loaded.tbs_certificate_bytes, loaded.signature)


def test_generations_share_a_name_and_no_key() -> None:
    """docs/certificates.md §2: three signature CAs, one name: who selects an anchor by name selects by chance."""
    cas = [issuer_of((VECTORS / f"signature-0{number}.der").read_bytes()) for number in (1, 2, 3)]

    assert len({ca.name for ca in cas}) == 1
    assert len({ca.key_identifier for ca in cas}) == 3
