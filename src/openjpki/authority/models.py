"""Tables of the authority."""
