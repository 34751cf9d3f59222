from django.db import migrations

from openjpki.authority.walls import build, tear_down


class Migration(migrations.Migration):
    dependencies = [("authority", "0001_initial")]

    operations = [migrations.RunPython(build, tear_down)]
