"""Keeping a home: backup, restore, upgrade."""
