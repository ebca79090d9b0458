"""Random parameters as a function of the cell."""
