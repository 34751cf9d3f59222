"""Dual control: operators, the acts that take several of them, and the walls that hold both."""
