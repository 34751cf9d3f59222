"""Municipal rows: each carries its municipality, and every read names one. There is no `filter` or `all` without it."""

from typing import ClassVar, Never, Self, TypeVar

from django.db import models
from django.db.models.manager import BaseManager

CODE_LENGTH = 5
"""全国地方公共団体コード without its check digit."""

_Row = TypeVar("_Row", bound=models.Model)


class NoMunicipality(ValueError):
    """A read was scoped to the empty municipality: a bug of the caller."""


class Scoped(BaseManager[_Row]):
    """The only way to a municipal table. It is no `Manager`: the unscoped query methods do not exist on it."""

    def get_queryset(self) -> models.QuerySet[_Row]:
        """Return the rows for the two ways below, and for Django's own parts."""
        return models.QuerySet(model=self.model, using=self._db)

    def all(self) -> Never:
        """Refuse the one unscoped read that Django's base class has; raise `NoMunicipality`."""
        raise NoMunicipality

    def for_municipality(self, code: str) -> models.QuerySet[_Row]:
        """Return the rows of one municipality; raise `NoMunicipality` for an empty code."""
        if not code:
            raise NoMunicipality
        return self.get_queryset().filter(municipality=code)

    def across_municipalities(self) -> models.QuerySet[_Row]:
        """Return all rows, for what stands between municipalities: the outbox, and a move from one to the next."""
        return self.get_queryset()


class MunicipalRow(models.Model):
    """A row that belongs to one municipality."""

    municipality = models.CharField(max_length=CODE_LENGTH)

    objects: ClassVar[Scoped[Self]] = Scoped()

    class Meta:
        """No table of its own."""

        abstract = True
