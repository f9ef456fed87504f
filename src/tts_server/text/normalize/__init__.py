"""From what is written for the eye to what is said; no engine owns it."""
