"""Cells of other frameworks, unchanged: their own step runs while JAX traces it."""
