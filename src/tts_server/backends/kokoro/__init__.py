"""Kokoro-82M on ONNX Runtime: text in, 24 kHz speech out, on any CPU and with no network at run time."""
