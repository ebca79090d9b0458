"""The study: six cells on embedded Reber."""
