"""The birth of a CA generation: a new key under the same name, certified by itself, in force from that moment."""

from datetime import date, datetime, timedelta

from openjpki.authority.acts import act, authority_at
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.means import Means
from openjpki.authority.models import Issuer
from openjpki.authority.serials import draw
from openjpki.authority.verbs import Verb
from openjpki.pki.certificate import issue, lint, prepare_ca
from openjpki.pki.keys import key_identifier
from openjpki.rules.dates import civil_date, last_second
from openjpki.rules.kinds import CertificateKind


def create_generation(means: Means, kind: CertificateKind, at: datetime) -> Issuer:
    """Make the next generation of a CA and return it; it issues from now on, the older ones sign their lists only.

    The key is durable in the key store before the row that names it: a crash in between leaves an unused key, never
    a CA without one.
    """
    key_name = means.keys.make(f"{kind.value}-ca", means.profiles.algorithm)
    signer = means.keys.signer(key_name)
    identifier = key_identifier(signer.public_key).hex()
    means.checkpoint(Checkpoint.CA_KEY_STORED)
    not_after = last_second(last_day(civil_date(at), means.terms.ca_years))
    doer = authority_at(at)
    with act():
        serial = draw(kind, doer)
        prepared = prepare_ca(
            means.profiles,
            kind=kind,
            public_key=signer.public_key,
            serial=serial,
            not_before=at,
            not_after=not_after,
        )
        issuer = Issuer.objects.create(
            kind=kind.value,
            generation=Issuer.objects.filter(kind=kind.value).count() + 1,
            serial=serial,
            certificate=issue(lint(prepared, None), signer),
            key_identifier=identifier,
            key_name=key_name,
            not_before=at,
            not_after=not_after,
        )
        doer.note(Verb.CA_CREATED, f"ca:{issuer}", {"serial": serial, "key_identifier": identifier})
    means.checkpoint(Checkpoint.CA_CREATED)
    return issuer


def last_day(first: date, years: int) -> date:
    """Return the last day of a validity of so many years: the day before the anniversary, as the published CAs have it."""
    try:
        anniversary = first.replace(year=first.year + years)
    except ValueError:  # 29 February has none in a common year
        anniversary = date(first.year + years, 3, 1)
    return anniversary - timedelta(days=1)
