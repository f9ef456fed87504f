"""From text to phonemes, and which phonemes belong to which word."""
