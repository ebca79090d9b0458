"""The words of a language: drawn, counted, listed, encoded, split, read and written."""
