"""From an order to a certificate that is in force: admitted, drafted, issued, delivered, or undone."""
