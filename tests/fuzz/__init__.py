"""Fuzzing guided by coverage: what a program of another sends is bytes, and here they are looked for by a fuzzer."""
