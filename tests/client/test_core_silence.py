"""When the client's core takes a server for dead."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.client.core_factories import (
    RATE_HZ,
    accepted,
    commit,
    delta,
    fails,
    make_core,
    refused,
    sent,
    status,
)

from tts_server.client import effects as fx
from tts_server.client import inputs as inp
from tts_server.client.core import ClientCore
from tts_server.client.responses import MAX_EXTENSIONS, Responses
from tts_server.client.silence import SilenceRule
from tts_server.errors import AnswerTimeoutError, ConnectionLostError
from tts_server.protocol import events as ev


def ask_for_life(core: ClientCore, now: float) -> ev.ClientEvent:
    """Let the timer fire, and return how the server is asked."""
    (event,) = sent(core.handle(inp.TimerFired(), now))
    assert isinstance(event, ev.RequestStatus)
    assert core.is_listened_to
    return event


def silent_core(silence_s: float = 10.0, listens: bool = True) -> ClientCore:
    core = make_core(silence_s)
    assert core.handle(accepted(commit(core, listens=listens)), 0.0)[0] == fx.SetTimer(silence_s)
    return core


@pytest.mark.parametrize("listens", [True, False])
def test_silent_server_that_does_not_answer_is_given_up(listens: bool) -> None:
    core = silent_core(listens=listens)
    ask_for_life(core, 10.0)
    core.handle(inp.Request(5, ev.RequestStatus("s")), 11.0)
    effects = core.handle(inp.TimerFired(), 15.0)
    message = "the server said nothing of a response in progress for 10 s"
    assert [type(one) for one in effects] == [fx.EndListening] * listens + [fx.Fail, fx.Abort]
    if isinstance(effects[0], fx.EndListening):
        assert isinstance(effects[0].error, AnswerTimeoutError)
        assert str(effects[0].error) == message
    assert fails(effects) == {5: message}
    assert isinstance(core.end, ConnectionLostError)


def test_living_server_may_be_silent_before_the_first_audio_but_not_for_ever() -> None:
    core = silent_core()
    for n in range(MAX_EXTENSIONS):
        event = ask_for_life(core, 10.0 * (n + 1))
        assert core.handle(status(event), 10.0 * (n + 1)) == []
        # The timer for the answer, which looks for what else there is.
        assert core.handle(inp.TimerFired(), 10.0 * (n + 1) + 5) == [fx.SetTimer(10.0 * (n + 2))]
    event = ask_for_life(core, 10.0 * (MAX_EXTENSIONS + 1))
    assert core.handle(status(event), 10.0 * (MAX_EXTENSIONS + 1))[-1] == fx.Abort()


def test_living_server_may_be_silent_while_what_came_is_played() -> None:
    core = silent_core()
    core.handle(delta(0, 15 * RATE_HZ), 0.0)
    event = ask_for_life(core, 10.0)
    assert core.handle(status(event), 10.0) == []
    event = ask_for_life(core, 20.0)
    assert core.handle(status(event), 20.0)[-1] == fx.Abort()


@pytest.mark.parametrize("answer", [lambda event: status(event, 0), lambda event: refused(event.event_id)])
def test_server_that_has_lost_the_response_is_given_up(
    answer: Callable[[ev.ClientEvent], inp.Received],
) -> None:
    core = silent_core()
    assert core.handle(answer(ask_for_life(core, 10.0)), 10.0)[-1] == fx.Abort()


def test_what_comes_while_the_server_is_asked_is_a_sign_of_life() -> None:
    core = silent_core()
    event = ask_for_life(core, 10.0)
    core.handle(delta(0), 11.0)
    core.handle(inp.Tell(7, ev.CancelResponse(), 1.0), 11.0)
    assert sent(core.handle(inp.TimerFired(), 12.0)) == []
    assert core.handle(status(event, 0), 12.0) == []
    assert core.handle(inp.TimerFired(), 15.0) == [fx.SetTimer(21.0)]


def test_silence_of_what_nobody_wants_is_allowed() -> None:
    core = silent_core()
    core.handle(inp.LetGo("r"), 0.0)
    assert core.handle(inp.TimerFired(), 10.0) == []


def test_silence_while_nothing_is_read_is_not_the_servers() -> None:
    core = silent_core()
    core.handle(inp.ReadingPaused(), 0.0)
    assert core.handle(inp.TimerFired(), 10.0) == [fx.SetTimer(20.0)]
    core.handle(inp.ReadingResumed(), 15.0)
    assert core.handle(inp.TimerFired(), 20.0) == [fx.SetTimer(25.0)]
    ask_for_life(core, 25.0)


def test_any_silence_is_allowed_where_that_was_asked_for() -> None:
    core = make_core(None)
    effects = core.handle(accepted(commit(core)), 0.0)
    assert not any(isinstance(one, fx.SetTimer) for one in effects)
    assert core.handle(inp.TimerFired(), 1e6) == []


def test_short_silence_leaves_the_server_some_time_to_answer() -> None:
    core = silent_core(0.01)
    effects = core.handle(inp.TimerFired(), 0.01)
    assert effects[-1] == fx.SetTimer(0.01 + 0.1)
    (event,) = sent(effects)
    # Looked at again at once, and not when the answer would have been late.
    assert core.handle(status(event), 0.015) == [fx.SetTimer(0.02)]


def test_rule_that_allows_any_silence_asks_for_nothing() -> None:
    rule = SilenceRule(Responses(), None)
    assert rule.ask_s == 5.0
    assert rule.heard(None, 0.0) is None
    assert rule.next_look_s() is None


def test_a_server_that_may_be_silent_for_ever_is_never_given_up() -> None:
    rule = SilenceRule(Responses(), None)
    assert not rule.is_to_ask(1e6)
    assert rule.heard(None, 1e6) is None
