"""The thread that an engine lives on."""
