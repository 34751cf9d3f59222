"""The record every role writes in the transaction of its act, sealed into a chain that can be checked."""
