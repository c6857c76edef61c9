"""Tables of the rules: each row is a guard, and the table without it a mutant."""

import ast
from collections.abc import Iterator
from typing import Final

from tests.care.proof.shapes import Change, called, short

NO_TABLES: Final = frozenset(
    {
        "FOLDS",
        "ADULT_SENTENCES",
        "EVERY_FIELD",
        "FAMILIES",
        "FIRST",
        "FORMS",
        "LIMITS",
        "MEASURES",
        "MOAAS",
        "NOBODY",
        "ORDERS",
        "PRIORITIES",
        "QUESTIONS",
        "READING_FORM",
        "SCALES",
        "TIME_UNITS",
        "UNNAMED",
        "WORDS",
        "_DUTY",
        "_LOOK",
        "_SAME",
        "_URGENCY",
    }
)
"""Constants that only look like tables of guards: what is obeyed, asked, said, or read out of a file."""
ASKS: Final = frozenset({"Field", "Card", "ask", "plain", "yes", "no", "question", "replace", "_number", "_vital"})
"""Calls that make a question of a form: what an answer to it means is a guard, that it is asked is none."""


def _written(value: ast.expr | None) -> ast.expr | None:
    """The rows of a table as they are written, also inside ``frozenset(…)`` or ``MappingProxyType(…)``."""
    if isinstance(value, ast.Call) and called(value) in ("frozenset", "MappingProxyType") and len(value.args) == 1:
        return _written(value.args[0])
    return value


def _asks(row: ast.expr) -> bool:
    """A question of a form, or several."""
    if isinstance(row, ast.Tuple):
        return bool(row.elts) and _asks(row.elts[0])
    return isinstance(row, ast.Starred | ast.GeneratorExp) or (isinstance(row, ast.Call) and called(row) in ASKS)


def rows(tree: ast.Module) -> Iterator[Change]:
    """Each table of a module without one of its rows."""
    for node in tree.body:
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            continue
        target, value = node.target if isinstance(node, ast.AnnAssign) else node.targets[0], _written(node.value)
        if not isinstance(target, ast.Name) or not target.id.isupper() or target.id in NO_TABLES:
            continue
        if isinstance(value, ast.Tuple | ast.List | ast.Set):
            for row in value.elts:
                if not _asks(row):
                    less: ast.expr = ast.Tuple(elts=[one for one in value.elts if one is not row], ctx=ast.Load())
                    if isinstance(value, ast.Set):
                        less = ast.Call(func=ast.Name(id="frozenset", ctx=ast.Load()), args=[less], keywords=[])
                    yield value, less, f"{target.id} without {short(row)}", row
        elif isinstance(value, ast.Dict):
            for at, (name, said) in enumerate(zip(value.keys, value.values, strict=True)):
                if name is not None and not _asks(said):
                    keys = [one for n, one in enumerate(value.keys) if n != at]
                    kept = [one for n, one in enumerate(value.values) if n != at]
                    yield value, ast.Dict(keys=keys, values=kept), f"{target.id} without {short(name)}", name
