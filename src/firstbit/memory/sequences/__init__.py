"""Measures of a model of sequences, which shows no state."""
