import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import x509

from openjpki.pki.path import PathJudgement, PathProblem, Requirements, _complete, judge_path, signing_anchor
from tests.unit.documents.world import (
    AUTH_CA,
    AUTH_POLICY,
    BEGINS,
    ENDS,
    HOLDER,
    NOW,
    SIGN_CA,
    SIGN_POLICY,
    Ca,
    Holder,
    authentication,
)

DOCUMENT = Requirements.document({SIGN_POLICY})
LOGIN = Requirements.login({AUTH_POLICY})
P384_CA = Ca(label="p384", kind="ec")


def _judge(holder: Holder, *, requirements: Requirements = DOCUMENT, at: datetime = NOW) -> PathJudgement:
    return judge_path(holder.der, anchors=[holder.ca.der], requirements=requirements, at=at)


@pytest.mark.parametrize("holder", [HOLDER, Holder(ca=P384_CA, kind="ec", label="p384")], ids=["rsa-2048", "p-384"])
def test_a_right_certificate_under_its_anchor_has_no_problem(holder: Holder) -> None:
    """RFC 5280 §6.1: one tier, an explicit policy, in time."""
    assert _judge(holder) == PathJudgement(anchor=holder.ca.der, problems=())


def test_an_authentication_certificate_fits_a_login() -> None:
    """DigitalSignature alone, clientAuth, the authentication policy."""
    assert _judge(authentication(), requirements=LOGIN).problems == ()


def test_without_anchors_there_is_no_path() -> None:
    """Nothing is trusted by default."""
    judged = judge_path(HOLDER.der, anchors=[], requirements=DOCUMENT, at=NOW)

    assert judged == PathJudgement(anchor=None, problems=(PathProblem.NO_ANCHOR,))


@pytest.mark.parametrize(
    "look_alike",
    [Ca(label="look-alike"), Ca(label="look-alike", claims_key_of=SIGN_CA)],
    ids=["same-names", "same-names-and-key-identifier"],
)
def test_a_look_alike_ca_is_no_anchor(look_alike: Ca) -> None:
    """Anchors are told apart by key: names, and a key identifier, can be copied by anyone."""
    judged = judge_path(Holder(ca=look_alike).der, anchors=[SIGN_CA.der], requirements=DOCUMENT, at=NOW)

    assert judged == PathJudgement(anchor=None, problems=(PathProblem.NO_ANCHOR,))


def test_among_generations_of_one_name_the_key_decides() -> None:
    """Every generation of a CA bears the same name; the one whose key signed is found at any place."""
    second = Ca(label="second-generation")
    anchors = [AUTH_CA.der, SIGN_CA.der, second.der]

    assert signing_anchor(Holder(ca=second).der, anchors) == second.der
    assert signing_anchor(HOLDER.der, anchors) == SIGN_CA.der


def test_an_altered_certificate_has_no_path() -> None:
    """The signature covers every byte of what is signed."""
    altered = HOLDER.der.replace(b"20250101000000000A", b"20250101000000000B")

    assert judge_path(altered, anchors=[SIGN_CA.der], requirements=DOCUMENT, at=NOW).problems == (
        PathProblem.NO_ANCHOR,
    )


@pytest.mark.parametrize(
    ("at", "problems"),
    [
        (BEGINS - timedelta(seconds=1), (PathProblem.NOT_YET_VALID,)),
        (BEGINS, ()),
        (ENDS, ()),
        (ENDS + timedelta(seconds=1), (PathProblem.EXPIRED,)),
    ],
)
def test_both_ends_of_the_validity_are_included(at: datetime, problems: tuple[PathProblem, ...]) -> None:
    """RFC 5280 §4.1.2.5; R-3.1: valid to 23:59:59 JST of the last day."""
    assert _judge(HOLDER, at=at).problems == problems


@pytest.mark.parametrize("policy", [None, "1.2.3.4", AUTH_POLICY], ids=["none", "foreign", "authentication"])
def test_a_certificate_without_an_accepted_policy_is_refused(policy: str | None) -> None:
    """RFC 5280 §6.1.5 (g): an explicit policy is required, and it must be one of the accepted."""
    assert _judge(Holder(policy=policy)).problems == (PathProblem.POLICY,)


def test_any_policy_is_no_accepted_policy() -> None:
    """RFC 5280 §6.1.1 (f): anyPolicy is inhibited."""
    assert _judge(Holder(policy="2.5.29.32.0")).problems == (PathProblem.POLICY,)


def test_a_policy_need_not_be_critical() -> None:
    """Criticality is the issuer's; the policy is asked for in any case."""
    assert _judge(Holder(policy_critical=False)).problems == ()


def test_an_unknown_critical_extension_is_refused() -> None:
    """RFC 5280 §4.2: a system must reject a critical extension that it does not recognise."""
    assert _judge(Holder(unknown_critical=True)).problems == (PathProblem.CRITICAL_EXTENSION,)


@pytest.mark.parametrize(
    "holder",
    [Holder(has_usage=False), Holder(commits=False), Holder(signs=False), Holder(client_auth=True)],
    ids=["absent", "no-non-repudiation", "no-digital-signature", "client-auth"],
)
def test_a_document_needs_the_key_usage_of_a_signature_certificate(holder: Holder) -> None:
    """An absent key usage is not tolerated, and nothing meant for logins may sign documents."""
    assert _judge(holder).problems == (PathProblem.KEY_USAGE,)


@pytest.mark.parametrize(
    "holder",
    [authentication(has_usage=False), authentication(commits=True), authentication(client_auth=False)],
    ids=["absent", "non-repudiation", "no-client-auth"],
)
def test_a_login_needs_the_key_usage_of_an_authentication_certificate(holder: Holder) -> None:
    """DigitalSignature without nonRepudiation, and clientAuth."""
    assert _judge(holder, requirements=LOGIN).problems == (PathProblem.KEY_USAGE,)


def test_a_signature_certificate_is_refused_for_login_on_every_count() -> None:
    """All problems are found, not the first only."""
    problems = set(_judge(HOLDER, requirements=LOGIN).problems)

    assert problems == {PathProblem.KEY_USAGE, PathProblem.POLICY}


@pytest.mark.parametrize(
    ("ca", "problem"),
    [
        (Ca(is_ca=False), PathProblem.ANCHOR_UNFIT),
        (Ca(usage_ca=False), PathProblem.ANCHOR_UNFIT),
        (Ca(ends=NOW - timedelta(days=1)), PathProblem.ANCHOR_OUT_OF_BOUNDS),
        (Ca(begins=NOW + timedelta(days=1)), PathProblem.ANCHOR_OUT_OF_BOUNDS),
    ],
    ids=["no-ca", "no-cert-sign", "expired", "not-yet-valid"],
)
def test_a_pinned_anchor_must_be_a_valid_ca_itself(ca: Ca, problem: PathProblem) -> None:
    """Pinned by key does not mean excused: basicConstraints, keyCertSign and its own validity are asked."""
    judged = _judge(Holder(ca=ca))

    assert judged == PathJudgement(anchor=ca.der, problems=(problem,))


def test_the_certificate_of_the_ca_signs_no_document() -> None:
    """A self-signed anchor is under its own key and is yet no signer."""
    judged = judge_path(SIGN_CA.der, anchors=[SIGN_CA.der], requirements=DOCUMENT, at=NOW)

    assert PathProblem.KEY_USAGE in judged.problems


def test_a_key_of_another_kind_is_refused() -> None:
    """施行規則 Art. 2: RSA 2048; P-384 for the coming card; nothing else."""
    assert _judge(Holder(kind="weak", label="weak")).problems == (PathProblem.ALGORITHM,)


@pytest.mark.parametrize("junk", [b"", b"\x30\x03\x02\x01\x01", bytes(100), HOLDER.der[:-1], HOLDER.der + b"\0"])
def test_bytes_that_are_no_certificate_cannot_be_processed(junk: bytes) -> None:
    """Whatever the parser raises, the judgement is a problem and never an exception."""
    judged = judge_path(junk, anchors=[SIGN_CA.der], requirements=DOCUMENT, at=NOW)

    assert judged == PathJudgement(anchor=None, problems=(PathProblem.UNPROCESSABLE,))


def test_subject_alternative_other_names_do_not_stand_in_the_way() -> None:
    """The four attributes are otherNames; a validator must not stumble over them (RFC 5280 §4.2.1.6)."""
    holder = Holder(names=(("1.2.392.200149.8.5.5.1", "試験　花子"),))

    assert _judge(holder).problems == ()


def test_inner_and_outer_algorithm_must_agree() -> None:
    """RFC 5280 §4.1.1.2: the field outside what is signed must repeat the one inside."""
    certificate = x509.Certificate.load(HOLDER.der)
    certificate["signature_algorithm"]["algorithm"] = "sha512_rsa"

    assert judge_path(certificate.dump(), anchors=[SIGN_CA.der], requirements=DOCUMENT, at=NOW).problems == (
        PathProblem.NO_ANCHOR,
    )


def test_several_problems_are_told_at_once() -> None:
    """An expired certificate of a wrong policy is both."""
    holder = replace(HOLDER, policy="1.2.3.4", ends=datetime(2026, 1, 1, tzinfo=UTC))

    assert set(_judge(holder).problems) == {PathProblem.EXPIRED, PathProblem.POLICY}


def test_path_processing_that_would_wait_is_a_bug() -> None:
    """Nothing is fetched, so nothing can be waited for; a library that began to would be found out."""

    async def waits() -> None:
        await asyncio.sleep(0)

    async def done() -> None:
        """Return at once."""

    _complete(done())
    with pytest.raises(RuntimeError):
        _complete(waits())
