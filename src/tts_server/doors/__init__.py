"""Who lets people in, and how what they say comes to the service."""
