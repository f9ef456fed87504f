"""The symbols that Kokoro's text encoder knows, and their numbers.

The model has an embedding for 178 symbols; 114 of them are in use, punctuation, stress and length marks and
intonation arrows included (``config.json`` of Kokoro-82M v1.0). The others were never trained, so no text
maps to them.
"""

from __future__ import annotations

N_SYMBOLS = 178
"""Rows of the model's embedding."""

PAD_ID = 0
"""Stands before the first and after the last phoneme."""

MAX_PHONEMES = 510
"""The most phonemes in one call: 512 positions without the two pads."""

_RANGES: tuple[tuple[int, str], ...] = (
    (1, ";:,.!?"),
    (9, '—…"()“” \u0303ʣʥʦʨᵝ\uab67AI'),
    (31, "O"),
    (33, "Q"),
    (35, "ST"),
    (39, "W"),
    (41, "Yᵊabcdef"),
    (50, "hijklmnopqrstuvwxyz\u0251ɐɒæ"),
    (75, "βɔɕç"),
    (80, "ɖðʤə"),
    (85, "ɚɛɜ"),
    (90, "ɟ"),
    (92, "\u0261"),
    (99, "ɥ"),
    (101, "ɨɪʝ"),
    (110, "ɯɰŋɳɲɴø"),
    (118, "ɸθœ"),
    (123, "ɹ"),
    (125, "ɾɻ"),
    (128, "ʁɽʂʃʈʧ"),
    (135, "ʊʋ"),
    (138, "ʌɣɤ"),
    (142, "χʎ"),
    (147, "ʒʔ"),
    (156, "ˈˌː"),
    (162, "ʰ"),
    (164, "ʲ"),
    (169, "↓"),
    (171, "→↗↘"),
    (177, "ᵻ"),
)

VOCABULARY: dict[str, int] = {
    symbol: first + offset for first, symbols in _RANGES for offset, symbol in enumerate(symbols)
}
"""Symbol to number."""


def encode(phonemes: str) -> list[int]:
    """Return the numbers of the phonemes that the model knows, in order, without pads.

    A symbol that the model does not know is left out, as in the model's training code.
    """
    return [VOCABULARY[symbol] for symbol in phonemes if symbol in VOCABULARY]
