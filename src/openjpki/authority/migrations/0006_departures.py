"""Gives a departure its moment, from which its term runs, and a card the municipality that speaks for it.

Departures that are open run from the latest moment that the authority reached; where it never acted there is none to keep.
"""

from typing import Any

from django.db import migrations, models


def give_moments(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    clock = apps.get_model("authority", "LegalClock").objects.using(alias).first()
    open_ = apps.get_model("authority", "Person").objects.using(alias).exclude(leaving_to="")
    if clock is None:
        open_.update(leaving_to="")
    else:
        open_.update(leaving_reported_at=clock.reached_at)


def give_municipalities(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    holders = apps.get_model("authority", "Person").objects.using(alias)
    theirs = holders.filter(pk=models.OuterRef("person")).values("municipality")[:1]
    apps.get_model("authority", "Card").objects.using(alias).update(municipality=models.Subquery(theirs))


class Migration(migrations.Migration):
    dependencies = [("authority", "0005_card_sessions")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="leaving_reported_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="card",
            name="municipality",
            field=models.CharField(default="", max_length=5),
            preserve_default=False,
        ),
        migrations.RunPython(give_moments, migrations.RunPython.noop),
        migrations.RunPython(give_municipalities, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("leaving_reported_at__isnull", True),
                    ("leaving_to", ""),
                )
                | (models.Q(("leaving_to", ""), _negated=True) & models.Q(("leaving_reported_at__isnull", False))),
                name="person_leaves_since_a_moment",
            ),
        ),
    ]
