"""The hum backend keeps every promise of a backend, alone and in batches."""

from __future__ import annotations

import pytest
from hum_backend import HumModel

from tts_server import BackendOptions, ConfigError
from tts_server.backends.testing import check_backend


def test_keeps_the_contract_of_backends_in_every_batch_to_the_bit() -> None:
    check_backend(lambda: HumModel(BackendOptions()), batch_tolerance=0)


def test_a_voice_that_it_has_not_is_refused_with_those_that_it_has() -> None:
    with pytest.raises(ConfigError, match="low, middle, high"):
        HumModel(BackendOptions(voice="shrill"))
