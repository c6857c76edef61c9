"""Questions and what each answer means: the table that turns what people said into colours."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as made
from types import MappingProxyType
from typing import Final

from telekap.care.fields import Choice, Field
from telekap.care.finding import Colour, Look, Part
from telekap.care.instant import MINUTE, Instant, longest
from telekap.care.people import Role
from telekap.care.session import Answer


@dataclass(frozen=True, slots=True)
class Mark:
    """What one answer means. ``action``: the one act that opens the gate again. ``who``: whose, () = who was asked."""

    colour: Colour
    sentence: str = ""
    action: str = ""
    final: bool = False
    danger: bool = False
    who: tuple[Role, ...] = ()


WELL: Final = Mark(Colour.GREEN)


def amber(sentence: str, action: str = "{prescriber} decides.") -> Mark:
    """The on-call prescriber decides live."""
    return Mark(Colour.AMBER, sentence, action, who=(Role.PRESCRIBER,))


def red(sentence: str, action: str, *who: Role) -> Mark:
    """Nobody can override; it holds the session until what is wrong is put right."""
    return Mark(Colour.RED, sentence, action, who=who)


def final(sentence: str, *, danger: bool = False) -> Mark:
    """Nobody can override, and today ends here."""
    return Mark(Colour.RED, sentence, "No medicine today. Offer a new time.", final=True, danger=danger)


def shut(sentence: str, action: str) -> Mark:
    """Not proven: it waits."""
    return Mark(Colour.SHUT, sentence, action)


@dataclass(frozen=True)
class Question:
    """One field of a gate's form. ``marks``: value → meaning, for choices; a value without a mark opens nothing.

    A question without marks is judged by a rule of its gate, together with what else the gate knows.
    """

    field: Field
    marks: Mapping[str, Mark] = made(default_factory=dict)


def question(name: str, label: str, *, hint: str = "", **answers: tuple[str, Mark]) -> Question:
    """``question("face", "Face", yes=("Matches", WELL), …)``: options in the order written, nothing preselected."""
    options = tuple(Choice(value, text) for value, (text, _) in answers.items())
    marks = MappingProxyType({value: mark for value, (_, mark) in answers.items()})
    return Question(Field(name, label, "choice", options, hint=hint), marks)


def yes(name: str, label: str, otherwise: Mark, *, hint: str = "") -> Question:
    """A question where yes is well."""
    return question(name, label, hint=hint, yes=("Yes", WELL), no=("No", otherwise))


def no(name: str, label: str, otherwise: Mark, *, hint: str = "") -> Question:
    """A question where no is well. Yes is first here too: no place says which answer opens the gate."""
    return question(name, label, hint=hint, yes=("Yes", otherwise), no=("No", WELL))


def plain(field: Field) -> Question:
    """A number, text or time that a rule of the gate judges."""
    return Question(field)


def stale_part(look: Look, role: Role, answer: Answer, lasts: int) -> Part | None:
    """Shut once the answer is ``lasts`` ms old, measured on the clock that makes it older."""
    if longest(answer.at, look.now) < lasts:
        return None
    sentence = f"{{{role.value}}}’s answer is {look.minutes_since(answer.at)} min old; {lasts // MINUTE} is the most."
    return Part(colour=Colour.SHUT, sentence=sentence, action=f"{{{role.value}}} answers again.", who=(role,))


def judged(role: Role, answer: Answer, questions: tuple[Question, ...]) -> Iterator[Part]:
    """The parts one person's answer makes, one a marked question. How long it counts, and which reading it is, the
    answer itself says (``answered``).
    """
    for asked in questions:
        if not asked.marks:
            continue
        mark = asked.marks.get(str(answer.values.get(asked.field.name)))
        if mark is None:
            # An answer stored under another form, or nothing at all: unknown blocks.
            yield Part(
                colour=Colour.SHUT,
                sentence=f"{asked.field.label}: {{{role.value}}} has not answered.",
                action=f"{{{role.value}}} answers.",
                who=(role,),
            )
            continue
        yield Part(
            colour=mark.colour,
            sentence=mark.sentence,
            action=mark.action,
            who=mark.who or (role,),
            final=mark.final,
            danger=mark.danger,
        )


def answered(look: Look, gate: str, role: Role, questions: tuple[Question, ...], lasts: int) -> Iterator[Part]:
    """The parts of one person's form: not answered and stale are shut; otherwise what was answered."""
    answer = look.answers.get((gate, role))
    if answer is None:
        name = f"{{{role.value}}}"
        yield Part(colour=Colour.SHUT, sentence=f"{name} has not answered.", action=f"{name} answers.", who=(role,))
        return
    stale = stale_part(look, role, answer, lasts)
    if stale is not None:
        yield stale
        return
    yield Part(colour=Colour.GREEN, shuts=answer.at.plus(lasts), token=str(answer.n))
    yield from judged(role, answer, questions)


def fresh(look: Look, gate: str, role: Role, lasts: int) -> Answer | None:
    """The answer of ``role`` if it counts and is not stale."""
    answer = look.answers.get((gate, role))
    if answer is None or longest(answer.at, look.now) >= lasts:
        return None
    return answer


def differing(look: Look, gate: str, forms: Mapping[Role, tuple[Question, ...]]) -> bool:
    """Two people were asked the same and their answers mean different things."""
    said: dict[str, Colour] = {}
    for role, questions in forms.items():
        answer = look.answers.get((gate, role))
        if answer is None:
            continue
        for asked in questions:
            mark = asked.marks.get(str(answer.values.get(asked.field.name)))
            if mark is not None and said.setdefault(asked.field.name, mark.colour) is not mark.colour:
                return True
    return False


def within(look: Look, at: Instant | None, lasts: int) -> bool:
    """At most ``lasts`` ms ago (exactly that many still counts)."""
    return at is not None and longest(at, look.now) <= lasts


def until(at: Instant, lasts: int) -> Instant:
    """The first moment at which ``within`` no longer holds."""
    return at.plus(lasts + 1)


def waits(sentence: str, action: str, *who: Role, danger: bool = False) -> Part:
    """Shut: not proven yet."""
    return Part(colour=Colour.SHUT, sentence=sentence, action=action, who=who, danger=danger)


def holds(sentence: str, action: str, *who: Role, disagree: bool = False) -> Part:
    """Red, and not final: it holds the session until it is put right."""
    return Part(colour=Colour.RED, sentence=sentence, action=action, who=who, disagree=disagree)
