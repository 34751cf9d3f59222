"""市区町村 (the municipality): resident register, applications, identity checks, fees."""
