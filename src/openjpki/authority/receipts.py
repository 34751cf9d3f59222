"""A report or a revocation order that comes twice is carried out once and answered alike."""

import hashlib
from collections.abc import Sequence

from openjpki.authority.acts import Doer
from openjpki.authority.means import Means
from openjpki.authority.models import Certificate, Person, Receipt
from openjpki.authority.records import recorded
from openjpki.desk.carrier import encode
from openjpki.desk.messages import CertificateRecord, Fact, Request, RevocationOrder
from openjpki.errors import Failure, Kind


class IdReused(Failure):
    """The id came before, with other content."""

    code = "authority.id-reused"
    kind = Kind.REFUSED
    ja = "同じ番号({message_id})で内容の異なる電文を既に受け付けています。"
    en = "A message of the same id ({message_id}) with other content was accepted before."


def answered(
    means: Means, message_id: str, request: Fact | RevocationOrder, doer: Doer
) -> tuple[CertificateRecord, ...] | None:
    """Return what the same message ended when it came before; if it did not, claim its id for this act: None.

    The claim is a row: the same message at another door at the same time waits for this act, and then finds its answer
    instead of what it changed. Of a person who lives elsewhere by now nothing is told: the certificates are shown as they
    are today. Raises `IdReused`.
    """
    receipt = Receipt.objects.filter(message_id=message_id).first()
    if receipt is None:
        Receipt.objects.create(message_id=message_id, digest=_digest(request), received_at=doer.at)
        return None
    if receipt.digest != _digest(request):
        raise IdReused(message_id=message_id)
    if not _serves(means, request):
        return ()
    return recorded(Certificate.objects.filter(key__in=receipt.ended), doer.at)


def _serves(means: Means, request: Fact | RevocationOrder) -> bool:
    """Say whether the sender may ask about the person today."""
    theirs = Person.objects.filter(resident_code=request.resident_code, municipality=request.municipality)
    return means.policy.accept_via_other_municipality or theirs.exists()


def keep(message_id: str, ended: Sequence[Certificate], doer: Doer) -> tuple[CertificateRecord, ...]:
    """Store, inside the act that claimed the message, what it ended; return the records for the reply."""
    keys = [certificate.key for certificate in ended]
    Receipt.objects.filter(message_id=message_id).update(ended=keys)
    return recorded(Certificate.objects.filter(key__in=keys), doer.at)


def _digest(request: Request) -> str:
    return hashlib.sha256(encode(request)).hexdigest()
