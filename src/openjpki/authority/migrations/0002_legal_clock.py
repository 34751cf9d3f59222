from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def reach(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take the latest moment that a home of an earlier version has signed or acted at."""
    alias = editor.connection.alias
    moments = [
        apps.get_model("authority", model).objects.using(alias).aggregate(latest=models.Max(field))["latest"]
        for model, field in (("CrlPublication", "this_update"), ("Serial", "drawn_at"), ("Receipt", "received_at"))
    ]
    known = [moment for moment in moments if moment is not None]
    if known:
        apps.get_model("authority", "LegalClock").objects.using(alias).create(pk=1, reached_at=max(known))


class Migration(migrations.Migration):
    dependencies = [("authority", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="LegalClock",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("reached_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="legal_clock_is_one")],
            },
        ),
        migrations.RunPython(reach, migrations.RunPython.noop),
    ]
