"""The openjpki command."""
