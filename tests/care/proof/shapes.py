"""What a guard looks like in the rules' source, and the same place without it."""

import ast
from collections.abc import Iterator
from copy import copy
from typing import Final

REFUSALS: Final = frozenset({"Refused", "Malformed", "NotFound"})
SHUT: Final = frozenset({"Part", "waits", "holds", "_red"})
"""Calls that make a part of a gate or a row of the booster board; a green ``Part`` is no guard."""
MAKES_PARTS: Final = SHUT | {"Finding", "Mark", "final"}
"""Calls that make a part, a finding, or what an answer means."""
COLLECTED: Final = frozenset({"failed", "found", "wrong", "why", "refused", "reasons", "missing", "reds", "bad"})
"""Names of lists in which what is missing is gathered."""
GATHERS: Final = ("Iterator[Reason]", "Iterator[Part]", "Iterator[str]", "Iterator[Condition]")
"""Functions that return one of these take guards of others over with ``yield from``."""

Change = tuple[ast.AST, ast.AST, str, ast.AST]
"""(what is replaced, by what, its name, where it stands)."""


def called(call: ast.expr | None) -> str:
    """The name of what an expression calls, without what it belongs to; '' for anything else."""
    if isinstance(call, ast.Call):
        call = call.func
    if isinstance(call, ast.Attribute):
        return call.attr
    return call.id if isinstance(call, ast.Name) else ""


def short(node: ast.AST) -> str:
    """A piece of source on one line."""
    return " ".join(ast.unparse(node).split())[:90]


def _is_green(call: ast.Call) -> bool:
    return any(word.arg == "colour" and ast.unparse(word.value).endswith("GREEN") for word in call.keywords)


def shuts(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Tuple) and value.elts:
        return shuts(value.elts[-1])
    return isinstance(value, ast.Call) and called(value) in SHUT and not _is_green(value)


def _is(value: ast.expr | None, *names: str) -> bool:
    return isinstance(value, ast.Call) and called(value) in names


def _yields(value: ast.expr | None) -> str:
    if _is(value, "Reason"):
        return "reason"
    if _is(value, "Condition"):
        return "condition"
    if _is(value, "Incident"):
        return "incident"
    if shuts(value):
        return "part"
    of_table = isinstance(value, ast.Subscript) and isinstance(value.value, ast.Name) and value.value.id.isupper()
    text = isinstance(value, ast.JoinedStr) or (isinstance(value, ast.Constant) and isinstance(value.value, str))
    return "code" if of_table or text else ""


def kind(node: ast.stmt, gathers: bool) -> str:
    """What kind of guard a statement is, '' for none. ``gathers``: its function returns what is missing or wrong."""
    match node:
        case ast.Raise(exc=exc) if called(exc) in REFUSALS | {"problem"}:
            return "raise"
        case ast.Return(value=value) if _is(value, "Reason"):
            return "return one reason"
        case ast.Expr(value=ast.Yield(value=value)):
            return _yields(value)
        case ast.Expr(value=ast.YieldFrom()) if gathers:
            return "with"
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="append", value=to), args=[value])):
            if _is(value, "Reason"):
                return "reason"
            return "code" if isinstance(to, ast.Name) and to.id in COLLECTED else ""
        case ast.AugAssign(target=ast.Name(id=name), op=ast.Add()) if name in COLLECTED:
            return "codes"
        case ast.Return(value=ast.Tuple(elts=[_, *_] as said)) if all(_is(one, "Reason") for one in said):
            return "return reason"
        case ast.Assign(value=ast.List(elts=[_, *_] as said)) if all(_is(one, "Reason") for one in said):
            return "reasons"
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id="list" | "tuple"), args=[value])):
            return "reasons" if name in COLLECTED and isinstance(value, ast.Call) else ""
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.ListComp()):
            return "reasons" if name in COLLECTED else ""
    return ""


def without(node: ast.stmt, kind: str) -> ast.stmt:
    """What stands in the place of a guard that is taken away."""
    if kind == "return one reason":
        return ast.Return(value=ast.Constant(value=None))
    if kind == "return reason":
        return ast.Return(value=ast.Tuple(elts=[], ctx=ast.Load()))
    if kind == "reasons" and isinstance(node, ast.Assign):
        return ast.Assign(targets=node.targets, value=ast.List(elts=[], ctx=ast.Load()))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield | ast.YieldFrom):
        return ast.Expr(value=ast.YieldFrom(value=ast.Tuple(elts=[], ctx=ast.Load())))  # it stays a generator
    return ast.Pass()


def statements(tree: ast.Module) -> Iterator[Change]:
    """Each statement that refuses, shuts, or calls somebody."""
    for function in [tree, *(one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef))]:
        returns = function.returns if isinstance(function, ast.FunctionDef) else None
        gathers = returns is not None and ast.unparse(returns).startswith(GATHERS)
        for node in own(function):
            if isinstance(node, ast.stmt) and (found := kind(node, gathers)):
                yield node, without(node, found), f"{found}: {short(node)}", node


def own(function: ast.AST) -> Iterator[ast.AST]:
    """Everything in a function but what belongs to one inside it."""
    for node in ast.iter_child_nodes(function):
        if not isinstance(node, ast.FunctionDef):
            yield node
            yield from own(node)


def elements(tree: ast.Module) -> Iterator[Change]:
    """Each part of a list of refusals that another rule gives, and each incident said beside other facts."""
    for node in ast.walk(tree):
        if isinstance(node, ast.IfExp) and _is(node.body, "Reason"):
            yield node, node.orelse, f"without {short(node.body)}", node
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.List | ast.Tuple):
            target = node.targets[0]
            if isinstance(target, ast.Name) and target.id in COLLECTED:
                yield from _less(node.value, node.value.elts, "elts")
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and called(node.value) == "_refuse":
            yield from _less(node.value, node.value.args, "args")
        elif isinstance(node, ast.Tuple):
            yield from _less(node, node.elts, "elts", only="Incident")


def _less(node: ast.expr, parts: list[ast.expr], name: str, only: str = "") -> Iterator[Change]:
    for part in parts:
        taken = (
            _is(part, only) if only else _is(part, "Reason") or (isinstance(part, ast.Starred) and called(part.value))
        )
        if taken and not (isinstance(node, ast.List) and all(_is(one, "Reason") for one in parts)):
            less = copy(node)
            setattr(less, name, [one for one in parts if one is not part])
            yield node, less, f"without {short(part)}", part
