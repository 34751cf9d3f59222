"""Every message between the municipality and the authority, and the carriers that take it there."""
