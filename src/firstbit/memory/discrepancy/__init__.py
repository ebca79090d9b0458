"""The (l,k)-discrepancy."""
