"""Make Kokoro's float graph cheaper without changing what it computes.

Two places of the export are rewritten; each rewrite finds its place by the shape of the graph around it.

* The end. The export inverts the spectrum by an overlap-add and leaves out the division by the window's sum,
  which makes it 1.5 times too loud (it divides the first 20 samples only). One transposed convolution with a
  scaled basis does the whole: the level is the reference model's, and a piece from the middle of an utterance
  comes out as it does in the whole.
* The beginning of the harmonic source. A short-time Fourier transform of 20 points is a convolution with 22
  fixed kernels, which takes a fraction of the time of ONNX Runtime's STFT operator. The kernels are the
  operator's own answers to impulses, because the network hears their rounding
  (``training/kokoro/probe_stft.py``).

Measured on two busy cores, medians and minima of one run: 4 to 7 % less processor time for a whole utterance;
the transform itself takes 0.2 ms instead of 50 for 1.3 s of audio. Writing the Snake activations as a
polynomial, whose operators use every thread where ONNX Runtime's Sin uses one, costs 3 to 6 % more processor
time and did not repeatably save wall time.
"""

from __future__ import annotations

from importlib import resources

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from tts_server.backends.kokoro.prepare.graph_index import GraphIndex, prune
from tts_server.backends.kokoro.prepare.rebuild import rebuild
from tts_server.errors import ModelCorruptError

Float32 = NDArray[np.float32]


class Rewriter:
    """Replaces single nodes of a model by several, then leaves out what nothing depends on any more."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self.model = model
        self.index = GraphIndex(model.graph)
        self._replacements: dict[str, list[onnx.NodeProto]] = {}
        self._constants: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, values: NDArray[np.generic]) -> str:
        """Add a constant; return its name."""
        self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def replace(self, output: str, nodes: list[onnx.NodeProto]) -> None:
        """Have ``nodes``, the last of which makes ``output``, stand where the maker of ``output`` stood."""
        self._replacements[self.index.producer(output).output[0]] = nodes

    def finish(self) -> onnx.ModelProto:
        """Return the new model; the old one is not changed."""
        graph = self.model.graph
        nodes = [new for old in graph.node for new in self._replacements.get(old.output[0], [old])]
        nodes = prune(nodes, [output.name for output in graph.output])
        return rebuild(self.model, nodes, (*graph.initializer, *self._constants.values()))


def simplify(model: onnx.ModelProto) -> onnx.ModelProto:
    """Apply every rewrite of this module.

    Raises:
        ModelCorruptError: The graph does not have the shape that a rewrite needs.
    """
    rewriter = Rewriter(model)
    rewrite_ending(rewriter)
    rewrite_stft(rewriter)
    return rewriter.finish()


def rewrite_ending(rewriter: Rewriter) -> None:
    """Replace all that follows the inverse transform's ConvTranspose, and bring it to the reference level."""
    index = rewriter.index
    output = rewriter.model.graph.output[0].name
    ops = {"Gather", "Reshape", "Slice", "Mul", "Unsqueeze", "ScatterND", "Squeeze", "ConvTranspose"}
    name, gain, trimmed = output, 1.0, []
    for _ in range(16):
        node = index.producer(name, ops)
        if node.op_type == "ConvTranspose":
            break
        if node.op_type == "Slice":
            trimmed.append(
                index.constant(node.input[1]).ravel()[0] or -index.constant(node.input[2]).ravel()[0]
            )
        factor = (
            next((i for i in node.input if index.is_constant(i)), None) if node.op_type == "Mul" else None
        )
        if factor is not None:
            gain *= float(index.constant(factor))
        name = next(i for i in node.input if i != factor)
    else:
        raise ModelCorruptError("the model's graph does not end in an inverse short-time Fourier transform")
    basis = index.constant(node.input[1]).astype(np.float32)
    stride = next(a.ints[0] for a in node.attribute if a.name == "strides")
    n_fft = basis.shape[-1]
    if sorted(trimmed) != [n_fft // 2, n_fft // 2]:
        raise ModelCorruptError("the model's graph does not trim half a window from both ends of the audio")
    window_sum = hann(n_fft) ** 2
    level = float(window_sum.sum()) / stride
    scaled = rewriter.constant(f"{node.input[1]}_scaled", basis * np.float32(gain / level))
    pads = [n_fft // 2, n_fft // 2]
    shape = rewriter.constant("audio_shape", np.array([-1], np.int64))
    rewriter.replace(
        output,
        [
            helper.make_node(
                "ConvTranspose",
                [node.input[0], scaled],
                ["audio_samples"],
                "istft",
                strides=[stride],
                pads=pads,
            ),
            helper.make_node("Reshape", ["audio_samples", shape], [output], "istft_flat"),
        ],
    )


def rewrite_stft(rewriter: Rewriter) -> None:
    """Replace the STFT operator by a convolution with the windowed Fourier kernels."""
    index = rewriter.index
    found = [node for node in rewriter.model.graph.node if node.op_type == "STFT"]
    if len(found) != 1:
        raise ModelCorruptError(f"the model's graph has {len(found)} STFT nodes instead of one")
    node = found[0]
    step, window = int(index.constant(node.input[1])), index.constant(node.input[2]).astype(np.float64)
    n_fft = window.size
    n_bins = n_fft // 2 + 1
    kernels = np.load(
        str(resources.files("tts_server.backends.kokoro") / "data" / "stft_kernels.npy"), allow_pickle=False
    )
    if kernels.shape != (2 * n_bins, n_fft) or np.abs(kernels - fourier_kernels(window)).max() > 1e-4:
        raise ModelCorruptError("the STFT of the model's graph does not have a Hann window of 20 samples")
    weight = rewriter.constant("stft_kernels", kernels[:, None, :])
    transpose = index.sole_consumer(node.output[0], {"Transpose"})
    if list(next(a.ints for a in transpose.attribute)) != [0, 2, 1, 3]:
        raise ModelCorruptError("the model's graph uses the STFT in another order than bins before frames")
    channel = rewriter.constant("stft_channel", np.array([1], np.int64))
    for gather in index.consumers(transpose.output[0]):
        if gather.op_type != "Gather":
            raise ModelCorruptError(f"node {gather.name!r} of the model's graph is no Gather")
        part = int(index.constant(gather.input[1]))
        bounds = [
            rewriter.constant(f"stft_bound_{bound}", np.array([bound], np.int64))
            for bound in (part * n_bins, (part + 1) * n_bins)
        ]
        rewriter.replace(
            gather.output[0],
            [helper.make_node("Slice", ["stft_parts", *bounds, channel], gather.output, gather.name)],
        )
    rewriter.replace(
        node.output[0],
        [
            helper.make_node("Unsqueeze", [node.input[0], channel], ["stft_signal"], "stft_signal"),
            helper.make_node("Conv", ["stft_signal", weight], ["stft_parts"], node.name, strides=[step]),
        ],
    )


def fourier_kernels(window: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the kernels of a short-time Fourier transform: real parts first, a column for each sample."""
    n_fft = window.size
    angle = 2 * np.pi * np.outer(np.arange(n_fft // 2 + 1), np.arange(n_fft)) / n_fft
    return np.concatenate([np.cos(angle) * window, -np.sin(angle) * window])


def hann(n: int) -> NDArray[np.float64]:
    """Return the periodic Hann window of n samples."""
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)
