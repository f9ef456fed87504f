"""The server: sessions, scheduler and engine joined on one event loop."""
