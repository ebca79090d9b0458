"""How fast one given net forgets: measured and proved."""
