"""The register of persons, fed by the municipalities' reports, and what a municipality may claim."""
