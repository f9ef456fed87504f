"""What pronounces keeps its state in the process, so whoever uses it there waits for whoever else does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import onnxruntime
import pytest

from tts_server.backends.kokoro.onnx import synthesizer
from tts_server.backends.kokoro.pronounce import espeak
from tts_server.backends.kokoro.pronounce.espeak import PROCESS_LOCK, EspeakNG, espeak_ng
from tts_server.backends.kokoro.pronounce.g2p import G2P
from tts_server.backends.kokoro.pronounce.word import symbols_of

TEXTS = {
    "es": ("Buenos días, señor Ruiz, hay 1234 gatos.", "¿Qué hora es en Jerez?"),
    "fr-fr": ("Les amis qu'il y a, vingt et un jours.", "Je voudrais un café."),
    "en-us": ("Xyzzyplugh and Zzyx paid $3.50 at 3:45 pm.", "It costs 12.5 dollars."),
    "hi": ("यह किताब है।", "नमस्ते, आप कैसे हैं?"),
}
N_ROUNDS = 75


def at_once(works: list[Callable[[], object]]) -> list[object]:
    """Run each on a thread of its own, all begun together."""
    barrier = threading.Barrier(len(works))

    def begin(work: Callable[[], object]) -> object:
        barrier.wait(30)
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(begin, works))


def test_two_g2ps_on_two_threads_say_what_each_says_alone() -> None:
    dialects = list(TEXTS)
    makers = [G2P() for _ in dialects]
    alone = {
        dialect: [symbols_of(g2p.phonemize(text, dialect)) for text in TEXTS[dialect]]
        for g2p, dialect in zip(makers, dialects, strict=True)
    }

    def speak(g2p: G2P, dialect: str) -> int:
        n_wrong = 0
        for _ in range(N_ROUNDS):
            said = [symbols_of(g2p.phonemize(text, dialect)) for text in TEXTS[dialect]]
            n_wrong += said != alone[dialect]
        return n_wrong

    pairs = zip(makers, dialects, strict=True)
    wrong = at_once([partial(speak, g2p, dialect) for g2p, dialect in pairs])
    assert wrong == [0] * len(dialects)


def test_espeak_used_directly_on_several_threads_keeps_each_ones_voice() -> None:
    library = espeak_ng()
    alone = {dialect: library.ipa("Bonjour, 21 amis", dialect) for dialect in ("es", "fr-fr", "it")}
    assert len({tuple(ipa) for ipa in alone.values()}) == 3

    def speak(dialect: str) -> int:
        return sum(library.ipa("Bonjour, 21 amis", dialect) != alone[dialect] for _ in range(200))

    wrong = at_once([partial(speak, dialect) for dialect in alone])
    assert wrong == [0, 0, 0]


def test_there_is_one_espeak_however_many_threads_ask_first(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[EspeakNG] = []
    start = EspeakNG.__init__

    def counting(self: EspeakNG, library: str, data: str) -> None:
        started.append(self)
        start(self, library, data)

    monkeypatch.setattr(EspeakNG, "__init__", counting)
    espeak._start_espeak.cache_clear()
    found = at_once([espeak_ng] * 8)
    assert len(started) == 1
    assert set(found) == set(started)


def test_pronouncing_waits_for_whoever_is_inside_espeak() -> None:
    g2p = G2P()
    g2p.load(["es"])
    done = threading.Event()

    def pronounce() -> None:
        g2p.phonemize("Hola.", "es")
        done.set()

    with PROCESS_LOCK:
        thread = threading.Thread(target=pronounce)
        thread.start()
        assert not done.wait(0.1)
    assert done.wait(30)
    thread.join()


def test_the_lock_is_free_between_two_pieces() -> None:
    pronouncing = G2P().pronounce("wasn't " * 68, "en-us")
    next(pronouncing)

    def take() -> bool:
        taken = PROCESS_LOCK.acquire(timeout=10)
        if taken:
            PROCESS_LOCK.release()
        return taken

    assert at_once([take]) == [True]
    pronouncing.close()


def test_the_sessions_pool_of_memory_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    n_made = 0

    def make(*_: object) -> None:
        nonlocal n_made
        n_made += 1
        time.sleep(0.05)

    monkeypatch.setattr(onnxruntime, "create_and_register_allocator", make)
    was_made = synthesizer._make_pool.cache_info().currsize
    synthesizer._make_pool.cache_clear()
    at_once([synthesizer.session_options] * 4)
    assert n_made == 1
    if not was_made:
        synthesizer._make_pool.cache_clear()
