"""What is agreed while the client is sober: touch, voice, comfort, the way to the bathroom, whom to call.

It is read during the session by whoever watches and whoever sits beside the client. From the first unit on it only
stands there: changing it would need the client's judgement.
"""

from typing import Final

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.facts import Fact
from telekap.care.fields import Field, ask, check
from telekap.care.follow import Asking

FORM: Final = (
    ask(
        "touch",
        "Touch",
        none="None, except in danger",
        hand="A hand, or a hand on the shoulder",
        asked="Only when {client} asks for it",
    ),
    ask(
        "voice",
        "Voice",
        asked="Speak when spoken to",
        now_and_then="A soft word now and then",
        silent="Silence, except in danger",
    ),
    Field("calms", "What calms", "text", hint="Words, music, a blanket, a name."),
    Field("no_help", "What does not help", "text", required=False),
    Field("bathroom", "The way to the bathroom", "text", required=False, hint="Who walks along, how far."),
    Field("call", "Whom else to call, and when", "text", required=False),
)
"""The card, row by row. A choice forbids nothing that danger demands, and says so."""


def agree(a: Asking, asked: c.Agree) -> tuple[Fact, ...]:
    """The card as it is now; the one before stays in the record."""
    check(FORM, asked.values)
    return (f.Agreed(role=a.role, values=dict(asked.values)),)
