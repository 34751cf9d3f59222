from datetime import date, timedelta

import pytest
from cryptography import x509

from openjpki.audit.models import Entry
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.control.approvals import NotApproved, act_of
from openjpki.authority.control.controlled import Going, for_issuer
from openjpki.authority.control.kinds import ActKind
from openjpki.authority.generations import end as generation_end
from openjpki.authority.generations.end import EndingsHidden, GenerationEnded, KeysElsewhere
from openjpki.authority.generations.issuers import NoIssuer
from openjpki.authority.models import Certificate, GenerationEnd, Issuer, OcspResponder, Revocation
from openjpki.authority.signing.keys import KeyKeeper, KeyMissing, KeyStore, SigningKeys
from openjpki.desk.messages import CertificateIssued
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import FreshKeys, Signer
from openjpki.rules.kinds import CardState, LifeEvent
from tests.support.authority import AUTHENTICATION, SIGNATURE, Crash, Scene
from tests.support.operators import TANAKA, Operators
from tests.support.walls import without_walls
from tests.unit.authority import invariants

pytestmark = pytest.mark.django_db(databases=["authority"])
COMPROMISE, TERMINATION = GenerationEnd.COMPROMISE, GenerationEnd.TERMINATION


def drill(scene: Scene, because: GenerationEnd = COMPROMISE, issuer: str = "signature-1") -> int:
    """End a generation of the sandbox."""
    return scene.authority.operation.drill(issuer, because, lambda _: None)


def row(name: str = "signature-1") -> Issuer:
    """Return a generation."""
    kind, _, generation = name.partition("-")
    return Issuer.objects.get(kind=kind, generation=generation)


def test_a_compromise_revokes_everything_of_the_generation_at_once(scene: Scene) -> None:
    """R-5.10: reason ca_compromise, visible at once, in answers and lists; the other CA is not touched."""
    scene.with_card()
    other, mine = scene.issue(AUTHENTICATION), scene.issue(SIGNATURE)
    assert drill(scene) == 1
    scene.authority.publish_crls()

    assert scene.word(mine) == "revoked ca_compromise"
    assert scene.word(other) == "good"
    assert scene.listed(SIGNATURE) == {mine.serial: "ca_compromise"}
    assert row().ended_because == "compromise"
    invariants.check()


def test_a_compromised_generation_issues_nothing_and_no_older_one_steps_in(scene: Scene) -> None:
    """Orders are refused as unavailable until a new generation issues; they wait in the window's outbox."""
    scene.at(date(2030, 1, 7))
    scene.authority.ceremony(SIGNATURE)
    drill(scene, issuer="signature-2")
    scene.with_card()

    with pytest.raises(NoIssuer):
        scene.authority.handle(scene.order(SIGNATURE))
    scene.authority.ceremony(SIGNATURE)
    assert isinstance(scene.send(scene.order(SIGNATURE)), CertificateIssued)


def test_what_is_on_its_way_to_a_card_is_closed(scene: Scene) -> None:
    """A signed certificate that was not delivered ends with its order, as one that was never handed over (R-5.11)."""
    scene.with_card()
    issued = scene.expect(CertificateIssued, scene.order(SIGNATURE))
    assert drill(scene) == 1

    assert Certificate.objects.get(serial=issued.serial, kind="signature").state == "revoked"
    assert scene.refusal(scene.confirmation(issued)) == "authority.order-closed"
    invariants.check()


def test_an_ending_that_would_show_tomorrow_shows_now(scene: Scene) -> None:
    """A move ended the certificate this morning; under a leaked key nobody waits for midnight."""
    scene.with_card()
    issued = scene.issue(SIGNATURE)
    scene.send(scene.life_event(LifeEvent.NAME))
    assert scene.word(issued) == "good"
    drill(scene)

    assert scene.word(issued).startswith("revoked")


def test_a_drafted_certificate_is_not_signed_after_the_end(scene: Scene) -> None:
    """Between draft and signature the generation ended: the order is refused and closed."""
    scene.with_card()
    scene.fuse.blows_after = Checkpoint.LINTED
    order = scene.order(SIGNATURE)
    with pytest.raises(Crash):
        scene.send(order)
    Issuer.objects.filter(kind="signature").update(ended_at=scene.clock(), ended_because="compromise")

    assert scene.refusal(order) == "authority.issuer-ended"
    invariants.check()


def three_people(scene: Scene) -> list[CertificateIssued]:
    """Issue a signature certificate to each of three people."""
    issued = []
    for number in range(3):
        resident, card = f"1234567890{number + 1}", f"12345678901234{number}"
        scene.send(scene.person(resident))
        scene.send(scene.card(card, resident=resident, state=CardState.ACTIVE))
        order = scene.order(SIGNATURE, card=card, resident=resident)
        one = scene.expect(CertificateIssued, order)
        scene.send(scene.confirmation(one))
        issued.append(one)
    return issued


def test_a_mass_revocation_goes_by_batches(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each batch is a transaction with its row; cut off, the same again goes on, and nothing is revoked twice."""
    monkeypatch.setattr(generation_end, "MOST_OF_A_BATCH", 2)
    three_people(scene)
    told: list[int] = []
    scene.fuse.blows_after = Checkpoint.BATCH_REVOKED
    with pytest.raises(Crash):
        scene.authority.operation.drill("signature-1", COMPROMISE, told.append)
    assert Revocation.objects.count() == 2

    assert scene.authority.operation.drill("signature-1", COMPROMISE, told.append) == 1
    assert told == [1]
    assert Revocation.objects.count() == 3
    rows = Entry.objects.using("authority").filter(verb="certificates.ended").order_by("pk")
    assert [one.data["count"] for one in rows] == [2, 1]
    invariants.check()


def test_an_approved_mass_revocation_is_resumed(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The act stays begun until its last batch; then it is done, and not again."""
    monkeypatch.setattr(generation_end, "MOST_OF_A_BATCH", 2)
    three_people(scene)
    operators = Operators(scene.authority).enrolled()
    number = operators.propose(ActKind.MASS_REVOCATION, for_issuer("signature-1"))
    operators.operation.approve(number, operators.hand(TANAKA))
    with pytest.raises(NotApproved):
        operators.operation.carry_out(number, Going())
    assert row().ended_at is None
    operators.operation.approve(number, operators.hand("sato"))
    scene.fuse.blows_after = Checkpoint.BATCH_REVOKED
    with pytest.raises(Crash):
        operators.operation.carry_out(number, Going())
    assert act_of(number).done_at is None

    operators.operation.carry_out(number, Going())
    assert act_of(number).done_at is not None
    assert Revocation.objects.filter(reason="ca_compromise").count() == 3


def test_a_termination_leaves_last_lists_and_no_key(scene: Scene) -> None:
    """Everything is over; the lists are valid until the CA's end; key and responder's key are gone, and nothing asks for them."""
    scene.with_card()
    issued = scene.issue(SIGNATURE)
    assert scene.word(issued) == "good"
    responder = OcspResponder.objects.get()
    drill(scene, TERMINATION)
    issuer = row()
    path = scene.folder / "public" / "crl" / "signature-1-99201.crl"
    last = x509.load_der_x509_crl(path.read_bytes())

    assert last.next_update_utc == issuer.not_after
    assert [entry.serial_number for entry in last] == [issued.serial]
    own = x509.load_der_x509_crl(path.with_name("signature-1-ca.crl").read_bytes())
    assert own.next_update_utc == issuer.not_after
    assert [entry.serial_number for entry in own] == [issuer.serial]
    for name in (issuer.key_name, responder.key_name):
        assert not (scene.folder / "keys" / f"{name}.pem").exists()
        with pytest.raises(KeyMissing):
            scene.authority.keys.signer(name)
    scene.authority.publish_crls()
    assert x509.load_der_x509_crl(path.read_bytes()) == last
    assert scene.status(issued).response_status.name == "UNAUTHORIZED"
    with pytest.raises(GenerationEnded):
        drill(scene, TERMINATION)
    invariants.check()


def test_a_termination_that_was_cut_off_is_taken_up(scene: Scene) -> None:
    """The key is gone and the row does not say so yet: once more, and it does; no list is signed again."""
    scene.with_card()
    scene.issue(SIGNATURE)
    scene.fuse.blows_after = Checkpoint.FOLDER_COMPLETE
    with pytest.raises(Crash):
        drill(scene, TERMINATION)
    keeper = scene.authority.keys
    assert isinstance(keeper, KeyKeeper)
    keeper.destroy(row().key_name)
    number = row().lists.count()
    drill(scene, TERMINATION)

    assert row().key_destroyed_at is not None
    assert row().lists.count() == number


def test_a_compromised_generation_can_be_terminated(scene: Scene) -> None:
    """Later, with its key; the moment from which it issued nothing stays the first. The other way round there is nothing left."""
    drill(scene)
    began = row().ended_at
    scene.clock.advance_to(scene.clock() + timedelta(days=1))
    drill(scene, TERMINATION)

    assert row().ended_at == began
    assert row().ended_because == "termination"
    with pytest.raises(GenerationEnded):
        drill(scene, COMPROMISE)


class Elsewhere:
    """Keys in another process: it makes and signs, and destroys nothing for whoever asks."""

    def __init__(self, keys: SigningKeys) -> None:
        self._keys = keys

    def make(self, prefix: str, algorithm: KeyAlgorithm) -> str:
        """Make a key."""
        return self._keys.make(prefix, algorithm)

    def signer(self, name: str) -> Signer:
        """Return a signer."""
        return self._keys.signer(name)


def test_keys_elsewhere_are_not_destroyed_from_here(scene: Scene) -> None:
    """Who may ask the signing process for signatures cannot have its keys destroyed."""
    object.__setattr__(scene.authority, "keys", Elsewhere(scene.authority.keys))

    with pytest.raises(KeysElsewhere):
        drill(scene, TERMINATION)
    assert row().ended_at is None, "what cannot be finished here is not begun"
    assert drill(scene, COMPROMISE) == 0
    operators = Operators(scene.authority).enrolled()
    with pytest.raises(KeysElsewhere):
        operators.propose(ActKind.TERMINATION, for_issuer("signature-1"))


def last_list(scene: Scene) -> x509.CertificateRevocationList:
    """Return the public list of the first partition."""
    return x509.load_der_x509_crl((scene.folder / "public" / "crl" / "signature-1-99201.crl").read_bytes())


def test_a_list_published_while_a_termination_runs_is_not_the_last(scene: Scene) -> None:
    """It is of its day, as any other; what is valid for years is signed when everything is over, and nothing comes behind it."""
    scene.with_card()
    issued = scene.issue(SIGNATURE)
    scene.fuse.blows_after = Checkpoint.GENERATION_ENDED
    with pytest.raises(Crash):
        drill(scene, TERMINATION)
    scene.authority.publish_crls()
    assert last_list(scene).next_update_utc == scene.clock() + scene.authority.terms.crl_daily
    assert list(last_list(scene)) == []

    scene.fuse.blows_after = Checkpoint.FOLDER_COMPLETE
    with pytest.raises(Crash):
        drill(scene, TERMINATION)
    last = last_list(scene)
    assert last.next_update_utc == row().not_after
    scene.clock.advance_to(scene.clock() + timedelta(hours=1))
    scene.authority.publish_crls()
    assert last_list(scene) == last
    assert [entry.serial_number for entry in last] == [issued.serial]


def test_what_a_municipality_ends_meanwhile_is_in_the_last_list(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate that its holder had revoked between two batches, some seconds after the act began."""
    monkeypatch.setattr(generation_end, "MOST_OF_A_BATCH", 1)
    issued = three_people(scene)

    def meanwhile(total: int) -> None:
        if total == 1:
            scene.clock.advance_to(scene.clock() + timedelta(seconds=5))
            scene.send(scene.revocation(LifeEvent.REQUEST, SIGNATURE, resident="12345678903"))

    scene.authority.operation.drill("signature-1", TERMINATION, meanwhile)

    assert {entry.serial_number for entry in last_list(scene)} == {one.serial for one in issued}
    invariants.check()


def test_more_hidden_endings_than_a_batch_holds_are_all_shown(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three people changed their names today: tomorrow's endings are in the last list, whose generation has no tomorrow."""
    monkeypatch.setattr(generation_end, "MOST_OF_A_BATCH", 1)
    issued = three_people(scene)
    for number in range(3):
        scene.send(scene.life_event(LifeEvent.NAME, resident=f"1234567890{number + 1}"))
    assert Revocation.objects.filter(visible_at__gt=scene.clock()).count() == 3
    drill(scene, TERMINATION)

    assert {entry.serial_number for entry in last_list(scene)} == {one.serial for one in issued}
    invariants.check()


def test_an_ending_of_a_day_to_come_keeps_the_key(scene: Scene) -> None:
    """What does not show yet could never be said: the key stays until it does, and the same again finishes."""
    scene.with_card()
    scene.issue(SIGNATURE)
    scene.revoke(LifeEvent.REQUEST, SIGNATURE)
    later = scene.clock() + timedelta(hours=1)
    with without_walls():
        Revocation.objects.update(effective_at=later, visible_at=later)
    with pytest.raises(EndingsHidden):
        drill(scene, TERMINATION)
    assert row().key_destroyed_at is None
    scene.clock.advance_to(later)
    drill(scene, TERMINATION)

    assert row().key_destroyed_at is not None
    assert len(list(last_list(scene))) == 1


def test_responders_keys_of_their_own_keeper_are_destroyed(scene: Scene) -> None:
    """Where a responder's keys are kept apart, they go with their CA's: nobody answers for it any more."""
    passphrase = scene.folder / "apart"
    passphrase.write_bytes(b"another passphrase")
    passphrase.chmod(0o600)
    apart = KeyStore(scene.folder / "apart-keys", passphrase, FreshKeys())
    object.__setattr__(scene.authority, "responder_keys", apart)
    scene.authority.renew_responders()
    name = OcspResponder.objects.get(issuer=row()).key_name
    assert apart.signer(name).public_key
    drill(scene, TERMINATION)

    with pytest.raises(KeyMissing):
        apart.signer(name)
    assert not (scene.folder / "apart-keys" / f"{name}.pem").exists()
