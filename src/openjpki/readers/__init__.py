"""How APDUs travel between a terminal and a card."""
