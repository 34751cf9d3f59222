"""Settings, homes, clocks and the composition root."""
