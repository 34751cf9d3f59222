"""Says how long a foreign resident may stay; whoever is on record already is taken for a Japanese national."""

from django.db import migrations, models


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
    ]
