"""Expiry notices, and how long a foreign resident may stay; whoever is on record already is taken for a Japanese national."""

import django.db.models.deletion
from django.db import migrations, models

from openjpki.authority.notices.walls import build, tear_down


class Migration(migrations.Migration):
    dependencies = [("authority", "0007_card_session_scripts")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="residence_status",
            field=models.CharField(default="japanese", max_length=20),
        ),
        migrations.AddField(model_name="person", name="stay_until", field=models.DateField(null=True)),
        migrations.AddField(model_name="card", name="special_until", field=models.DateField(null=True)),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "residence_status__in",
                        ["japanese", "permanent", "special-permanent", "highly-skilled-2", "fixed-stay"],
                    )
                ),
                name="person_residence_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(("residence_status", "fixed-stay"), ("stay_until__isnull", False))
                | (
                    models.Q(("residence_status", "fixed-stay"), _negated=True) & models.Q(("stay_until__isnull", True))
                ),
                name="person_fixed_stay_has_its_end",
            ),
        ),
        migrations.AddIndex(
            model_name="card",
            index=models.Index(
                condition=models.Q(("state", "active")), fields=["expires"], name="card_in_use_by_expiry"
            ),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                condition=models.Q(("state", "valid")), fields=["expires"], name="certificate_valid_by_expiry"
            ),
        ),
        migrations.CreateModel(
            name="NoticeBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("municipality", models.CharField(max_length=5)),
                ("on_date", models.DateField()),
                ("selected_at", models.DateTimeField()),
                ("noticed", models.PositiveIntegerField()),
                ("skipped", models.PositiveIntegerField()),
                ("taken_out", models.PositiveIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["on_date", "municipality"], name="notice_batch_of_day")],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("notice_id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="authority.noticebatch",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="authority.person"
                    ),
                ),
                (
                    "card",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="authority.card"
                    ),
                ),
                ("state", models.CharField(default="waiting", max_length=12)),
                ("municipality", models.CharField(blank=True, default="", max_length=5)),
                ("letter", models.BinaryField(default=b"")),
                ("handed_over_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")), fields=("card",), name="notice_one_waiting_per_card"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "given", "handed-over", "taken-out"])),
                        name="notice_state_known",
                    ),
                    models.CheckConstraint(
                        condition=(
                            models.Q(("state__in", ["given", "handed-over"]))
                            & models.Q(("municipality", ""), _negated=True)
                        )
                        | (
                            models.Q(("state__in", ["given", "handed-over"]), _negated=True)
                            & models.Q(("municipality", ""))
                        ),
                        name="notice_given_to_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("handed_over_at__isnull", False), ("state", "handed-over"))
                        | (
                            models.Q(("state", "handed-over"), _negated=True)
                            & models.Q(("handed_over_at__isnull", True))
                        ),
                        name="notice_handed_over_at_a_moment",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "given")),
                        fields=["municipality"],
                        name="notice_given_by_municipality",
                    ),
                    models.Index(condition=models.Q(("state", "waiting")), fields=["person"], name="notice_waiting"),
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeDecision",
            fields=[
                ("key", models.CharField(max_length=48, primary_key=True, serialize=False)),
                (
                    "card",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notice_decisions",
                        to="authority.card",
                    ),
                ),
                ("expires", models.DateField()),
                (
                    "notice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="authority.notice",
                    ),
                ),
                ("without", models.CharField(blank=True, default="", max_length=64)),
                ("decided_on", models.DateField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("notice__isnull", False),
                            models.Q(("without", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="notice_decision_says_why_not",
                    )
                ],
            },
        ),
        migrations.RunPython(build, tear_down),
    ]
