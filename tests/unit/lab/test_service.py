import http.client

from openjpki.documents.exchange import OCSP, post
from openjpki.lab.service import LabService
from openjpki.lab.status import TRY_LATER
from openjpki.pki.crl_reading import RevocationList
from openjpki.pki.inspect import facts
from openjpki.pki.ocsp import build_request
from openjpki.pki.ocsp_reading import read_answer
from tests.unit.lab.conftest import DAY, NOW


def fetched(service: LabService, path: str) -> bytes | None:
    """Fetch a file of the service; None where there is none."""
    line = http.client.HTTPConnection(service.url.removeprefix("http://"), timeout=30)
    line.request("GET", path)
    answer = line.getresponse()
    content = answer.read()
    line.close()
    return content if answer.status == http.client.OK else None


def test_status_stands_at_the_address_in_the_certificate(service: LabService) -> None:
    """Whoever follows a certificate's address is told of it, of the present test's moment."""
    lab = service.begin()
    card = lab.card("adult")
    pair = (card.certificate(), card.ca_certificate())
    url = facts(pair[0]).ocsp_url or ""
    lab.travel(days=3)
    answer = post(OCSP, url, build_request([pair], None), seconds=30)
    service.end()

    assert url.startswith(service.url)
    read = read_answer(answer, certificate=pair[0], issuer=pair[1], at=NOW + 3 * DAY)
    assert (read.status, read.this_update) == ("good", NOW + 3 * DAY)


def test_lists_and_authorities_have_the_real_addresses(service: LabService) -> None:
    """/crl and /ca, by generation, as the real authority serves them; anything else is not there."""
    lab = service.begin()
    card = lab.card("adult")
    card.revoke("signature")
    name = next(one.name for one in lab.desk.in_force(NOW) if one.certificate == card.ca_certificate())
    crl = RevocationList.read(fetched(service, f"/crl/{name}/99201.crl") or b"", issuer=card.ca_certificate())

    assert crl.says_of(card.certificate()).status == "revoked"
    assert fetched(service, f"/ca/{name}.cer") == card.ca_certificate()
    for path in (f"/crl/{name}/99201", f"/crl/{name}/99999.crl", f"/ca/{name}", "/ca/signature-7.cer"):
        assert fetched(service, path) is None
    service.end()


def test_between_two_tests_nothing_is_sure(service: LabService) -> None:
    """Try later, and no list: never good for what nobody vouches for."""
    card = service.begin().card("adult")
    question = build_request([(card.certificate(), card.ca_certificate())], None)
    url = facts(card.certificate()).ocsp_url or ""
    service.end()

    assert post(OCSP, url, question, seconds=30) == TRY_LATER
    assert fetched(service, "/crl/signature-2/99201.crl") is None


def test_a_journey_beyond_the_cas_leaves_nothing_to_say(service: LabService) -> None:
    """No CA is in force, so none vouches: unauthorized from all, and no status."""
    lab = service.begin()
    card = lab.card("adult")
    question = build_request([(card.certificate(), card.ca_certificate())], None)
    url = facts(card.certificate()).ocsp_url or ""
    lab.travel(days=9 * 366)

    assert len(post(OCSP, url, question, seconds=30)) < 10
    service.end()


def test_serials_and_card_numbers_go_on_from_test_to_test(service: LabService) -> None:
    """A program that outlives a test never meets two certificates of one serial; keys are used again."""
    first, second = service.begin().card("adult"), service.begin().card("adult")
    service.end()

    assert second.serial() > first.serial()
    assert facts(second.certificate()).public_key == facts(first.certificate()).public_key
