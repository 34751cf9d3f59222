"""How the card images of the dialogues were made: `python -m tests.dialogues.make_cards`, once; keys are random.

A new image needs new expected signatures in the dialogues; `test_dialogues` says how to get them.
"""

from openjpki.card.imagefile import to_bytes
from tests.support.faces import with_face
from tests.unit.card.cards import IMAGES, make

if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    ordinary = make("rsa-2048")
    for name, image in (("ordinary", ordinary), ("p384", make("p-384")), ("holder", with_face(ordinary))):
        (IMAGES / f"{name}.card").write_bytes(to_bytes(image))
