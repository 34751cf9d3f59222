import pytest

from openjpki.audit.models import Entry
from openjpki.authority.models import CardKey
from openjpki.card import administration as commands
from openjpki.desk.messages import CardWork
from tests.support.authority import SIGNATURE, Scene
from tests.support.cards import Host
from tests.support.channel import Counter
from tests.unit.card.cards import certificate_for, issuer

pytestmark = pytest.mark.django_db(databases=["authority"])


@pytest.fixture
def counter(scene: Scene) -> Counter:
    """Return a counter with a card of the authority's factory on its reader."""
    return Counter.open(scene)


def test_what_is_heard_is_on_record(counter: Counter) -> None:
    """Made, delivered, in use: each with its audit row, once."""
    counter.in_force()
    counter.relayed.read_back(SIGNATURE)
    counter.relayed.activate(SIGNATURE)
    counter.relayed.digest_in_use(SIGNATURE)
    verbs = list(Entry.objects.using("authority").filter(verb__startswith="card-key").values_list("verb", flat=True))

    assert verbs == ["card-key.made", "card-key.delivered", "card-key.in-use"]


def test_another_certificate_in_the_slot_is_no_delivery(counter: Counter) -> None:
    """What the authority did not issue proves nothing, even if the card holds it."""
    key = counter.relayed.generate_key(SIGNATURE)
    host = Host(counter.card, counter.card.durable.channel.keys)
    stranger = certificate_for(key)
    host.do(*commands.store_certificate(SIGNATURE, stranger, issuer()))

    assert counter.relayed.read_back(SIGNATURE) == stranger
    assert CardKey.objects.get().delivered_at is None


def test_a_key_of_another_algorithm_is_not_attested(counter: Counter) -> None:
    """The card was asked for P-384: a card that makes something else is none of ours."""
    counter.card.keys.generate = lambda _: type(counter.card.keys)().generate("rsa-2048")  # type: ignore[method-assign,assignment]
    answers = counter.carried(counter.commands(counter.carried(counter.commands(counter.asked(CardWork.MAKE_KEY)))))

    assert counter.scene.refusal(answers) == "card.channel.broken"
    assert not CardKey.objects.exists()
