"""The reviewed script of a key ceremony: one YAML file, read strictly, every refusal with its line.

Nothing is guessed: an unknown or repeated name, an anchor, a second document, a value of another kind is refused. The
values stay text until the schema reads them, so that YAML's own ideas (yes, 1e3, dates) play no part.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, TypeVar

import yaml

from openjpki.authority.control.kinds import MAX_SCRIPT, OPERATORS_MOST
from openjpki.errors import Failure, Kind
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.rules.dates import BadMoment, read_moment
from openjpki.rules.kinds import CertificateKind

GENERATIONS_MOST: Final = 8
"""Generations that one ceremony makes at most."""
LONGEST_VALIDITY: Final = 20
"""Years of a generation at most; the published CA certificates have ten."""
MAX_TEXT: Final = 200
"""Characters of a title, a place or a name."""
MOST_NESTED: Final = 8
"""Lists and names inside each other; a script has four. What a scanner does with thousands takes minutes."""
VERSION: Final = "1"
AT_ONCE: Final = "at-once"

_OPENS = (
    yaml.FlowSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.BlockMappingStartToken,
)
_CLOSES = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken, yaml.BlockEndToken)
_V = TypeVar("_V")


class ScriptUnreadable(Failure):
    """The script is not of the schema."""

    code = "authority.ceremony.script-unreadable"
    kind = Kind.REFUSED
    ja = "手順書の{line}行目({name})を読めません: {reason}"
    en = "Line {line} of the script ({name}) cannot be read: {reason}"


@dataclass(frozen=True, kw_only=True)
class PlannedGeneration:
    """One generation that the script asks for."""

    kind: CertificateKind
    generation: int
    subject: str
    """The CA's name as the profile has it, RFC 4514."""
    years: int
    issues_from: datetime | None
    """None: from the moment of its certificate."""


@dataclass(frozen=True, kw_only=True)
class Script:
    """What is to be done, as it was reviewed."""

    title: str
    place: str
    algorithm: KeyAlgorithm
    keeper: str
    """Where the keys are made: "files", or a token's URI without its module and PIN file."""
    operators: tuple[str, ...]
    """Who is to be present; they approve, and sign the transcript."""
    generations: tuple[PlannedGeneration, ...]
    text: str

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the script, hexadecimal."""
        return sha256(self.text.encode()).hexdigest()


def read_script(text: str) -> Script:
    """Read a script; raises `ScriptUnreadable`."""
    if len(text.encode()) > MAX_SCRIPT:
        raise ScriptUnreadable(line=1, name="-", reason=f"longer than {MAX_SCRIPT} bytes")
    top = _Fields(_composed(text), "ceremony", _TOP)
    top.hold("ceremony", top.text("ceremony") == VERSION, f"this version reads {VERSION}")
    generations = top.each("generations", GENERATIONS_MOST, _generation)
    pairs = {(one.kind, one.generation) for one in generations}
    top.hold("generations", len(pairs) == len(generations), "one generation stands twice")
    operators = top.each("operators", OPERATORS_MOST, _name)
    top.hold("operators", len(set(operators)) == len(operators), "one operator stands twice")
    return Script(
        title=top.text("title"),
        place=top.text("place"),
        algorithm=top.one_of("algorithm", {one.value: one for one in KeyAlgorithm}),
        keeper=top.text("keeper"),
        operators=operators,
        generations=generations,
        text=text,
    )


_TOP = ("ceremony", "title", "place", "algorithm", "keeper", "operators", "generations")
_OF_A_GENERATION = ("kind", "generation", "subject", "years", "issues_from")


class _Fields:
    """A mapping of the script: exactly the names it must have, each once, with their lines."""

    def __init__(self, node: yaml.Node, name: str, names: tuple[str, ...]) -> None:
        if not isinstance(node, yaml.MappingNode):
            raise _refused(node, name, "names and values are expected")
        self._node = node
        self._fields: dict[str, yaml.Node] = {}
        for key, value in node.value:
            said = key.value if isinstance(key, yaml.ScalarNode) else ""
            if said not in names:
                raise _refused(key, said[:MAX_TEXT] or name, "there is no such name")
            if said in self._fields:
                raise _refused(key, said, "the name stands twice")
            self._fields[said] = value
        if missing := [name for name in names if name not in self._fields]:
            raise _refused(node, missing[0], "it is missing")

    def text(self, name: str) -> str:
        """Return a text of one line."""
        return _name(self._fields[name], name)

    def number(self, name: str, most: int) -> int:
        """Return a number from one on."""
        said = self.text(name)
        if not (said.isascii() and said.isdigit() and 0 < int(said[:6]) <= most):
            raise self.refused(name, f"a number from 1 to {most} is expected")
        return int(said)

    def one_of(self, name: str, values: Mapping[str, _V]) -> _V:
        """Return the value of a word."""
        said = self.text(name)
        if said not in values:
            raise self.refused(name, f"one of {', '.join(values)} is expected")
        return values[said]

    def moment(self, name: str) -> datetime | None:
        """Return a moment, None for at once."""
        said = self.text(name)
        if said == AT_ONCE:
            return None
        try:
            return read_moment(said)
        except BadMoment:
            raise self.refused(name, f"{AT_ONCE} or YYYY-MM-DDTHH:MM (Japanese time) is expected") from None

    def each(self, name: str, most: int, read: Callable[[yaml.Node, str], _V]) -> tuple[_V, ...]:
        """Return what is read of each item of a list that has one at least."""
        node = self._fields[name]
        if not isinstance(node, yaml.SequenceNode) or not 0 < len(node.value) <= most:
            raise _refused(node, name, f"a list of 1 to {most} is expected")
        return tuple(read(item, name) for item in node.value)

    def hold(self, name: str, holds: bool, reason: str) -> None:  # noqa: FBT001  -- what is held is a plain truth
        """Raise `ScriptUnreadable` for a field unless something holds."""
        if not holds:
            raise self.refused(name, reason)

    def refused(self, name: str, reason: str) -> ScriptUnreadable:
        """Return the refusal of a field."""
        return _refused(self._fields[name], name, reason)


def _generation(node: yaml.Node, name: str) -> PlannedGeneration:
    fields = _Fields(node, name, _OF_A_GENERATION)
    return PlannedGeneration(
        kind=fields.one_of("kind", {kind.value: kind for kind in CertificateKind}),
        generation=fields.number("generation", 999),
        subject=fields.text("subject"),
        years=fields.number("years", LONGEST_VALIDITY),
        issues_from=fields.moment("issues_from"),
    )


def _name(node: yaml.Node, name: str) -> str:
    said: Any = node.value if isinstance(node, yaml.ScalarNode) else ""
    if not said or len(said) > MAX_TEXT or not said.isprintable():
        raise _refused(node, name, f"a text of one line, 1 to {MAX_TEXT} characters, is expected")
    return str(said)


def _composed(text: str) -> yaml.Node:
    """Return the one document of a text as nodes with lines; an anchor, which could make a little mean much, is refused."""
    try:
        depth = 0
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            depth += isinstance(token, _OPENS) - isinstance(token, _CLOSES)
            if depth > MOST_NESTED:
                raise _refused(token, "-", "nested too deeply")
            if isinstance(token, yaml.AnchorToken | yaml.AliasToken | yaml.TagToken):
                raise _refused(token, "-", "anchors, aliases and tags are not taken")
        node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ScriptUnreadable(line=line, name="-", reason=error.problem or "no YAML") from None
    except yaml.YAMLError as error:  # a character that YAML does not know has no mark
        raise ScriptUnreadable(line=1, name="-", reason=type(error).__name__) from None
    if node is None:
        raise ScriptUnreadable(line=1, name="-", reason="it is empty")
    return node


def _refused(node: Any, name: str, reason: str) -> ScriptUnreadable:
    return ScriptUnreadable(line=node.start_mark.line + 1, name=name, reason=reason)
