from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from openjpki.lab.authority import LabAuthority, OutOfTime, Wish
from openjpki.lab.city import WAKABA
from openjpki.lab.lab import Lab
from openjpki.pki.delegation import delegated
from openjpki.pki.inspect import facts
from openjpki.pki.issuer import issuer_of
from openjpki.pki.path import Requirements, judge_path
from openjpki.rules.dates import civil_date, last_second
from openjpki.rules.kinds import CertificateKind
from tests.support.hierarchy import TARO
from tests.unit.lab.conftest import DAY, NOW

AUTHENTICATION, SIGNATURE = CertificateKind.AUTHENTICATION, CertificateKind.SIGNATURE


@pytest.fixture
def authority(lab: Lab) -> LabAuthority:
    """Return the session's authority."""
    return lab.desk.authority


def wish(authority: LabAuthority, kind: CertificateKind = SIGNATURE, not_before: datetime = NOW) -> Wish:
    """Return what a holder's certificate of four years is to say."""
    return Wish(
        kind=kind,
        public_key=authority.pool.signer("holder", 0, kind, 0).public_key,
        municipality=WAKABA,
        attributes=TARO,
        not_before=not_before,
        expires=civil_date(not_before) + 4 * 365 * DAY,
        serial=authority.serial(kind),
        subject_id=authority.subject_id(),
    )


@pytest.mark.parametrize("kind", CertificateKind)
def test_each_ca_has_two_generations_of_one_name(authority: LabAuthority, kind: CertificateKind) -> None:
    """The former covers what has expired by now, the present what is issued now; they differ by key alone."""
    former, present = authority.generations(kind)

    assert (former.name, present.name) == (f"{kind.value}-1", f"{kind.value}-2")
    assert issuer_of(former.certificate).name == issuer_of(present.certificate).name
    assert former.signer.public_key != present.signer.public_key
    assert [one.covers(NOW) for one in (former, present)] == [True, True]
    assert [one.covers(NOW - 6 * 366 * DAY) for one in (former, present)] == [True, False]
    assert [one.covers(NOW + 6 * 366 * DAY) for one in (former, present)] == [False, True]
    assert authority.named(present.name) is present
    assert authority.named("signature-9") is None


@pytest.mark.parametrize(("days", "number"), [(0, 2), (-3 * 365, 2), (-3 * 365 - 1, 1), (-8 * 365, 1), (6 * 365, 2)])
def test_the_newest_generation_of_a_moment_issues(authority: LabAuthority, days: int, number: int) -> None:
    """As the real authority: the older one signs its lists only."""
    assert authority.issuing(SIGNATURE, NOW + days * DAY).number == number


@pytest.mark.parametrize("days", [-8 * 365 - 1, 7 * 365 + 2])
def test_there_is_no_ca_before_and_after_them(authority: LabAuthority, days: int) -> None:
    """A moment that no CA covers is refused, with the days between which there is one."""
    with pytest.raises(OutOfTime) as refused:
        authority.issuing(SIGNATURE, NOW + days * DAY)
    assert refused.value.data["first"] == date(2018, 11, 29)
    assert refused.value.data["last"] == date(2033, 11, 26)


@pytest.mark.parametrize("kind", CertificateKind)
def test_what_is_issued_leads_to_its_ca(authority: LabAuthority, kind: CertificateKind) -> None:
    """A path of one step, of the JPKI-TEST policy and the use of its kind; the subject is opaque (R-5.26)."""
    issued = authority.certify(wish(authority, kind))
    policies = {authority.profiles.policy(kind)}
    asked = Requirements.document(policies) if kind is SIGNATURE else Requirements.login(policies)
    judged = judge_path(
        issued.certificate, anchors=[one.certificate for one in authority.generations(kind)], requirements=asked, at=NOW
    )

    assert (judged.anchor, judged.problems) == (issued.by.certificate, ())
    read = facts(issued.certificate)
    assert read.not_after == last_second(civil_date(NOW) + 4 * 365 * DAY)
    assert read.ocsp_url == authority.profiles.ocsp_url(kind)
    assert len(read.subject_id or "") == 20


def test_no_certificate_outlives_its_ca(authority: LabAuthority) -> None:
    """The generation's last day cuts it short."""
    last = authority.generations(SIGNATURE)[1].ends
    issued = authority.certify(replace(wish(authority), not_before=NOW + 6 * 365 * DAY, expires=last + DAY))

    assert facts(issued.certificate).not_after == last_second(last)


def test_a_serial_is_never_drawn_twice(authority: LabAuthority) -> None:
    """They rise by one in each kind, above those of the CAs."""
    drawn = [authority.serial(SIGNATURE) for _ in range(3)]

    assert drawn == [drawn[0], drawn[0] + 1, drawn[0] + 2]
    assert drawn[0] > 2


def test_a_responder_is_delegated_for_the_day(authority: LabAuthority) -> None:
    """The same one for a whole day; another moment has another, of that day; none outlives its CA (RFC 6960 §4.2.2.2)."""
    former, present = authority.generations(SIGNATURE)
    today = authority.responder(present, NOW)
    later = authority.responder(present, NOW + 40 * DAY)

    assert authority.responder(present, NOW + timedelta(hours=1)) is today
    assert later is not today
    for responder, moment in ((today, NOW), (later, NOW + 40 * DAY)):
        read = delegated(responder.certificate, present.certificate)
        assert read.not_before <= moment <= read.not_after
        assert read.public_key == responder.signer.public_key
    last_day = authority.responder(former, last_second(former.ends))
    assert facts(last_day.certificate).not_after == last_second(former.ends)
    with pytest.raises(OutOfTime):
        authority.responder(former, last_second(former.ends + DAY))
