"""How the card images of the dialogues were made: `python -m tests.dialogues.make_cards`, once; keys are random.

A new image needs new expected signatures in the dialogues; `test_dialogues` says how to get them.
"""

from openjpki.card.imagefile import to_bytes
from tests.unit.card.cards import IMAGES, make

if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    for name, algorithm in (("ordinary", "rsa-2048"), ("p384", "p-384")):
        (IMAGES / f"{name}.card").write_bytes(to_bytes(make(algorithm)))
