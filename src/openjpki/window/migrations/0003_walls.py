from django.db import migrations

from openjpki.window.walls import build, tear_down


class Migration(migrations.Migration):
    dependencies = [("window", "0002_outbox_back_off")]

    operations = [migrations.RunPython(build, tear_down)]
