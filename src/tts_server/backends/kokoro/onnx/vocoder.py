"""The vocoder's programs, run side by side.

Theory of operation. The blocks of a stage, and the two blocks that the source passes, do not wait for each
other. Much of what a program does besides its matrix products runs on one thread (measured: 120 of 270 ms for
a second of audio), so two programs at once on one thread each use two cores better than one program on two.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import onnxruntime as ort

from tts_server.backends.kokoro.layout import VOCODER_PARTS, VocoderPart, vocoder_norms
from tts_server.backends.kokoro.modulation import Float32
from tts_server.backends.kokoro.onnx.stream_parts import Program, States, to_ort

MAX_AT_ONCE = 3
"""Blocks of a stage; more programs have nothing to do."""


class Vocoder:
    """Runs on the engine's thread; what it starts on other threads is over when a call returns.

    Args:
        programs: By the name of their part's program.
        n_at_once: So many programs run at the same time.
    """

    def __init__(self, programs: Mapping[str, Program], n_at_once: int) -> None:
        self._programs = programs
        self._n_at_once = n_at_once
        self._pool = ThreadPoolExecutor(n_at_once, "vocoder") if n_at_once > 1 else None
        self._channels: dict[str, slice] = {}
        position = 0
        for norm in vocoder_norms():
            block = norm.name.rsplit(".", 2)[0]
            start = self._channels[block].start if block in self._channels else position
            position += norm.n_channels
            self._channels[block] = slice(start, position)

    def start(self, scale: Float32, shift: Float32) -> VocoderStream:
        """Begin an utterance.

        Args:
            scale: float32 (n,): all vectors of `vocoder_norms`, concatenated.
            shift: Likewise.
        """
        stream = VocoderStream()
        for part in VOCODER_PARTS:
            stream.states[part.name] = self._programs[part.program].start()
            stream.inputs[part.name] = {}
            if part.block is not None:
                channels = self._channels[part.block.name]
                for name, vector in (("scale", scale), ("shift", shift)):
                    stream.inputs[part.name][name] = to_ort(vector[None, channels])
        return stream

    def run(self, stream: VocoderStream, inputs: Mapping[str, ort.OrtValue]) -> Float32:
        """Vocode one piece: ``x``, ``source``, ``first`` and ``flush`` in, samples out.

        Raises:
            SynthesisError: The model failed; the utterance cannot go on.
        """
        signals = dict(inputs)
        if self._pool is None:
            # Blocks are listed after what they wait for, so the list's order will do.
            for part in VOCODER_PARTS:
                signals[part.name] = self._run_part(part, stream, signals)
        else:
            self._run_at_once(self._pool, stream, signals)
        samples: Float32 = signals["audio"].numpy()
        return samples

    def _run_at_once(
        self, pool: ThreadPoolExecutor, stream: VocoderStream, signals: dict[str, ort.OrtValue]
    ) -> None:
        waiting = list(VOCODER_PARTS)
        running: dict[Future[ort.OrtValue], VocoderPart] = {}
        try:
            while waiting or running:
                ready = [part for part in waiting if all(name in signals for name in part.inputs)]
                for part in ready[: self._n_at_once - len(running)]:
                    waiting.remove(part)
                    running[pool.submit(self._run_part, part, stream, dict(signals))] = part
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    signals[running.pop(future).name] = future.result()
        finally:
            wait(running)

    def _run_part(
        self, part: VocoderPart, stream: VocoderStream, signals: Mapping[str, ort.OrtValue]
    ) -> ort.OrtValue:
        taken = {name: signals[name] for name in (*part.inputs, "first", "flush")}
        program = self._programs[part.program]
        return program.run(part.name, stream.states[part.name], {**taken, **stream.inputs[part.name]})


class VocoderStream:
    """What the vocoder keeps of one utterance."""

    def __init__(self) -> None:
        self.states: dict[str, States] = {}
        self.inputs: dict[str, dict[str, ort.OrtValue]] = {}
