"""Watching a home: health, logs, metrics."""
