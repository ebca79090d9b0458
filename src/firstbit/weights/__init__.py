"""Random weights as a function of a key: laws, generator, redrawn cells."""
