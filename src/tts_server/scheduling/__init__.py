"""Who is served next, without clocks or threads."""
