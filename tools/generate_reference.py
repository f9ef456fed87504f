"""Write the pages of ``docs/reference`` that follow from the code; ``--check`` says which are not current.

Everything in these pages but the sentences of ``reference_texts.json`` is read from the code, and a field, a
code or a setting that has no sentence there ends this with an error.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import MISSING, fields
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args
from unittest import mock

import tts_server
from tts_server import cli, errors
from tts_server.cli.flags import LIMIT_HELP
from tts_server.cli.registry import COMMANDS
from tts_server.config.client import client_config
from tts_server.config.server import server_config
from tts_server.config.sources import Sources, flag_name
from tts_server.conformance.shapes import EVENT_SHAPES
from tts_server.conformance.transcript import load_rules, load_transcripts
from tts_server.limits import Limits
from tts_server.protocol import events as ev
from tts_server.protocol.v01 import CLIENT_FIELDS, CLIENT_TYPES, SERVER_TYPES
from tts_server.session.tables import render_tables

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
TEXTS: dict[str, Any] = json.loads(
    Path(__file__).with_name("reference_texts.json").read_text(encoding="utf-8")
)
MADE_BY = "Made by `just docs` from the code."


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Write a Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return [*lines, ""]


# --- protocol ---------------------------------------------------------------------------------------------

KINDS = {
    "str": "string",
    "int": "count",
    "float": "number",
    "bytes": "string",
    "JSONObject": "object",
    "tuple[str, ...]": "strings",
    "BackendInfo": "object",
    "AudioFormat": "object",
    "Capabilities": "object",
    "SessionState": "object",
    "ErrorDetail": "object",
}


def event_fields(event: type[Any], *, is_client: bool) -> Iterator[tuple[str, str, str]]:
    """Yield name, kind and meaning of each field of an event as it stands on the wire."""
    for field in sorted(fields(event), key=lambda field: field.name in {"event_id", "previous_event_id"}):
        if field.name == "max_text_chars" or (is_client and field.name not in CLIENT_FIELDS[event]):
            continue
        kind = KINDS[str(field.type).removesuffix(" | None")]
        is_optional = field.default is not MISSING and field.name != "protocol_version"
        name = "audio" if field.name == "pcm" else field.name
        own = TEXTS["client_fields"].get(name) if is_client else None
        meaning = own or TEXTS["fields"][field.name]
        meaning = meaning.replace("MAX_EVENT_ID_CHARS", str(ev.MAX_EVENT_ID_CHARS))
        yield f"`{name}`{'?' if is_optional else ''}", kind, meaning
    if event is ev.ErrorOccurred:
        yield "`retry_after_ms`?", "count", TEXTS["fields"]["retry_after_ms"]


def event_sections(union: Any, types: Any, texts: dict[str, str], *, is_client: bool) -> Iterator[str]:
    """Write a heading, a sentence and a table for each event."""
    for event in get_args(union):
        name = types[event]
        rows = list(event_fields(event, is_client=is_client))
        yield from (
            f"### `{name}`" + (" (from the client)" if is_client and name == "server.status" else ""),
            "",
        )
        yield from (texts[name], "", *table(["field", "kind", "meaning"], rows))


def object_table(name: str, shape: dict[str, str]) -> list[str]:
    """Write the table of a nested object, whose fields are those of the frozen shape."""
    texts = TEXTS[name]
    rows = [
        (f"`{key.removesuffix('?')}`{'?' if key.endswith('?') else ''}", kind, texts[key.removesuffix("?")])
        for key, kind in shape.items()
    ]
    return table(["field", "kind", "meaning"], rows)


def error_table() -> list[str]:
    """Write the table of error codes."""
    rows = [(f"`{code}`", f"`{kind}`", TEXTS["codes"][code]) for code, kind in errors.ERROR_TYPES.items()]
    return table(["code", "type", "when"], rows)


def protocol_page() -> str:
    """The protocol: its rules, and every event."""
    lines = ["# Protocol 0.1", "", MADE_BY, "", *TEXTS["protocol_introduction"], ""]
    section = ""
    for rule in load_rules().values():
        if rule.section != section:
            section = rule.section
            lines += ["", f"## {section}", ""] if lines[-1] else [f"## {section}", ""]
        lines.append(f"- **`{rule.rule_id}`** {rule.text}")
    lines += ["", "## Events from the client", "", "A `?` marks a field that may be missing, or null.", ""]
    lines += event_sections(ev.ClientEvent, CLIENT_TYPES, TEXTS["client_events"], is_client=True)
    lines += ["## Events from the server", "", "A `?` marks a field that may be missing.", ""]
    lines += event_sections(ev.ServerEvent, SERVER_TYPES, TEXTS["server_events"], is_client=False)
    shapes: Any = EVENT_SHAPES
    lines += ["### The object `capabilities`", ""]
    lines += object_table("capabilities", shapes["server.hello"]["capabilities"])
    lines += ["### The object `error`", "", *object_table("error_object", shapes["error"]["error"])]
    lines += ["## Error codes", "", *error_table()]
    return "\n".join(lines).rstrip() + "\n"


def rules_page() -> str:
    """Which rule is tried by which transcript, and the other way round."""
    transcripts = load_transcripts()
    tried = {rule: [t.name for t in transcripts if rule in t.rules] for rule in load_rules()}
    lines = ["# Rules and transcripts", "", MADE_BY, ""]
    lines += [
        "Every rule of [protocol 0.1](protocol.md) with the [transcripts](conformance.md) that try it.",
        "",
    ]
    lines += [f"{len(tried)} rules, {len(transcripts)} transcripts.", "", "## Rules", ""]
    rows = [
        (f"`{rule_id}`", rule.text, ", ".join(f"`{name}`" for name in tried[rule_id]))
        for rule_id, rule in load_rules().items()
    ]
    lines += table(["rule", "what it says", "tried by"], rows)
    lines += ["## Transcripts", ""]
    lines += table(
        ["transcript", "what it shows", "needs"],
        [(f"`{t.name}`", t.title, ", ".join(f"`{need}`" for need in t.requires)) for t in transcripts],
    )
    return "\n".join(lines).rstrip() + "\n"


# --- command line -----------------------------------------------------------------------------------------


def cli_page() -> str:
    """Every command with its flags."""
    lines = ["# Command line", "", MADE_BY, ""]
    lines += ["`tts-server COMMAND …` and `python -m tts_server COMMAND …` are the same.", ""]
    lines += table(["command", "what it does"], [(f"[`{c.name}`](#{c.name})", c.summary) for c in COMMANDS])
    lines += [" ".join(paragraph.split()) for paragraph in (cli.__doc__ or "").split("\n\n")[1:]]
    lines.append("")
    for command in COMMANDS:
        lines += parser_section(command.parser(), f"## {command.name}", level=2)
    return "\n".join(lines).rstrip() + "\n"


def parser_section(parser: argparse.ArgumentParser, heading: str, level: int) -> Iterator[str]:
    """Write what a parser's help says, in a form that is the same for every version of Python."""
    yield from (heading, "")
    if parser.description:
        yield from (parser.description, "")
    groups = parser._action_groups
    rows = [action_row(action) for group in groups for action in group._group_actions if is_shown(action)]
    if rows:
        yield from table(["argument", "meaning"], rows)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                yield from parser_section(
                    inner, f"{'#' * (level + 1)} {parser.prog.split()[-1]} {name}", level + 1
                )
    if parser.epilog:
        body = [line.strip() for line in parser.epilog.splitlines()[1:]]
        yield from ("```sh", *(line for line in body if line), "```", "")


def is_shown(action: argparse.Action) -> bool:
    """Leave out ``--help``, what is hidden, and the list of subcommands, which have sections."""
    hidden = (argparse._HelpAction, argparse._SubParsersAction)
    return not isinstance(action, hidden) and action.help != argparse.SUPPRESS


def action_row(action: argparse.Action) -> tuple[str, str]:
    """Name and meaning of a flag or an argument."""
    metavar = action.metavar or ("" if action.nargs == 0 else (action.dest or "").upper())
    if action.choices and not action.metavar:
        metavar = "{" + ",".join(map(str, action.choices)) + "}"
    value = "" if action.nargs == 0 else f" {metavar}"
    names = ", ".join(f"`{name}{value}`" for name in action.option_strings) or f"`{metavar}`"
    return names, (action.help or "") % {**vars(action), "prog": "tts-server"}


# --- configuration ----------------------------------------------------------------------------------------

LINUX = {"HOME": "/~", "XDG_RUNTIME_DIR": "/$XDG_RUNTIME_DIR"}
"""Absolute, as folders must be; the pages show them without the first slash."""


def recorded(build: Callable[[], Any]) -> tuple[dict[str, str], list[tuple[str | None, str | None]]]:
    """Build a configuration from nothing; return each setting's default, and what was looked for."""
    looked: list[tuple[str | None, str | None]] = []
    real = Sources.levels

    def levels(sources: Sources, flag: str | None, variable: str | None) -> Any:
        looked.append((flag, variable))
        return real(sources, flag, variable)

    with mock.patch.object(Sources, "levels", levels), mock.patch.object(sys, "platform", "linux"):
        settings = build().settings
    return {setting.name: re.sub(r"^/(?=[~$])", "", setting.value) for setting in settings}, looked


def setting_rows(
    defaults: dict[str, str], looked: list[tuple[str | None, str | None]], helps: dict[str, str]
) -> Iterator[tuple[str, ...]]:
    """Yield name, flags, variables, default and meaning of each setting."""
    places = ("uri", "socket_path", "host", "port", None)
    for name, default in defaults.items():
        if name in {field.name for field in fields(Limits)}:
            continue
        if name == "endpoint":
            found = [pair for pair in looked if pair[0] in places and "TOKEN" not in str(pair[1])]
        elif name == "auth_token":
            found = [("auth_token_file", next(v for _, v in looked if v and "TOKEN" in v))]
        else:
            found = [pair for pair in looked if pair[0] in {name, f"no_{name}"}]
        flags = [f"`{flag_name(flag)}`" for flag, _ in found if flag in helps]
        variables = [f"`{variable}`" for _, variable in found if variable]
        help_text = helps.get(name) or helps.get(f"no_{name}") or ""
        meaning = TEXTS["settings"].get(name) or re.sub(r" \([^()]*\)$", "", help_text)
        if not meaning:
            raise SystemExit(f"reference_texts.json: the setting {name} has no flag and needs a sentence")
        yield f"`{name}`", ", ".join(flags), ", ".join(dict.fromkeys(variables)), f"`{default}`", meaning


def configuration_page() -> str:
    """Every setting, variable and limit."""
    parsers = {command.name: command.parser() for command in COMMANDS if command.name in {"serve", "status"}}
    helps = {
        side: {action.dest: action.help or "" for action in parser._actions}
        for side, parser in parsers.items()
    }
    head = ["setting", "flag", "variable", "default", "meaning"]
    server = recorded(lambda: server_config({}, environ=LINUX))
    client = recorded(lambda: client_config({}, environ=LINUX))
    limits = [
        (
            f"`{field.name}`",
            f"`{flag_name(field.name)}`",
            f"`{getattr(Limits(), field.name)}`",
            LIMIT_HELP[field.name],
        )
        for field in fields(Limits)
    ]
    lines = ["# Configuration", "", MADE_BY, "", *TEXTS["configuration_introduction"], ""]
    lines += ["## The server", "", *table(head, list(setting_rows(*server, helps["serve"])))]
    lines += ["## Limits", "", *table(["limit", "flag", "default", "what it bounds"], limits)]
    lines += ["## A client", "", *table(head, list(setting_rows(*client, helps["status"])))]
    return "\n".join(lines).rstrip() + "\n"


def errors_page() -> str:
    """Codes, refusals before the upgrade, exceptions, exit statuses."""
    tree = (errors.__doc__ or "").split("\n\n")
    lines = ["# Errors", "", MADE_BY, "", "## On the wire", "", *error_table()]
    lines += ["A connection can be refused before it is one:", ""]
    lines += table(
        ["HTTP status", "when"],
        [
            ("401", "the bearer token is missing or wrong"),
            ("403", "the request carries an `Origin` that the configuration does not allow"),
            ("503", "there are `max_connections` connections already"),
        ],
    )
    lines += ["## Exceptions", "", "All of them are names of `tts_server`.", "", "```text"]
    lines += [line[4:] for line in tree[1].splitlines()]
    lines += ["```", "", " ".join(tree[2].replace("``", "`").split()), ""]
    classes = [value for value in vars(errors).values() if is_error(value)]
    rows = [
        (f"`{c.__name__}`", f"`{c.code}`", "yes" if c.retryable else "no")
        for c in classes
        if not issubclass(c, errors.ClientError)
    ]
    lines += table(["exception", "code on the wire", "worth a retry"], rows)
    lines += ["## Exit statuses", "", " ".join((cli.__doc__ or "").split("\n\n")[1].split())]
    return "\n".join(lines).rstrip() + "\n"


def is_error(value: object) -> bool:
    """Whether something is one of our exceptions."""
    return isinstance(value, type) and issubclass(value, errors.TTSServerError)


# --- Python -----------------------------------------------------------------------------------------------


def python_page() -> str:
    """The names that a program takes of the package, by what it does with them."""
    every_error = [name for name, value in vars(errors).items() if is_error(value)]
    groups = [(group["title"], group["text"], group["names"] or every_error) for group in TEXTS["python"]]
    placed = sorted(name for _, _, names in groups for name in names)
    if wrong := set(placed) ^ (set(tts_server.__all__) - {"__version__"}):
        raise SystemExit(f"reference_texts.json: not in one of the lists of names: {sorted(wrong)}")
    lines = ["# Python", "", MADE_BY, "", *TEXTS["python_introduction"], ""]
    for title, text, names in groups:
        rows = [(f"`{name}`", summary(name), f"`{home_of(name)}`") for name in names]
        lines += [f"## {title}", "", text, "", *table(["name", "what it is", "where it lives"], rows)]
    return "\n".join(lines).rstrip() + "\n"


def home_of(name: str) -> str:
    """The module that a name of the package lives in."""
    homes: dict[str, str] = vars(tts_server)["_HOMES"]
    return homes[name]


def summary(name: str) -> str:
    """The first paragraph of a name's docstring; that of an alias stands below it."""
    value = getattr(tts_server, name)
    text = inspect.getdoc(value)
    if not inspect.isclass(value) and not inspect.isfunction(value):
        body = ast.parse(inspect.getsource(importlib.import_module(home_of(name)))).body
        below = {
            ast.unparse(node.targets[0]): text
            for node, text in pairwise(body)
            if isinstance(node, ast.Assign)
        }
        text = ast.get_docstring(ast.Module([below[name]], []))
    paragraph = " ".join((text or "").split("\n\n")[0].split())
    if not paragraph:
        raise SystemExit(f"{home_of(name)}.{name} has no docstring")
    return paragraph.replace("``", "`")


PAGES: dict[str, Callable[[], str]] = {
    "protocol.md": protocol_page,
    "rules.md": rules_page,
    "cli.md": cli_page,
    "configuration.md": configuration_page,
    "errors.md": errors_page,
    "session.md": render_tables,
    "python.md": python_page,
}


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or check them; returns the exit status."""
    stale = []
    for name, render in PAGES.items():
        path, text = FOLDER / name, render()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8")
    verb = "not current; run: just docs" if "--check" in arguments else "written"
    for name in stale:
        print(f"docs/reference/{name}: {verb}", file=sys.stderr)
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
