"""What becomes of two words' states."""
