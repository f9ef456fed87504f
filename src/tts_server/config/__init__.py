"""Every setting of the server and of a client, and where each came from.

A value comes from the first of these that has it: a flag, an exported variable, ``.env`` in the working
folder (for clients, when python-dotenv is installed), the default. For an endpoint the whole of one level is
looked at before the next: a URI, then a socket, then a host and port. The server's variables and the client's
are apart: neither side reads the other's token. ``client`` loads nothing of what ``server`` needs.
"""
