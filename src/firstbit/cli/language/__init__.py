"""`firstbit language`."""
