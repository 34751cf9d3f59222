from django.db import migrations

from openjpki.window.walls import build, tear_down


class Migration(migrations.Migration):
    dependencies = [("window", "0001_initial")]

    operations = [migrations.RunPython(build, tear_down)]
