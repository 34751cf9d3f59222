"""Who speaks at the authority's desk: their keys, their lines, and the gate that hears nobody else."""
