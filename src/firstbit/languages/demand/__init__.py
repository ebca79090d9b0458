"""The memory that a language demands."""
