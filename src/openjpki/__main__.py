"""`python -m openjpki` is the `openjpki` command."""

import sys

from openjpki.cli.main import main

sys.exit(main())
