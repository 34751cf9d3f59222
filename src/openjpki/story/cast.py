"""Who plays: an invented resident, two invented cities' clerks, a service provider. No such person exists."""

from dataclasses import dataclass, field
from datetime import date

from openjpki.window.officer import Clerk

RESIDENT_CODE = "99000000001"
NAME = "髙橋　さくら"
"""The first character is outside the certificate's repertoire, as it is for very many people (R-1.9)."""
KANA = "タカハシ　サクラ"
FIRST_ADDRESS = "見本県若葉市緑町一丁目２番３号"
SECOND_ADDRESS = "見本県みなと市浜通四丁目５番６号"
CARD = "sakura"
SERVICE = "https://service.example.jp"
"""The origin of the service that the resident logs in to; `example.jp` is reserved for examples."""

WAKABA_CLERK = Clerk(login="wakaba-clerk", municipality="99201")
MINATO_CLERK = Clerk(login="minato-clerk", municipality="99202")


@dataclass(frozen=True)
class Pins:
    """What only the resident knows. Never shown, never written."""

    signature: str = field(repr=False)
    authentication: str = field(repr=False)


def register_line(born: date, since: date) -> str:
    """Return the resident register of the story as CSV: one person."""
    header = "resident_code,name,kana,address,birth_date,sex,resident_since"
    line = (RESIDENT_CODE, NAME, KANA, FIRST_ADDRESS, born.isoformat(), "female", since.isoformat())
    return f"{header}\n{','.join(line)}\n"
