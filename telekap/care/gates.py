"""The gates: every condition for a dose, one row each. Shut unless proven open; shut while anything is unknown.

A gate's colour is the worst of its parts. Its parts come from the forms of the people it names and from rules over what
the server itself knows. Whoever leaves a role takes their answers along; every answer grows stale.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from telekap.care import gate_body, gate_lines, gate_mind, gate_papers, gate_people, gate_place, gate_pressure
from telekap.care.errors import Reason, Refused
from telekap.care.facts import Values
from telekap.care.fields import Field, check
from telekap.care.finding import Colour, Finding, Look, Part, with_form, without_names, worst
from telekap.care.gate_answers import Question, answered, differing, judged
from telekap.care.gate_phones import rung_anew
from telekap.care.instant import Instant, earliest, longest
from telekap.care.people import Role
from telekap.care.protocol import Protocol
from telekap.care.session import Answer, Decision, Session
from telekap.care.world import AttestedRed, Order, World

__all__ = [
    "FINAL",
    "GATES",
    "Colour",
    "Finding",
    "Gate",
    "answer_problems",
    "attested_reds",
    "decision_problems",
    "gate",
]

Rule = Callable[[Look], Iterable[Part]]


@dataclass(frozen=True)
class Gate:
    """One row. ``who``: whom it names. ``questions``: what each of them is asked. ``rules``: the system's part.

    ``stale``: protocol key of the age at which its answers stop counting. ``attested``: its final reds were said or
    measured by somebody, and count for this client in every session of the next 24 hours. ``final``: the law lists it
    among the final reds; no part of any other gate is one. ``passed``: what this role said was of something that was
    named anew since; a rule says what is done about it.
    """

    name: str
    title: str
    who: tuple[Role, ...]
    questions: Mapping[Role, tuple[Question, ...]] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    stale: str = "stale.usual"
    attested: bool = False
    final: bool = False
    passed: Callable[[Look, Role], bool] = lambda _look, _role: False

    @property
    def forms(self) -> Mapping[Role, tuple[Field, ...]]:
        """Role → the fields it answers; labels name people as {client}, {support} … (see ``Look.say``)."""
        return {role: tuple(asked.field for asked in questions) for role, questions in self.questions.items()}

    def finding(self, session: Session, world: World, now: Instant) -> Finding:
        """What this gate says now."""
        return self.find(Look(session, world, now))

    def find(self, look: Look) -> Finding:
        """What this gate says in one look that several gates share. Whatever goes wrong here leaves it shut."""
        try:
            parts = tuple(self._parts(look))
            found = self._found(look, parts)
            return self._decided(look, self._again(look, self._attested(look, found)))
        except Exception:
            # A missing person, a form of another age, a mistake of ours: before T0 nothing that cannot be worked out
            # is ever open. Nothing is hidden by it: the board names the gate.
            return Finding(
                gate=self.name,
                colour=Colour.SHUT,
                sentence="This gate could not be worked out.",
                action="Answer it again; if it stays, call the clinic.",
                who=self.who,
            )

    def _parts(self, look: Look) -> Iterator[Part]:
        yield from _protocol(look)
        lasts = look.protocol.ms(self.stale)
        for role, questions in self.questions.items():
            if not self.passed(look, role):
                yield from answered(look, self.name, role, questions, lasts)
        for rule in self.rules:
            yield from rule(look)

    def _found(self, look: Look, parts: tuple[Part, ...]) -> Finding:
        colour = worst(part.colour for part in parts)
        # Of equally bad parts a final one speaks first, then the one that comes first in the table.
        because = max((part for part in parts if part.colour is colour), key=lambda part: part.final, default=None)
        tokens = sorted({part.token for part in parts if part.token})
        ends = [part.shuts for part in parts if part.shuts is not None]
        why = because.sentence if because else ""
        if colour is Colour.AMBER:  # whoever decides about a gate reads everything that is amber in it
            why = " ".join(dict.fromkeys(part.sentence for part in parts if part.colour is colour))
        return Finding(
            gate=self.name,
            colour=colour,
            sentence=look.say(why),
            action=look.say(because.action) if because else "",
            told=(why, because.action) if because else ("", ""),
            who=(because.who if because else ()) or self.who,
            final=any(part.final for part in parts),
            danger=any(part.danger for part in parts),
            reading=self.name + "/" + "+".join(tokens),
            shuts=earliest(*ends) if ends else None,
            disagree=any(part.disagree for part in parts) or differing(look, self.name, self.questions),
        )

    def _attested(self, look: Look, found: Finding) -> Finding:
        """Within 24 h of an attested final red the gate is amber at best, and says so (I20)."""
        if found.colour is not Colour.GREEN or not self.attested:
            return found
        lasts = look.protocol.ms("reds.last")
        reds = [known.at for known in look.world.reds if known.gate == self.name]
        reds += self.final_reds(look.session, look.world)
        reds = [at for at in reds if longest(at, look.now) < lasts]
        if not reds:
            return found
        return replace(
            found,
            colour=Colour.AMBER,
            sentence=(was := "It was red less than a day ago; both entries stay."),
            action=look.say(does := "{prescriber} decides."),
            told=(was, does),
            who=(Role.PRESCRIBER,),
            reading=f"{found.reading}+red-{max(at.utc for at in reds)}",
        )

    def _again(self, look: Look, found: Finding) -> Finding:
        """A gate that ended a release opens only once everybody it names has answered anew. A red stays what it is."""
        since = look.session.asked_again.get(self.name, 0)
        old = tuple(
            role for role in self.forms if (said := look.answers.get((self.name, role))) is not None and said.n <= since
        )
        if not old or found.colour not in (Colour.GREEN, Colour.AMBER):
            return found
        return replace(
            found,
            colour=Colour.SHUT,
            sentence=(again := f"{self.title} is asked again."),
            action=look.say(does := f"{{{old[0].value}}} answers again."),
            told=(again, does),
            who=old,
        )

    def final_reds(self, session: Session, world: World) -> list[Instant]:
        """When an answer to this gate said a final red in this session, whoever gave it and whatever came after."""
        if self.name == "pressure":
            return gate_pressure.final_sets(session, world)
        return [a.at for a in session.answers if a.gate == self.name and self._was_final(a, world.protocol)]

    def _was_final(self, answer: Answer, protocol: Protocol) -> bool:
        if self.name == "oxygen":
            return gate_body.oxygen_part(answer, protocol).final
        asked = self.questions.get(answer.role, ())
        return any(part.final for part in judged(answer.role, answer, asked))

    def _decided(self, look: Look, found: Finding) -> Finding:
        """An amber gate lets pass when the on-call prescriber said so about this very reading (I5)."""
        if found.colour is not Colour.AMBER:
            return found
        decision = current_decision(look, found)
        if decision is None or not decision.proceed:
            return found
        lasts = look.protocol.ms("stale.usual")
        ends = [moment for moment in (found.shuts, decision.at.plus(lasts)) if moment is not None]
        return replace(found, decided=True, shuts=earliest(*ends))


def _protocol(look: Look) -> Iterator[Part]:
    """Answers were asked under one protocol: under another one everything is asked again (before T0 only)."""
    if look.session.t0 is None and look.session.protocol != look.protocol.digest:
        opened = look.session.opened is not None
        yield Part(
            colour=Colour.SHUT,
            sentence="The clinic’s protocol has changed." if opened else "The lobby is not open.",
            action="Everything is asked again at once." if opened else "Open the lobby.",
            who=(Role.THERAPIST, Role.DISPATCHER),
        )


BARRED_FROM_AMBER: Final = (Role.CLIENT, Role.SUPPORT, Role.THERAPIST)
"""Whoever holds one of these decides no amber gate. The prescriber as the only stand-in or dispatcher of a small clinic
may: the law allows that exception and asks the same prescriber to decide it.
"""


def may_decide_amber(look: Look, person: str) -> bool:
    """``person`` is the on-call prescriber and in no part that is being judged."""
    if not person or look.person(Role.PRESCRIBER) != person:
        return False
    return all(look.person(role) != person for role in BARRED_FROM_AMBER)


def current_decision(look: Look, found: Finding) -> Decision | None:
    """The last decision on this very reading, by who may decide now and no older than an answer may be."""
    lasts, since = look.protocol.ms("stale.usual"), look.session.role_since.get(Role.PRESCRIBER)
    for decision in reversed(look.session.decisions):
        if decision.gate != found.gate or decision.reading != found.reading:
            continue
        held = since is None or decision.at.utc >= since.utc  # whoever left the duty took the decisions along
        if held and may_decide_amber(look, decision.person) and longest(decision.at, look.now) < lasts:
            return decision
        return None
    return None


_R = Role

GATES: Final[tuple[Gate, ...]] = (
    Gate(
        "identity",
        "Identity",
        (_R.THERAPIST,),
        gate_papers.IDENTITY,
        rules=(gate_papers.birth,),
        attested=True,
        final=True,
    ),
    Gate("clearance", "Clearance", (_R.PRESCRIBER,), rules=(gate_papers.clearance,), final=True),
    Gate("interval", "Interval", (_R.DISPATCHER,), rules=(gate_papers.interval,), final=True),
    Gate("last_session", "Last session", (_R.THERAPIST, _R.DISPATCHER), rules=(gate_papers.last_session,), final=True),
    Gate(
        "consent",
        "Consent",
        (_R.CLIENT, _R.THERAPIST),
        gate_papers.CONSENT,
        rules=(gate_papers.consent, gate_papers.questions),
        attested=True,
        final=True,
    ),
    Gate(
        "location",
        "Location",
        (_R.CLIENT, _R.SUPPORT, _R.THERAPIST),
        gate_place.LOCATION,
        rules=(gate_place.location,),
    ),
    Gate("emergency_numbers", "Emergency numbers", (_R.DISPATCHER,), rules=(gate_place.emergency_numbers,)),
    Gate(
        "support_person",
        "Support person",
        (_R.SUPPORT, _R.THERAPIST),
        gate_people.SUPPORT_PERSON,
        rules=(gate_people.support_person, rung_anew("support_person")),
    ),
    Gate(
        "second_contact",
        "Second contact",
        (_R.CLIENT, _R.DISPATCHER),
        gate_place.SECOND_CONTACT,
        rules=(gate_place.second_contact,),
        passed=gate_place.another_number,
    ),
    Gate("on_call", "On-call prescriber", (_R.PRESCRIBER,), rules=(gate_people.on_call,)),
    Gate("therapist", "Therapist", (_R.THERAPIST,), gate_people.THERAPIST, rules=(gate_people.therapist,)),
    Gate(
        "standin_dispatcher",
        "Stand-in and dispatcher",
        (_R.STANDIN, _R.DISPATCHER),
        rules=(gate_people.standin_dispatcher,),
    ),
    Gate("watch", "Watch", (_R.THERAPIST,), rules=(gate_lines.watch,)),
    Gate("lines", "Lines", (_R.THERAPIST, _R.SUPPORT), gate_lines.LINES, rules=(gate_lines.lines, rung_anew("lines"))),
    Gate(
        "pressure",
        "Blood pressure",
        (_R.THERAPIST,),
        gate_pressure.PRESSURE,
        rules=(gate_pressure.pressure,),
        stale="stale.pressure",
        attested=True,
        final=True,
    ),
    Gate("oxygen", "Oxygen", (_R.THERAPIST,), gate_body.OXYGEN, rules=(gate_body.oxygen,), attested=True, final=True),
    Gate("fasting", "Fasting", (_R.CLIENT, _R.SUPPORT), gate_body.FASTING, rules=(gate_body.fasting,)),
    Gate(
        "medicines",
        "Medicines, alcohol",
        (_R.CLIENT, _R.SUPPORT),
        gate_mind.MEDICINES,
        rules=(gate_mind.cleared_beforehand,),
        attested=True,
        final=True,
    ),
    Gate(
        "suicide_screen",
        "Suicide screen",
        (_R.THERAPIST,),
        gate_mind.SUICIDE,
        rules=(gate_mind.item_9,),
        attested=True,
        final=True,
    ),
    Gate("mind_body", "Mind and body", (_R.CLIENT, _R.THERAPIST), gate_mind.MIND_BODY, attested=True, final=True),
    Gate("kit", "Kit", (_R.SUPPORT, _R.THERAPIST), gate_place.KIT),
    Gate("room", "Room", (_R.THERAPIST,), gate_place.ROOM),
    Gate(
        "medicine",
        "Medicine",
        (_R.THERAPIST, _R.SUPPORT),
        gate_people.MEDICINE,
        rules=(gate_people.medicine,),
    ),
    Gate(
        "afterwards",
        "Afterwards",
        (_R.CLIENT, _R.SUPPORT),
        gate_place.AFTERWARDS,
        rules=(gate_place.afterwards,),
    ),
)
"""Every gate, in the order of the law."""

BY_NAME: Final[Mapping[str, Gate]] = MappingProxyType({row.name: row for row in GATES})
FINAL: Final = tuple(row for row in GATES if row.final)
"""Gates that can stand a session down: asked at every look, and all that such a look must ask."""


def attested_reds(session: Session, world: World) -> tuple[AttestedRed, ...]:
    """Every attested final red of a session, for the client's other sessions of the next 24 hours (I20).

    Out of the answers and not out of how the session ended: a red that is a danger keeps it open, with its alarm.
    ``world``: the world of any session of the same client; only protocol and pressure sets are read.
    """
    found = [(row.name, at) for row in FINAL for at in row.final_reds(session, world)]
    return tuple(AttestedRed(session=session.id, gate=name, at=at) for name, at in found)


def gate(name: str) -> Gate:
    """The gate called ``name``; refused when there is none."""
    found = BY_NAME.get(name)
    if found is None:
        raise Refused(Reason("no_such_gate", "There is no such gate."))
    return found


def answer_problems(name: str, role: Role, values: Values, order: Order | None = None) -> None:
    """Raise ``Refused`` if the gate does not ask ``role``, ``Malformed`` if the values do not fit its form.

    ``order``: what the medicine is called in what is wrong with an answer.
    """
    row = gate(name)
    if role not in row.forms:
        raise Refused(Reason("not_asked", f"{row.title} does not ask you."))
    said = (replace(asked, label=without_names(with_form(asked.label, order))) for asked in row.forms[role])
    check(said, values)


def decision_problems(
    session: Session, world: World, now: Instant, *, gate_name: str, reading: str, person: str, proved: Instant | None
) -> tuple[Reason, ...]:
    """Why ``person`` may not decide this amber gate now; empty = may. ``proved``: their second factor on this login."""
    look = Look(session, world, now)
    found = gate(gate_name).find(look)
    reasons = []
    if not may_decide_amber(look, person):
        reasons.append(Reason("not_on_call", "Only the on-call prescriber decides.", "The on-call prescriber decides."))
    if found.colour is not Colour.AMBER:
        reasons.append(Reason("not_amber", f"{gate(gate_name).title} is not a gate to decide.", found.action))
    elif found.reading != reading:
        reasons.append(Reason("newer_reading", "There is a newer answer.", "Look at it and decide again."))
    if proved is None or longest(proved, now) > look.protocol.ms("amber.second_factor"):
        reasons.append(Reason("second_factor", "This needs a code of this moment.", "Enter the code from your app."))
    return tuple(reasons)
