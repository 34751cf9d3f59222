"""Expiry notices: chosen on a day, once for each expiry, and handed to the municipality that prints them (R-7.1 to R-7.5)."""
