"""Kokoro's data files: the statistics of its norms, its voices, and what its operators do."""
