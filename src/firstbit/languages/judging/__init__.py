"""Judging a predictor: the words of its test, and what it got right."""
