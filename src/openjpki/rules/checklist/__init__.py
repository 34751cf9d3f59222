"""The resident's interview: what to know and to bring before coming to the counter."""
