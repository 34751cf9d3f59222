"""Lets moves from another municipality that wait from before go: the authority now asks for the departure first.

The messages about one person go in the order of their keys, so those from the arrival on are written anew behind the
departure. What waits is not changed otherwise. Backwards nothing is done: the authority answers a departure either way.
"""

import hashlib
import json
from typing import Any

from django.db import migrations

COPIED = (
    "municipality",
    "resident_code",
    "message_id",
    "message",
    "queued_at",
    "attempts",
    "tried_at",
    "last_error",
    "refusals",
    "next_try_at",
)


def put_departures(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    events = apps.get_model("window", "RegisterEvent").objects.using(alias).exclude(other_municipality="")
    outbox = apps.get_model("window", "OutboxMessage").objects.using(alias).filter(sent_at__isnull=True)
    origins = dict(events.values_list("report_id", "other_municipality"))
    for resident_code in {row.resident_code for row in outbox if row.message_id in origins}:
        rows = list(outbox.filter(resident_code=resident_code).order_by("pk"))
        outbox.filter(pk__in=[row.pk for row in rows]).delete()
        for row in rows:
            if row.message_id in origins:
                outbox.create(**departure(row, origins[row.message_id]))
            outbox.create(**{name: getattr(row, name) for name in COPIED})


def departure(row: Any, origin: str) -> dict[str, Any]:
    arrival = json.loads(row.message)
    report_id = hashlib.sha256(f"departure {row.message_id}".encode()).hexdigest()[:32]
    message = {
        "type": "DepartureReported",
        "report_id": report_id,
        "municipality": origin,
        "resident_code": row.resident_code,
        "to_municipality": row.municipality,
        "left_on": arrival["occurred_on"],
        "reported_at": arrival["reported_at"],
    }
    return {
        "municipality": origin,
        "resident_code": row.resident_code,
        "message_id": report_id,
        "message": json.dumps(message, separators=(",", ":")),
        "queued_at": row.queued_at,
    }


class Migration(migrations.Migration):
    dependencies = [("window", "0003_walls")]

    operations = [migrations.RunPython(put_departures, migrations.RunPython.noop)]
