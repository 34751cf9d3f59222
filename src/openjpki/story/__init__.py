"""One life of a card's certificates, told step by step."""
