"""The birth of a CA generation: a new key under the same name, certified by itself, that issues from a set day."""

from datetime import date, datetime, timedelta

from openjpki.authority.acts import Doer, act, authority_at
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.control.in_force import control_in_force
from openjpki.authority.generations.profile_records import hold_recorded, record_first
from openjpki.authority.issuance.serials import draw
from openjpki.authority.means import Means
from openjpki.authority.models import Issuer
from openjpki.authority.verbs import Verb
from openjpki.errors import Failure, Kind
from openjpki.pki.certificate import issue, lint, prepare_ca
from openjpki.pki.keys import key_identifier
from openjpki.pki.profiles import Profile
from openjpki.rules.dates import civil_date, last_second
from openjpki.rules.kinds import CertificateKind


class NeedsScript(Failure):
    """Outside a sandbox no key comes into being without a reviewed script and its approvals."""

    code = "authority.ceremony.needs-script"
    kind = Kind.REFUSED
    ja = "この環境では、鍵生成の式は承認済みの手順書によってだけ行えます(`openjpki authority propose key-ceremony`)。"
    en = "Here a key ceremony is held by an approved script only (`openjpki authority propose key-ceremony`)."


def create_generation(
    means: Means, kind: CertificateKind, at: datetime, *, issues_from: datetime | None = None
) -> Issuer:
    """Make the next generation of a CA at once, as a sandbox may; raises `NeedsScript` where it may not, `ControlLeftOut`, `ProfilesDiffer`.

    The key is durable in the key store before the row that names it: a crash in between leaves an unused key, never
    a CA without one.
    """
    if control_in_force(means).strict:
        raise NeedsScript
    hold_recorded(means, ca_profile(kind))
    key_name = means.keys.make(f"{kind.value}-ca", means.profiles.algorithm)
    means.checkpoint(Checkpoint.CA_KEY_STORED)
    not_after = last_second(last_day(civil_date(at), means.terms.ca_years))
    with act():
        issuer = certify(means, kind, key_name, authority_at(at), not_after=not_after, issues_from=issues_from or at)
    means.checkpoint(Checkpoint.CA_CREATED)
    return issuer


def certify(
    means: Means, kind: CertificateKind, key_name: str, doer: Doer, *, not_after: datetime, issues_from: datetime
) -> Issuer:
    """Certify a key that its keeper has as the next generation of a CA, inside the caller's act; raises `ProfilesDiffer`."""
    record_first(means, doer)
    hold_recorded(means, ca_profile(kind))
    signer = means.keys.signer(key_name)
    serial = draw(kind, doer)
    prepared = prepare_ca(
        means.profiles,
        kind=kind,
        public_key=signer.public_key,
        serial=serial,
        not_before=doer.at,
        not_after=not_after,
    )
    issuer = Issuer.objects.create(
        kind=kind.value,
        generation=next_generation(kind),
        serial=serial,
        certificate=issue(lint(prepared, None, means.external_lint), signer),
        key_identifier=key_identifier(signer.public_key).hex(),
        key_name=key_name,
        not_before=doer.at,
        not_after=not_after,
        issues_from=max(issues_from, doer.at),
    )
    doer.note(Verb.CA_CREATED, f"ca:{issuer}", {"serial": serial, "key_identifier": issuer.key_identifier})
    return issuer


def ca_profile(kind: CertificateKind) -> Profile:
    """Return the profile of a CA of this kind."""
    return next(profile for profile in Profile if profile.ca_kind is kind)


def next_generation(kind: CertificateKind) -> int:
    """Return the number that the next generation of a kind gets."""
    return Issuer.objects.filter(kind=kind.value).count() + 1


def last_day(first: date, years: int) -> date:
    """Return the last day of a validity of so many years: the day before the anniversary, as the published CAs have it."""
    try:
        anniversary = first.replace(year=first.year + years)
    except ValueError:  # 29 February has none in a common year
        anniversary = date(first.year + years, 3, 1)
    return anniversary - timedelta(days=1)
