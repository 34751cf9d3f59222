"""The two municipalities of every sandbox: those of the laboratory, so that a card is from the same place in both."""

from openjpki.lab.city import MINATO, MUNICIPALITIES, WAKABA

__all__ = ["MINATO", "MUNICIPALITIES", "WAKABA"]
