"""What a guard asks: every condition of the rules, in whatever shape, with one of its clauses taken away."""

import ast
from collections.abc import Iterator
from copy import copy

from tests.care.proof.shapes import Change, called, kind, own, short, shuts

Test = tuple[ast.expr, str]
"""(an expression whose truth decides something, what it decides)."""


def _is_there(test: ast.expr) -> bool:
    """A clause that says whether a value is there at all: without it the next one falls over, and that is shut."""
    return isinstance(test, ast.Compare) and any(isinstance(one, ast.Is | ast.IsNot) for one in test.ops)


def _said(node: ast.AST) -> str:
    """What a statement does, in few words."""
    return short(node)[:60]


def _tests(function: ast.AST) -> Iterator[Test]:
    """Every condition of one function that stands before a refusal, chooses what is looked at, or is the answer."""
    name = getattr(function, "name", "")
    answers = isinstance(function, ast.FunctionDef) and function.returns and ast.unparse(function.returns) == "bool"
    for node in own(function):
        match node:
            case ast.If(test=test, body=body):
                if guarded := next((found for one in body if (found := kind(one, gathers=False))), ""):
                    yield test, f"{guarded} if: {_said(body[0])}"
            case ast.comprehension(iter=over, ifs=tests):
                for test in tests:
                    yield test, f"{name} of {_said(over)}"
            case ast.match_case(guard=ast.expr() as test, pattern=pattern):
                yield test, f"{name} case {_said(pattern)}"
            case ast.Call(args=[ast.GeneratorExp(elt=test)]) if called(node) in ("any", "all"):
                yield test, f"{name} {called(node)}"
            case ast.Return(value=ast.expr() as test) if answers:
                yield test, f"{name} says"
            case ast.Yield(value=ast.Tuple(elts=[test, *_, part])) if shuts(part):
                yield test, f"part if: {_said(part)}"


def _less(test: ast.expr) -> Iterator[tuple[ast.expr, ast.expr, ast.expr]]:
    """(what is replaced, by what, the clause that is gone) for each clause somewhere in ``test``."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from _less(test.operand)
    elif isinstance(test, ast.Compare) and len(test.ops) > 1:
        ends = [test.left, *test.comparators]
        for at, op in enumerate(test.ops):
            one = ast.Compare(left=ends[at], ops=[op], comparators=[ends[at + 1]])
            rest = ast.Compare(left=ends[0], ops=test.ops[:-1], comparators=ends[1:-1])
            if at == 0:
                rest = ast.Compare(left=ends[1], ops=test.ops[1:], comparators=ends[2:])
            if at in (0, len(test.ops) - 1):
                yield test, rest, one
    elif isinstance(test, ast.BoolOp):
        for part in test.values:
            if not _is_there(part):
                kept = [one for one in test.values if one is not part]
                yield test, kept[0] if len(kept) == 1 else ast.BoolOp(op=test.op, values=kept), part
            yield from _less(part)


def clauses(tree: ast.Module) -> Iterator[Change]:
    """Each clause of each condition, taken away alone; and of a comprehension, the whole condition."""
    for function in (tree, *(one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef))):
        seen: set[int] = set()
        for test, what in _tests(function):
            for old, new, part in _less(test) if id(test) not in seen else ():
                yield old, new, f"{what} without the clause {short(part)}", part
            seen.add(id(test))
        for node in own(function):
            if isinstance(node, ast.comprehension):
                for test in node.ifs:
                    if not _is_there(test):
                        all_of = copy(node)
                        all_of.ifs = [one for one in node.ifs if one is not test]
                        name = getattr(function, "name", "")
                        yield node, all_of, f"{name} of {_said(node.iter)} whether or not {short(test)}", test
            if isinstance(node, ast.match_case) and node.guard is not None:
                always = copy(node)
                always.guard = None
                yield node, always, f"case {_said(node.pattern)} whether or not {short(node.guard)}", node.guard


NOTHING = ("", "()", "None", "False", "''")


def _leaves(statement: ast.stmt) -> bool:
    """It ends a rule, or this turn of it, with nothing to say."""
    if isinstance(statement, ast.Return):
        return statement.value is None or ast.unparse(statement.value) in NOTHING
    return isinstance(statement, ast.Continue)


def early(tree: ast.Module) -> Iterator[Change]:
    """Each condition under which a rule has nothing to say at all, as if it never held."""
    for function in (one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)):
        for node in own(function):
            if not isinstance(node, ast.If) or node.orelse or len(node.body) != 1 or not _leaves(node.body[0]):
                continue
            if not _is_there(node.test):
                yield node, ast.Pass(), f"{function.name}: {short(node.body[0])} if {short(node.test)}", node
