import django.db.models.deletion
from django.db import migrations, models

from openjpki.authority.verifiers.walls import build, tear_down


class Migration(migrations.Migration):
    dependencies = [
        ("authority", "0008_notices"),
    ]

    operations = [
        migrations.CreateModel(
            name="Verifier",
            fields=[
                ("code", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=200)),
                ("kind", models.CharField(max_length=24)),
                ("corporate_number", models.CharField(blank=True, max_length=13)),
                ("grounds", models.JSONField()),
                ("rights", models.JSONField()),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("state", models.CharField(default="active", max_length=9)),
                ("approved_by", models.CharField(blank=True, max_length=64)),
                ("registered_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gte", models.F("since"))), name="verifier_has_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["active", "suspended", "ended"])),
                        name="verifier_state_is_a_word",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "signature-verifier",
                                    "authentication-verifier",
                                    "group-verifier",
                                    "platform-operator",
                                    "public-body",
                                ],
                            )
                        ),
                        name="verifier_kind_is_a_word",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PhoneHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operator", models.CharField(max_length=64)),
                ("asked", models.JSONField()),
                ("held_at", models.DateTimeField()),
                ("acknowledged_at", models.DateTimeField(null=True)),
                (
                    "card",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="phone_holds", to="authority.card"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("acknowledged_at__isnull", True)),
                        fields=("card",),
                        name="phone_hold_one_open_per_card",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("acknowledged_at__isnull", True),
                            ("acknowledged_at__gte", models.F("held_at")),
                            _connector="OR",
                        ),
                        name="phone_hold_known_after_it_came",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("consent_id", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("certificate_key", models.CharField(max_length=40)),
                ("items", models.JSONField()),
                ("purpose", models.CharField(max_length=200)),
                ("scope", models.CharField(max_length=200)),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("document", models.BinaryField()),
                ("registered_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="authority.person"
                    ),
                ),
                (
                    "verifier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="authority.verifier"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person"], name="consent_of_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gte", models.F("since"))), name="consent_has_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("certificate_key__startswith", "signature/")),
                        name="consent_signed_by_a_signature_certificate",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("withdrawn_at__isnull", True),
                            ("withdrawn_at__gte", models.F("registered_at")),
                            _connector="OR",
                        ),
                        name="consent_withdrawn_after_it_came",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VerifierCertificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fingerprint", models.CharField(max_length=64, unique=True)),
                ("key_digest", models.CharField(max_length=64, unique=True)),
                ("certificate", models.BinaryField()),
                ("not_before", models.DateTimeField()),
                ("not_after", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "verifier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certificates",
                        to="authority.verifier",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("not_after__gt", models.F("not_before"))),
                        name="verifier_key_valid_for_a_time",
                    )
                ],
            },
        ),
        migrations.RunPython(build, tear_down),
    ]
