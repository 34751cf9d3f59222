from datetime import UTC, date, datetime, timedelta
from typing import NoReturn

import pytest

from openjpki.documents.indications import Indication, SubIndication
from openjpki.errors import Failure
from openjpki.lab.catalogue import NoSuchTestCard, Standing
from openjpki.lab.lab import Lab
from openjpki.lab.service import LabService
from openjpki.pki.oids import TEST_AUTHENTICATION_POLICY, TEST_SIGNATURE_POLICY
from openjpki.readers.vpcd import VpcdMissing
from openjpki.rules.dates import JST
from tests.support.hierarchy import hierarchy
from tests.unit.documents.world import pdf
from tests.unit.lab.conftest import DAY, NOW


def test_a_card_is_the_same_for_a_whole_test(lab: Lab) -> None:
    """A name is a person; without one it is the adult. A name that there is not is refused with those there are."""
    assert repr(lab) == "<JPKI laboratory at 2026-11-27T03:00:00Z: no card yet>"
    assert lab.card() is lab.card("adult")
    assert (repr(lab), repr(lab.card())) == ("<JPKI laboratory at 2026-11-27T03:00:00Z: adult>", "<test card adult>")
    assert lab.card("adult").certificate() != lab.card("minato").certificate()
    with pytest.raises(NoSuchTestCard) as refused:
        lab.card("adlut")
    assert "adult" in refused.value.message("en")


def test_the_moment_moves(lab: Lab) -> None:
    """By spans or to a moment or a day of Japan; what is said is of the new moment, whole seconds."""
    assert lab.now == NOW
    assert lab.travel(days=1, hours=2, minutes=1.5) == NOW + timedelta(days=1, hours=2, seconds=90)
    assert lab.travel(to=datetime(2027, 1, 1, 9, 0, tzinfo=JST)) == datetime(2027, 1, 1, 0, 0, tzinfo=UTC)
    assert lab.travel(to=date(2027, 1, 1)) == datetime(2026, 12, 31, 15, 0, tzinfo=UTC)
    assert lab.travel(to=date(2027, 1, 1), days=-1) == datetime(2026, 12, 30, 15, 0, tzinfo=UTC)


def test_certificates_grow_old_with_the_moment(lab: Lab) -> None:
    """What expires tomorrow has expired in two days; an older signature is judged by the new moment."""
    card = lab.card("expiring-tomorrow")
    signed = card.sign_cms(b"a contract")
    assert lab.verify(signed, content=b"a contract").indication is Indication.TOTAL_PASSED

    lab.travel(days=2)
    report = lab.verify(signed, content=b"a contract")
    assert card.status("signature").standing is Standing.EXPIRED
    assert report.sub_indication is SubIndication.OUT_OF_BOUNDS_NOT_REVOKED


def test_documents_are_judged_by_the_laboratory(lab: Lab) -> None:
    """A PDF and a CMS pass until the certificate is revoked; the attributes are the holder's."""
    card = lab.card("adult")
    signed, cms = card.sign_pdf(pdf()), card.sign_cms(b"attached", detached=False)
    reports = [lab.verify(signed), lab.verify(cms)]
    card.revoke("signature", "key_compromise")
    after = lab.verify(signed)

    assert [one.indication for one in reports] == [Indication.TOTAL_PASSED] * 2
    attributes = reports[0].signatures[0].attributes
    assert attributes is not None
    assert card.attributes is not None
    assert (attributes.name, attributes.birth_date) == (card.attributes.name, card.attributes.birth_date)
    assert after.indication is not Indication.TOTAL_PASSED
    assert after.sub_indication is SubIndication.REVOKED


def test_evidence_is_of_the_moment_and_of_nobody_else(lab: Lab) -> None:
    """Anchors and lists of all, an answer for each certificate of ours, none for a stranger's."""
    card = lab.card("adult")
    evidence = lab.evidence(card.certificate(), hierarchy().holder)

    assert evidence.anchors == lab.trust.certificates
    assert len(evidence.ocsp) == 1
    assert len(evidence.crls) == len(lab.lists()) == 12
    assert lab.policies("signature") == {TEST_SIGNATURE_POLICY}
    assert lab.policies("authentication") == {TEST_AUTHENTICATION_POLICY}


def test_a_laboratory_begins_with_nothing_revoked(lab: Lab) -> None:
    """Travelling forth and back changes the moment, and nothing else."""
    lab.card("adult")
    lab.travel(days=400)
    lab.travel(days=-400)

    assert lab.now == NOW
    assert lab.card("adult").status("signature").standing is Standing.GOOD
    assert lab.travel() == NOW + 0 * DAY


def test_without_a_reader_the_refusal_is_raised(lab: Lab, service: LabService) -> None:
    """Unless the settings say what else is to be done."""
    refusal = VpcdMissing(host="127.0.0.1", port=1)
    with pytest.raises(VpcdMissing):
        lab.no_reader(refusal)

    class Told(Exception):
        """What the settings say."""

    def tell(failure: Failure) -> NoReturn:
        raise Told(failure.code)

    other = service.begin(no_reader=tell)
    with pytest.raises(Told, match="no-vpcd"):
        other.no_reader(refusal)
