"""Adapters for frameworks that build on this server."""
