"""Draws the certificate policy and practice statement: sentences of `tools/cp_cps.md`, figures of the code."""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path

from openjpki.pki import crl, ocsp
from openjpki.pki.algorithms import RSA_BITS, RSA_EXPONENT, KeyAlgorithm
from openjpki.pki.lint.extensions import KEY_USAGES, expected_extensions
from openjpki.pki.lint.specimen import Specimen
from openjpki.pki.profiles import Profile, ProfileSet
from openjpki.rules.kinds import CertificateKind, RevocationReason
from openjpki.rules.policy import Policy
from tools.draw_errors import WRITTEN, cell, import_everything

TEXT = Path(__file__).with_name("cp_cps.md")
ADDRESS = "http://ADDRESS"
PLACE = re.compile(r"%([A-Z]+)%")
NAMES = {
    "2.5.29.15": "keyUsage",
    "2.5.29.17": "subjectAltName",
    "2.5.29.18": "issuerAltName",
    "2.5.29.19": "basicConstraints",
    "2.5.29.31": "cRLDistributionPoints",
    "2.5.29.32": "certificatePolicies",
    "2.5.29.35": "authorityKeyIdentifier",
    "2.5.29.37": "extKeyUsage",
    "2.5.29.14": "subjectKeyIdentifier",
    "1.3.6.1.5.5.7.1.1": "authorityInfoAccess",
    "1.3.6.1.5.5.7.48.1.5": "id-pkix-ocsp-nocheck",
}
SETS = (ProfileSet.sandbox(ADDRESS), ProfileSet.production(ADDRESS))
Rows = Iterable[tuple[str, ...]]


def cp_cps_page() -> str:
    """Return `docs/cp-cps.md`."""
    drawn = tables()
    return PLACE.sub(lambda place: drawn[place[1]], TEXT.read_text(encoding="utf-8"))


def tables() -> Mapping[str, str]:
    """Return every table by the name of its place."""
    import_everything()
    from openjpki.authority.means import Terms

    terms, policy = Terms(), Policy.preset("national")
    return {
        "WRITTEN": WRITTEN,
        "POLICIES": _policies(),
        "PUBLICATION": _table(
            ("what", "where", "until"),
            (
                ("CA certificate", "`/ca/KIND-GENERATION.cer`", "the CA's end"),
                (
                    "revocation list",
                    "`/crl/KIND-GENERATION/MUNICIPALITY.crl`",
                    f"nextUpdate; setting `crl_schedule`, now `{policy.crl_schedule}`",
                ),
                ("list of the CA's own certificate", "`/crl/KIND-GENERATION/ca.crl`", "nextUpdate, as the others"),
                ("status", "`/ocsp/KIND` (RFC 6960)", "nextUpdate"),
            ),
        ),
        "REASONS": _table(
            ("reason", "code in lists and answers"),
            ((reason.value, str(reason.code) if reason.code else "left out") for reason in RevocationReason),
        ),
        "STATUS": _table(
            ("figure", "value", "setting"),
            (
                ("thisUpdate to nextUpdate of a daily list", span(terms.crl_daily), "`Terms.crl_daily`"),
                ("thisUpdate to nextUpdate of an hourly list", span(terms.crl_hourly), "`Terms.crl_hourly`"),
                ("thisUpdate to nextUpdate of an answer", span(terms.ocsp_answer), "`Terms.ocsp_answer`"),
                ("where answers come from", f"`{policy.ocsp_mode}`", "`ocsp_mode`"),
                ("when a register event shows", f"`{policy.register_event_visibility}`", "`register_event_visibility`"),
                ("certificates in one question", str(ocsp.MOST_ITEMS), "–"),
                ("octets of a nonce", f"1 to {ocsp.MOST_NONCE_BYTES}", "–"),
                ("bytes of a question", str(ocsp.MOST_REQUEST_BYTES), "–"),
            ),
        ),
        "RECORDS": _table(
            ("record", "kept"),
            (
                ("the audit record of every role", f"{policy.audit_retention_years} years (`audit_retention_years`)"),
                ("papers of applications", f"{policy.paper_retention_years} years (`paper_retention_years`)"),
                ("copies of identity documents", f"{policy.copy_retention_years} years (`copy_retention_years`)"),
            ),
        ),
        "KEYS": _keys(terms.ca_years, terms.responder),
        "CLOCKS": _table(
            ("figure", "value"),
            (
                ("how far the legal clock may lag behind itself", span(terms.clock_tolerance)),
                ("how far a municipality's may run ahead", span(terms.order_ahead)),
                ("how old an order may be when it first comes", span(terms.order_age)),
                ("how long a signed certificate waits for its hand-over", span(terms.delivery_patience)),
            ),
        ),
        "PROFILES": _profiles(),
    }


def span(value: timedelta) -> str:
    """Return a span of time in words."""
    minutes = int(value.total_seconds()) // 60
    for size, unit in ((24 * 60, "day"), (60, "hour"), (1, "minute")):
        if minutes % size == 0:
            count = minutes // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    raise AssertionError(value)


def _table(head: tuple[str, ...], rows: Rows) -> str:
    line, *lines = ("| " + " | ".join(map(cell, row)) + " |" for row in (head, *rows))
    return "\n".join((line, "|---" * len(head) + "|", *lines))


def _policies() -> str:
    rows = [
        (profiles.label, kind.value, f"`{profiles.policy(kind)}`", profiles.ca_name(kind).rfc4514_string())
        for profiles in SETS
        for kind in CertificateKind
    ]
    return (
        _table(("profile set", "certificate", "policy", "CA"), rows)
        + f"\n\nThe CPS address in the policy: `{SETS[0].cps}`."
    )


def _keys(ca_years: int, responder: timedelta) -> str:
    profiles = SETS[0]
    algorithms = " or ".join(f"`{one.value}`" for one in KeyAlgorithm)
    return _table(
        ("figure", "value"),
        (
            ("algorithms (setting `algorithm`)", algorithms),
            ("RSA", f"{RSA_BITS} bits, exponent {RSA_EXPONENT}, PKCS #1 v1.5 with SHA-256"),
            ("elliptic curve", "NIST P-384, ECDSA with SHA-384"),
            ("a CA generation is valid", f"{ca_years} years; never more than {profiles.ca_years_at_most}"),
            (
                "a holder's certificate is valid",
                f"to a birthday (R-3.1 to R-3.6); never more than {profiles.holder_years_at_most} years",
            ),
            (
                "a responder's certificate is valid",
                f"{span(responder)}; never more than {profiles.responder_days_at_most} days",
            ),
            ("octets of a serial or list number", f"1 to {crl.MOST_NUMBER_OCTETS}"),
        ),
    )


def _profiles() -> str:
    rows = []
    for profile in Profile:
        specimen = Specimen(profiles=SETS[1], profile=profile, raw=b"", tbs=None, authority=None, self_signed=False)
        extensions = ", ".join(
            f"{NAMES[oid]}{' (critical)' if critical else ''}" for oid, critical in expected_extensions(specimen)
        )
        rows.append((profile.value, ", ".join(sorted(KEY_USAGES[profile])), extensions))
    return _table(("profile", "key usage", "extensions in their order"), rows)
