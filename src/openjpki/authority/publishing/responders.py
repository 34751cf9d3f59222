"""The delegated OCSP responder of each issuer: it renews itself when its certificate does not cover the moment."""

from contextlib import suppress
from datetime import datetime, timedelta

from openjpki.authority.acts import act, authority_at
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.generations.issuers import in_force
from openjpki.authority.generations.profile_records import ProfilesDiffer, hold_recorded
from openjpki.authority.issuance.serials import draw
from openjpki.authority.means import Means
from openjpki.authority.models import Issuer, OcspResponder
from openjpki.authority.signing.keys import KeyMissing
from openjpki.authority.verbs import Verb
from openjpki.pki.certificate import issue, lint, prepare_ocsp_responder
from openjpki.pki.profiles import Profile
from openjpki.rules.kinds import CertificateKind

_SECOND = timedelta(seconds=1)


def covering(means: Means, issuer: Issuer, at: datetime) -> OcspResponder:
    """Return the responder that may answer for this issuer at a moment; a new one, with a new key, if there is none.

    Raises `ProfilesDiffer` if there is none, and a new one would be another than it is recorded to be.
    """
    return _found(means, issuer, at, at) or _certified(means, issuer, at, at)


def renew(means: Means, at: datetime) -> tuple[OcspResponder, ...]:
    """Certify the next responder of every issuer whose own ends soon, or who has none; return the new ones.

    Where a responder's profile is another than recorded the present ones go on alone, and no list waits for that.
    A responder in another process has no CA's key and cannot: it takes what it finds.
    """
    new = []
    for issuer in in_force(at):
        until = min(at + means.terms.responder_overlap, issuer.not_after - _SECOND)
        if _found(means, issuer, at, until) is None:
            with suppress(ProfilesDiffer):
                new.append(_certified(means, issuer, at, until))
    return tuple(new)


def in_force_at(at: datetime) -> list[OcspResponder]:
    """Return the responders whose certificates cover a moment, by issuer, the newest last."""
    rows = OcspResponder.objects.filter(not_before__lte=at, not_after__gt=at).select_related("issuer")
    return list(rows.order_by("issuer__kind", "issuer__generation", "not_after", "pk"))


def _found(means: Means, issuer: Issuer, at: datetime, until: datetime) -> OcspResponder | None:
    """Return the newest responder that covers both moments and whose key is in the keeper."""
    covers = OcspResponder.objects.filter(issuer=issuer, not_before__lte=at, not_after__gt=until)
    return next((row for row in covers.order_by("-not_after", "-pk") if _held(means, row)), None)


def _held(means: Means, responder: OcspResponder) -> bool:
    try:
        means.keys_of_responders.signer(responder.key_name)
    except KeyMissing:
        return False
    return True


def _certified(means: Means, issuer: Issuer, at: datetime, until: datetime) -> OcspResponder:
    doer = authority_at(at)
    with act():
        issuer = Issuer.objects.select_for_update().get(pk=issuer.pk)
        found = _found(means, issuer, at, until)
        if found is not None:
            return found
        hold_recorded(means, Profile.OCSP_RESPONDER)
        serial = draw(CertificateKind(issuer.kind), doer)
        key_name = means.keys_of_responders.make(f"{issuer}-ocsp-{serial}", means.profiles.algorithm)
        means.checkpoint(Checkpoint.RESPONDER_KEY_STORED)
        not_after = min(at + means.terms.responder, issuer.not_after)
        prepared = prepare_ocsp_responder(
            means.profiles,
            issuer=bytes(issuer.certificate),
            public_key=means.keys_of_responders.signer(key_name).public_key,
            serial=serial,
            not_before=at,
            not_after=not_after,
        )
        token = lint(prepared, bytes(issuer.certificate), means.external_lint)
        responder = OcspResponder.objects.create(
            issuer=issuer,
            serial=serial,
            certificate=issue(token, means.keys.signer(issuer.key_name)),
            key_name=key_name,
            not_before=at,
            not_after=not_after,
        )
        doer.note(Verb.RESPONDER_CERTIFIED, responder, {"serial": serial})
    means.checkpoint(Checkpoint.RESPONDER_CERTIFIED)
    return responder
