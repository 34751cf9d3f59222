"""Expiry notices, and how long a foreign resident may stay; whoever is on record already is taken for a Japanese national."""

from django.db import migrations, models

from openjpki.window.notice_walls import build, tear_down


class Migration(migrations.Migration):
    dependencies = [("window", "0005_application_steps")]

    operations = [
        migrations.AddField(
            model_name="resident",
            name="residence_status",
            field=models.CharField(default="japanese", max_length=20),
        ),
        migrations.AddField(model_name="resident", name="stay_until_date", field=models.DateField(null=True)),
        migrations.AddField(model_name="cardholding", name="special_until_date", field=models.DateField(null=True)),
        migrations.AddConstraint(
            model_name="resident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "residence_status__in",
                        ["japanese", "permanent", "special-permanent", "highly-skilled-2", "fixed-stay"],
                    )
                ),
                name="resident_residence_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="resident",
            constraint=models.CheckConstraint(
                condition=models.Q(("residence_status", "fixed-stay"), ("stay_until_date__isnull", False))
                | (
                    models.Q(("residence_status", "fixed-stay"), _negated=True)
                    & models.Q(("stay_until_date__isnull", True))
                ),
                name="resident_fixed_stay_has_its_end",
            ),
        ),
        migrations.CreateModel(
            name="ExpiryNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("municipality", models.CharField(max_length=5)),
                ("notice_id", models.CharField(max_length=64, unique=True)),
                ("resident_code", models.CharField(max_length=11)),
                ("card_expires_date", models.DateField(null=True)),
                ("signature_expires_date", models.DateField(null=True)),
                ("authentication_expires_date", models.DateField(null=True)),
                ("opens_date", models.DateField()),
                ("selected_date", models.DateField()),
                ("post_by_date", models.DateField()),
                ("enclosed", models.JSONField()),
                ("told", models.JSONField()),
                ("state", models.CharField(default="received", max_length=10)),
                ("received_at", models.DateTimeField()),
                ("marked_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["municipality", "state", "notice_id"], name="expiry_notice_by_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["received", "printed", "posted", "returned", "withdrawn"])),
                        name="expiry_notice_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("card_expires_date__isnull", False),
                            ("signature_expires_date__isnull", False),
                            ("authentication_expires_date__isnull", False),
                            _connector="OR",
                        ),
                        name="expiry_notice_is_about_something",
                    ),
                ],
            },
        ),
        migrations.RunPython(build, tear_down),
    ]
