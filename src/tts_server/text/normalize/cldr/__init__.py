"""Names of every language, by its module's name.

Pure data, written by tools/generate_cldr.py from Unicode CLDR 48.2.0; do not edit.
"""

from __future__ import annotations

from tts_server.text.normalize.cldr.en import EN
from tts_server.text.normalize.cldr.en_gb import EN_GB
from tts_server.text.normalize.cldr.es import ES
from tts_server.text.normalize.cldr.fr import FR
from tts_server.text.normalize.cldr.hi import HI
from tts_server.text.normalize.cldr.it import IT
from tts_server.text.normalize.cldr.ja import JA
from tts_server.text.normalize.cldr.names import Names
from tts_server.text.normalize.cldr.pt import PT
from tts_server.text.normalize.cldr.zh import ZH

CLDR_VERSION = "48.2.0"

CLDR: dict[str, Names] = {
    "en": EN,
    "en_gb": EN_GB,
    "es": ES,
    "fr": FR,
    "hi": HI,
    "it": IT,
    "ja": JA,
    "pt": PT,
    "zh": ZH,
}
