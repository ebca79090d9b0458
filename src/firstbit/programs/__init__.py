"""JAX programs read and rewritten."""
