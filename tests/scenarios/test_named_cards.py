"""Each test card of the catalogue, in a home that the command made: what it is, and what a service finds out about it."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from openjpki.card.pins import CodeKind
from openjpki.card.terminal import JpkiTerminal, PinLocked
from openjpki.documents.card_signer import CardSigner
from openjpki.documents.challenge import answer_challenge, make_challenge, verify_login
from openjpki.documents.gather import read_trust
from openjpki.documents.indications import Indication, SubIndication
from openjpki.documents.sign import sign_cms
from openjpki.documents.verify import verify_cms
from openjpki.lab.catalogue import CATALOGUE, PINS, Standing, TestCard, card_named
from openjpki.pki import oids
from openjpki.pki.attributes import read_attributes
from openjpki.pki.inspect import facts
from openjpki.readers.inprocess import InProcessReader
from openjpki.rules.dates import civil_date
from openjpki.rules.kinds import CertificateKind, PinKind, RevocationReason
from openjpki.rules.substitution import certified
from openjpki.site.entropy import entropy
from openjpki.site.home import Home
from openjpki.site.lives.printed import on_the_card
from tests.support.named_cards import ALL, CARDS, FEW, NamedCards, named_cards
from tests.support.programs import Finished, openjpki, run

pytestmark = pytest.mark.slow

SIGNATURE, AUTHENTICATION = CertificateKind.SIGNATURE, CertificateKind.AUTHENTICATION
VERDICTS = {
    Standing.GOOD: (Indication.TOTAL_PASSED, None),
    Standing.REVOKED: (Indication.TOTAL_FAILED, SubIndication.REVOKED),
    Standing.HELD: (Indication.TOTAL_FAILED, SubIndication.REVOKED),
    Standing.EXPIRED: (Indication.TOTAL_FAILED, SubIndication.EXPIRED),
}
"""What is said of a signature that is made now, and says so, by a certificate of each standing (ETSI EN 319 102-1 §5.3)."""
OPENSSL = {
    Standing.GOOD: "OK",
    Standing.REVOKED: "certificate revoked",
    Standing.HELD: "certificate revoked",
    Standing.EXPIRED: "certificate has expired",
}
OCSP = {
    Standing.GOOD: "good",
    Standing.REVOKED: "revoked",
    Standing.HELD: "revoked",
    Standing.EXPIRED: "good",  # RFC 6960 says nothing of the validity; the certificate does
}
REASONS = {
    RevocationReason.AFFILIATION_CHANGED: "affiliationChanged",
    RevocationReason.CESSATION_OF_OPERATION: "cessationOfOperation",
    RevocationReason.KEY_COMPROMISE: "keyCompromise",
    RevocationReason.CERTIFICATE_HOLD: "certificateHold",
}
cards = pytest.mark.parametrize("card", CARDS)


@pytest.fixture
def named(card: TestCard, tmp_path_factory: pytest.TempPathFactory) -> NamedCards:
    """Return the home in which a card is."""
    return named_cards(tmp_path_factory, thorough=card.name not in FEW)


def test_every_card_of_the_catalogue_is_looked_at() -> None:
    """No card is in the catalogue that no test has seen in a home."""
    assert {param.values[0] for param in CARDS} == set(CATALOGUE)
    assert set(FEW) < set(ALL)


@cards
def test_what_is_printed_on_a_card_is_told_and_opens_it(card: TestCard, named: NamedCards) -> None:
    """`openjpki card catalogue NAME --home`: 照合番号A and B of this home's card, none of a card in stock."""
    found, image = on_the_card(Home.open(named.home), card), named.store.look(card.name)

    assert (found.codes is None) == (card.person is None)
    if found.codes is not None:
        for name, code in ((CodeKind.VISUAL_A, found.codes.code_a), (CodeKind.VISUAL_B, found.codes.code_b)):
            assert image.pins[name].matches(code.encode("ascii"), image.salt_of(name))


@cards
def test_a_card_has_what_its_acts_leave(card: TestCard, named: NamedCards) -> None:
    """Certificates with their holder, first and last days, and the card's last day, by the rules (R-3.1 to R-3.7)."""
    told, image = named.told(card), named.store.look(card.name)

    assert (image.face is not None) == (card.person is not None)
    assert told.expires in (None, image.expires)
    for kind in CertificateKind:
        certificate, expected = named.certificate(card, kind), told.present(kind)
        assert (certificate is None) == (expected is None)
        if certificate is None or expected is None:
            continue
        found = facts(certificate)
        days = (civil_date(found.not_before), civil_date(found.not_after))
        assert days == (expected.issued, expected.expires)
        if kind is SIGNATURE:
            assert read_attributes(certificate) == certified(expected.attributes).attributes


@cards
def test_the_published_pins_open_what_they_should(card: TestCard, named: NamedCards) -> None:
    """A PIN is set to what is published, locked, or was never set: told by the card, no try spent on a guess (R-6.2)."""
    with InProcessReader(named.store).insert(card.name) as inserted:
        terminal = JpkiTerminal(inserted)
        for kind in CertificateKind:
            pin = bytearray(PINS.of(PinKind(kind.value)).encode())
            if PinKind(kind.value) in card.pins - card.locked:
                terminal.verify_pin(kind, pin)
            else:
                with pytest.raises(PinLocked):
                    terminal.verify_pin(kind, pin)
    states = {kind: _pin_state(named, card, kind) for kind in (PinKind.SIGNATURE, PinKind.AUTHENTICATION)}
    assert states == {
        kind: "locked" if kind in card.locked else "set" if kind in card.pins else "unset" for kind in states
    }


def _pin_state(named: NamedCards, card: TestCard, kind: PinKind) -> str:
    pin = named.store.look(card.name).pins[kind]
    if pin.digest is None:
        return "unset"
    return "set" if pin.tries == pin.limit else "locked" if pin.tries == 0 else "tried"


@cards
def test_a_signature_is_judged_as_the_catalogue_says(card: TestCard, named: NamedCards) -> None:
    """A document and a login are verified offline with the home's lists: passed, or the reason why not."""
    with InProcessReader(named.store).insert(card.name) as inserted:
        verdicts = {
            kind: _VERIFIED[kind](named, JpkiTerminal(inserted)) for kind in CertificateKind if card.opens(kind)
        }

    assert verdicts == {kind: VERDICTS[card.expected(kind).standing] for kind in verdicts}


Verdict = tuple[Indication, SubIndication | None]


def _document(named: NamedCards, terminal: JpkiTerminal) -> Verdict:
    """Sign a document with the card, and verify it now."""
    moment, content = datetime.now(UTC), b"to be signed"
    signer = CardSigner(terminal, PINS.signature.encode(), SIGNATURE)
    message = sign_cms(content, signer, moment=moment)
    policies, evidence = [oids.TEST_SIGNATURE_POLICY], read_trust(named.public)
    report = verify_cms(message, content=content, policies=policies, evidence=evidence, at=moment)
    return report.indication, report.sub_indication


def _login(named: NamedCards, terminal: JpkiTerminal) -> Verdict:
    """Answer a service's challenge with the card, and judge the answer now."""
    nonce, origin = make_challenge(entropy), "https://service.example.jp"
    proof = answer_challenge(CardSigner(terminal, PINS.digits.encode(), AUTHENTICATION), origin=origin, nonce=nonce)
    report = verify_login(
        proof.to_json(),
        origin=origin,
        nonce=nonce,
        policies=[oids.TEST_AUTHENTICATION_POLICY],
        evidence=read_trust(named.public),
        at=datetime.now(UTC),
    )
    return report.indication, report.sub_indication


_VERIFIED = {SIGNATURE: _document, AUTHENTICATION: _login}


def _pem(folder: Path, name: str, paths: list[Path]) -> Path:
    """Write certificates and lists as one PEM file, as openssl wants them."""
    target = folder / name
    with target.open("wb") as file:
        for path in paths:
            content = path.read_bytes()
            loaded = (
                x509.load_der_x509_crl(content) if path.suffix == ".crl" else x509.load_der_x509_certificate(content)
            )
            file.write(loaded.public_bytes(Encoding.PEM))
    return target


@pytest.mark.oracle
@cards
def test_openssl_agrees_about_the_lists(card: TestCard, named: NamedCards, tmp_path: Path) -> None:
    """Path and revocation list, as a program that nobody here wrote sees them, from either generation of the CAs."""
    authorities = _pem(tmp_path, "ca.pem", sorted((named.public / "ca").iterdir()))
    lists = _pem(tmp_path, "crl.pem", sorted((named.public / "crl").iterdir()))
    for kind in CertificateKind:
        certificate = named.certificate(card, kind)
        if certificate is None:
            continue
        (tmp_path / "own.cer").write_bytes(certificate)
        own = _pem(tmp_path, "own.pem", [tmp_path / "own.cer"])
        said = run("openssl", "verify", "-crl_check", "-CAfile", authorities, "-CRLfile", lists, own)

        assert OPENSSL[card.expected(kind).standing] in said.text


@pytest.mark.oracle
@pytest.mark.parametrize("thorough", [False, pytest.param(True, marks=pytest.mark.thorough)])
def test_openssl_agrees_about_the_responder(
    thorough: bool,  # noqa: FBT001  -- a parameter of the test
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: Path,
) -> None:
    """`openjpki serve` answers openssl for every certificate on every card, the former ones aside, with the reason."""
    named = named_cards(tmp_path_factory, thorough=thorough)
    with named.serving() as port:
        for name in ALL if thorough else FEW:
            card = card_named(name)
            for kind in CertificateKind:
                certificate = named.certificate(card, kind)
                if certificate is None:
                    continue
                expected = card.expected(kind)
                said = _asked(named, certificate, kind, port, tmp_path)

                assert f": {OCSP[expected.standing]}" in said.text, (name, kind)
                assert "Response verify OK" in said.text
                reason = re.search(r"Reason: (\S+)", said.text)
                assert (reason and reason[1]) == (expected.reason and REASONS[expected.reason])


def _asked(named: NamedCards, certificate: bytes, kind: CertificateKind, port: int, folder: Path) -> Finished:
    """Let openssl ask the responder, and verify its answer."""
    (folder / "own.cer").write_bytes(certificate)
    issuer = _pem(folder, "issuer.pem", [named.issuer(certificate)])
    own = _pem(folder, "own.pem", [folder / "own.cer"])
    authorities = _pem(folder, "ca.pem", sorted((named.public / "ca").iterdir()))
    url = f"http://127.0.0.1:{port}/ocsp/{kind.value}"
    return run("openssl", "ocsp", "-issuer", issuer, "-cert", own, "-url", url, "-CAfile", authorities)


def test_both_generations_of_the_authority_are_there(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What expired was issued by the first generation, `adult` by the second: whoever picks an issuer by name fails."""
    named = named_cards(tmp_path_factory, thorough=False)
    issuers = {
        name: named.issuer(named.certificate(card_named(name), AUTHENTICATION) or b"").stem
        for name in ("expired", "adult")
    }

    assert issuers == {"expired": "authentication-1", "adult": "authentication-2"}


def test_a_home_with_test_cards_is_sound(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    """Its audit record can be sealed and verified, and it can do its work: nothing in it went backwards."""
    named = named_cards(tmp_path_factory, thorough=False)
    copy = tmp_path / "home"
    run("cp", "-a", named.home, copy)

    assert openjpki("status", "--home", copy).status == 0
    assert openjpki("audit", "seal", "--home", copy).status == 0
    verified = openjpki("audit", "verify", "--home", copy, "--json")
    assert verified.status == 0, verified.text


def test_a_locked_pin_is_set_anew_at_the_counter(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    """A home with test cards is a sandbox like any other: life goes on in it (R-6.3)."""
    named = named_cards(tmp_path_factory, thorough=False)
    card, copy = card_named("locked-both"), tmp_path / "home"
    run("cp", "-a", named.home, copy)
    assert card.person is not None
    whose = ("--municipality", card.person.municipality.code, "--resident", card.person.resident_code)
    reset = ("--card", card.name, "--kind", "authentication", "--document", "passport", "--pin-stdin")

    done = openjpki("window", "pin-reset", *whose, *reset, "--home", copy, "--json", typed="4321\n")
    assert (done.status, done.json["tries"]) == (0, 3)
