"""Read and rewrite JAX programs: blocks of draws, differences, kept results."""
