"""Samples of an engine -> signed 16-bit little-endian PCM."""

from __future__ import annotations

import math
import sys
from array import array
from typing import Any

_SWAP = sys.byteorder == "big"


def to_pcm16(samples: Any) -> tuple[bytes, int]:
    """Convert mono samples to int16 little-endian PCM.

    Floats are clipped to [-1, 1]; negative ones are scaled by 32768, the others by 32767, and rounded to the
    nearest integer, halves to the even one. NaN and the infinities become silence. int16 samples pass through
    unchanged.

    Args:
        samples: A contiguous one-dimensional buffer of format ``h`` (int16), ``f`` or ``d`` in the machine's
            byte order: a NumPy array, an ``array.array``, a ``memoryview``. It is only read.

    Returns:
        The PCM, 2 bytes a sample, and the number of samples that were NaN or infinite.

    Raises:
        TypeError: The buffer has another shape or format.
    """
    view = memoryview(samples)
    if view.ndim != 1 or view.format not in {"h", "f", "d"}:
        raise TypeError(
            f"one dimension of int16 or float samples expected, not {view.ndim} of format {view.format}"
        )
    if view.format == "h":
        return _little_endian(array("h", view.tobytes())), 0
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(samples, numpy.ndarray):
        return _from_numpy(numpy, samples)
    return _from_floats(view)


def _from_floats(view: memoryview) -> tuple[bytes, int]:
    isfinite = math.isfinite
    n_bad = 0
    pcm = array("h", bytes(2 * len(view)))
    for index, sample in enumerate(view):
        if not isfinite(sample):
            n_bad += 1
        elif sample < 0:
            pcm[index] = round(max(sample, -1.0) * 32768)
        else:
            pcm[index] = round(min(sample, 1.0) * 32767)
    return _little_endian(pcm), n_bad


def _from_numpy(numpy: Any, samples: Any) -> tuple[bytes, int]:
    """Convert a whole array at once; NumPy is an argument, since this file must not import it."""
    finite = numpy.isfinite(samples)
    clean = numpy.where(finite, samples, 0.0).clip(-1.0, 1.0)
    pcm = numpy.rint(clean * numpy.where(clean < 0, 32768.0, 32767.0)).astype("<i2")
    return pcm.tobytes(), int(samples.size - numpy.count_nonzero(finite))


def _little_endian(pcm: array[int]) -> bytes:
    if _SWAP:
        pcm.byteswap()
    return pcm.tobytes()
