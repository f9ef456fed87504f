"""Text without I/O: where sentences end."""
