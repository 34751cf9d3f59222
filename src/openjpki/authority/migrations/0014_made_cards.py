"""Writes down for whom a card was made, and puts up the walls that make it that person's."""

import django.db.models.deletion
from django.db import migrations, models

from openjpki.authority.cards.walls import build, tear_down


class Migration(migrations.Migration):
    dependencies = [("authority", "0013_profile_records")]

    operations = [
        migrations.CreateModel(
            name="MadeCard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("card_number", models.CharField(max_length=15, unique=True)),
                ("made_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="made_cards",
                        to="authority.person",
                    ),
                ),
            ],
        ),
        migrations.RunPython(build, tear_down),
    ]
