"""Samples: from an engine's floats to frames of PCM and WAV files."""
