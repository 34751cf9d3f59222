import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from openjpki.site.place import FORMAT
from openjpki.site.router import ALIAS_OF
from openjpki.site.settings import ROLES

OURS = sorted(config.label for config in apps.get_app_configs() if config.name.startswith("openjpki."))


@pytest.mark.django_db(databases=ROLES)
def test_the_migrations_say_what_the_models_say(capsys: pytest.CaptureFixture[str]) -> None:
    """A model that changed has its migration: otherwise a new home would lack what the code expects."""
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    except SystemExit:
        pytest.fail(capsys.readouterr().out)


def test_the_migrations_form_one_line_each() -> None:
    """No application's migrations fork: a home has one way up."""
    assert MigrationLoader(None).detect_conflicts() == {}


@pytest.mark.parametrize("label", OURS)
def test_every_application_knows_its_database(label: str) -> None:
    """Tables go to one role's database; the audit record's go to all, and the site has none."""
    assert ALIAS_OF.get(label) in ROLES or label in {"audit", "site"}
    if label == "site":
        assert not list(apps.get_app_config(label).get_models())


TABLES = {
    "audit": "0002_sealing",
    "authority": "0014_made_cards",
    "staff": "0001_initial",
    "window": "0006_stays_and_notices",
}
"""The last migration of each application in a home of format 5."""


def test_other_tables_are_another_format() -> None:
    """A home is opened by its format alone: a migration that comes after a release raises it, and `upgrade` has a step."""
    leaves = {label: name for label, name in MigrationLoader(None).graph.leaf_nodes() if label in OURS}

    assert (FORMAT, leaves) == (5, TABLES), (
        "raise FORMAT, give `upgrade` its step, and keep a home of the format before"
    )
