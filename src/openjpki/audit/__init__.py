"""The record every role writes in the transaction of its act."""
