"""`openjpki rules …`: the rule book asked from the command line."""
