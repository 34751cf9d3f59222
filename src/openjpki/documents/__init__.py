"""Sign and verify documents and login challenges; one report for all."""
