"""Operators of streaming programs on small signals: cut anywhere, they make what they make of the whole."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tts_server.backends.kokoro.prepare.stream_graph import ChannelMajorGraph, StreamGraph
from tts_server.backends.kokoro.prepare.toom_cook import TILINGS, Tiling, TimeMajorGraph, transforms

Float32 = NDArray[np.float32]

N_IN, N_OUT = 3, 4
RNG = np.random.default_rng(1)


def random(*shape: int) -> Float32:
    return RNG.standard_normal(shape).astype(np.float32)


class Runner:
    """Feeds a program with one input ``x`` piece by piece; signals are (n_samples, channels) here."""

    def __init__(self, graph: StreamGraph) -> None:
        self._graph = graph
        model: onnx.ModelProto = graph.build()
        self._session = ort.InferenceSession(model.SerializeToString())

    def __call__(self, x: Float32, sizes: list[int]) -> Float32:
        states = {
            state.name: self._to_program(np.zeros((state.n_first, state.n_channels), np.float32))
            for state in self._graph.states
        }
        position, made = 0, []
        bounds = [*np.cumsum(sizes)]
        for end in bounds:
            inputs = {
                "x": self._to_program(x[position:end]),
                "first": np.array([position == 0], np.int64),
                "flush": np.array([end == len(x)], np.int64),
            }
            names = ["y", *(state.next_name for state in self._graph.states)]
            y, *following = self._session.run(names, {**inputs, **states})
            states = {s.name: value for s, value in zip(self._graph.states, following, strict=True)}
            made.append(y if self._graph.time_axis == 0 else y[0].T)
            position = int(end)
        return np.concatenate(made)

    def _to_program(self, x: Float32) -> Float32:
        return x if self._graph.time_axis == 0 else np.ascontiguousarray(x.T[None])


def reference(node: onnx.NodeProto, x: Float32, weight: Float32, bias: Float32) -> Float32:
    """What ONNX Runtime's own operator makes of the whole signal."""
    info = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [node],
        "reference",
        [info("x", onnx.TensorProto.FLOAT, [1, x.shape[1], None])],
        [info("y", onnx.TensorProto.FLOAT, None)],
        [onnx.numpy_helper.from_array(weight, "w"), onnx.numpy_helper.from_array(bias, "b")],
    )
    opset = [onnx.helper.make_opsetid("", 17)]
    model = onnx.helper.make_model(graph, opset_imports=opset, ir_version=8)
    (y,) = ort.InferenceSession(model.SerializeToString()).run(None, {"x": x.T[None]})
    result: Float32 = y[0].T
    return result


def level_db(error: Float32, signal: Float32) -> float:
    return float(
        10 * np.log10((error.astype(np.float64) ** 2).sum() / (signal.astype(np.float64) ** 2).sum())
    )


def pieces(n_samples: int, first: int, multiple: int = 1) -> st.SearchStrategy[list[int]]:
    """Ways to cut a signal whose first piece is long enough."""

    def cut(bounds: list[int]) -> list[int]:
        edges = sorted({first + multiple * b for b in bounds if first + multiple * b < n_samples})
        bounds = [0, *([first, *edges] if n_samples > first else []), n_samples]
        return [end - start for start, end in pairwise(bounds)]

    return st.lists(st.integers(1, max(1, (n_samples - first) // multiple)), max_size=12).map(cut)


@pytest.fixture(scope="module", params=[(k, d) for k in TILINGS for d in (1, 3, 5)], ids=str)
def fast_conv(request: pytest.FixtureRequest) -> tuple[Runner, Callable[[Float32], Float32], int]:
    kernel, dilation = request.param
    weight, bias = random(N_OUT, N_IN, kernel), random(N_OUT)
    graph = TimeMajorGraph("conv")
    graph.output("y", graph.conv(graph.input("x", [None, N_IN]), weight, bias, dilation=dilation))
    padding = (kernel - 1) // 2 * dilation
    node = onnx.helper.make_node(
        "Conv", ["x", "w", "b"], ["y"], dilations=[dilation], pads=[padding, padding]
    )
    return Runner(graph), lambda x: reference(node, x, weight, bias), padding + 1


@given(data=st.data(), n_samples=st.integers(1, 150))
@settings(max_examples=25)
def test_a_fast_convolution_cut_anywhere_is_the_convolution(
    fast_conv: tuple[Runner, Callable[[Float32], Float32], int], data: st.DataObject, n_samples: int
) -> None:
    run, expected_of, first = fast_conv
    x = random(n_samples, N_IN)
    made = run(x, data.draw(pieces(n_samples, first)))
    expected = expected_of(x)
    assert made.shape == expected.shape
    # Rounding follows the size of what is added up, which the sum may cancel.
    assert level_db(made - expected, np.concatenate([expected, x], axis=1)) < -90


@pytest.mark.parametrize("tiling", TILINGS.values(), ids=str)
def test_transforms_turn_products_into_a_convolution(tiling: Tiling) -> None:
    matrices = transforms(tiling)
    x, w = RNG.standard_normal(tiling.n_points), RNG.standard_normal(tiling.n_taps)
    made = matrices.outputs @ ((matrices.kernel @ w) * (matrices.inputs @ x))
    np.testing.assert_allclose(made, np.correlate(x, w, "valid"), rtol=1e-9, atol=1e-9)


@given(data=st.data(), n_samples=st.integers(1, 60))
@settings(max_examples=25)
def test_a_plain_convolution_cut_anywhere_is_the_convolution(data: st.DataObject, n_samples: int) -> None:
    weight, bias = random(N_OUT, N_IN, 3), random(N_OUT)
    graph = ChannelMajorGraph("conv")
    graph.output("y", graph.conv(graph.input("x", [1, N_IN, None]), weight, bias, padding=1))
    x = random(n_samples, N_IN)
    made = Runner(graph)(x, data.draw(pieces(n_samples, 2)))
    node = onnx.helper.make_node("Conv", ["x", "w", "b"], ["y"], pads=[1, 1])
    np.testing.assert_allclose(made, reference(node, x, weight, bias), atol=1e-5)


@given(data=st.data(), n_strides=st.integers(1, 30))
@settings(max_examples=25)
def test_a_strided_convolution_cut_at_strides_is_the_convolution(data: st.DataObject, n_strides: int) -> None:
    weight, bias = random(N_OUT, N_IN, 3), random(N_OUT)
    graph = ChannelMajorGraph("conv")
    x_name = graph.input("x", [1, N_IN, None])
    graph.output("y", graph.strided_conv(x_name, weight, bias, stride=2, padding=1))
    x = random(2 * n_strides, N_IN)
    made = Runner(graph)(x, data.draw(pieces(len(x), 2, multiple=2)))
    node = onnx.helper.make_node("Conv", ["x", "w", "b"], ["y"], pads=[1, 1], strides=[2])
    np.testing.assert_allclose(made, reference(node, x, weight, bias), atol=1e-5)


@given(data=st.data(), n_samples=st.integers(1, 40))
@settings(max_examples=25)
def test_a_transposed_convolution_cut_anywhere_is_the_convolution(
    data: st.DataObject, n_samples: int
) -> None:
    weight, bias = random(N_IN, 1, 3), random(N_IN)
    graph = ChannelMajorGraph("conv")
    x_name = graph.input("x", [1, N_IN, None])
    y = graph.conv_transpose(x_name, weight, bias, stride=2, trim=1, group=N_IN, n_extra=1)
    graph.output("y", y)
    x = random(n_samples, N_IN)
    made = Runner(graph)(x, data.draw(pieces(n_samples, 1)))
    node = onnx.helper.make_node(
        "ConvTranspose", ["x", "w", "b"], ["y"], strides=[2], pads=[1, 1], output_padding=[1], group=N_IN
    )
    np.testing.assert_allclose(made, reference(node, x, weight, bias), atol=1e-5)


@given(data=st.data(), n_samples=st.integers(1, 60))
@settings(max_examples=25)
def test_streams_of_different_look_ahead_meet_at_the_same_samples(
    data: st.DataObject, n_samples: int
) -> None:
    graph = TimeMajorGraph("sum")
    identity = np.zeros((N_IN, N_IN, 7), np.float32)
    identity[range(N_IN), range(N_IN), 3] = 1
    x_name = graph.input("x", [None, N_IN])
    late = graph.conv(x_name, identity, None)
    aligned = graph.align((x_name, N_IN), (late, N_IN))
    delayed = graph.delay(x_name, N_IN, late)
    graph.output("y", graph.node("Sum", [*aligned, delayed]))
    x = random(n_samples, N_IN)
    made = Runner(graph)(x, data.draw(pieces(n_samples, 4)))
    np.testing.assert_allclose(made, 3 * x, atol=1e-4)
