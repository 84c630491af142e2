"""A real kernel as oracle: user-mode Linux booted from the tests, and what clients said to it."""
