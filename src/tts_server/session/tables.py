"""The rules of a session as Markdown: two tables, and diagrams drawn by trying every input in every state.

``python -m tts_server.session.tables`` prints the page that the reference has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tts_server.errors import SynthesisError
from tts_server.limits import Limits
from tts_server.protocol import events as ev
from tts_server.protocol.codec import CLIENT_TYPES
from tts_server.session.effects import Effect
from tts_server.session.machine import DRAIN_TIMER, SESSION_TABLE, SessionMachine, SessionState
from tts_server.session.outflow import STALL_TIMER
from tts_server.session.response import RESPONSE_TABLE, ResponseState
from tts_server.speech.capabilities import AudioFormat, BackendInfo, Capabilities
from tts_server.speech.service import ServiceInfo

Input = Callable[[SessionMachine], list[Effect]]

_LIMITS = Limits()
_RESPONSE = "resp_table_1"
_LATE_S = 1e6


def _new_machine() -> SessionMachine:
    capabilities = Capabilities(streaming=True, languages=("en",), voice_count=0)
    service = ServiceInfo(BackendInfo("table", "table"), AudioFormat(24000), capabilities)
    return SessionMachine("sess_table", service, _LIMITS)


def _open(machine: SessionMachine) -> list[Effect]:
    return machine.open(0.0)


def _submit(machine: SessionMachine) -> list[Effect]:
    machine.receive(ev.AppendText("text"), 0.0)
    return machine.receive(ev.CommitText(), 0.0)


def _speak(machine: SessionMachine) -> list[Effect]:
    _submit(machine)
    return machine.admitted(_RESPONSE, 0.0)


def _stall(machine: SessionMachine) -> list[Effect]:
    machine.outbound(1, False, 0.0)
    return machine.timer(STALL_TIMER, _LATE_S)


def _event(event: ev.ClientEvent) -> Input:
    return lambda machine: machine.receive(event, 0.0)


_SESSION_WAYS: tuple[tuple[SessionState, tuple[Input, ...]], ...] = (
    (SessionState.NEW, ()),
    (SessionState.OPEN, (_open,)),
    (SessionState.OPEN, (_open, _speak)),
    (SessionState.CLOSING, (_open, _speak, _event(ev.CloseSession()))),
    (SessionState.ENDED, (_open, _event(ev.CloseSession()))),
    (SessionState.CLOSED, (_open, lambda machine: machine.disconnected(0.0))),
)
"""How a machine is brought into each state."""

_SESSION_INPUTS: Mapping[str, Input] = {
    **{
        name: _event(kind("text") if kind is ev.AppendText else kind()) for kind, name in CLIENT_TYPES.items()
    },
    "open": _open,
    "the last response ends": lambda machine: machine.finished(_RESPONSE, 0.0),
    "the drain timer fires": lambda machine: machine.timer(DRAIN_TIMER, _LATE_S),
    "the client reads nothing for too long": _stall,
    "the server stops": lambda machine: machine.shutdown(0.0),
    "the connection is gone": lambda machine: machine.disconnected(0.0),
}

_RESPONSE_INPUTS: Mapping[str, Input] = {
    "admitted": lambda machine: machine.admitted(_RESPONSE, 0.0),
    "refused": lambda machine: machine.refused(_RESPONSE, SynthesisError("refused"), 0.0),
    "audio": lambda machine: machine.audio(_RESPONSE, b"", 0.0),
    "finished": lambda machine: machine.finished(_RESPONSE, 0.0),
    "failed": lambda machine: machine.failed(_RESPONSE, SynthesisError("failed"), 0.0),
    "released": lambda machine: machine.released(_RESPONSE, 0.0),
    "sent": lambda machine: machine.sent(_RESPONSE, 0.0),
    "response.cancel": _event(ev.CancelResponse()),
}


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
    ways: Mapping[ResponseState, tuple[Input, ...]] = {
        ResponseState.SUBMITTED: (_open, _submit),
        ResponseState.LIVE: (_open, _speak),
        ResponseState.ENDING: (_open, _speak, _RESPONSE_INPUTS["finished"]),
        ResponseState.CANCELLED: (_open, _speak, _event(ev.CancelResponse())),
    }
    names = {state: [name for other, name in RESPONSE_TABLE if other is state] for state in ResponseState}
    for state in (ResponseState.LIVE, ResponseState.ENDING):
        names[state].append("response.cancel")
    for state, inputs in names.items():
        for name in inputs:
            machine = _new_machine()
            for way in ways[state]:
                way(machine)
            _RESPONSE_INPUTS[name](machine)
            after = machine.response_state(_RESPONSE)
            if after is not state:
                edges.append((state.value, name, "[*]" if after is None else after.value))
    return edges


def _first_line(handler: Any) -> str:
    return str(handler.__doc__).partition("\n")[0]


def _table(table: Mapping[Any, Any], name: Callable[[Any], str], title: str) -> Iterable[str]:
    states = list(dict.fromkeys(state for state, _ in table))
    yield "| " + " | ".join([title, *(state.value for state in states)]) + " |"
    yield "|---" * (len(states) + 1) + "|"
    for key in dict.fromkeys(key for _, key in table):
        cells = (table.get((state, key)) for state in states)
        row = [f"`{name(key)}`", *("" if cell is None else _first_line(cell) for cell in cells)]
        yield "| " + " | ".join(row) + " |"


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
        *_table(SESSION_TABLE, lambda key: CLIENT_TYPES[key], "event"),
        "",
        "## A response",
        "",
        *_diagram(response_edges()),
        "",
        *_table(RESPONSE_TABLE, str, "input"),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(render_tables(), end="")  # noqa: T201 - the page is what this prints
