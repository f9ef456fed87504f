"""Build ONNX programs that process a signal piece by piece, exactly as they would process it whole.

Theory of operation. A convolution needs ``(kernel - 1) * dilation`` samples besides the ones it is asked for.
Cut signals are usually given them as context and computed twice; here each operator keeps the samples it will
need again as a *state*: an input and an output of the program that the caller hands from call to call.
Nothing is computed twice, and a piece of any size costs what its samples cost.

The same program does the start, the middle and the end of a signal, because all lengths are dynamic:

* At the start the state of a convolution is its left zero padding, which is shorter than a full state. The
  first piece therefore yields fewer samples than it was given: those that do not depend on what comes next.
* In the middle a state holds the full ``(kernel - 1) * dilation`` samples, and n samples in give n out.
* At the end the input ``flush`` is 1, the right zero padding is appended, and the missing samples come out.

So each tensor is a stream that lags behind its input by the look-ahead of what made it, and no sample of
padding is ever masked. Where two streams meet, the one that is ahead waits in a state (`StreamGraph.align`).

The first piece must be long enough for the deepest operator to yield one sample; after it, any length will
do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from tts_server.backends.kokoro.layout import StateSpec
from tts_server.backends.kokoro.prepare.rebuild import rebuild

Float32 = NDArray[np.float32]

OPSET = 17
IR_VERSION = 8
_TO_THE_END = 2**62


class StreamGraph:
    """Collects nodes; every method appends some and returns the name of the tensor they make.

    What is common to signals of both layouts: (1, channels, n_samples), see `ChannelMajorGraph`, and
    (n_samples, channels), see `toom_cook.TimeMajorGraph`. All are float32. The program's inputs ``first`` and
    ``flush`` are int64 (1,), 1 for the first and the last piece of a signal and else 0.
    """

    time_axis: int

    def __init__(self, name: str) -> None:
        self.name = name
        self.states: list[StateSpec] = []
        self._nodes: list[onnx.NodeProto] = []
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[str] = []
        self._initializers: list[onnx.TensorProto] = []
        self._integers: dict[tuple[int, ...], str] = {}
        self._padding: dict[tuple[int, int], str] = {}
        self._n_names = 0
        for flag in ("first", "flush"):
            self._inputs.append(helper.make_tensor_value_info(flag, TensorProto.INT64, [1]))

    def build(self) -> onnx.ModelProto:
        """Return the program. States come out under their ``next_name``."""
        outputs = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
            for name in [*self._outputs, *(state.next_name for state in self.states)]
        ]
        empty = helper.make_graph([], self.name, self._inputs, outputs)
        opset = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(empty, opset_imports=opset, ir_version=IR_VERSION)
        return rebuild(model, self._nodes, self._initializers)

    def input(self, name: str, shape: Sequence[int | None]) -> str:
        """Declare a float32 input."""
        self._inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape)))
        return name

    def output(self, name: str, tensor: str) -> None:
        """Name a tensor as an output of the program."""
        self._nodes.append(helper.make_node("Identity", [tensor], [name]))
        self._outputs.append(name)

    def node(self, op_type: str, inputs: Sequence[str], **attributes: Any) -> str:
        """Append one node with one output."""
        output = self._new_name(op_type)
        self._nodes.append(helper.make_node(op_type, list(inputs), [output], **attributes))
        return output

    def split(self, tensor: str, sizes: Sequence[int], axis: int) -> list[str]:
        """Cut a tensor into pieces of fixed sizes."""
        outputs = [self._new_name("Split") for _ in sizes]
        self._nodes.append(helper.make_node("Split", [tensor, self.integers(*sizes)], outputs, axis=axis))
        return outputs

    def constant(self, value: NDArray[np.generic], name: str | None = None) -> str:
        """Store a value in the program."""
        name = name or self._new_name("constant")
        self._initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def integers(self, *values: int) -> str:
        """Return an int64 vector; equal ones are stored once."""
        if values not in self._integers:
            self._integers[values] = self.constant(np.array(values, np.int64))
        return self._integers[values]

    def slice(self, tensor: str, start: str, end: str) -> str:
        """Take samples [start, end), given as int64 (1,) tensors."""
        return self.node("Slice", [tensor, start, end, self.integers(self.time_axis)])

    def from_sample(self, tensor: str, start: int) -> str:
        """Take all samples from ``start`` on, counted from the end when negative."""
        return self.slice(tensor, self.integers(start), self.integers(_TO_THE_END))

    def n_samples(self, tensor: str) -> str:
        """The tensor's length as int64 (1,)."""
        return self.node("Shape", [tensor], start=self.time_axis, end=self.time_axis + 1)

    def scaled_flag(self, flag: str, at_zero: int, at_one: int) -> str:
        """Return int64 (1,): ``at_one`` when the flag is set, else ``at_zero``."""
        product = self.node("Mul", [flag, self.integers(at_one - at_zero)])
        return self.node("Add", [product, self.integers(at_zero)]) if at_zero else product

    def without_last(self, tensor: str) -> str:
        """Take all samples but the last."""
        return self.slice(tensor, self.integers(0), self.integers(-1))

    def trim(self, tensor: str, *, n_start: int, n_end: int, at_ends_only: bool = True) -> str:
        """Drop samples from the begin of the first piece and the end of the last, or from every piece."""
        length = self.n_samples(tensor)
        if at_ends_only:
            start = self.scaled_flag("first", 0, n_start)
            return self.slice(tensor, start, self.node("Sub", [length, self.scaled_flag("flush", 0, n_end)]))
        return self.slice(tensor, self.integers(n_start), self.node("Sub", [length, self.integers(n_end)]))

    def concat(self, *tensors: str) -> str:
        """Join pieces of a signal in time."""
        return self.node("Concat", tensors, axis=self.time_axis)

    def shape(self, n_samples: int | None, n_channels: int) -> list[int | None]:
        """The shape of a signal; None is any length."""
        return [n_samples, n_channels] if self.time_axis == 0 else [1, n_channels, n_samples]

    def align(self, *streams: tuple[str, int]) -> list[str]:
        """Bring streams, given as (tensor, channels), to one length: what is ahead waits in a state."""
        extended = [self.extend(tensor, n_channels, 0) for tensor, n_channels in streams]
        states = self.states[-len(streams) :]
        shortest = self.node("Min", [self.n_samples(tensor) for tensor in extended])
        for state, tensor in zip(states, extended, strict=True):
            self.keep(state, tensor, shortest)
        return [self.slice(tensor, self.integers(0), shortest) for tensor in extended]

    def delay(self, x: str, n_channels: int, reference: str) -> str:
        """Hold a stream back to the samples of ``reference``, which lags behind it."""
        extended = self.extend(x, n_channels, 0)
        length = self.n_samples(reference)
        self.keep(self.states[-1], extended, length)
        return self.slice(extended, self.integers(0), length)

    def repeat_second_sample(self, x: str) -> str:
        """Put a copy of the signal's second sample before its first: a reflection of one sample."""
        reflected = self.slice(x, self.integers(1), self.scaled_flag("first", 1, 2))
        return self.concat(reflected, x)

    def extend(
        self, x: str, n_channels: int, padding: int, *, n_after: int = 0, rest: str | None = None
    ) -> str:
        """Put a new state before ``x``, ``padding`` zeros long at first, and ``n_after`` zeros after its end.

        ``rest`` follows after every piece.
        """
        state = StateSpec(f"state.{len(self.states)}", n_channels, padding)
        self.states.append(state)
        self.input(state.name, self.shape(None, n_channels))
        parts = [state.name, x]
        if n_after:
            parts.append(self._zeros_at_end(n_channels, n_after))
        if rest is not None:
            parts.append(rest)
        return self.concat(*parts)

    def keep(self, state: StateSpec, extended: str, start: str, end: str | None = None) -> None:
        """Keep the samples from ``start`` on, up to ``end`` if it is given, for the next piece."""
        inputs = [extended, start, end or self.integers(_TO_THE_END), self.integers(self.time_axis)]
        self._nodes.append(helper.make_node("Slice", inputs, [state.next_name]))

    def _zeros_at_end(self, n_channels: int, n_zeros: int) -> str:
        if (n_channels, n_zeros) not in self._padding:
            length = self.scaled_flag("flush", 0, n_zeros)
            shape = [length if n is None else self.integers(n) for n in self.shape(None, n_channels)]
            zero = helper.make_tensor("value", TensorProto.FLOAT, [1], [0.0])
            joined = self.node("Concat", shape, axis=0)
            self._padding[n_channels, n_zeros] = self.node("ConstantOfShape", [joined], value=zero)
        return self._padding[n_channels, n_zeros]

    def _new_name(self, stem: str) -> str:
        self._n_names += 1
        return f"{stem}.{self._n_names}"


class ChannelMajorGraph(StreamGraph):
    """Signals (1, channels, n_samples), the layout of ONNX's own convolutions."""

    time_axis = 2

    def conv(
        self,
        x: str,
        weight: Float32,
        bias: Float32 | None,
        *,
        padding: int,
        dilation: int = 1,
        name: str | None = None,
    ) -> str:
        """Convolve with stride 1. ``weight`` is (out, in, kernel); ``padding`` zeros stand on each side.

        Yields nothing until it has ``(kernel - 1) * dilation + 1 - padding`` samples.
        """
        n_channels, kernel = weight.shape[1], weight.shape[2]
        inputs = [x, self.constant(weight, name)]
        if bias is not None:
            inputs.append(self.constant(bias))
        n_context = (kernel - 1) * dilation
        if n_context:
            inputs[0] = self.extend(x, n_channels, padding, n_after=padding)
            self.keep(self.states[-1], inputs[0], self.integers(-n_context))
        return self.node("Conv", inputs, kernel_shape=[kernel], dilations=[dilation])

    def strided_conv(self, x: str, weight: Float32, bias: Float32, *, stride: int, padding: int) -> str:
        """Convolve with a stride. Each piece but the last must be a multiple of ``stride`` samples."""
        n_channels, kernel = weight.shape[1], weight.shape[2]
        extended = self.extend(x, n_channels, padding, n_after=padding)
        # The first piece lacks what the padding is short of a stride, and so ends on an earlier multiple.
        n_context = padding + stride * -((padding - kernel) // stride) - stride
        self.keep(self.states[-1], extended, self.integers(-n_context))
        inputs = [extended, self.constant(weight), self.constant(bias)]
        return self.node("Conv", inputs, kernel_shape=[kernel], strides=[stride])

    def conv_transpose(
        self,
        x: str,
        weight: Float32,
        bias: Float32 | None,
        *,
        stride: int,
        trim: int,
        group: int = 1,
        n_extra: int = 0,
    ) -> str:
        """Transposed convolution; ``weight`` is (in, out / group, kernel).

        ``trim`` samples are cut from both sides of the whole result, ``n_extra`` fewer from its end. A sample
        comes out when every input it depends on is there.
        """
        n_channels, kernel = weight.shape[0], weight.shape[2]
        n_overlap = -(-kernel // stride) - 1  # inputs that reach into the next one's samples
        n_partial = kernel - stride
        extended = self.extend(x, n_channels, 0)
        self.keep(self.states[-1], extended, self.integers(-n_overlap))
        inputs = [extended, self.constant(weight)]
        if bias is not None:
            inputs.append(self.constant(bias))
        whole = self.node("ConvTranspose", inputs, kernel_shape=[kernel], strides=[stride], group=group)
        start = self.scaled_flag("first", n_overlap * stride, trim)
        end = self.node("Sub", [self.n_samples(whole), self.scaled_flag("flush", n_partial, trim - n_extra)])
        return self.slice(whole, start, end)
