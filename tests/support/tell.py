"""Tells a story with PINs that tests know, on a day that they choose: `python -m tests.support.tell HOME …`."""

import argparse
from datetime import date
from pathlib import Path

from openjpki.errors import Language
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.site.home import Settings
from openjpki.site.server import listening
from openjpki.story.cast import Pins
from openjpki.story.life import over_http, own_document, tell
from tests.support.stories import AUTHENTICATION_PIN, SIGNATURE_PIN


def main() -> None:
    """Tell the story at any free port."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("--today", type=date.fromisoformat, required=True)
    parser.add_argument("--algorithm", type=KeyAlgorithm, required=True)
    given = parser.parse_args()
    language: Language = "en"
    with listening(0) as listener:
        tell(
            given.home,
            today=given.today,
            document=own_document(),
            language=language,
            say=print,
            settings=Settings(purpose="story", port=listener.port, algorithm=given.algorithm.value),
            web=over_http(listener),
            pins=Pins(signature=SIGNATURE_PIN, authentication=AUTHENTICATION_PIN),
        )


if __name__ == "__main__":
    main()
