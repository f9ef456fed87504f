"""What runs in each step, on ONNX Runtime."""
