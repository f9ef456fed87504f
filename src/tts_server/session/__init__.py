"""One connection's rules, without any I/O."""
