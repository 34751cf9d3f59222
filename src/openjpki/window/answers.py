"""What the authority may answer, and its refusals in the window's words."""

from collections.abc import Sequence
from typing import TypeVar

from openjpki.desk.carrier import AuthorityUnreachable, SealRefused
from openjpki.desk.messages import Refused, Reply
from openjpki.errors import Failure, Kind
from openjpki.rules.finding import Finding

_R = TypeVar("_R", bound=Reply)


class AuthorityRefused(Failure):
    """The authority said no; its own code and sentences are passed on."""

    code = "window.authority-refused"
    kind = Kind.REFUSED
    ja = "機構が受け付けませんでした。{ja}({reason})"
    en = "The authority refused. {en} ({reason})"

    @property
    def reason(self) -> str:
        """Return the authority's own code."""
        return str(self.data["reason"])

    @property
    def finding(self) -> Finding:
        """Return the refusal as a finding: the authority's own code, under the rule by which it examines again (R-8.1)."""
        return Finding(
            code=self.reason,
            rule="R-8.1",
            sentence="",
            severity="refusal",
            ja=self.message("ja"),
            en=self.message("en"),
        )

    def followed_by(self, findings: Sequence[Finding]) -> "AuthorityRefused":
        """Return the refusal with what the counter says after it."""
        ja, en = (finding.ja for finding in findings), " ".join(finding.en for finding in findings)
        return AuthorityRefused(
            reason=self.reason, ja="".join((str(self.data["ja"]), *ja)), en=f"{self.data['en']} {en}".strip()
        )

    @classmethod
    def by(cls, reply: Refused) -> "AuthorityRefused":
        """Return the refusal that a reply is."""
        return cls(reason=reply.code, ja=reply.ja, en=reply.en)


class UnexpectedAnswer(Failure):
    """The authority answered something that is no answer to the question."""

    code = "window.unexpected-answer"
    kind = Kind.UNAVAILABLE
    ja = "機構から想定外の応答({answer})がありました。処理は進めていません。"
    en = "The authority gave an unexpected answer ({answer}). Nothing was done."


ASKING_FAILED = (AuthorityUnreachable, SealRefused, AuthorityRefused, UnexpectedAnswer)
"""What may come of a question to the authority beside its answer."""


def expect(reply: Reply, kind: type[_R]) -> _R:
    """Return the reply if it is of this kind; raise `AuthorityRefused` or `UnexpectedAnswer`."""
    if isinstance(reply, kind):
        return reply
    if isinstance(reply, Refused):
        raise AuthorityRefused.by(reply)
    raise UnexpectedAnswer(answer=type(reply).__name__)
