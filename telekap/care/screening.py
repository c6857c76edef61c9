"""The screening before a clearance: one table of what rules dosing at home out, what needs a reason, what is shown.

"Yes" always is the answer that speaks against, and "not known" counts as yes: nothing is cleared by what nobody asked.
Nobody overrides an absolute row. A relative one takes the prescriber's words: why it may go ahead, and what is done
about it. About a medicine the software advises nothing and never says "stop": it asks, and the prescriber decides.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from telekap.care import age
from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.clearances import touched
from telekap.care.errors import Malformed, Reason
from telekap.care.facts import Fact, Values
from telekap.care.fields import TEXT_LIMIT
from telekap.care.instant import DAY, Instant, longest
from telekap.care.people import Actor
from telekap.care.session import Session, State
from telekap.care.suspensions import suspend
from telekap.care.world import Course, Screening, World

SAID: Final = ("no", "yes", "unknown")
"""The three answers; worse is not simply later: yes and unknown weigh the same."""
AGAINST: Final = frozenset({"yes", "unknown"})


class Rule(StrEnum):
    """What "yes" or "not known" leads to."""

    ABSOLUTE = "absolute"
    """No clearance; an active one is suspended. Nobody overrides it."""
    RELATIVE = "relative"
    """No clearance without words."""
    NOTE = "note"
    """It is shown."""


def _minor(course: Course, world: World, utc: int) -> str:
    client = world.people.get(course.client)
    old = None if client is None else age.years_of(client, utc)
    return "" if old is None else "yes" if old < age.ADULT_FROM else "no"


def _older(course: Course, world: World, utc: int) -> str:
    client = world.people.get(course.client)
    old = None if client is None else age.years_of(client, utc)
    return "" if old is None else "yes" if old >= world.protocol.number("clearance.older_from") else "no"


def _unsupported(course: Course, world: World, utc: int) -> str:
    return "no" if course.trained else ""


@dataclass(frozen=True, slots=True)
class Item:
    """One row. ``known``: the answer the record has already ('' = none, so it is asked); ``source``: as in
    docs/sources.md, Screening.
    """

    code: str
    rule: Rule
    title: str
    source: str
    known: Callable[[Course, World, int], str] | None = None


ABSOLUTE, RELATIVE, NOTE = Rule.ABSOLUTE, Rule.RELATIVE, Rule.NOTE

CONDITIONS: Final = (
    Item("minor", ABSOLUTE, "Younger than 18", "Better U", _minor),
    Item(
        "aneurysm",
        ABSOLUTE,
        "Aneurysmal disease of the aorta, brain or other arteries, or an arteriovenous malformation",
        "esketamine label",
    ),
    Item("brain_bleed", ABSOLUTE, "Bleeding in the brain, ever", "esketamine label"),
    Item(
        "hypersensitivity",
        ABSOLUTE,
        "Hypersensitivity to ketamine, esketamine or an excipient",
        "esketamine label; Mindbloom",
    ),
    Item(
        "psychosis",
        ABSOLUTE,
        "Psychosis or mania now, or an illness of the schizophrenia spectrum",
        "Mindbloom; Better U; Oxford Health; Psyon",
    ),
    Item(
        "pressure_uncontrolled",
        ABSOLUTE,
        "Uncontrolled high blood pressure, such as readings above 160/100 again and again",
        "Mindbloom; Discreet Ketamine",
    ),
    Item(
        "heart",
        ABSOLUTE,
        "Unstable heart disease, heart failure, or a recent heart attack or stroke",
        "Mindbloom; Discreet Ketamine",
    ),
    Item("intracranial", ABSOLUTE, "Raised pressure inside the skull, now or before", "Mindbloom; Oxford Health"),
    Item(
        "eye_pressure",
        ABSOLUTE,
        "Raised eye pressure, now or before, that no ophthalmologist has cleared",
        "Mindbloom; Oxford Health",
    ),
    Item("thyroid", ABSOLUTE, "Hyperthyroidism that is not treated", "Discreet Ketamine; Mindbloom; Edit Health"),
    Item("breathing", ABSOLUTE, "A severe breathing problem", "Mindbloom; Discreet Ketamine"),
    Item("liver_severe", ABSOLUTE, "Severe liver disease", "Mindbloom; Discreet Ketamine"),
    Item("pregnancy", ABSOLUTE, "Pregnant, nursing, or trying to conceive", "Mindbloom; Better U; Oxford Health"),
    Item(
        "substance_use",
        ABSOLUTE,
        "An active substance use disorder: ketamine, PCP, alcohol or another",
        "Better U; Discreet Ketamine; Psyon",
    ),
    Item("suicide_risk", ABSOLUTE, "Imminent risk of suicide: C-SSRS high", "this project's rule; Psyon"),
    Item(
        "support_missing",
        ABSOLUTE,
        "The sober adult for the whole session is missing or not fit for it",
        "this project's rule; all operators read",
        _unsupported,
    ),
    Item("room", ABSOLUTE, "The room is not safe or not private", "this project's rule; all operators read"),
    Item("line", ABSOLUTE, "A working phone or video is missing", "this project's rule; all operators read"),
    Item("pressure_treated", RELATIVE, "High blood pressure, controlled by a medicine that is taken", "Innerwell"),
    Item("older", RELATIVE, "At or above the age that needs a reason", "Yale; this project's rule", _older),
    Item("bipolar", RELATIVE, "Bipolar disorder", "this project's rule"),
    Item("seizures", RELATIVE, "Epilepsy, or a seizure ever", "Oxford Health; Impact"),
    Item("family_psychosis", RELATIVE, "Psychosis of a parent, a sibling or a child", "Psyon"),
    Item("personality", RELATIVE, "Borderline or paranoid personality disorder", "Psyon"),
    Item(
        "eye_pressure_cleared",
        RELATIVE,
        "Treated eye pressure that an ophthalmologist has cleared",
        "Mindbloom; Oxford Health",
    ),
    Item("liver_moderate", RELATIVE, "Moderate liver disease", "this project's rule"),
    Item("sleep_apnoea", RELATIVE, "Sleep apnoea", "KATA, British Columbia draft"),
    Item("urinary", RELATIVE, "Urinary symptoms", "this project's rule"),
    Item("hard_before", RELATIVE, "A difficult experience with ketamine before", "this project's rule"),
    Item("kidney", RELATIVE, "Kidney disease", "Innerwell"),
    Item("anaesthesia", RELATIVE, "A bad reaction to an anaesthetic, ever", "this project's rule"),
    Item("suicide_attempt", RELATIVE, "A suicide attempt, or preparations for one, ever", "this project's rule; Psyon"),
    Item("alone", RELATIVE, "Lives alone otherwise", "this project's rule"),
)
"""What the client has or is."""

MEDICINES: Final = (
    Item("maoi", ABSOLUTE, "An MAOI", "esketamine label; Philly Integrative"),
    Item(
        "sedatives",
        RELATIVE,
        "Something that sedates: benzodiazepine, opioid, Z-drug, alcohol, sedating antihistamine, muscle relaxant",
        "esketamine label; Andrade 2017; Isha",
    ),
    Item("benzodiazepine_much", RELATIVE, "More than 3 mg lorazepam, or as much of another, a day", "PMC10812090"),
    Item(
        "stimulants",
        RELATIVE,
        "A stimulant: amphetamine, methylphenidate, modafinil",
        "esketamine label; Balance; Innerwell",
    ),
    Item(
        "enzymes",
        RELATIVE,
        "An inhibitor or inducer of CYP3A4 or CYP2B6, such as ritonavir, an azole, clarithromycin, grapefruit,"
        " ticlopidine, clopidogrel",
        "Andrade 2017; the examples unsourced",
    ),
    Item("cannabis", RELATIVE, "Cannabis", "Balance"),
    Item("psychedelics", RELATIVE, "Another psychedelic, in the seven days before or after", "Isha"),
    Item("thyroid_theophylline", RELATIVE, "Thyroid hormone in excess, theophylline or aminophylline", "unsourced"),
    Item("lamotrigine", NOTE, "Lamotrigine", "Andrade 2017; Isha"),
    Item("naltrexone", NOTE, "Naltrexone", "Philly Integrative"),
)
"""What the client takes. SSRIs and SNRIs go with ketamine (Andrade 2017; UCSF): nothing is asked about them."""

ITEMS: Final = {item.code: item for item in (*CONDITIONS, *MEDICINES)}
"""Code → row, in the order in which a page asks."""


def known(item: Item, course: Course, world: World, utc: int) -> str:
    """The answer the record has already; '' where somebody must be asked."""
    return "" if item.known is None else item.known(course, world, utc)


def answer(item: Item, course: Course, world: World, utc: int) -> str:
    """What holds of a row now, '' where nobody said anything: the worse of what was said and what the record knows."""
    said = "" if course.screening is None else str(course.screening.answers.get(item.code, ""))
    return _worse(said, known(item, course, world, utc))


def _worse(said: str, there: str) -> str:
    return said if said in AGAINST else there or said


def record(x: c.RecordScreening, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    """Every row has its answer, and nothing is an answer by itself. Words may be lacking: what rules a client out is
    written down at once. It suspends at once too, as a new diagnosis does.
    """
    for code, said in x.answers.items():
        if code not in ITEMS:
            raise Malformed("The screening does not ask this.", "answers")
        if said not in SAID:
            raise Malformed(f"{ITEMS[code].title}: no, yes or not known.", code)
    for code, said in x.words.items():
        if code not in ITEMS or not isinstance(said, str) or len(said) > TEXT_LIMIT:
            raise Malformed(f"Words of at most {TEXT_LIMIT} characters about a row of the screening.", "words")
    found = {item.code: known(item, course, world, now.utc) for item in ITEMS.values()}
    for code, there in found.items():
        if code not in x.answers and not there:
            raise Malformed(f"{ITEMS[code].title}: not answered.", code)
    answers = {code: _worse(str(x.answers.get(code, "")), there) for code, there in found.items()}
    words = {code: str(said).strip() for code, said in x.words.items()}
    ruled_out = any(answers[item.code] in AGAINST for item in ITEMS.values() if item.rule is ABSOLUTE)
    taken = f.ScreeningRecorded(answers=answers, words=words)
    return (taken, *suspend(course, *(("contraindication",) if ruled_out else ())))


def leads(item: Item, course: Course, sessions: Iterable[Session]) -> str:
    """What becomes of the clearance, and of sessions under it, once this row is recorded with yes or not known."""
    if item.rule is not ABSOLUTE:
        return ""
    if course.clearance is None or course.clearance.status != "active":
        return "With this no clearance can be signed."
    going = [said for one, said in touched(sessions) if one.state is not State.SCHEDULED]
    now = "".join(f" A session goes on: {said[0].lower()}{said[1:]}" for said in going)
    return f"When this is recorded, the clearance is suspended at once.{now}"


def old(screening: Screening, world: World, now: Instant) -> bool:
    """It was recorded longer ago than the protocol lets a signature rest on it."""
    return longest(screening.at, now) > world.protocol.ms("clearance.screening_days")


def unasked(course: Course, world: World, utc: int) -> Iterator[Item]:
    """Rows that were added after the newest screening."""
    return (item for item in ITEMS.values() if not answer(item, course, world, utc))


def problems(course: Course, world: World, now: Instant) -> Iterator[Reason]:
    """Why no clearance rests on what was screened; empty: it may be signed."""
    yield from lasting(course, world, now)
    if course.screening is not None:
        new = ", ".join(item.title for item in unasked(course, world, now.utc))
        if new:
            yield Reason("screening", f"The screening says nothing about: {new}.", "Record the screening again.")


def lasting(course: Course, world: World, now: Instant) -> Iterator[Reason]:
    """The same for a clearance that is given back: a row that is new since waits for the next signature."""
    screening = course.screening
    if screening is None:
        yield Reason("screening", "No screening is recorded.", "Record it on this page, then sign.")
    elif old(screening, world, now):
        days = world.protocol.ms("clearance.screening_days") // DAY
        yield Reason("screening", f"The screening is older than {days} days.", "Record it again, then sign.")
    yield from _against(course, world, now)


def _against(course: Course, world: World, now: Instant) -> Iterator[Reason]:
    for item in ITEMS.values():
        said = answer(item, course, world, now.utc)
        if said not in AGAINST:
            continue
        if item.code == "minor" and known(item, course, world, now.utc) == "yes":
            yield Reason(
                "minor",
                f"{world.name(course.client)} is not 18 yet.",
                "Nobody under 18 is cleared. A coordinator corrects a wrong date.",
            )
        elif item.rule is ABSOLUTE:
            how = "" if said == "yes" else ", not known"
            yield Reason(
                item.code,
                f"Not at home: {item.title}{how}.",
                "Nobody overrides this. A wrong answer is corrected by recording the screening again.",
            )
        elif item.rule is RELATIVE and course.screening is not None and not course.screening.words.get(item.code):
            yield Reason(
                item.code,
                f"{item.title}: your reason and what is done about it are missing.",
                "Record the screening again, with them.",
            )


def changed(before: Screening | None, after: Screening) -> Iterator[str]:
    """What a screening says otherwise than the one a signature rested on, a sentence each."""
    if before is None:
        yield "A first screening was recorded."
    for item in ITEMS.values():
        was, said = (str(one.answers.get(item.code, "")) if one is not None else "" for one in (before, after))
        words = before is not None and before.words.get(item.code, "") != after.words.get(item.code, "")
        if before is not None and was != said:
            yield f"Screening, {item.title}: {ANSWERS[was]} → {ANSWERS[said]}."
        elif words and said in AGAINST:
            yield f"Screening, {item.title}: the reason and what is done about it changed."


ANSWERS: Final = {"no": "no", "yes": "yes", "unknown": "not known", "": "not asked"}
"""An answer in words."""


def told(answers: Values) -> str:
    """A screening in a sentence: what speaks against, by name."""
    against = [(ITEMS[code].title, str(one)) for code, one in answers.items() if code in ITEMS and one in AGAINST]
    said = [f"{title}: {ANSWERS[one]}" for title, one in against]
    return f"Screened. {'; '.join(said) or 'Nothing speaks against it'}."


def marked(screening: Screening) -> Iterable[Item]:
    """The rows that were answered yes or not known."""
    return [item for item in ITEMS.values() if screening.answers.get(item.code) in AGAINST]
