"""What this program creates, replaces and removes on the disk."""
