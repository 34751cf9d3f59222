"""Forgets what cards were told in sessions that are over, or have not begun: commands stand on record while they are on their way.

An earlier version kept them; they carry certificates and attributes.
"""

from typing import Any

from django.db import migrations, models


def forget(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    apps.get_model("authority", "CardSession").objects.using(alias).exclude(state="sent").update(script=[])


class Migration(migrations.Migration):
    dependencies = [("authority", "0006_departures")]

    operations = [
        migrations.RunPython(forget, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="cardsession",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "sent"), ("script", []), _connector="OR"),
                name="card_session_commands_only_on_their_way",
            ),
        ),
    ]
