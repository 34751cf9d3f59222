"""How a CA generation ends before its time: compromised (R-5.10) or terminated. Batch by batch, and however often cut off.

It issues nothing from the first step on. Each batch is one transaction with its rows; what a crash leaves is taken up by
doing the same again.
"""

from collections.abc import Callable
from typing import Final

from openjpki.authority.acts import Doer, act, authority_at
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.ending import end_of_generation
from openjpki.authority.generations.issuers import named
from openjpki.authority.means import Means
from openjpki.authority.models import GenerationEnd, Issuer, OcspResponder, Revocation
from openjpki.authority.moments import moment
from openjpki.authority.publishing.publication import publish_last
from openjpki.authority.signing.keys import KeyKeeper, KeyMissing
from openjpki.authority.verbs import Verb
from openjpki.errors import Failure, Kind
from openjpki.rules.kinds import OtherCause

MOST_OF_A_BATCH: Final = 500
"""Certificates that one transaction revokes: others wait for it no longer than a second or two."""
CAUSES: Final = {
    GenerationEnd.COMPROMISE: OtherCause.CA_COMPROMISE,
    GenerationEnd.TERMINATION: OtherCause.SERVICE_ENDED,
}
Progress = Callable[[int], None]
"""Is told how many certificates have ended so far."""


class GenerationEnded(Failure):
    """It has ended otherwise already."""

    code = "authority.generation-ended"
    kind = Kind.REFUSED
    ja = "認証局 {issuer} は既に終了しています({because})。"
    en = "The CA generation {issuer} has ended already ({because})."


class KeysElsewhere(Failure):
    """The keys are in another process, which destroys none for whoever asks."""

    code = "authority.keys-elsewhere"
    kind = Kind.UNAVAILABLE
    ja = "鍵は別のプロセスにあり、ここからは廃棄できません。"
    en = "The keys are in another process and cannot be destroyed from here."


class EndingsHidden(Failure):
    """Something of the generation has ended and does not show yet: a last list would never say it."""

    code = "authority.endings-hidden"
    kind = Kind.UNAVAILABLE
    ja = "認証局 {issuer} の失効のうち、まだ公開の日時になっていないものがあります。その後でもう一度実行してください。"
    en = "Some endings under {issuer} do not show yet, and the last lists must say them. Run it once more when they do."


def hold_destroyable(means: Means) -> tuple[KeyKeeper, KeyKeeper]:
    """Return the keepers of the CAs' keys and of the responders', which can let go of one; raises `KeysElsewhere`.

    Asked before a generation is ended for good: what cannot be destroyed here would leave it without its last lists.
    """
    keys, of_responders = means.keys, means.keys_of_responders
    if not isinstance(keys, KeyKeeper) or not isinstance(of_responders, KeyKeeper):
        raise KeysElsewhere
    return keys, of_responders


def hold_open(issuer: Issuer, because: GenerationEnd) -> None:
    """Raise `GenerationEnded` if a generation ended for another reason, or for good."""
    compromised_before = issuer.ended_because == GenerationEnd.COMPROMISE.value
    terminating = because is GenerationEnd.TERMINATION
    if issuer.key_destroyed_at is not None or (issuer.ended_because and not compromised_before and not terminating):
        raise GenerationEnded(issuer=issuer, because=issuer.ended_because)


def declare_ended(name: str, because: GenerationEnd, doer: Doer) -> Issuer:
    """Let a generation issue nothing any more, inside the caller's act; the same again changes nothing.

    A compromised one may be terminated later; the moment from which it issues nothing stays the first.
    """
    issuer = Issuer.objects.select_for_update().get(pk=named(name).pk)
    hold_open(issuer, because)
    if issuer.ended_because == because.value:
        return issuer
    issuer.ended_at = issuer.ended_at or max(doer.at, issuer.not_before)
    issuer.ended_because = because.value
    issuer.save(update_fields=["ended_at", "ended_because"])
    doer.note(Verb.CA_ENDED, f"ca:{issuer}", {"because": because.value})
    return issuer


def revoke_everything(means: Means, issuer: Issuer, because: GenerationEnd, progress: Progress) -> int:
    """Revoke all that a generation issued, close what is on its way, and show what ended; return how many it was.

    Batch by batch, each at its own moment: a municipality goes on ending certificates meanwhile.
    """
    total = 0
    while True:
        doer = authority_at(moment(means))
        with act():
            count = end_of_generation(means, issuer, CAUSES[because], doer, most=MOST_OF_A_BATCH)
            if count:
                doer.note(Verb.CERTIFICATES_ENDED, f"ca:{issuer}", {"count": count, "because": because.value})
        means.checkpoint(Checkpoint.BATCH_REVOKED)
        total += count
        progress(total)
        if count < MOST_OF_A_BATCH:
            return total


def destroy_keys(means: Means, issuer: Issuer) -> None:
    """Sign the last lists, then destroy the generation's key and its responders'; raises `KeysElsewhere`, `EndingsHidden`.

    The lists are of the moment after everything was revoked: they say all that ever ends. The key goes first and the row
    after it: the row never says that a key is gone which is not. What a crash leaves in between is taken up by doing it
    again; the lists are out by then. A home of before kept the responders' keys with the CAs'.
    """
    keys, of_responders = hold_destroyable(means)
    at = moment(means)
    if not _is_destroyed(means, issuer):
        if Revocation.objects.filter(issuer=issuer, visible_at__gt=at).exists():
            raise EndingsHidden(issuer=issuer)
        publish_last(means, issuer, at)
    for key_name in OcspResponder.objects.filter(issuer=issuer).values_list("key_name", flat=True):
        of_responders.destroy(key_name)
        keys.destroy(key_name)
    keys.destroy(issuer.key_name)
    doer = authority_at(at)
    with act():
        held = Issuer.objects.select_for_update().get(pk=issuer.pk)
        if held.key_destroyed_at is None:
            held.key_destroyed_at = doer.at
            held.save(update_fields=["key_destroyed_at"])
            doer.note(Verb.CA_KEY_DESTROYED, f"ca:{held}", {"key_identifier": held.key_identifier})
    means.checkpoint(Checkpoint.CA_KEY_DESTROYED)


def _is_destroyed(means: Means, issuer: Issuer) -> bool:
    try:
        means.keys.signer(issuer.key_name)
    except KeyMissing:
        return True
    return False
