"""Small changes of a source text, each of which a test should notice.

A comparison is turned to its neighbour, a condition to its opposite, a number to the next; a sum becomes a
difference, a returned value None, a statement that does something nothing. Text in quotes, annotations,
decorators and what is written for the type checker stay as they are.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

OPERATORS: Final[dict[type[ast.AST], Any]] = {
    ast.Lt: ast.LtE(),
    ast.LtE: ast.Lt(),
    ast.Gt: ast.GtE(),
    ast.GtE: ast.Gt(),
    ast.Eq: ast.NotEq(),
    ast.NotEq: ast.Eq(),
    ast.Is: ast.IsNot(),
    ast.IsNot: ast.Is(),
    ast.In: ast.NotIn(),
    ast.NotIn: ast.In(),
    ast.And: ast.Or(),
    ast.Or: ast.And(),
    ast.Add: ast.Sub(),
    ast.Sub: ast.Add(),
    ast.Mult: ast.Div(),
    ast.Div: ast.Mult(),
    ast.FloorDiv: ast.Mult(),
    ast.Mod: ast.Mult(),
    ast.Pow: ast.Mult(),
    ast.LShift: ast.RShift(),
    ast.RShift: ast.LShift(),
    ast.BitOr: ast.BitAnd(),
    ast.BitAnd: ast.BitOr(),
}
"""What stands instead of each operator."""


@dataclass(frozen=True)
class Mutation:
    """One change.

    Args:
        line: The line that it begins in, without the space around it.
        number: Which line that is.
        what: What was there and what is there instead.
        source: The whole text with the change.
    """

    line: str
    number: int
    what: str
    source: str


def mutations(source: str) -> list[Mutation]:
    """List every change of a source text, in the order of its lines."""
    text, tree = _Text(source), ast.parse(source)
    conditions = set(_conditions(tree))
    found = []
    for node in _walk(tree):
        found += [text.mutation(node, replacement) for replacement in _replacements(node)]
        if node in conditions:
            found.append(text.mutation(node, f"not {ast.unparse(node)}"))
    return found


class _Text:
    """A source text, in which the place of a node is replaced."""

    def __init__(self, source: str) -> None:
        self._lines = source.splitlines(keepends=True)

    def mutation(self, node: ast.stmt | ast.expr, replacement: str) -> Mutation:
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        # Columns count bytes of UTF-8.
        before = self._lines[first].encode()[: node.col_offset].decode()
        after = self._lines[last].encode()[node.end_col_offset :].decode()
        was = ast.unparse(node)
        # As many lines as before, so that tracebacks lead to the same ones.
        padding = "\n" * (last - first)
        if isinstance(node, ast.stmt):
            changed = f"{before}{replacement}{after}{padding}"
        else:
            changed = f"{before}({replacement}{padding}){after}"
        source = "".join([*self._lines[:first], changed, *self._lines[last + 1 :]])
        return Mutation(self._lines[first].strip(), node.lineno, f"{was} -> {replacement}", source)


def _walk(node: ast.AST) -> Iterator[ast.stmt | ast.expr]:
    """Yield the statements and expressions that are changed, in their order."""
    if isinstance(node, ast.stmt | ast.expr):
        yield node
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "bases", "keywords"} and isinstance(
            node, ast.AnnAssign | ast.arg | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        ):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_left_out(child):
                yield from _walk(child)


def _conditions(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield what is asked for its truth and has no operator of its own that could be turned."""
    for node in ast.walk(tree):
        asked = [getattr(node, "test", None), *getattr(node, "ifs", [])]
        asked += node.values if isinstance(node, ast.BoolOp) else []
        yield from (test for test in asked if isinstance(test, ast.Name | ast.Attribute | ast.Call))


def _is_left_out(node: ast.AST) -> bool:
    if isinstance(node, ast.If):
        return ast.unparse(node.test) in {"TYPE_CHECKING", "__name__ == '__main__'"}
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    is_never = isinstance(node, ast.Expr) and ast.unparse(node).startswith("assert_never(")
    is_slots = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__slots__"
    return is_text or is_never or is_slots or isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom)


def _replacements(node: ast.stmt | ast.expr) -> Iterator[str]:
    """Yield what may stand in the place of a node."""
    for kind, replace in _RULES:
        if isinstance(node, kind):
            yield from replace(node)


def _compare(node: ast.Compare) -> Iterator[str]:
    for index, operator in enumerate(node.ops):
        other = OPERATORS[type(operator)]
        ops = [*node.ops[:index], other, *node.ops[index + 1 :]]
        yield ast.unparse(ast.Compare(node.left, ops, node.comparators))


def _bool_op(node: ast.BoolOp) -> Iterator[str]:
    yield ast.unparse(ast.BoolOp(OPERATORS[type(node.op)], node.values))
    for value in node.values:
        yield ast.unparse(ast.BoolOp(node.op, [*(other for other in node.values if other is not value)]))


def _bin_op(node: ast.BinOp) -> Iterator[str]:
    if type(node.op) in OPERATORS:
        yield ast.unparse(ast.BinOp(node.left, OPERATORS[type(node.op)], node.right))


def _unary_op(node: ast.UnaryOp) -> Iterator[str]:
    yield ast.unparse(node.operand)


def _constant(node: ast.Constant) -> Iterator[str]:
    if isinstance(node.value, bool):
        yield repr(not node.value)
    elif isinstance(node.value, int | float):
        more = node.value + 1
        yield repr(more if more != node.value else node.value / 2)


def _return(node: ast.Return) -> Iterator[str]:
    if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
        yield "return None"


def _aug_assign(node: ast.AugAssign) -> Iterator[str]:
    yield "pass"
    if type(node.op) in OPERATORS:
        yield ast.unparse(ast.AugAssign(node.target, OPERATORS[type(node.op)], node.value))


def _assign(node: ast.Assign) -> Iterator[str]:
    # A name that is never bound is noticed by whatever reads it.
    if any(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets):
        yield "pass"


def _removed(_node: ast.stmt) -> Iterator[str]:
    yield "pass"


_RULES: Final[tuple[tuple[type[ast.AST], Callable[..., Iterator[str]]], ...]] = (
    (ast.Compare, _compare),
    (ast.BoolOp, _bool_op),
    (ast.BinOp, _bin_op),
    (ast.UnaryOp, _unary_op),
    (ast.Constant, _constant),
    (ast.Return, _return),
    (ast.AugAssign, _aug_assign),
    (ast.Assign, _assign),
    (ast.Expr, _removed),
    (ast.Delete, _removed),
    (ast.Raise, _removed),
    (ast.Break, _removed),
    (ast.Continue, _removed),
)
