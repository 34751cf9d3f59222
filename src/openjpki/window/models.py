"""Tables of the window."""
