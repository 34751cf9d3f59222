"""Makes the journal of status, and writes into it what may be said of the certificates that there are."""

from itertools import islice
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from openjpki.audit.triggers import build_walls, tear_walls_down
from openjpki.authority.publishing.walls import WALLS
from openjpki.authority.responding.standings import pack

CHUNK = 1000
"""Certificates of one question to the database, and of one insertion."""
NOT_SEEN = ("prepared", "undelivered")
ENDED = ("revoked", "superseded")


def fill(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    certificates = apps.get_model("authority", "Certificate").objects.using(alias).exclude(state__in=NOT_SEEN)
    revocations = apps.get_model("authority", "Revocation").objects.using(alias)
    change = apps.get_model("authority", "StatusChange")
    clock = apps.get_model("authority", "LegalClock").objects.using(alias).first()
    seen = certificates.order_by("kind", "serial").values_list("key", "issuer_id", "serial", "state")
    position = 0
    rest = seen.iterator(chunk_size=CHUNK)
    while some := list(islice(rest, CHUNK)):
        rows: dict[str, list[Any]] = {}
        for row in revocations.filter(certificate_key__in=[key for key, *_ in some]).order_by("pk"):
            rows.setdefault(row.certificate_key, []).append(row)
        entries = []
        for key, issuer, serial, state in some:
            if state in ENDED and key not in rows:
                continue
            position += 1
            standing = pack(rows.get(key, ()))
            entries.append(
                change(
                    position=position, issuer_id=issuer, serial=serial, standing=standing, changed_at=clock.reached_at
                )
            )
        change.objects.using(alias).bulk_create(entries)
    apps.get_model("authority", "StatusHead").objects.using(alias).create(pk=1, last=position)


def build(_apps: Any, schema_editor: Any) -> None:
    build_walls(schema_editor.connection.vendor, schema_editor.execute, WALLS)


def tear_down(_apps: Any, schema_editor: Any) -> None:
    tear_walls_down(schema_editor.connection.vendor, schema_editor.execute, WALLS)


class Migration(migrations.Migration):
    dependencies = [("authority", "0011_dual_control")]

    operations = [
        migrations.CreateModel(
            name="StatusHead",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("last", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="status_head_is_one"),
                    models.CheckConstraint(condition=models.Q(("last__gte", 0)), name="status_head_counts_from_zero"),
                ],
            },
        ),
        migrations.CreateModel(
            name="StatusChange",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                ("serial", models.BigIntegerField()),
                ("standing", models.BinaryField()),
                ("changed_at", models.DateTimeField()),
                (
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="status_changes",
                        to="authority.issuer",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["issuer", "serial", "position"], name="status_change_of_one")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("position__gt", 0)), name="status_change_counts_from_one"
                    )
                ],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(build, tear_down),
    ]
