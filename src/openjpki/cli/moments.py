"""How a command tells a person a moment: the day in words, the time of day in Japan."""

from datetime import datetime

from openjpki.errors import Language
from openjpki.rules.dates import in_japan
from openjpki.rules.era import spoken


def told_moment(moment: datetime | str, language: Language) -> str:
    """Return a moment, or its ISO form, as a person reads it; it must know its offset."""
    there = in_japan(datetime.fromisoformat(moment) if isinstance(moment, str) else moment)
    clock = {"ja": f"{there:%H:%M}", "en": f"{there:%H:%M} JST"}[language]
    return f"{spoken(there.date(), language)} {clock}"
