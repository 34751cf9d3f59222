"""Which other program holds this home's certificates against its rules, as the setting says."""

from openjpki.errors import Failure, Kind
from openjpki.pki.lint import external
from openjpki.pki.lint.external import ExternalLint
from openjpki.site.home import Home


class ExternalLintMissing(Failure):
    """The home's certificates are to be held against a program that is not installed."""

    code = "home.external-lint-missing"
    kind = Kind.UNAVAILABLE
    ja = (
        "証明書を pkilint でも検査する設定(`openjpki.json` の `external_lint`)ですが、pkilint が入っていません。"
        "`pip install 'openjpki[lint]'` で入ります。"
    )
    en = (
        "Certificates are set to be held against pkilint too (`external_lint` in `openjpki.json`), which is not installed: "
        "`pip install 'openjpki[lint]'`."
    )


def external_lint(home: Home) -> ExternalLint | None:
    """Return the program, which is loaded with the first certificate; None where the setting is off. Raises `ExternalLintMissing`."""
    if home.settings.external_lint == "off":
        return None
    found = external.found_here()
    if found is None:
        raise ExternalLintMissing
    return found
