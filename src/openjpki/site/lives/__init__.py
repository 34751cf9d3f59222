"""The lives of the test cards in a home: years of acts at authority and counter, up to the present moment."""
