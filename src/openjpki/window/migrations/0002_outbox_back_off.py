from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("window", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="AuthorityPause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("municipality", models.CharField(max_length=5)),
                ("failures", models.PositiveIntegerField()),
                ("since", models.DateTimeField()),
                ("tried_at", models.DateTimeField()),
                ("next_try_at", models.DateTimeField()),
                ("last_error", models.CharField(max_length=80)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("municipality",), name="pause_one_of_a_municipality"),
                    models.CheckConstraint(condition=Q(("failures__gte", 1)), name="pause_after_a_failure"),
                ],
            },
        ),
        migrations.AddField(model_name="outboxmessage", name="next_try_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="outboxmessage", name="refusals", field=models.PositiveIntegerField(default=0)),
        migrations.AddConstraint(
            model_name="outboxmessage",
            constraint=models.CheckConstraint(
                condition=Q(("next_try_at__isnull", True)) | Q(("refusals__gte", 1), ("sent_at__isnull", True)),
                name="outbox_only_the_refused_wait",
            ),
        ),
    ]
