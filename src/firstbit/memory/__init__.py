"""What does the cell supply? Measures of memory, untrained and trained."""
