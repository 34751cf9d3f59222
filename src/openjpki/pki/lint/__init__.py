"""The profile as rules, one small function each, run over to-be-signed bytes: findings, not booleans."""
