"""Makes the table of the profiles that are recorded, and its walls. What an earlier home issues by, its upgrade records."""

import django.db.models.deletion
from django.db import migrations, models

from openjpki.authority.generations.profile_walls import build, tear_down


class Migration(migrations.Migration):
    dependencies = [("authority", "0012_status_journal")]

    operations = [
        migrations.CreateModel(
            name="ProfileRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                ("digests", models.TextField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "act",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="profile_record",
                        to="authority.controlledact",
                    ),
                ),
            ],
        ),
        migrations.RunPython(build, tear_down),
    ]
