"""Which CA generation issues, and which one a question means."""

from datetime import datetime

from openjpki.authority.models import Issuer
from openjpki.authority.questions import Question
from openjpki.errors import Failure, Kind
from openjpki.rules.kinds import CertificateKind
from openjpki.rules.words import Told as ToldWord


class NoIssuer(Failure):
    """No CA of this kind is in force."""

    code = "authority.no-issuer"
    kind = Kind.UNAVAILABLE
    ja = "有効な認証局がありません({kind:ja})。鍵生成の式(ceremony)を先に行ってください。"
    en = "No certification authority is in force ({kind:en}). Hold a key ceremony first."


class NoSuchIssuer(Failure):
    """There is no CA generation of that name."""

    code = "authority.no-such-issuer"
    kind = Kind.REFUSED
    ja = "その名前の認証局はありません。`openjpki authority keys` で一覧を表示できます。"
    en = "There is no certification authority of that name. `openjpki authority keys` lists them."


_NEWEST = Question(
    lambda slot: Issuer.objects.filter(
        kind=slot("kind"), issues_from__lte=slot("at"), not_after__gt=slot("at")
    ).order_by("-generation")[:1]
)


def issuing(kind: CertificateKind, at: datetime) -> Issuer:
    """Return the newest generation whose day has come: it issues; raises `NoIssuer`.

    One that ended, compromised or terminated, issues nothing, and an older one does not step in for it.
    """
    newest = _NEWEST.one(kind=kind.value, at=at)
    if newest is None or newest.ended_at is not None:
        raise NoIssuer(kind=ToldWord(kind))
    return newest


def in_force(at: datetime, kind: CertificateKind | None = None) -> list[Issuer]:
    """Return every generation that signs lists and answers at a moment, oldest first, of one kind or of both.

    It is told apart by its key, never by its name: all generations of a kind have one name (RFC 5280 §4.2.1.1).
    """
    signing = Issuer.objects.filter(not_before__lte=at, not_after__gt=at, key_destroyed_at__isnull=True)
    generations = signing.order_by("kind", "generation")
    return list(generations.filter(kind=kind.value) if kind else generations)


def named(name: str) -> Issuer:
    """Return the generation of a name like "signature-1"; raises `NoSuchIssuer`."""
    kind, _, generation = name.partition("-")
    if not (generation.isascii() and generation.isdigit() and len(generation) <= len(str(2**31))):
        raise NoSuchIssuer
    found = Issuer.objects.filter(kind=kind, generation=min(int(generation), 2**31 - 1)).first()
    if found is None:
        raise NoSuchIssuer
    return found
