from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from openjpki.card.proof import order_proof_input
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import verify_signature
from openjpki.readers.store import CardBusy, CardMissing
from openjpki.rules.kinds import CertificateKind
from openjpki.rules.policy import Policy
from openjpki.site.city import MUNICIPALITIES
from openjpki.site.clock import SteppedClock
from openjpki.site.home import Home, Settings
from openjpki.site.house import CounterCard, DatabasesTaken, House
from openjpki.site.settings import ROLES
from openjpki.story import cast
from openjpki.window.counter import CardAtCounter
from tests.support.authority import CARD_EXPIRES, OPENED
from tests.support.story import Telling, empty_databases, settle_databases
from tests.unit.site.test_wiring import house

SIGNATURE = CertificateKind.SIGNATURE
NUMBER = "912345678901234"


@pytest.fixture
def furnished(tmp_path: Path) -> House:
    """Return a house with one blank card, taro."""
    made = house(tmp_path)
    made.cards.create("taro", made.factory.make_numbered(NUMBER, municipality="99201", expires=CARD_EXPIRES))
    return made


def test_every_seam_gets_what_the_home_gives_it(tmp_path: Path) -> None:
    """Port, algorithm and rulings of the marker file reach profiles, authority and counter; both share one clock."""
    settings = Settings(
        purpose="sandbox", port=9123, algorithm=KeyAlgorithm.P384_SHA_384.value, policy={"preset": "page"}
    )
    clock = SteppedClock(OPENED)
    made = House.of(Home.create(tmp_path, settings), clock)

    assert made.profiles.algorithm is KeyAlgorithm.P384_SHA_384
    assert made.profiles.ocsp_url(SIGNATURE).startswith("http://127.0.0.1:9123/")
    assert made.policy == made.authority.policy == Policy.preset("page")
    assert made.clock is made.authority.clock is clock
    assert made.authority.public == made.home.public


@pytest.mark.django_db(databases=ROLES)
def test_a_furnished_house_knows_its_cities(tmp_path: Path) -> None:
    """Both cities of the sandbox are enrolled at the authority: a ceremony gives each CA a list for each."""
    empty_databases()
    made = house(tmp_path)
    made.furnish()
    made.authority.ceremony()

    assert {row.municipality for row in made.authority.publish_crls()} == {"ca", *(one.code for one in MUNICIPALITIES)}


@pytest.mark.django_db(databases=ROLES)
def test_databases_of_another_home_are_not_taken(tmp_path: Path) -> None:
    """A database server may hold a home already: a new one keeps out, and changes nothing."""
    empty_databases()
    made = house(tmp_path)
    made.furnish()
    made.authority.ceremony()
    keys = made.authority.key_names()

    assert len(keys) == 2
    for replaced in (frozenset[str](), frozenset({min(keys)})):
        with pytest.raises(DatabasesTaken):
            made.furnish(replaced)
    assert made.authority.key_names() == keys


@pytest.mark.django_db(databases=ROLES)
def test_databases_of_the_replaced_story_are_emptied(tmp_path: Path) -> None:
    """The story that takes the place of another begins with empty tables: its serials restart."""
    empty_databases()
    made = house(tmp_path)
    made.furnish()
    made.authority.ceremony()
    settle_databases()
    made.furnish(made.home.key_names())

    assert made.authority.key_names() == frozenset()
    assert [issuer.serial for issuer in made.authority.ceremony()] == [1, 1]


@pytest.mark.django_db(databases=ROLES)
def test_the_counters_card_is_what_the_window_asks_for(furnished: House) -> None:
    """The window's protocol is met by a virtual card on a reader, all the way through the authority's channel."""
    empty_databases()
    furnished.furnish()
    born = date(1990, 6, 10)
    furnished.window.residents.import_csv(cast.WAKABA_CLERK, cast.register_line(born, date(2020, 4, 1)))
    with furnished.card_at_counter("taro", cast.WAKABA_CLERK, cast.RESIDENT_CODE) as card:
        asked: CardAtCounter = card
        handed = furnished.window.cards.hand_over(cast.WAKABA_CLERK, resident_code=cast.RESIDENT_CODE, card=asked)
        key = asked.generate_key(SIGNATURE)
        proof = asked.prove(SIGNATURE, "order-1")

        proven = order_proof_input("order-1", "99201", NUMBER, SIGNATURE, key)
        verify_signature(key, KeyAlgorithm.P384_SHA_384, proven, proof)
        assert asked.card_number() == NUMBER
        assert asked.waiting_key_digest(SIGNATURE) == sha256(key).digest()
        assert asked.digest_in_use(SIGNATURE) is None
        assert furnished.cards.look("taro").expires == handed.card.expires

        asked.discard(SIGNATURE)
        assert asked.waiting_key_digest(SIGNATURE) is None
        assert furnished.cards.look("taro").keys[SIGNATURE].shadow is None


def test_a_card_lies_on_one_reader_at_a_time(furnished: House) -> None:
    """Two counters cannot work on one card; a card that does not exist is on none."""
    place = (cast.WAKABA_CLERK, cast.RESIDENT_CODE)
    with (
        furnished.card_at_counter("taro", *place),
        pytest.raises(CardBusy),
        furnished.card_at_counter("taro", *place),
    ):
        pass
    with pytest.raises(CardMissing), furnished.card_at_counter("nobody", *place):
        pass


@pytest.mark.django_db(databases=ROLES)
def test_an_issued_card_carries_what_it_was_given(story: Telling) -> None:
    """After the story the card's certificate in use is the one that the register has as the newest."""
    resident = story.house.window.residents.show(cast.MINATO_CLERK, cast.RESIDENT_CODE)
    newest = {entry.kind: entry.certificate for entry in resident.certificates}
    with story.house.card_at_counter(cast.CARD, cast.MINATO_CLERK, cast.RESIDENT_CODE) as card:
        assert isinstance(card, CounterCard)
        digests = {kind: sha256(certificate).digest() for kind, certificate in newest.items()}
        assert {kind: card.digest_in_use(kind) for kind in CertificateKind} == digests
        assert [card.waiting_key_digest(kind) for kind in CertificateKind] == [None, None]
