"""The municipalities that take part, under the names that their certificates and lists carry."""

from openjpki.authority.acts import act, authority_at
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.means import Means
from openjpki.authority.models import MunicipalityRow
from openjpki.authority.questions import Question
from openjpki.authority.verbs import Verb
from openjpki.errors import Failure, Kind
from openjpki.rules.person import Municipality


class MunicipalityUnknown(Failure):
    """The municipality was not enrolled."""

    code = "authority.municipality-unknown"
    kind = Kind.REFUSED
    ja = "市区町村コード {code} は機構に登録されていません。"
    en = "The municipality {code} is not enrolled with the authority."


class MunicipalityDiffers(Failure):
    """The code is enrolled under other names, which stand in certificates already."""

    code = "authority.municipality-differs"
    kind = Kind.REFUSED
    ja = "市区町村コード {code} は別の名称で登録済みです。発行済みの証明書が指す失効リストの名称は変更できません。"
    en = "The municipality {code} is enrolled under other names; issued certificates point to lists of those names."


_OF_CODE = Question(lambda slot: MunicipalityRow.objects.filter(code=slot("code")))


def enrol(means: Means, municipality: Municipality) -> None:
    """Admit a municipality to the desk; the same one again changes nothing; raises `MunicipalityDiffers`."""
    with act():
        row, created = MunicipalityRow.objects.get_or_create(
            code=municipality.code,
            defaults={
                "prefecture": municipality.prefecture,
                "name": municipality.name,
                "prefecture_romaji": municipality.prefecture_romaji,
                "name_romaji": municipality.name_romaji,
            },
        )
        if created:
            authority_at(means.clock()).note(Verb.MUNICIPALITY_ENROLLED, f"municipality:{row}")
    if created:
        means.checkpoint(Checkpoint.ENROLLED)
    if row.value() != municipality:
        raise MunicipalityDiffers(code=municipality.code)


def enrolled(code: str) -> Municipality:
    """Return a municipality that takes part; raises `MunicipalityUnknown`."""
    row = _OF_CODE.one(code=code)
    if row is None:
        raise MunicipalityUnknown(code=code)
    return row.value()


def lock_keys_of(code: str) -> None:
    """Make what is done to this municipality's keys queue until the open act ends; raises `MunicipalityUnknown`."""
    if MunicipalityRow.objects.select_for_update(no_key=True).filter(code=code).first() is None:
        raise MunicipalityUnknown(code=code)


def all_enrolled() -> list[Municipality]:
    """Return every municipality that takes part, by code."""
    return [row.value() for row in MunicipalityRow.objects.order_by("code")]
