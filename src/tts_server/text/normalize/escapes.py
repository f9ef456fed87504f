"""Characters that are written by name: HTML's entities and TeX's commands.

Pure. They are exchanged for the character itself before anything else looks at the text, so that what is
behind them is recognised like anything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5

_ENTITY = re.compile(
    r"&(?:#(?P<code>\d{1,7})|#[xX](?P<hex>[0-9a-fA-F]{1,6})|(?P<name>[A-Za-z][A-Za-z0-9]{1,24}));"
)
_COMMANDS = {
    "times": "×",
    "cdot": "×",
    "div": "÷",
    "pm": "±",
    "le": "≤",
    "leq": "≤",
    "ge": "≥",
    "geq": "≥",
    "lt": "<",
    "gt": ">",
    "ne": "≠",
    "neq": "≠",
    "approx": "≈",
    "infty": "∞",
    "sum": "∑",
    "in": "∈",
    "to": "→",
    "rightarrow": "→",
    "degree": "°",
    "circ": "°",
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "Delta": "Δ",
    "epsilon": "ε",
    "theta": "θ",
    "lambda": "λ",
    "mu": "μ",
    "pi": "π",
    "rho": "ρ",
    "sigma": "σ",
    "Sigma": "Σ",
    "tau": "τ",
    "phi": "φ",
    "omega": "ω",
    "Omega": "Ω",
    "ldots": "…",
    "dots": "…",
    "quad": " ",
    "left": "",
    "right": "",
    "%": "%",
    "$": "$",
    "&": "&",
    "#": "#",
    "_": "_",
    "{": "(",
    "}": ")",
    ",": " ",
    ";": " ",
}
# Takes the place of what is dropped, so that its characters are some word's too.
_NOTHING = "\u2060"
_NAMED = r"\{(?P<%s>[^{}\\$\n]{0,60})\}"
_WRAPPERS = (
    "text|mathrm|mathbf|mathbb|mathcal|mathit|mathsf|textbf|textit|texttt|emph|operatorname|vec|hat|bar"
    "|overline|underline|boxed|tilde"
)
_TEX = re.compile(
    rf"\\[dt]?frac{_NAMED % 'top'}{_NAMED % 'bottom'}"
    rf"|\\sqrt(?:\[(?P<degree>3)\])?{_NAMED % 'root'}"
    rf"|\\(?:{_WRAPPERS}){_NAMED % 'words'}"
    r"|\\(?:begin|end)\{(?P<surroundings>[a-z]{1,20}\*?)\}"
    rf"|_{_NAMED % 'index'}"
    rf"|\^{_NAMED % 'power'}"
    r"|\^(?P<degrees>\{\\circ\}|\\circ)(?![A-Za-z])"
    r"|\\(?P<command>[A-Za-z]{1,12}|[%$&#_{},;])"
)
# As pandoc has it: what opens is not before a space, what closes not behind one, nor before a figure.
_MATH = re.compile(
    r"(?<![\w$])\$\$?(?![\s$])(?=[^$\n]{1,200}\$)[^$\n]*?[\\^_=<>+*/][^$\n]*?(?<![\s$])\$\$?(?![\w$])|\\\(|\\\)|\\\[|\\\]"
)
_SUM = re.compile(r"\$\d[\d.,]*[KMBkm]?(?:\s|/[^\W\d_]|$| ?[/–-] ?\$)")
_DRIVE = re.compile(r"[\"'(\[]{0,4}[A-Za-z]:\\")
_MAX_PATH_CHARS = 260
_SIGNS = ("&", "\\", "$", "^{")
_RAISED = re.compile(r"<sup>(?P<exponent>-?\d{1,3}|[nx])</sup>")
_BASE = re.compile(r"(?:(?<!\d)\d{1,3}|(?<!\d)(?!19|20)\d{4}|\)|(?<![A-Za-z])(?:[A-Za-z]|[cdkm]m))$")
_MAX_BASE_CHARS = 5
_PLUS_MINUS = re.compile(r"\+/[-−–](?= ?\d)")
_ATOM = re.compile(r"[\w.,]+")


def escapes(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where something is written by name, and what it stands for; in order, without overlap."""
    found = [*_entities(text), *_tex(text)] if any(sign in text for sign in _SIGNS) else []
    found += [(*match.span(), "±") for match in _PLUS_MINUS.finditer(text)]
    for match in _RAISED.finditer(text):
        # Behind a word or a year it is the number of a note.
        if _BASE.search(text[max(0, match.start() - _MAX_BASE_CHARS) : match.start()]):
            found.append((*match.span(), f"^{match['exponent']}"))
    position = 0
    for start, end, char in sorted(found):
        if start >= position:
            yield start, end, char or _NOTHING
            position = end


def _entities(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _ENTITY.finditer(text):
        if match["name"]:
            char = html5.get(match["name"] + ";")
        else:
            code = int(match["code"]) if match["code"] else int(match["hex"], 16)
            char = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else None
        if char is not None:
            yield *match.span(), char


def _tex(text: str) -> Iterator[tuple[int, int, str]]:
    if not any(sign in text for sign in _SIGNS[1:]):
        return
    for match in _MATH.finditer(text):
        dollars = match[0].startswith("$")
        n_signs = 2 if match[0].startswith("$$") else 1
        if dollars and _SUM.match(match[0]) and "\\" not in match[0]:
            continue
        if dollars:
            yield match.start(), match.start() + n_signs, ""
            yield match.end() - n_signs, match.end(), ""
        else:
            yield *match.span(), ""
    for match in _TEX.finditer(text):
        said = _said(match)
        if said is not None and not _is_in_path(text, match.start()):
            yield *match.span(), said


def _is_in_path(text: str, position: int) -> bool:
    r"""Say whether a backslash parts the folders of a path that begins with a drive: ``C:\times``."""
    least = max(0, position - _MAX_PATH_CHARS)
    start = max(text.rfind(" ", least, position), text.rfind("\n", least, position), least - 1) + 1
    return _DRIVE.match(text, start) is not None


def _said(match: re.Match[str]) -> str | None:
    """Return the characters that a command stands for; None leaves it."""
    if match["top"] is not None:
        return f"{_grouped(match['top'])}/{_grouped(match['bottom'])}"
    if match["root"] is not None:
        return ("∛" if match["degree"] else "√") + _grouped(match["root"])
    if match["power"] is not None:
        return f"^{_grouped(match['power'])}"
    if match["index"] is not None:
        return f" {match['index']} "
    if match["command"] is not None:
        return _COMMANDS.get(match["command"])
    if match["words"] is not None:
        words = _exchanged(match["words"])
        return words.lstrip() if match.string[match.start() - 1 : match.start()] == " " else words
    return "°" if match["degrees"] else " "


def _exchanged(part: str) -> str:
    r"""Return what a command holds, its own names exchanged: ``\text{A &amp; B}``."""
    said, position = "", 0
    for start, end, char in escapes(part):
        said += part[position:start] + char
        position = end
    return said + part[position:]


def _grouped(part: str) -> str:
    part = _exchanged(part).strip()
    return part if _ATOM.fullmatch(part) else f"({part})"
