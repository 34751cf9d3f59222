"""CA generations: born in a ceremony, resolved by key, ended before their time."""
