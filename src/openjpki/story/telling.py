"""How the story is told: steps with sentences in two languages, to a person as they happen and to a transcript."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from openjpki.errors import Failure, Kind, Language
from openjpki.rules.dates import JST
from openjpki.rules.era import in_era, spoken
from openjpki.site.private import write_private


class StoryWentWrong(Failure):
    """A check of the story did not hold: something in this installation is broken."""

    code = "story.check-failed"
    kind = Kind.REFUSED
    ja = "第{step}話「{title_ja}」の確認が成り立ちませんでした: {check_ja}"
    en = "Step {step}, “{title_en}”: a check did not hold: {check_en}"


@dataclass(frozen=True)
class Said:
    """One sentence in both languages."""

    ja: str
    en: str

    def text(self, language: Language) -> str:
        """Return the sentence in a language."""
        return self.ja if language == "ja" else self.en


@dataclass
class Step:
    """One step of the story: when, what, by which rules, what was checked, what it left."""

    number: int
    moment: datetime
    title: Said
    sentences: list[Said] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    checks: list[Said] = field(default_factory=list)
    artefacts: list[str] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        """Return the step for the transcript; dates are ISO, moments in Japanese time."""
        return {
            "step": self.number,
            "at": self.moment.astimezone(JST).isoformat(),
            "era": in_era(self.moment.astimezone(JST).date()),
            "title": {"ja": self.title.ja, "en": self.title.en},
            "told": [{"ja": said.ja, "en": said.en} for said in self.sentences],
            "rules": self.rules,
            "checked": [{"ja": said.ja, "en": said.en} for said in self.checks],
            "artefacts": self.artefacts,
        }


class Narrator:
    """Tells steps as they happen, and remembers them."""

    def __init__(self, language: Language, say: Callable[[str], None], total: int) -> None:
        self._language: Language = language
        self._say = say
        self._total = total
        self.steps: list[Step] = []

    @property
    def step(self) -> Step:
        """Return the step being told."""
        return self.steps[-1]

    def begin(self, moment: datetime, title: Said) -> None:
        """Open the next step, at the end of the one before."""
        self.end()
        self.steps.append(Step(len(self.steps) + 1, moment, title))
        day = moment.astimezone(JST)
        self._say("")
        heading = f"[{len(self.steps):2}/{self._total}] {spoken(day.date(), self._language)} {day:%H:%M}"
        self._say(f"{heading}  {title.text(self._language)}")

    def tell(self, ja: str, en: str) -> None:
        """Say one sentence of the step."""
        said = Said(ja, en)
        self.step.sentences.append(said)
        self._say(f"      {said.text(self._language)}")

    def cite(self, rules: Sequence[str]) -> None:
        """Note the rules that the step applied, each once; they are told at its end."""
        self.step.rules.extend(rule for rule in dict.fromkeys(rules) if rule not in self.step.rules)

    def end(self) -> None:
        """Close the step: name the rules that it applied, in one line."""
        if self.steps and self.step.rules:
            label = "適用した規則" if self._language == "ja" else "rules applied"
            self._say(f"      {label}: {', '.join(self.step.rules)}")

    def check(self, holds: bool, ja: str, en: str) -> None:  # noqa: FBT001  -- reads as an assertion
        """Assert one fact of the step; raises `StoryWentWrong` if it does not hold."""
        if not holds:
            step = self.step
            raise StoryWentWrong(
                step=step.number, title_ja=step.title.ja, title_en=step.title.en, check_ja=ja, check_en=en
            )
        said = Said(ja, en)
        self.step.checks.append(said)
        self._say(f"    ✓ {said.text(self._language)}")

    def left(self, path: Path, root: Path) -> None:
        """Note a file that the step left behind, relative to the home."""
        self.step.artefacts.append(str(path.relative_to(root)))


def write_transcript(path: Path, steps: Sequence[Step], facts: dict[str, Any]) -> None:
    """Write the whole telling as JSON, whole or not at all."""
    transcript = facts | {"steps": [step.as_data() for step in steps]}
    write_private(path, json.dumps(transcript, ensure_ascii=False, indent=2).encode())
