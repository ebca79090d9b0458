"""The words of a language: sampled, counted, listed, encoded, split, read, written."""
