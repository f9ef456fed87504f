"""Speak lines with the ``kokoro-onnx`` package, for comparison; runs under an interpreter that has it.

    python kokoro_onnx_worker.py MODEL.onnx VOICES.npz THREADS

Reads one JSON object a line from standard input, ``{"text": …, "voice": …, "language": …}``, and answers
each with one line: ``work_s`` (text to samples, G2P included), ``n_samples``, ``rate_hz``, ``lead_in_s``
(silence before the first sample above -40 dB of the peak) and ``peak_resident_bytes``. Imports nothing of
``tts_server``: that interpreter need not have it.
"""

from __future__ import annotations

import json
import resource
import sys
import time

import kokoro_onnx  # type: ignore[import-not-found, unused-ignore]
import numpy as np
import onnxruntime


def tell(answer: dict[str, object]) -> None:
    """Write one answer."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def main(model_path: str, voices_path: str, threads: int) -> None:
    """Answer requests until standard input ends."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model_path, options, providers=["CPUExecutionProvider"])
    kokoro = kokoro_onnx.Kokoro.from_session(session, voices_path)
    tell({"ready": True})
    for line in sys.stdin:
        request = json.loads(line)
        began = time.perf_counter()
        samples, rate_hz = kokoro.create(request["text"], request["voice"], lang=request["language"])
        work_s = time.perf_counter() - began
        level = np.abs(samples)
        lead_in = int(np.argmax(level > level.max() * 0.01)) / rate_hz
        peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
            1 if sys.platform == "darwin" else 1024
        )
        answer = {
            "work_s": work_s,
            "n_samples": len(samples),
            "rate_hz": rate_hz,
            "lead_in_s": lead_in,
            "peak_resident_bytes": peak_bytes,
        }
        tell(answer)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
