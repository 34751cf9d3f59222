import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from openjpki.pki.attributes import read_attributes
from openjpki.pki.inspect import facts
from openjpki.rules.dates import civil_date
from openjpki.rules.kinds import CertificateKind, CertificateState, LifeEvent, RevocationReason
from openjpki.site.settings import ROLES
from openjpki.story import cast, counter
from openjpki.story.stage import AUTHENTICATION, SIGNATURE, Stage
from openjpki.story.telling import StoryWentWrong
from openjpki.window.entries import ApplicationEntry, CertificateEntry
from openjpki.window.officer import Officer
from tests.support.story import Telling, fresh_stage

pytestmark = pytest.mark.django_db(databases=ROLES)


def chapters(stage: Stage, *told: Callable[[Stage], None]) -> None:
    """Tell some chapters."""
    for chapter in told:
        chapter(stage)


def certificates(story: Telling, kind: CertificateKind) -> list[CertificateEntry]:
    """Return every certificate of a kind that the card was ever given, oldest first."""
    resident = story.house.window.residents.show(cast.MINATO_CLERK, cast.RESIDENT_CODE)
    return [entry for entry in resident.certificates if entry.kind is kind]


def applications(story: Telling, clerk: Officer) -> list[ApplicationEntry]:
    """Return what was applied for at a clerk's counter."""
    return list(story.house.window.applications(clerk))


def ca(story: Telling, kind: CertificateKind, generation: int) -> x509.Certificate:
    """Return a CA certificate that the story left."""
    path = story.told.home / "story" / "certificates" / f"ca-{kind.value}-{generation}.cer"
    return x509.load_der_x509_certificate(path.read_bytes())


@pytest.mark.parametrize("kind", list(CertificateKind))
def test_two_generations_bear_one_name_and_two_keys(story: Telling, kind: CertificateKind) -> None:
    """A verifier tells the generations apart by key, never by name (RFC 5280 §4.2.1.1, R-8.0)."""
    first, second = ca(story, kind, 1), ca(story, kind, 2)

    assert first.subject == second.subject
    assert first.public_key() != second.public_key()
    assert civil_date(first.not_valid_before_utc) == date(2016, 11, 24)
    assert first.not_valid_after_utc > second.not_valid_before_utc


def test_the_signature_certificates_of_a_life(story: Telling) -> None:
    """Issued with the card, ended by the move, issued again, renewed to the sixth birthday (R-3.1, R-3.3, R-5.2, R-5.22)."""
    life = [(entry.issued_on, entry.expires, entry.state, entry.reason) for entry in certificates(story, SIGNATURE)]

    assert life == [
        (
            date(2016, 11, 28),
            date(2021, 11, 22),
            CertificateState.REVOKED,
            RevocationReason.AFFILIATION_CHANGED,
        ),
        (date(2018, 4, 17), date(2021, 11, 22), CertificateState.SUPERSEDED, RevocationReason.SUPERSEDED),
        (date(2021, 8, 23), date(2026, 11, 22), CertificateState.EXPIRED, None),
    ]


def test_the_authentication_certificates_of_a_life(story: Telling) -> None:
    """The move leaves the login certificate alone; one renewal in ten years (R-5.9, R-3.3)."""
    life = [(entry.issued_on, entry.expires, entry.state) for entry in certificates(story, AUTHENTICATION)]

    assert life == [
        (date(2016, 11, 28), date(2021, 11, 22), CertificateState.SUPERSEDED),
        (date(2021, 8, 23), date(2026, 11, 22), CertificateState.EXPIRED),
    ]


def test_each_signature_certificate_names_where_the_resident_lived(story: Telling) -> None:
    """Name with its substitution, and the address of the day of issue (R-1.9)."""
    read = [read_attributes(entry.certificate) for entry in certificates(story, SIGNATURE)]

    assert [one.address for one in read if one] == [cast.FIRST_ADDRESS, cast.SECOND_ADDRESS, cast.SECOND_ADDRESS]
    assert {(one.name, one.name_substitutions) for one in read if one} == {("高橋　さくら", "100000")}


def test_the_renewed_certificates_are_of_the_second_generation(story: Telling) -> None:
    """What is issued after the second ceremony is signed by the second key, what was before by the first."""
    first, second = (facts(ca(story, SIGNATURE, n).public_bytes(Encoding.DER)).key_identifier for n in (1, 2))
    issuers = [facts(entry.certificate).issuer_key_identifier for entry in certificates(story, SIGNATURE)]

    assert issuers == [first, first, second]


def test_both_counters_have_their_applications_with_the_refusal(story: Telling) -> None:
    """Wakaba issued once; Minato issued again, refused once, renewed once, and sent one away for a new card."""
    wakaba = [(one.procedure.value, one.state.value) for one in applications(story, cast.WAKABA_CLERK)]
    minato = [(one.procedure.value, one.state.value) for one in applications(story, cast.MINATO_CLERK)]

    assert sorted(wakaba) == [("new", "done")]
    assert sorted(minato) == [("new", "refused"), ("reissue", "done"), ("renewal", "done"), ("renewal", "refused")]


def test_everything_was_free(story: Telling) -> None:
    """First issue, re-issue after a move and renewal cost nothing (R-4.1)."""
    fees = [
        one.fee.yen
        for clerk in (cast.WAKABA_CLERK, cast.MINATO_CLERK)
        for one in applications(story, clerk)
        if one.fee is not None
    ]

    assert fees == [0, 0, 0]


def test_every_certificate_of_the_card_is_kept(story: Telling) -> None:
    """The story leaves each certificate under its kind and serial, as it stands in the register."""
    folder = story.told.home / "story" / "certificates"
    for kind in CertificateKind:
        for entry in certificates(story, kind):
            assert (folder / f"{kind.value}-{entry.serial}.cer").read_bytes() == entry.certificate


def test_a_visit_inside_the_window_is_not_too_early(tmp_path: Path) -> None:
    """If the counter renewed before the window opens, the story would say so: here it is made to (R-3.8)."""
    with fresh_stage(tmp_path) as stage:
        inside = replace(stage, plan=replace(stage.plan, too_early=stage.plan.renewed))
        chapters(inside, counter.ceremony, counter.first_issue, counter.move, counter.reissue)

        with pytest.raises(StoryWentWrong, match="the refusal is on record"):
            counter.too_early(inside)


def test_a_card_in_force_is_not_at_its_end(tmp_path: Path) -> None:
    """The end is told only of a card that is over: any other refusal is not that one (R-1.2)."""
    with fresh_stage(tmp_path) as stage:
        chapters(stage, counter.ceremony, counter.first_issue, counter.move)

        with pytest.raises(StoryWentWrong, match="the card ended on the same day"):
            counter.at_the_end(stage)


def test_a_card_without_certificates_gets_new_ones(tmp_path: Path) -> None:
    """A card in force whose certificates ended may have new ones: the story's end would not hold for it (R-2.2)."""
    with fresh_stage(tmp_path) as stage:
        chapters(stage, counter.ceremony, counter.first_issue, counter.move)
        stage.house.window.revocations.request(
            cast.MINATO_CLERK, resident_code=cast.RESIDENT_CODE, event=LifeEvent.REQUEST, shown=counter.LICENCE
        )

        with pytest.raises(StoryWentWrong, match="the card ended on the same day"):
            counter.at_the_end(stage)


def test_the_transcript_cites_the_refusals_rules(story: Telling) -> None:
    """A refusal is told with the rule that it rests on."""
    steps = json.loads((story.told.home / "story" / "transcript.json").read_bytes())["steps"]

    assert "R-3.8" in steps[8]["rules"]
    assert "R-1.2" in steps[12]["rules"]
