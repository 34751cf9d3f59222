"""The life, chapter by chapter, and the telling of it in a fresh home."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openjpki.errors import Language
from openjpki.rules.policy import Policy
from openjpki.site.clock import SteppedClock
from openjpki.site.home import DEFAULT_PORT, Settings
from openjpki.site.opening import founded
from openjpki.site.server import answering, free_port
from openjpki.story.plan import at, plan
from openjpki.story.telling import Narrator, write_transcript

if TYPE_CHECKING:
    from openjpki.site.house import House  # Django must be set up before its modules are loaded


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


def tell(
    path: Path,
    *,
    today: date,
    document: bytes,
    language: Language,
    say: Callable[[str], None],
    settings: Settings | None = None,
) -> Told:
    """Tell the life that ends on the day before `today` in a fresh home at `path`; an earlier story there is replaced.

    Raises `StoryWentWrong` if a check does not hold, and whatever the acts refuse; the home then stays as it was left.
    """
    settings = settings or Settings(purpose="story", port=free_port(DEFAULT_PORT))
    policy = Policy.preset("national")
    life = plan(policy, ends_on=today - timedelta(days=1))
    clock = SteppedClock(at(life.ceremony, 8))
    with founded(path, settings, clock) as house, _web(house, settings.port):
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
            pins=random_pins(entropy),
            document=document,
        )
        for chapter in chapters:
            chapter(stage)
        counter.at_the_end(stage)
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


@contextmanager
def _web(house: "House", port: int) -> Iterator[None]:
    """Answer OCSP on loopback while the story is told: verifiers in it ask over HTTP."""
    from openjpki.site.web import application_over

    with answering(application_over(house), port):
        yield
