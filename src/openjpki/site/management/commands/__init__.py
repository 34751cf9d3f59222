"""Commands of the house, in place of Django's of the same name."""
