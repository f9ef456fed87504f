from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper, numpy_helper

from tts_server.backends.kokoro.prepare.simplify import Rewriter, hann, rewrite_ending, rewrite_stft
from tts_server.errors import ModelCorruptError

Array = np.ndarray[Any, Any]

HOP, N_FFT, N_BINS = 5, 20, 11


def make_model(
    nodes: list[onnx.NodeProto], constants: dict[str, Any], shape: list[Any], output: str
) -> onnx.ModelProto:
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    model: onnx.ModelProto = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9
    )
    return model


def run(model: onnx.ModelProto, x: Array) -> Array:
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"x": x})[0])


def stft_model(window: Array) -> onnx.ModelProto:
    nodes = [
        helper.make_node("STFT", ["x", "hop", "window", "length"], ["spectrum"], "stft", onesided=1),
        helper.make_node("Transpose", ["spectrum"], ["bins_first"], "transpose", perm=[0, 2, 1, 3]),
        helper.make_node("Gather", ["bins_first", "zero"], ["real"], "real", axis=3),
        helper.make_node("Gather", ["bins_first", "one"], ["imaginary"], "imaginary", axis=3),
        helper.make_node("Concat", ["real", "imaginary"], ["y"], "y", axis=1),
    ]
    constants = {
        "hop": np.array(HOP),
        "window": window.astype(np.float32),
        "length": np.array(N_FFT),
        "zero": np.array(0),
        "one": np.array(1),
    }
    return make_model(nodes, constants, [1, "t"], "y")


def test_the_convolution_is_the_short_time_fourier_transform() -> None:
    model = stft_model(hann(N_FFT))
    rewriter = Rewriter(model)
    rewrite_stft(rewriter)
    simple = rewriter.finish()
    assert [node.op_type for node in simple.graph.node if node.op_type in {"STFT", "Conv"}] == ["Conv"]
    x = np.random.default_rng(2).normal(size=(1, 500)).astype(np.float32)
    expected = run(model, x)
    assert run(simple, x).shape == expected.shape == (1, 2 * N_BINS, 97)
    assert np.abs(run(simple, x) - expected).max() < 1e-5


def test_lines_that_are_zero_on_paper_keep_the_operators_sign() -> None:
    rewriter = Rewriter(stft_model(hann(N_FFT)))
    rewrite_stft(rewriter)
    spectrum = run(rewriter.finish(), np.full((1, 100), -0.3, np.float32))
    assert np.all(spectrum[0, 0] < -1)
    assert np.all(spectrum[0, N_BINS] > 1e-7)


def test_another_window_is_refused() -> None:
    with pytest.raises(ModelCorruptError, match="Hann window"):
        rewrite_stft(Rewriter(stft_model(np.ones(N_FFT))))
    with pytest.raises(ModelCorruptError, match="Hann window"):
        rewrite_stft(Rewriter(stft_model(hann(16))))


def ending_model(trim: int = N_FFT // 2) -> onnx.ModelProto:
    """An inverse transform that forgets the window's sum, like the export's."""
    angle = 2 * np.pi * np.outer(np.arange(N_BINS), np.arange(N_FFT)) / N_FFT
    weight = np.where(np.isin(np.arange(N_BINS), (0, N_BINS - 1)), 1.0, 2.0)[:, None] * hann(N_FFT) / N_FFT
    basis = np.concatenate([np.cos(angle) * weight, -np.sin(angle) * weight])
    nodes = [
        helper.make_node("ConvTranspose", ["x", "basis"], ["added"], "overlap_add", strides=[HOP]),
        helper.make_node("Mul", ["added", "four"], ["louder"], "gain"),
        helper.make_node("Slice", ["louder", "from", "far", "axis"], ["headless"], "head"),
        helper.make_node("Slice", ["headless", "start", "to", "axis"], ["trimmed"], "tail"),
        helper.make_node("Reshape", ["trimmed", "flat"], ["audio"], "flatten"),
    ]
    constants = {
        "basis": (basis[:, None, :] / 4).astype(np.float32),
        "four": np.float32(4),
        "start": np.array([0]),
        "from": np.array([trim]),
        "far": np.array([2**62]),
        "to": np.array([-trim]),
        "axis": np.array([2]),
        "flat": np.array([-1]),
    }
    return make_model(nodes, constants, [1, 2 * N_BINS, "t"], "audio")


def test_the_inverse_transform_gives_back_the_signal_at_its_level() -> None:
    signal = np.random.default_rng(4).normal(size=600)
    padded = np.pad(signal, N_FFT // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[::HOP] * hann(N_FFT)
    spectrum = np.fft.rfft(frames)
    x = np.concatenate([spectrum.real.T, spectrum.imag.T])[None].astype(np.float32)
    rewriter = Rewriter(ending_model())
    rewrite_ending(rewriter)
    audio = run(rewriter.finish(), x)
    assert audio.shape == (600,)
    assert np.abs(audio - signal)[HOP:-HOP].max() < 1e-5
    assert np.allclose(run(ending_model(), x)[HOP:-HOP], 1.5 * signal[HOP:-HOP], atol=1e-5)


def test_an_ending_of_another_form_is_refused() -> None:
    with pytest.raises(ModelCorruptError, match="trim half a window"):
        rewrite_ending(Rewriter(ending_model(trim=7)))
    with pytest.raises(ModelCorruptError):
        rewrite_ending(Rewriter(stft_model(hann(N_FFT))))
