from collections.abc import Iterator
from hashlib import sha256

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from openjpki.audit.triggers import build_walls, tear_walls_down
from openjpki.authority.walls import FIRST, LISTS

_FORMER = tuple(wall for wall in FIRST if wall.table == "authority_crlpublication")
_OF_LISTS = (*_FORMER, *LISTS)


def measure(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Say of each list how long it is and what its SHA-256 is; the list stays in its row."""
    table = apps.get_model("authority", "CrlPublication").objects.using(editor.connection.alias)
    for key in _keys(table):
        crl = bytes(table.values_list("crl", flat=True).get(pk=key))
        table.filter(pk=key).update(length=len(crl), digest=sha256(crl).hexdigest())


def _keys(table: "models.QuerySet[models.Model]") -> Iterator[int]:
    """Give the keys of all rows, a few at a time: one list may have forty million octets."""
    last = 0
    while keys := list(table.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:1000]):
        yield from keys
        last = keys[-1]


def tear_down(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take the walls of the table down."""
    tear_walls_down(editor.connection.vendor, editor.execute, _OF_LISTS)


def build(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Put them up: on SQLite the table was made anew."""
    build_walls(editor.connection.vendor, editor.execute, _OF_LISTS)


def build_former(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Put up those that stood before."""
    build_walls(editor.connection.vendor, editor.execute, _FORMER)


class Migration(migrations.Migration):
    dependencies = [("authority", "0009_verifiers")]

    operations = [
        migrations.RunPython(tear_down, build_former),
        migrations.AddField(
            model_name="crlpublication",
            name="length",
            field=models.PositiveIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="crlpublication",
            name="digest",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="crlpublication",
            name="crl",
            field=models.BinaryField(null=True),
        ),
        migrations.RunPython(measure, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="crlpublication",
            constraint=models.CheckConstraint(
                condition=models.Q(("length__gt", 0), models.Q(("digest", ""), _negated=True)),
                name="crl_has_octets",
            ),
        ),
        migrations.RunPython(build, tear_down),
    ]
