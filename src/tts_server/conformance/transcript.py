"""Reading transcripts: one JSON file a behaviour, checked when it is read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Final

from tts_server.conformance.pattern import MATCHERS, TEMPLATES
from tts_server.errors import ConfigError

ACTIONS: Final[Mapping[str, frozenset[str]]] = {
    "connect": frozenset(),
    "send": frozenset(),
    "send_text": frozenset(),
    "send_binary": frozenset(),
    "expect": frozenset({"audio"}),
    "expect_audio": frozenset(),
    "check_audio": frozenset(),
    "barrier": frozenset({"audio"}),
    "until_status": frozenset(),
    "expect_close": frozenset(),
    "expect_ping": frozenset(),
    "commit_until_admitted": frozenset(),
    "commit_until_busy": frozenset(),
    "stop_reading": frozenset(),
    "resume_reading": frozenset(),
    "drop": frozenset(),
}
"""What a step can do, and the fields that it may have besides ``on`` and ``note``."""

CONNECT_FIELDS: Final = frozenset(
    {"name", "token", "origin", "subprotocols", "compression", "refused", "negotiated", "hello", "pong"}
)

REQUIREMENTS: Final = frozenset(
    {
        "slow",
        "two-speakers",
        "streaming",
        "token",
        "languages",
        "voices:listed",
        "voices:several",
        "voices:none",
        "voices:unlisted",
        "extra:NAME",
    }
)
"""What a transcript may ask of the server before it is played."""

_FIELDS: Final = {"name", "title", "rules", "requires", "takes_s", "steps"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the protocol.

    Args:
        rule_id: What transcripts call it.
        section: Where it belongs.
        text: The rule.
    """

    rule_id: str
    section: str
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """One behaviour.

    Args:
        name: Of the file, without its ending.
        title: The behaviour in one sentence.
        rules: Ids of the rules that it tries.
        requires: What the server must have for it.
        takes_s: Seconds that it waits with a server's default limits, 0 for no more than it takes to speak.
        steps: What is done, in order.
    """

    name: str
    title: str
    rules: tuple[str, ...]
    requires: tuple[str, ...]
    takes_s: float
    steps: tuple[Mapping[str, Any], ...]


@lru_cache(maxsize=1)
def load_rules() -> Mapping[str, Rule]:
    """Read all rules, by id, in the order of the protocol."""
    text = (resources.files("tts_server.conformance") / "rules.json").read_text(encoding="utf-8")
    return {
        rule_id: Rule(rule_id, section["title"], rule)
        for section in json.loads(text)
        for rule_id, rule in section["rules"].items()
    }


@lru_cache(maxsize=1)
def load_transcripts() -> tuple[Transcript, ...]:
    """Read all transcripts that ship with this package, in the order of their names.

    Raises:
        ConfigError: One of them is not of the right form.
    """
    folder = resources.files("tts_server.conformance") / "transcripts"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".json")), key=lambda f: f.name)
    return tuple(
        parse_transcript(file.name.removesuffix(".json"), file.read_text(encoding="utf-8")) for file in files
    )


def parse_transcript(name: str, text: str) -> Transcript:
    """Read one transcript.

    Raises:
        ConfigError: It is not of the right form; says where.
    """
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise ConfigError(f"{name}: {error}") from None
    problem = next(_problems(name, value), None)
    if problem is not None:
        raise ConfigError(f"{name}: {problem}")
    return Transcript(
        name=name,
        title=value["title"],
        rules=tuple(value["rules"]),
        requires=tuple(value.get("requires", ())),
        takes_s=float(value.get("takes_s", 0)),
        steps=tuple(value["steps"]),
    )


def _problems(name: str, value: Any) -> Iterator[str]:
    if not isinstance(value, dict) or not {"name", "title", "rules", "steps"} <= value.keys() <= _FIELDS:
        yield f"a transcript has name, title, rules and steps, and may have {sorted(_FIELDS)}"
        return
    if value["name"] != name:
        yield f"its name is {value['name']!r}"
    unknown = [rule for rule in value["rules"] if rule not in load_rules()]
    if unknown or not value["rules"]:
        yield f"there is no rule {unknown[0]!r}" if unknown else "it names no rule"
    for requirement in value.get("requires", ()):
        if requirement not in REQUIREMENTS and not requirement.startswith("extra:"):
            yield f"there is no requirement {requirement!r}"
    for number, step in enumerate(value["steps"], start=1):
        for problem in _step_problems(step):
            yield f"step {number}: {problem}"


def _step_problems(step: Any) -> Iterator[str]:
    actions = [action for action in ACTIONS if action in step]
    if len(actions) != 1:
        yield f"a step does one of: {', '.join(ACTIONS)}"
        return
    extra = step.keys() - {actions[0], "on", "note"} - ACTIONS[actions[0]]
    if extra:
        yield f"{actions[0]} has no field {min(extra)!r}"
    if actions[0] == "connect" and not step["connect"].keys() <= CONNECT_FIELDS:
        yield f"connect has no field {min(step['connect'].keys() - CONNECT_FIELDS)!r}"
    for name in _instructions(step):
        if name not in MATCHERS | TEMPLATES:
            yield f"there is no {name}"


def _instructions(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (key for key in value if key.startswith("$"))
        for inner in value.values():
            yield from _instructions(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _instructions(inner)
