"""What is really stored and really served, held against profile, rows and journal. Nothing here writes."""
