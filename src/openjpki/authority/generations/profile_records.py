"""By which profiles the authority issues is recorded, with the first generation and at each change; by others it issues nothing.

What a certificate looks like is code and settings, and both change without anybody's approval. So their digest is held
against the recorded one before a serial is drawn and before a CA's key is used. Each profile has its own: where only the
holders' changed, responders are certified as before, and status goes on.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from openjpki.authority.acts import Doer
from openjpki.authority.means import Means
from openjpki.authority.models import ControlledAct, Issuer, ProfileRecord
from openjpki.authority.verbs import Verb
from openjpki.errors import Failure, Kind
from openjpki.pki.lint import external
from openjpki.pki.lint.finding import Findings
from openjpki.pki.profiles import Profile
from openjpki.pki.specimens import profile_digests, profiles_digest, specimens

NOTHING: Final = ""
"""What stands for the recorded digest where none is recorded."""


class ProfilesDiffer(Failure):
    """This version, with these settings, would make other certificates than the authority is recorded to issue."""

    code = "authority.profiles-differ"
    kind = Kind.UNAVAILABLE
    ja = (
        "証明書のプロファイル「{profile}」が、記録されたものと異なるため、発行を止めています。失効と状態の提供は続いています。"
        "`openjpki authority profile check` で確かめ、変更の承認を受けてください。"
    )
    en = (
        'The profile "{profile}" is another than the recorded one, so nothing is issued by it. Revocation and status go on. '
        "Look with `openjpki authority profile check`, and have the change approved."
    )


class ProfilesOther(Failure):
    """The change that was named is not the one that this version would make."""

    code = "authority.profiles-other"
    kind = Kind.REFUSED
    ja = "指定されたプロファイルの digest は {said} ですが、この版の現在の設定では {digest}、記録は {recorded} です。"
    en = "The digest that was named is {said}; this version with its settings has {digest}, and {recorded} is recorded."


class ProfilesSame(Failure):
    """There is nothing to change."""

    code = "authority.profiles-same"
    kind = Kind.REFUSED
    ja = "プロファイルは記録されたもの({digest})と同じです。変更はありません。"
    en = "The profiles are those recorded ({digest}): there is nothing to change."


class ProfilesUnsound(Failure):
    """A specimen breaks a rule: such a change is neither proposed nor made."""

    code = "authority.profiles-unsound"
    kind = Kind.REFUSED
    ja = "プロファイル「{profile}」の見本の証明書が検査に通りません。{findings}"
    en = 'A specimen of the profile "{profile}" does not pass the lint. {findings}'


class NeedsApproval(Failure):
    """Outside a sandbox a change of profiles takes several operators."""

    code = "authority.profiles-need-approval"
    kind = Kind.REFUSED
    ja = "ここではプロファイルの変更に承認が要ります(`openjpki authority propose profile-change`)。"
    en = "Here a change of profiles takes approvals (`openjpki authority propose profile-change`)."


def newest() -> ProfileRecord | None:
    """Return what is recorded; None before the first generation."""
    return ProfileRecord.objects.order_by("-pk").first()


def recorded_digest() -> str:
    """Return the digest of what is recorded, `NOTHING` if nothing is."""
    found = newest()
    return found.digest if found else NOTHING


def code_digest(means: Means) -> str:
    """Return the digest of what this version makes with these settings."""
    return profiles_digest(profile_digests(means.profiles))


def differing(means: Means) -> tuple[Profile, ...]:
    """Return the profiles that are not as recorded: all if nothing is, none before the first generation."""
    found = newest()
    if found is None:
        return tuple(Profile) if Issuer.objects.exists() else ()
    recorded: Mapping[str, Any] = json.loads(found.digests)
    return tuple(one for one, digest in profile_digests(means.profiles).items() if recorded.get(one.value) != digest)


def hold_recorded(means: Means, profile: Profile) -> None:
    """Raise `ProfilesDiffer` unless certificates of this profile are what they are recorded to be."""
    if profile in differing(means):
        raise ProfilesDiffer(profile=profile.value)


def record_first(means: Means, doer: Doer) -> None:
    """Record the profiles inside the act that makes the first generation; later ones are held against them."""
    if newest() is None and not Issuer.objects.exists():
        record(means, doer, because="first-generation")


def record(means: Means, doer: Doer, *, because: str, by: ControlledAct | None = None) -> ProfileRecord:
    """Record what this version makes, inside the caller's act."""
    digests = profile_digests(means.profiles)
    made = ProfileRecord.objects.create(
        digest=profiles_digest(digests),
        digests=json.dumps({one.value: digest for one, digest in digests.items()}, sort_keys=True),
        recorded_at=doer.at,
        act=by,
    )
    doer.note(Verb.PROFILES_RECORDED, made, {"digest": made.digest, "because": because})
    return made


def content_for(digest: str) -> dict[str, Any]:
    """Return the content of a profile change: to which digest, and from which."""
    return {"digest": digest, "recorded": recorded_digest()}


def hold_change(means: Means, content: Mapping[str, Any]) -> None:
    """Raise what keeps a change from being made: `ProfilesOther`, `ProfilesSame`, `ProfilesUnsound`."""
    digest, recorded = code_digest(means), recorded_digest()
    if (content.get("digest"), content.get("recorded")) != (digest, recorded):
        raise ProfilesOther(said=content.get("digest"), digest=digest, recorded=recorded or "-")
    if digest == recorded:
        raise ProfilesSame(digest=digest)
    for profile, found in examined(means).items():
        if found:
            raise ProfilesUnsound(profile=profile.value, findings=found)


def examined(means: Means) -> Mapping[Profile, Findings]:
    """Return what our own rules find in the specimens of each profile, and pkilint where it is installed."""
    other = means.external_lint or external.found_here()
    return {
        profile: Findings(
            found for one in some for found in (*one.findings(), *(one.outside(other) if other is not None else ()))
        )
        for profile, some in specimens(means.profiles).items()
    }
