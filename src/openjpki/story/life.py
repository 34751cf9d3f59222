"""The life, chapter by chapter, and the telling of it in a fresh home."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openjpki.documents.gather import Transport, http_transport
from openjpki.documents.sign import check_pdf
from openjpki.documents.verify import signers_of
from openjpki.errors import Failure, Kind, Language
from openjpki.rules.policy import Policy
from openjpki.site.clock import SteppedClock
from openjpki.site.home import Settings
from openjpki.site.opening import founded
from openjpki.site.server import Listener
from openjpki.story.cast import Pins
from openjpki.story.plan import at, plan
from openjpki.story.telling import Narrator, write_transcript

if TYPE_CHECKING:
    from openjpki.site.house import House  # Django must be set up before its modules are loaded

Web = Callable[["House"], AbstractContextManager[Transport]]
"""Lets a house answer OCSP while a story is told, and yields the way to it."""


class DocumentSigned(Failure):
    """The story's verdicts are about one signature: its own."""

    code = "story.document-signed"
    kind = Kind.REFUSED
    ja = "この PDF にはもう署名があります。物語には署名のない PDF を指定してください。"
    en = "This PDF bears a signature already. Give the story one that does not."


@dataclass(frozen=True, kw_only=True)
class Told:
    """What became of a telling."""

    home: Path
    steps: int
    checks: int
    facts: dict[str, Any]


def own_document() -> bytes:
    """Return the document that the resident signs: a multi-page PDF of our own making."""
    return files("openjpki.story").joinpath("document.pdf").read_bytes()


def over_http(listener: Listener) -> Web:
    """Answer OCSP at a held port while the story is told: verifiers in it ask over HTTP."""

    @contextmanager
    def web(house: "House") -> Iterator[Transport]:
        from openjpki.site.web import application_over

        with listener.answering(application_over(house)):
            yield http_transport

    return web


def tell(
    path: Path,
    *,
    today: date,
    document: bytes,
    language: Language,
    say: Callable[[str], None],
    settings: Settings,
    web: Web,
    pins: Pins | None = None,
) -> Told:
    """Tell the life that ends on the day before `today` in a fresh home at `path`; an earlier story there is replaced.

    The resident's PINs are random and known to nobody, unless `pins` says them.
    Raises what `check_pdf` raises and `DocumentSigned`, before anything is replaced; `StoryWentWrong` if a check does
    not hold, and whatever the acts refuse: the home then stays as it was left.
    """
    check_pdf(document)
    if signers_of(document):
        raise DocumentSigned
    policy = Policy.preset("national")
    life = plan(policy, ends_on=today - timedelta(days=1))
    clock = SteppedClock(at(life.ceremony, 8))
    with founded(path, settings, clock) as house, web(house) as transport:
        from openjpki.site.entropy import entropy
        from openjpki.story import counter, use
        from openjpki.story.stage import Stage, random_pins

        chapters: tuple[Callable[[Stage], None], ...] = (
            counter.ceremony,
            counter.first_issue,
            use.sign,
            use.log_in,
            counter.move,
            use.noticed,
            counter.reissue,
            counter.second_ceremony,
            counter.too_early,
            counter.renew,
            use.sign_again,
            use.last_day,
            use.expired,
        )
        narrator = Narrator(language, say, len(chapters))
        stage = Stage(
            house=house,
            clock=clock,
            plan=life,
            narrator=narrator,
            pins=pins or random_pins(entropy),
            document=document,
            transport=transport,
        )
        for chapter in chapters:
            chapter(stage)
        counter.at_the_end(stage)
        narrator.end()
        house.authority.publish_crls()
        facts = {
            "format": 1,
            "born": life.born.isoformat(),
            "first_day": life.ceremony.isoformat(),
            "last_day": life.expired.isoformat(),
            "port": settings.port,
            "policy": "national",
            "algorithm": settings.algorithm,
        }
        write_transcript(stage.folder / "transcript.json", narrator.steps, facts)
        return Told(
            home=house.home.path,
            steps=len(narrator.steps),
            checks=sum(len(step.checks) for step in narrator.steps),
            facts=facts,
        )
