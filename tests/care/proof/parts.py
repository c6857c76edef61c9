"""What shuts without being yielded: a part that is returned, kept or put into another; and what a part says besides."""

import ast
from collections.abc import Iterator
from copy import copy, deepcopy
from typing import Final

from tests.care.proof.shapes import MAKES_PARTS, Change, called, own, short, shuts

GREEN: Final = ast.parse("__import__('telekap.care.finding', fromlist=['GREEN']).GREEN", mode="eval").body
"""A part that lets pass, by a name that not every module imports."""

SAYS: Final = frozenset({"final", "end", "danger", "disagree", "shuts", "token", "reading"})
"""Words of a part that stand the session down, call somebody, end it in time, or bind a decision to this reading."""


def _yielded(tree: ast.Module) -> set[int]:
    """Parts that stand in a ``yield``: the whole statement is a guard of its own."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Yield) and node.value is not None:
            found |= {id(below) for below in ast.walk(node.value)}
    return found


def parts(tree: ast.Module) -> Iterator[Change]:
    """Each part that shuts and is not yielded, as if it let pass; a finding and a change of colour likewise."""
    yielded = _yielded(tree)
    for function in (one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)):
        maybe = function.returns is not None and "None" in ast.unparse(function.returns)
        for node in own(function):
            if not isinstance(node, ast.Call) or id(node) in yielded:
                continue
            if shuts(node):
                well: ast.expr = ast.Constant(value=None) if maybe else GREEN
                yield node, well, f"{function.name}: {short(node)}", node
            elif called(node) == "replace" and any(word.arg == "colour" for word in node.keywords):
                yield node, node.args[0], f"{function.name}: {short(node)}", node
            elif called(node) == "Finding" and "SHUT" in ast.unparse(node):
                green = deepcopy(node)
                for word in green.keywords:
                    if word.arg == "colour":
                        word.value = ast.parse("Colour.GREEN", mode="eval").body
                yield node, green, f"{function.name}: {short(node)}", node


def conditions(tree: ast.Module) -> Iterator[Change]:
    """Each condition that is kept before it is said, as if nobody had said it."""
    yielded = _yielded(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Call(func=ast.Attribute(), args=args)) if any(
                called(one) == "Condition" for one in args
            ):
                yield node, ast.Pass(), f"condition: {short(node)}", node
            case ast.Assign(value=ast.Call(func=ast.Name(id="Condition")) as said) if id(said) not in yielded:
                gone = ast.Assign(targets=node.targets, value=ast.Constant(value=None))
                yield node, gone, f"condition: {short(node)}", node


def words(tree: ast.Module) -> Iterator[Change]:
    """Each word of a part without which it would stand in nobody's way: that it is final, a danger, ends in time …"""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or called(node) not in MAKES_PARTS:
            continue
        for word in node.keywords:
            if word.arg in SAYS:
                less = copy(node)
                less.keywords = [one for one in node.keywords if one is not word]
                yield node, less, f"{short(node)[:60]} without {short(word)}", word


def facts(tree: ast.Module) -> Iterator[Change]:
    """Each fact that follows by itself, as if it did not: what ends, what falls due, who is called."""
    nothing = ast.Expr(value=ast.YieldFrom(value=ast.Tuple(elts=[], ctx=ast.Load())))
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Yield(value=ast.Call(func=ast.Attribute(value=ast.Name(id="f"), attr=name)))):
                if name != "Incident":  # that is a shape of its own
                    yield node, nothing, f"fact: {short(node)}", node
            case ast.Return(value=ast.Tuple(elts=[first, *more])) if more:
                for one in more:
                    if (
                        isinstance(one, ast.Call)
                        and ast.unparse(one.func).startswith("f.")
                        and called(one) != "Incident"
                    ):
                        less = ast.Tuple(elts=[first, *(two for two in more if two is not one)], ctx=ast.Load())
                        yield node.value, less, f"without {short(one)}", one
