"""The wire: events, and how they stand in messages."""
