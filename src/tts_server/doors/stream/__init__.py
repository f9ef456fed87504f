"""What carries messages between a client and the server."""
