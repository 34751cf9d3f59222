"""The verifiers: their register, their door, what they are told, and what holders consented to."""
