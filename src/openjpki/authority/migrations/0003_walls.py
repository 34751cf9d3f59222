from django.db import migrations

from openjpki.authority.walls import build, tear_down


class Migration(migrations.Migration):
    dependencies = [("authority", "0002_legal_clock")]

    operations = [migrations.RunPython(build, tear_down)]
