import ssl
from pathlib import Path

import pytest

from openjpki.desk.tls import PEER, ClientFiles, anchored_context, peer_of, server_context
from openjpki.site.clock import real_moment
from tests.support.desk import Ends


@pytest.fixture
def ends(tmp_path: Path) -> Ends:
    """Return both ends' certificates."""
    return Ends(tmp_path / "ends")


def client(ends: Ends) -> ClientFiles:
    """Return Wakaba's files."""
    (ends.folder / "99201").mkdir()
    return ends.ca.client_files(ends.folder / "99201", "99201", real_moment())


def test_a_damaged_file_makes_no_context(ends: Ends) -> None:
    """What cannot be read as a certificate opens no line."""
    files = client(ends)
    files.certificate.write_bytes(b"")

    with pytest.raises(OSError, match="PEM"):
        files.context()


def test_old_versions_of_tls_are_not_spoken(ends: Ends) -> None:
    """TLS 1.3 alone at both ends; each demands the other's certificate, and the client the server's name."""
    ours, theirs = client(ends).context(), server_context(ends.ca.server_file(real_moment()), ends.ca.certificate)

    for context in (ours, theirs):
        assert context.minimum_version is ssl.TLSVersion.TLSv1_3
        assert context.verify_mode is ssl.CERT_REQUIRED
    assert ours.check_hostname
    assert theirs.num_tickets == 0


def test_without_anchors_nobody_is_trusted(ends: Ends) -> None:
    """A context of anchors trusts these alone, not the system's CAs; each is trusted by itself."""
    file = ends.ca.server_file(real_moment())
    anchor = ssl.PEM_cert_to_DER_cert(ends.ca.certificate.read_text())
    empty, one = anchored_context(file, b""), anchored_context(file, anchor)

    assert (empty.get_ca_certs(), len(one.get_ca_certs())) == ([], 1)
    for context in (empty, one):
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.minimum_version is ssl.TLSVersion.TLSv1_3
        assert context.verify_flags & ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN


@pytest.mark.parametrize(
    ("names", "peer"),
    [
        ((("URI", PEER + "99201"),), "99201"),
        ((("DNS", "99201"), ("URI", PEER + "99201")), "99201"),
        ((("URI", PEER + "99201"), ("URI", PEER + "99202")), ""),
        ((("URI", PEER + "9920"),), ""),
        ((("URI", PEER + "99201\n"),), ""),
        ((("URI", "urn:other:99201"),), ""),
        ((), ""),
    ],
)
def test_exactly_one_name_counts(names: tuple[tuple[str, str], ...], peer: str) -> None:
    """One URI of our form with five digits; two of them name nobody."""
    assert peer_of({"subjectAltName": names}) == peer
    assert peer_of({}) == ""
