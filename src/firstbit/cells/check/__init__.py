"""What firstbit understands of a cell, and whether it is one of the catalogue."""
