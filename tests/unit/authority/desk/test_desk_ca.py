import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import PolicyBuilder, Store

from openjpki.authority.desk.desk_ca import LEAF_DAYS, DeskCa
from openjpki.desk.tls import PEER
from openjpki.site.clock import real_moment
from openjpki.site.private import write_private

NOW = real_moment()


@pytest.fixture
def ca(tmp_path: Path) -> DeskCa:
    """Return a founded CA."""
    made = DeskCa(tmp_path, write_private)
    made.found(NOW)
    return made


def certificate(path: Path) -> x509.Certificate:
    """Return the certificate in a file."""
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_the_ca_certifies_ends_and_no_other_ca(ca: DeskCa, tmp_path: Path) -> None:
    """It is made once, private, and nothing may stand between it and an end."""
    before = (ca.certificate.read_bytes(), (tmp_path / "ca.key").read_bytes())
    ca.found(NOW)
    basic = certificate(ca.certificate).extensions.get_extension_for_class(x509.BasicConstraints)

    assert (ca.certificate.read_bytes(), (tmp_path / "ca.key").read_bytes()) == before
    assert (basic.critical, basic.value.ca, basic.value.path_length) == (True, True, 0)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_the_server_is_loopback(ca: DeskCa) -> None:
    """An independent verifier finds the chain good for a server of that name."""
    file = ca.server_file(NOW)
    store = Store([certificate(ca.certificate)])
    verifier = PolicyBuilder().store(store).time(NOW).build_server_verifier(x509.DNSName("localhost"))

    verifier.verify(certificate(file), [])
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(file)


def test_a_municipality_is_named_by_its_urn(ca: DeskCa, tmp_path: Path) -> None:
    """The code stands among the subject's names; the certificate is for a client and for nothing else."""
    (tmp_path / "99201").mkdir()
    files = ca.client_files(tmp_path / "99201", "99201", NOW)
    made = certificate(files.certificate)
    store = Store([certificate(files.trust)])
    verified = PolicyBuilder().store(store).time(NOW).build_client_verifier().verify(made, [])

    assert verified.subjects == [x509.UniformResourceIdentifier(PEER + "99201")]
    usage = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    files.context()


def test_an_end_is_renewed_before_it_ends(ca: DeskCa) -> None:
    """The same file as long as it lasts, another one in its last month."""
    first = ca.server_file(NOW).read_bytes()
    assert ca.server_file(NOW + timedelta(days=LEAF_DAYS - 31)).read_bytes() == first

    renewed = ca.server_file(NOW + timedelta(days=LEAF_DAYS - 29))
    assert renewed.read_bytes() != first
    assert certificate(renewed).not_valid_after_utc > NOW + timedelta(days=LEAF_DAYS)
