"""Random cells that read two words."""
