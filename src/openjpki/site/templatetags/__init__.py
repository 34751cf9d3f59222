"""Template tags of the start page."""
