"""Kokoro's graph as this package runs it: float32, simplified, with named seams and weights that are shared.

Theory of operation. `prepare` turns any known export into one graph that makes the audio and, for every
token, its length in frames. `find_seams` names the tensors at which that graph can be cut into a text stage,
a middle and a vocoder; they are found by what the nodes around them do, not by their names. `extract` takes a
piece between tensors out of it, and `save_graphs` writes pieces so that equal weights are stored once, in a
file that ONNX Runtime maps into memory: sessions over several pieces then share one copy, and loading one
reads nothing that is not used.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import onnx
from onnx import TensorProto, helper

from tts_server.backends.kokoro.prepare.dequantize import dequantize
from tts_server.backends.kokoro.prepare.fold import fold_constants
from tts_server.backends.kokoro.prepare.graph_index import GraphIndex, prune
from tts_server.backends.kokoro.prepare.rebuild import rebuild
from tts_server.backends.kokoro.prepare.simplify import simplify
from tts_server.errors import ModelCorruptError
from tts_server.files.owned import create_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tts_server.backends.base import ProgressCallback

INPUTS = ("tokens", "style", "speed")
AUDIO = "audio"
DURATIONS = "durations"
WEIGHTS_NAME = "weights.bin"

_STORED_APART_BYTES = 1024  # smaller tensors stay in the graph's own file
_ALIGNMENT_BYTES = 4096  # a page, so that a tensor can be mapped by itself
_UPSAMPLER_STRIDE = 10  # of the first transposed convolution of the vocoder, 80 to 800 frames a second
_SOURCE_CHANNELS = 22  # magnitude and phase of 11 spectrum lines


@dataclass(frozen=True, slots=True)
class Seams:
    """Names of the tensors at which the graph can be cut.

    Args:
        lengths: Frames of 25 ms that each token is expected to last at speed 1, in fractions; float32, shape
            (1, n_tokens).
        durations: The same divided by the speed and rounded, at least 1 each.
        features: What the vocoder starts from; float32, shape (1, 512, n), 80 for each second.
        source: Spectrum of the harmonic source; float32, shape (1, 22, 60 n + 1).
        style: The voice's part for decoder and vocoder; float32, shape (1, 128).
    """

    lengths: str
    durations: str
    features: str
    source: str
    style: str


def prepare(model: onnx.ModelProto, progress: ProgressCallback | None = None) -> onnx.ModelProto:
    """Return the graph that synthesizes a whole utterance, in float32.

    Args:
        model: The int8 or the float32 export; not changed.
        progress: Called as ``progress(stage, fraction)``; what it raises is let through.

    Returns:
        A graph with the inputs ``tokens`` int64 (1, n_tokens), ``style`` float32 (1, 256) and ``speed``
        float32 (1,), and the outputs ``audio`` float32 (n_samples,), at 24 kHz and at the reference model's
        level, and ``durations`` float32 (1, n_tokens), in frames of 600 samples.

    Raises:
        ModelCorruptError: The graph is not Kokoro's, or not in a form that is known.
    """
    model = simplify(float_export(model, progress))
    seams = find_seams(model)
    model.graph.node.append(helper.make_node("Identity", [seams.durations], [DURATIONS], DURATIONS))
    model.graph.output.append(_value_of_any_shape(DURATIONS))
    return model


def float_export(model: onnx.ModelProto, progress: ProgressCallback | None = None) -> onnx.ModelProto:
    """Return an export as it is in float32, with what is constant computed.

    Args:
        model: The int8 or the float32 export; not changed.
        progress: Called as ``progress(stage, fraction)``; what it raises is let through.

    Raises:
        ModelCorruptError: The graph is not Kokoro's, or not in a form that is known.
    """
    names = tuple(value.name for value in model.graph.input)
    if names != INPUTS or [value.name for value in model.graph.output] != [AUDIO]:
        raise ModelCorruptError(f"the model is no Kokoro export: its inputs are {', '.join(names)}")
    return fold_constants(dequantize(model, progress))


def find_seams(model: onnx.ModelProto) -> Seams:
    """Find the tensors at which a float graph can be cut.

    Raises:
        ModelCorruptError: A seam is not there, or there is more than one candidate.
    """
    index = GraphIndex(model.graph)
    nodes = model.graph.node
    clips = [n for n in nodes if n.op_type == "Clip" and index.made_by(n.input[0], "Round")]
    upsamplers = [n for n in nodes if n.op_type == "ConvTranspose" and _stride(n) == _UPSAMPLER_STRIDE]
    sources = {
        n.input[0]: n
        for n in nodes
        if n.op_type == "Conv" and index.shape(n.input[1])[1:2] == (_SOURCE_CHANNELS,)
    }
    styles = [half for node in index.consumers("style") if (half := _first_half(index, node))]
    for what, found in (
        ("rounded durations", clips),
        ("first upsampler", upsamplers),
        ("harmonic source", sources),
        ("decoder style", styles),
    ):
        if len(found) != 1:
            raise ModelCorruptError(
                f"the model's graph has {len(found)} candidates for its {what} instead of one"
            )
    activation = index.producer(upsamplers[0].input[0], {"LeakyRelu"})
    rounding = index.producer(clips[0].input[0], {"Round"})
    return Seams(
        lengths=index.producer(rounding.input[0], {"Div"}).input[0],
        durations=clips[0].output[0],
        features=activation.input[0],
        source=next(iter(sources)),
        style=styles[0],
    )


def extract(
    model: onnx.ModelProto, inputs: Mapping[str, Sequence[int | str | None]], outputs: Sequence[str]
) -> onnx.ModelProto:
    """Return the piece of a graph between tensors, with the graph's own tensors as they are.

    Args:
        model: The graph to take from; not changed. Its weights are copied.
        inputs: Name and shape of each float32 tensor that is given from outside; the graph's own inputs are
            used as well where the piece needs them.
        outputs: Names of the tensors that the piece makes.

    Raises:
        ModelCorruptError: The graph has no such tensor, or an output does not depend on a given input.
    """
    index = GraphIndex(model.graph)
    for name in (*inputs, *outputs):
        index.producer(name)
    nodes = prune(model.graph.node, outputs, stop=set(inputs))
    used = {name for node in nodes for name in node.input}
    unused = [name for name in inputs if name not in used]
    if unused:
        raise ModelCorruptError(
            f"tensor {unused[0]!r} of the model's graph leads to none of {', '.join(outputs)}"
        )
    own = (value for value in model.graph.input if value.name in used)
    given = (helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items())
    return rebuild(
        model,
        nodes,
        model.graph.initializer,
        inputs=(*own, *given),
        outputs=map(_value_of_any_shape, outputs),
    )


def save_graphs(
    graphs: Mapping[str, onnx.ModelProto], folder: Path, progress: ProgressCallback | None = None
) -> None:
    """Write graphs as ``<name>.onnx`` and the weights of all of them, equal ones once, as ``weights.bin``.

    Args:
        graphs: By name; the weights are taken out of them, so they are of no use afterwards.
        folder: An existing folder, in which none of these files is.
        progress: Called as ``progress(stage, fraction)``; what it raises is let through.

    Raises:
        OSError: The folder cannot be written or is full, or holds such a file.
    """
    total_bytes = max(1, sum(len(t.raw_data) for graph in graphs.values() for t in graph.graph.initializer))
    done_bytes = 0
    places: dict[bytes, tuple[int, int]] = {}
    with create_file(folder / WEIGHTS_NAME) as file:
        for graph in graphs.values():
            for tensor in graph.graph.initializer:
                n_bytes = len(tensor.raw_data)
                if n_bytes >= _STORED_APART_BYTES:
                    _store_apart(tensor, file, places)
                    done_bytes += n_bytes
                    if progress is not None:
                        progress("writing the prepared model", min(1.0, done_bytes / total_bytes))
    for name, graph in graphs.items():
        with create_file(folder / f"{name}.onnx") as file:
            file.write(graph.SerializeToString(deterministic=True))


def _store_apart(tensor: onnx.TensorProto, file: BinaryIO, places: dict[bytes, tuple[int, int]]) -> None:
    """Move a tensor's content into the file of weights, unless it is there already."""
    content = tensor.raw_data
    digest = hashlib.blake2b(content, digest_size=16).digest()
    if digest not in places:
        file.write(bytes(-file.tell() % _ALIGNMENT_BYTES))
        places[digest] = (file.tell(), len(content))
        file.write(content)
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    offset, length = places[digest]
    for key, value in (("location", WEIGHTS_NAME), ("offset", str(offset)), ("length", str(length))):
        tensor.external_data.add(key=key, value=value)


def _value_of_any_shape(name: str) -> onnx.ValueInfoProto:
    value = helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
    value.type.Clear()  # the session infers type and shape
    return value


def _first_half(index: GraphIndex, node: onnx.NodeProto) -> str | None:
    """The beginning of a vector that a node cuts; optimisers fuse two Slices into one Split."""
    if node.op_type == "Split" or (node.op_type == "Slice" and not index.constant(node.input[1]).any()):
        return str(node.output[0])
    return None


def _stride(node: onnx.NodeProto) -> int:
    return next((int(a.ints[0]) for a in node.attribute if a.name == "strides" and a.ints), 1)
