"""How many examples a property takes whose every example signs or judges a whole document."""

from hypothesis import settings

FEW = settings(max_examples=settings.default.max_examples // 4 if settings.default else 12)
"""A quarter of what the profile gives to others."""
