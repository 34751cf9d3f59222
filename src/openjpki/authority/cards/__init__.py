"""The authority's cards: made, written on and heard over sealed sessions that a window relays and cannot read."""
