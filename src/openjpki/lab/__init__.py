"""The laboratory of a service provider: test cards that are told by name. It knows no role and no Django."""
