"""The rules of a session as Markdown: two tables, and diagrams drawn by trying every input in every state.

``python -m tts_server.session.tables`` prints the page that the reference has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import TypeVar, get_args

from tts_server.errors import SynthesisError
from tts_server.limits import Limits
from tts_server.protocol import events as ev
from tts_server.protocol.v01 import CLIENT_TYPES
from tts_server.session.effects import Effect, Timer
from tts_server.session.inputs import (
    Admitted,
    Failed,
    Finished,
    Gone,
    Input,
    Left,
    OfConnection,
    OfResponse,
    Opened,
    Produced,
    Received,
    Refused,
    Released,
    Stopping,
    TimerFired,
    Unsent,
)
from tts_server.session.machine import SESSION_TABLE, SessionMachine, SessionState
from tts_server.session.response import RESPONSE_TABLE, ResponseState
from tts_server.session.rules import Rule
from tts_server.speech.capabilities import AudioFormat, BackendInfo, Capabilities
from tts_server.speech.made import NOTHING
from tts_server.speech.service import ServiceInfo

Step = Callable[[SessionMachine], list[Effect]]

StateT = TypeVar("StateT", bound=Enum)
SubjectT = TypeVar("SubjectT")

_LIMITS = Limits()
_RESPONSE = "resp_table_1"
_LATE_S = 1e6


def _new_machine() -> SessionMachine:
    capabilities = Capabilities(streaming=True, languages=("en",), voice_count=0)
    service = ServiceInfo(BackendInfo("table", "table"), AudioFormat(24000), capabilities)
    return SessionMachine("sess_table", service, _LIMITS)


def _give(given: Input, now: float = 0.0) -> Step:
    return lambda machine: machine.handle(given, now)


def _event(event: ev.ClientEvent) -> Step:
    return _give(Received(event))


_open = _give(Opened())


def _submit(machine: SessionMachine) -> list[Effect]:
    machine.handle(Received(ev.AppendText("text")), 0.0)
    return machine.handle(Received(ev.CommitText()), 0.0)


def _speak(machine: SessionMachine) -> list[Effect]:
    _submit(machine)
    return machine.handle(Admitted(_RESPONSE), 0.0)


def _stall(machine: SessionMachine) -> list[Effect]:
    machine.handle(Unsent(1, progressed=False), 0.0)
    return machine.handle(TimerFired(Timer.STALL), _LATE_S)


_SESSION_WAYS: tuple[tuple[SessionState, tuple[Step, ...]], ...] = (
    (SessionState.NEW, ()),
    (SessionState.OPEN, (_open,)),
    (SessionState.OPEN, (_open, _speak)),
    (SessionState.CLOSING, (_open, _speak, _event(ev.CloseSession()))),
    (SessionState.ENDED, (_open, _event(ev.CloseSession()))),
    (SessionState.CLOSED, (_open, _give(Gone()))),
)
"""How a machine is brought into each state."""

_SESSION_INPUTS: Mapping[str, Step] = {
    **{
        name: _event(kind("text") if kind is ev.AppendText else kind()) for kind, name in CLIENT_TYPES.items()
    },
    "open": _open,
    "the last response ends": _give(Finished(_RESPONSE)),
    "the drain timer fires": _give(TimerFired(Timer.DRAIN), _LATE_S),
    "the client reads nothing for too long": _stall,
    "the server stops": _give(Stopping()),
    "the connection is gone": _give(Gone()),
}

_RESPONSE_INPUTS: Mapping[type[object], OfResponse] = {
    Admitted: Admitted(_RESPONSE),
    Refused: Refused(_RESPONSE, SynthesisError("refused")),
    Produced: Produced(_RESPONSE, NOTHING),
    Finished: Finished(_RESPONSE),
    Failed: Failed(_RESPONSE, SynthesisError("failed")),
    Released: Released(_RESPONSE),
    Left: Left(_RESPONSE),
}

_CANCEL = _event(ev.CancelResponse())


def session_edges() -> set[tuple[SessionState, str, SessionState]]:
    """Try every input in every state of a session, and return the changes of state."""
    edges = set()
    for state, ways in _SESSION_WAYS:
        for name, give in _SESSION_INPUTS.items():
            machine = _new_machine()
            for way in ways:
                way(machine)
            if _fits(machine, name, state):
                give(machine)
                if machine.state is not state:
                    edges.add((state, name, machine.state))
    return edges


def _fits(machine: SessionMachine, name: str, state: SessionState) -> bool:
    if name == "open" or state is SessionState.NEW:
        return name in {"open", "the connection is gone"} and state is SessionState.NEW
    return name != "the last response ends" or bool(machine.live_responses)


def response_edges() -> list[tuple[str, str, str]]:
    """Return the changes of a response's state; ``[*]`` is where none exists."""
    edges = [("[*]", "input_text.commit", ResponseState.SUBMITTED.value)]
    ways: Mapping[ResponseState, tuple[Step, ...]] = {
        ResponseState.SUBMITTED: (_open, _submit),
        ResponseState.LIVE: (_open, _speak),
        ResponseState.ENDING: (_open, _speak, _give(Finished(_RESPONSE))),
        ResponseState.CANCELLED: (_open, _speak, _CANCEL),
    }
    for state in ResponseState:
        steps = {
            _name(kind): _give(_RESPONSE_INPUTS[kind]) for other, kind in RESPONSE_TABLE if other is state
        }
        if state in {ResponseState.LIVE, ResponseState.ENDING}:
            steps["response.cancel"] = _CANCEL
        for name, step in steps.items():
            machine = _new_machine()
            for way in (*ways[state], step):
                way(machine)
            after = machine.response_state(_RESPONSE)
            if after is not state:
                edges.append((state.value, name, "[*]" if after is None else after.value))
    return edges


def _table(
    table: Mapping[tuple[StateT, type[object]], Rule[SubjectT]],
    kinds: Iterable[type[object]],
    title: str,
) -> Iterable[str]:
    states = list(dict.fromkeys(state for state, kind in table if kind in kinds))
    yield "| " + " | ".join([title, *(str(state.value) for state in states)]) + " |"
    yield "|---" * (len(states) + 1) + "|"
    for kind in kinds:
        rules = (table.get((state, kind)) for state in states)
        row = [f"`{_name(kind)}`", *("" if rule is None else rule.summary for rule in rules)]
        yield "| " + " | ".join(row) + " |"


def _name(kind: type[object]) -> str:
    return CLIENT_TYPES.get(kind, kind.__name__.lower())


def _diagram(edges: Iterable[tuple[str, str, str]]) -> Iterable[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield from (f"    {before} --> {after}: {name}" for before, name, after in edges)
    yield "```"


def render_tables() -> str:
    """Render the page."""
    order = list(SessionState)
    session = sorted(session_edges(), key=lambda edge: (order.index(edge[0]), order.index(edge[2]), edge[1]))
    lines = [
        "# The rules of a session",
        "",
        "Made by `python -m tts_server.session.tables` from the tables that the server runs by.",
        "",
        "## The session",
        "",
        *_diagram((before.value, name, after.value) for before, name, after in session),
        "",
        *_table(SESSION_TABLE, list(CLIENT_TYPES), "event"),
        "",
        "What else can happen to a session:",
        "",
        *_table(SESSION_TABLE, get_args(OfConnection), "input"),
        "",
        "## A response",
        "",
        *_diagram(response_edges()),
        "",
        *_table(RESPONSE_TABLE, get_args(OfResponse), "input"),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(render_tables(), end="")  # noqa: T201 - the page is what this prints
