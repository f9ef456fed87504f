"""Write down what ONNX Runtime's STFT operator does to each of the 20 samples of a frame.

    python -m training.kokoro.probe_stft

Kokoro's network hears the phase of spectrum lines that are zero on paper, so the rounding of the operator's
own Fourier factors is part of the sound: a line at 0 Hz with a negative value has phase +pi or -pi by the
sign of a remainder of 5e-7, and the wrong one changes the mel spectrum by 3.7 dB. The operator's answers to
single impulses hold that rounding exactly; the package keeps them as ``data/stft_kernels.npy``, float32,
shape (22, 20): 11 real parts, 11 imaginary parts.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

from tts_server.backends.kokoro.prepare import simplify

N_FFT = 20


def main() -> None:
    """Probe the operator and write the package's data file."""
    window = simplify.hann(N_FFT).astype(np.float32)
    constants = [
        numpy_helper.from_array(np.array(N_FFT), "step"),
        numpy_helper.from_array(window, "window"),
        numpy_helper.from_array(np.array(N_FFT), "length"),
    ]
    node = helper.make_node("STFT", ["frames", "step", "window", "length"], ["spectrum"], onesided=1)
    graph = helper.make_graph(
        [node],
        "stft",
        [helper.make_tensor_value_info("frames", TensorProto.FLOAT, [N_FFT, N_FFT])],
        [helper.make_tensor_value_info("spectrum", TensorProto.FLOAT, None)],
        constants,
    )
    model: onnx.ModelProto = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9
    )
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    spectrum = session.run(None, {"frames": np.eye(N_FFT, dtype=np.float32)})[0][:, 0]
    kernels = np.concatenate([spectrum[:, :, 0].T, spectrum[:, :, 1].T]).astype(np.float32)
    path = Path(simplify.__file__).parents[1] / "data" / "stft_kernels.npy"
    np.save(path, kernels)
    rest = np.abs(kernels - simplify.fourier_kernels(window)).max()
    print(f"{path.name}: at most {rest:.1e} from the exact kernels (ONNX Runtime {ort.__version__})")


if __name__ == "__main__":
    main()
