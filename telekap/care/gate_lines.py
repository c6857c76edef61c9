"""Whether an alarm would arrive and whether anybody sees anybody: watch and lines."""

from collections.abc import Iterator
from typing import Final

from telekap.care.finding import GREEN, Colour, Look, Part
from telekap.care.gate_answers import WELL, Question, amber, holds, question, red, until, within, yes
from telekap.care.people import Role

RECORD: Final = {
    "low": ("The server’s disk is nearly full.", "{dispatcher} makes space on the server."),
    "full": ("The server’s disk is full: nothing is recorded.", "{dispatcher} makes space on the server."),
    "restored": (
        "This record was put back from a backup and has not been checked.",
        "{dispatcher} checks clock and test sound on the server (telekap recheck).",
    ),
}
"""What is wrong with the record → (sentence, the one action)."""


def watch(look: Look) -> Iterator[Part]:
    """The canary was heard, the clocks agree, the watch runs, and a witness watches the watch."""
    health, protocol = look.world.watch, look.protocol
    if health.record != "ok":
        yield holds(*RECORD.get(health.record, RECORD["full"]), Role.DISPATCHER)
        return
    if abs(health.clock_step) > protocol.ms("watch.clock_step"):
        yield holds("The server’s two clocks disagree.", "{dispatcher} checks the server.", Role.DISPATCHER)
        return
    if not within(look, health.cycle, protocol.ms("watch.cycle_age")):
        yield holds(
            "The watch has stopped.",
            "It restarts by itself; if not, {dispatcher} restarts the server.",
            Role.DISPATCHER,
        )
        return
    asked = within(look, health.witness_asked, protocol.ms("watch.witness_age"))
    if not asked or health.witness not in ("here", "elsewhere"):
        yield holds("No witness is watching the server.", "{dispatcher} starts the witness.", Role.DISPATCHER)
        return
    yield from _canary(look)
    if health.witness == "here":
        yield Part(
            colour=Colour.AMBER,
            sentence="Nothing outside this machine would notice if it stopped.",
            action="{prescriber} decides.",
            who=(Role.PRESCRIBER,),
            token="here",
        )


def _canary(look: Look) -> Iterator[Part]:
    lasts = look.protocol.ms("canary.fresh")
    heard = look.session.canary_heard.get(Role.THERAPIST)
    if heard is None or not within(look, heard, lasts):
        yield Part(
            colour=Colour.SHUT,
            sentence="The test sound was not heard." if heard is None else "The test sound was heard too long ago.",
            action="{therapist} presses “I heard it”.",
            who=(Role.THERAPIST,),
        )
        return
    yield Part(colour=Colour.GREEN, shuts=until(heard, lasts))


_PHONE: Final = "{therapist} rings it again."

LINES: Final[dict[Role, tuple[Question, ...]]] = {
    Role.THERAPIST: (
        yes(
            "alarm",
            "The alarm sounds on my device",
            red("No alarm can reach {therapist}.", "{therapist} turns the sound on."),
        ),
        question(
            "support_phone",
            "{support}’s phone",
            answered=("Rang and was answered", WELL),
            silent=("Not answered", red("{support}’s phone was not answered.", _PHONE)),
        ),
        question(
            "client_phone",
            "{client}’s phone",
            answered=("Rang and was answered", WELL),
            silent=("Not answered", amber("Only {support}’s phone was answered.")),
        ),
    ),
    Role.SUPPORT: (
        yes(
            "heard",
            "Did you hear the alarm on this phone?",
            red("No alarm can reach {support}.", "{support} turns the sound on."),
        ),
    ),
}

_STREAMS: Final = {
    (Role.CLIENT, "in"): ("No picture of {client} arrives.", Role.CLIENT),
    (Role.THERAPIST, "in"): ("No picture of {therapist} arrives.", Role.THERAPIST),
    (Role.CLIENT, "out"): ("{client} does not see {therapist}.", Role.CLIENT),
    (Role.THERAPIST, "out"): ("{therapist} does not see {client}.", Role.THERAPIST),
}


def lines(look: Look) -> Iterator[Part]:
    """Two-way video as the server itself sees it; the newest picture is at most ten seconds (protocol) old."""
    lost = look.protocol.ms("lines.lost")
    for (role, direction), (sentence, who) in _STREAMS.items():
        sight = look.session.sight.get((role, "video", direction))
        if sight is not None and sight.state == "flowing":
            yield GREEN
            continue
        newest = sight.newest if sight is not None else None
        if newest is not None and look.now.utc - newest <= lost:
            # It stopped a moment ago: not lost yet, and lost at a known time unless it comes back.
            yield Part(colour=Colour.GREEN, shuts=look.moment(newest + lost + 1))
            continue
        yield Part(
            colour=Colour.SHUT if sight is None else Colour.RED,
            sentence=sentence,
            action=f"{{{who.value}}} opens the video again.",
            who=(who,),
        )
