"""Every guard of the rules, found in their own source: what refuses, what shuts, what ends, what calls somebody.

The list is made from the syntax of ``telekap/care``, never by hand: a new refusal, gate, row of a board or cell of the
table of rights is a new guard of the next proof by itself. Each is one small change that takes the guard away.
"""

import ast
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from tests.care.proof.clauses import clauses, early
from tests.care.proof.parts import conditions, facts, parts, words
from tests.care.proof.shapes import Change, called, elements, short, statements
from tests.care.proof.tables import rows

MARKS: Final = frozenset({"red", "shut", "final", "amber"})
"""Calls that say what one answer of a form means."""
SKIPPED: Final = frozenset({"protocol_page.py"})
"""Draws a page out of the protocol, and stands in nobody's way."""
WORDS: Final = ("view", "fold")
"""Modules that only show, or only obey."""
SHOWN: Final = frozenset(
    {
        "alarm_words.py",
        "course_fold.py",
        "docket.py",
        "drawing.py",
        "protocol_diff.py",
        "protocol_words.py",
        "readiness.py",
        "reader.py",
        "telling.py",
        "traces.py",
        "words.py",
    }
)
"""Modules that show too: of them only what refuses is a guard, not every condition under which a word is said."""
DISPATCH: Final = frozenset({"decide.py", "course.py"})
"""Their ``RULES`` say what a command is, and guard nothing: without its row a command does not exist."""


Names = tuple[str, ...]
"""From a module down to one function: ("Board", "shut")."""


@dataclass(frozen=True)
class Guard:
    """One thing that stands in the way, on this line of a module (``tree``): there, ``new`` in the place of ``old``.

    ``function``: in the body of which function, () in a table or anything else that an import makes.
    """

    path: Path
    line: int
    what: str
    tree: ast.Module = field(repr=False)
    old: ast.AST = field(repr=False)
    new: ast.AST = field(repr=False)
    function: Names = ()

    @cached_property
    def mutated(self) -> str:
        """Its module's source without it: written when it is asked for, which takes longer than to find it."""
        return _changed(self.tree, self.old, self.new)

    @property
    def name(self) -> str:
        """``release.py:61 raise Refused …``"""
        return f"{self.path.name}:{self.line} {self.what}"

    @property
    def key(self) -> str:
        """The name without the line, which moves."""
        return f"{self.path.name} {self.what}"


class _Swap(ast.NodeTransformer):
    """Puts one node in the place of another."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)


def _changed(tree: ast.Module, old: ast.AST, new: ast.AST) -> str:
    """The source with ``new`` in the place of ``old``. The tree stays as it is."""
    memo: dict[int, object] = {}
    copied = deepcopy(tree, memo)
    twin = memo[id(old)]
    assert isinstance(twin, ast.AST)
    return ast.unparse(ast.fix_missing_locations(_Swap(twin, deepcopy(new)).visit(copied)))


def _rights(tree: ast.Module) -> Iterator[Change]:
    """Each row of the table of rights, once open to everybody and once in every state."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) == "_rows":
            for row in node.args:
                if not isinstance(row, ast.Tuple) or len(row.elts) != 3:
                    continue
                command, states, roles = row.elts
                what = short(command).removeprefix("c.")
                if ast.unparse(roles) != "EVERYONE":
                    everyone = ast.Tuple(
                        elts=[command, states, ast.Name(id="EVERYONE", ctx=ast.Load())], ctx=ast.Load()
                    )
                    yield row, everyone, f"{what} by everybody", row
                if ast.unparse(states) != "State":
                    anytime = ast.Tuple(elts=[command, ast.Name(id="State", ctx=ast.Load()), roles], ctx=ast.Load())
                    yield row, anytime, f"{what} in every state", row


def _marks(tree: ast.Module) -> Iterator[Change]:
    """Each answer of a form that shuts a gate, as if it were well (a name that not every module imports)."""
    well = ast.parse("__import__('telekap.care.gate_answers', fromlist=['WELL']).WELL", mode="eval").body
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            yield node, well, f"answer {short(node)}", node


def _courses(tree: ast.Module) -> Iterator[Change]:
    """Each row of the rights on courses: open to anybody with a part in it, and without the code of this moment."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for name, right in zip(node.keys, node.values, strict=True):
                if name is None or not isinstance(right, ast.Call) or called(right) != "Right":
                    continue
                what = short(name).removeprefix("c.")
                anybody = ast.parse("Right(Who.ANYBODY)", mode="eval").body
                assert isinstance(anybody, ast.Call)
                if ast.unparse(right.args[0]) != "Who.ANYBODY":
                    anybody.keywords = right.keywords
                    yield right, anybody, f"{what} by anybody", right
                if right.keywords:
                    free = ast.Call(func=right.func, args=right.args, keywords=[])
                    yield right, free, f"{what} without the second factor", right


REFUSES: Final = ("code if:", "reason if:", "raise if:")
"""How the clauses in front of a refusal are named."""


def changes(path: Path, tree: ast.Module) -> Iterator[Change]:
    """Every way in which one module can lose a guard."""
    yield from statements(tree)
    yield from elements(tree)
    if path.name in SHOWN:
        yield from (one for one in clauses(tree) if one[2].startswith(REFUSES))
    else:
        yield from parts(tree)
        yield from words(tree)
        yield from conditions(tree)
        yield from facts(tree)
        yield from clauses(tree)
        yield from early(tree)
        for row in rows(tree):
            if not (path.name in DISPATCH and row[2].startswith("RULES")):
                yield row
    if path.name == "states.py":
        yield from _rights(tree)
    if path.name == "rights.py":
        yield from _courses(tree)
    if path.name.startswith("gate_") and path.name != "gate_answers.py":
        yield from _marks(tree)


def _trees(care: Path) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(care.rglob("*.py")):
        if path.name not in SKIPPED and not path.name.startswith(WORDS):
            yield path.relative_to(care), ast.parse(path.read_text(encoding="utf-8"))


def bodies(tree: ast.Module | ast.ClassDef, names: Names = ()) -> Iterator[tuple[int, Names]]:
    """(each node in the body of a function, the function); what its decorators and defaults hold is none of it.

    Nor is what stands in a function inside it: an import may have made that one already.
    """
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from bodies(node, (*names, node.name))
        elif isinstance(node, ast.FunctionDef):
            ahead: list[ast.AST] = [*node.body]
            while ahead:
                below = ahead.pop()
                yield id(below), (*names, node.name)
                if not isinstance(below, ast.FunctionDef | ast.Lambda):
                    ahead += ast.iter_child_nodes(below)


def guards(care: Path) -> list[Guard]:
    """Every guard of the rules in ``care``."""
    found = []
    for path, tree in _trees(care):
        function = dict(bodies(tree))
        for old, new, what, at in changes(path, tree):
            found.append(Guard(path, getattr(at, "lineno", 0), what, tree, old, new, function.get(id(old), ())))
    return sorted(found, key=lambda one: (str(one.path), one.line, one.what))


REACHED: Final = "_guard_reached"
"""Name of the builtin that a marked module calls, with the name of the guard."""


class _Mark(ast.NodeTransformer):
    """Says when the statement is come to in which a guard stands."""

    def __init__(self, names: dict[int, list[str]]) -> None:
        self.names = names

    def visit(self, node: ast.AST) -> Any:
        names = self.names.get(id(node), ())
        self.generic_visit(node)
        calls = [
            ast.Call(func=ast.Name(id=REACHED, ctx=ast.Load()), args=[ast.Constant(value=name)], keywords=[])
            for name in names
        ]
        return [*(ast.Expr(value=call) for call in calls), node] if calls else node


def _stands_in(node: ast.AST, statement: ast.AST | None = None) -> Iterator[tuple[int, ast.AST]]:
    """(each node, the statement it stands in), of everything inside functions: a table is come to by every test."""
    for child in ast.iter_child_nodes(node):
        inside = child if isinstance(child, ast.stmt) and not isinstance(node, ast.Module) else statement
        if inside is not None:
            yield id(child), inside
        yield from _stands_in(child, inside)


def marked(root: Path, care: str) -> dict[str, str]:
    """Every module of the rules as it is, but that the statement of each guard says so when it is come to."""
    found = {}
    for path, tree in _trees(root / care):
        stands_in = dict(_stands_in(tree))
        names: dict[int, list[str]] = {}
        for old, _, what, at in changes(path, tree):
            statement = old if isinstance(old, ast.stmt) else stands_in.get(id(at), stands_in.get(id(old)))
            if statement is not None:
                names.setdefault(id(statement), []).append(f"{path.name}:{getattr(at, 'lineno', 0)} {what}")
        found[f"{care}/{path}"] = ast.unparse(ast.fix_missing_locations(_Mark(names).visit(tree)))
    return found


def unparsed(root: Path, care: str) -> dict[str, str]:
    """Every module of the rules written out anew and unchanged: the control of the proof."""
    return {
        str(path.relative_to(root)): ast.unparse(ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted((root / care).rglob("*.py"))
    }
