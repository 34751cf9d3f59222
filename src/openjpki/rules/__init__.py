"""The law and the rule book: who may, which paper, until when, what it costs. Pure."""
