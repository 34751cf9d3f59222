"""The delegated OCSP responder of each issuer: it renews itself when its certificate does not cover the moment."""

from datetime import datetime

from openjpki.authority.acts import act, authority_at
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.means import Means
from openjpki.authority.models import Issuer, OcspResponder
from openjpki.authority.serials import draw
from openjpki.authority.verbs import Verb
from openjpki.pki.certificate import issue, lint, prepare_ocsp_responder
from openjpki.rules.kinds import CertificateKind


def covering(means: Means, issuer: Issuer, at: datetime) -> OcspResponder:
    """Return the responder that may answer for this issuer at a moment; a new one, with a new key, if there is none."""
    return _found(issuer, at) or _certified(means, issuer, at)


def _found(issuer: Issuer, at: datetime) -> OcspResponder | None:
    covers = OcspResponder.objects.filter(issuer=issuer, not_before__lte=at, not_after__gt=at)
    return covers.order_by("-not_after", "-pk").first()


def _certified(means: Means, issuer: Issuer, at: datetime) -> OcspResponder:
    doer = authority_at(at)
    with act():
        issuer = Issuer.objects.select_for_update().get(pk=issuer.pk)
        found = _found(issuer, at)
        if found is not None:
            return found
        serial = draw(CertificateKind(issuer.kind), doer)
        key_name = means.keys.make(f"{issuer}-ocsp-{serial}", means.profiles.algorithm)
        means.checkpoint(Checkpoint.RESPONDER_KEY_STORED)
        not_after = min(at + means.terms.responder, issuer.not_after)
        prepared = prepare_ocsp_responder(
            means.profiles,
            issuer=bytes(issuer.certificate),
            public_key=means.keys.signer(key_name).public_key,
            serial=serial,
            not_before=at,
            not_after=not_after,
        )
        token = lint(prepared, bytes(issuer.certificate))
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
