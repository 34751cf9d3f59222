"""Applications get the steps between identity and issue: what waits to be carried out is ready (`rules.application`).

On SQLite a table made anew loses its walls; they are built again, for all states that are an end now.
"""

from typing import Any

from django.db import migrations, models
from django.db.migrations.exceptions import IrreversibleError
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

from openjpki.window.walls import build, tear_down

ISSUING = ("new", "renewal", "reissue")


def to_ready(apps: Any, schema_editor: Any) -> None:
    """Let what was accepted and waits be ready: its fee settled, or, where nothing is issued, the applicant identified."""
    _rename(apps, schema_editor, issuing=("fee-settled", "ready"), others=("identified", "ready"))


def from_ready(apps: Any, schema_editor: Any) -> None:
    """The way back; refused while anything waits for a second person, whom the earlier tables do not ask for."""
    rows = apps.get_model("window", "Application").objects.using(schema_editor.connection.alias)
    if rows.filter(procedure__in=ISSUING, state="fee-settled").exists():
        message = "an application waits for a second person's approval: approve or withdraw it first"
        raise IrreversibleError(message)
    _rename(apps, schema_editor, issuing=("ready", "fee-settled"), others=("ready", "identified"))


def _rename(apps: Any, schema_editor: Any, *, issuing: tuple[str, str], others: tuple[str, str]) -> None:
    rows = apps.get_model("window", "Application").objects.using(schema_editor.connection.alias)
    rows.filter(procedure__in=ISSUING, state=issuing[0]).update(state=issuing[1])
    rows.exclude(procedure__in=ISSUING).filter(state=others[0]).update(state=others[1])


class Migration(migrations.Migration):
    dependencies = [
        ("window", "0004_departures"),
    ]

    operations = [
        migrations.RunPython(tear_down, build),
        migrations.RemoveConstraint(
            model_name="application",
            name="application_one_issue_at_a_time",
        ),
        migrations.RemoveConstraint(
            model_name="application",
            name="application_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="application",
            name="application_closed_only_at_an_end",
        ),
        migrations.RemoveConstraint(
            model_name="application",
            name="application_issues_to_a_card",
        ),
        migrations.AddField(
            model_name="application",
            name="approval_grounds",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="application",
            name="approved_by",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name="application",
            name="state",
            field=models.CharField(default="received", max_length=16),
        ),
        migrations.RunPython(to_ready, from_ready),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("procedure__in", ["new", "renewal", "reissue"]),
                    ("state__in", ["fee-settled", "ready", "partly-issued"]),
                ),
                fields=("resident",),
                name="application_one_issue_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "received",
                            "examined",
                            "inquiry-sent",
                            "inquiry-returned",
                            "inquiry-lapsed",
                            "identified",
                            "pins-ready",
                            "fee-settled",
                            "ready",
                            "partly-issued",
                            "issued",
                            "done",
                            "refused",
                            "withdrawn",
                        ],
                    )
                ),
                name="application_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_at__isnull", True),
                    ("state__in", ["inquiry-returned", "inquiry-lapsed", "done", "refused", "withdrawn"]),
                    _connector="OR",
                ),
                name="application_closed_only_at_an_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("card__isnull", False),
                    models.Q(
                        ("procedure__in", ["new", "renewal", "reissue"]),
                        ("state__in", ["fee-settled", "ready", "partly-issued", "issued"]),
                        _negated=True,
                    ),
                    _connector="OR",
                ),
                name="application_issues_to_a_card",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=~models.Q(Exact(Lower("approved_by"), Lower("officer"))),
                name="application_approved_by_another",
            ),
        ),
        migrations.RunPython(build, tear_down),
    ]
