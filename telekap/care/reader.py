"""A sentence as the person reads it whom it names: "Ana looks again." is "You look again." on Ana's own page.

It works on the sentence with its places, {therapist} …, never on the filled one: a name in a reason that somebody typed
stays as it was typed.
"""

import re
from collections.abc import Collection
from typing import Final

from telekap.care.people import Role

IRREGULAR: Final = {"has": "have", "is": "are", "does": "do", "goes": "go", "was": "were"}
"""Third person → second, where more than an s is between them."""
ES: Final = ("sses", "ches", "shes", "xes")
"""Endings of which "es" falls away: presses, fetches, …"""
MODAL: Final = frozenset({"could", "cannot", "must", "may"})
"""Verbs that are the same for both."""
PHRASES: Final = {
    "Send {%s} a test page.": "You get one: answer it.",
    "{%s} answers.": "Answer it.",
    "{%s} answers again.": "Answer it again.",
    "{%s} answers the test page.": "Answer the test page.",
}
"""What the whole board is told that somebody does → what that person is told."""

_NAMED: Final = re.compile(r"(?P<start>^|[.?!] )?\{(?P<role>[a-z]+)\}(?P<own>[’']s)?(?P<rest>[^.?!;]*)")
_SUBJECT: Final = re.compile(r"(?P<between> (?:already |not )?)(?P<verb>[a-z]+)")
_SECOND: Final = re.compile(r"(?P<joint>,? and )(?P<verb>[a-z]+s)\b")


def _you(verb: str) -> str:
    if verb in IRREGULAR:
        return IRREGULAR[verb]
    if verb.endswith(ES):
        return verb[:-2]
    return verb[:-1] if verb.endswith("s") else verb


def _is_verb(verb: str) -> bool:
    return verb in IRREGULAR or verb in MODAL or (verb.endswith("s") and len(verb) > 3)


def to_reader(sentence: str, roles: Collection[Role]) -> str:
    """``sentence`` with its places, said to who holds ``roles``; places of other roles stay to be filled in."""
    for role in roles:
        others = PHRASES.get(sentence.replace("{" + role.value + "}", "{%s}"))
        if others is not None:
            return others
    own = {role.value for role in roles}

    def said(found: re.Match[str]) -> str:
        start, rest = found["start"], found["rest"]
        if found["role"] not in own:
            # What follows may name the reader too.
            return found[0][: len(found[0]) - len(rest)] + _NAMED.sub(said, rest)
        you = "You" if start is not None else "you"
        if found["own"]:
            return (start or "") + you + "r" + _NAMED.sub(said, rest)
        verb = _SUBJECT.match(rest)
        if verb is not None and _is_verb(verb["verb"]):
            rest = verb["between"] + _you(verb["verb"]) + _SECOND.sub(_joined, rest[verb.end() :])
        return (start or "") + you + _NAMED.sub(said, rest)

    return _NAMED.sub(said, sentence)


def _joined(found: re.Match[str]) -> str:
    return found["joint"] + _you(found["verb"])
