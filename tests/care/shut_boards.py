"""Every way in which one gate is shut: what is changed in a well session, and the colour that follows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from telekap.care.finding import Colour
from telekap.care.instant import DAY, HOUR, MINUTE
from telekap.care.jurisdiction import Rule
from telekap.care.people import Role
from telekap.care.session import Call, State
from telekap.care.world import KnownDose, Measure, OtherSession
from tests.care.answers_of_forms import meanings
from tests.care.well_board import NOON, Scene, minutes


def _jurisdiction(scene: Scene, **changed: date) -> Scene:
    rule = replace(scene.world.protocol.jurisdiction[0], **changed)
    return _rules(scene, rule)


def _rules(scene: Scene, *rules: Rule) -> Scene:
    found = replace(scene.world.protocol, jurisdiction=rules)
    return scene.outside(protocol=found).put(protocol=found.digest)


Change = Callable[[Scene], Scene]

C, S, T = Role.CLIENT, Role.SUPPORT, Role.THERAPIST
SHUT, AMBER, RED = Colour.SHUT, Colour.AMBER, Colour.RED


def _other(therapist: str, state: State, appointed: int = NOON.utc) -> OtherSession:
    return OtherSession("other", state, "noor", therapist, "eli", appointed)


YESTERDAY = "CA:2026-05-31"
ASKED = Call(500, "question", Role.SUPPORT, "ben", NOON)

SYSTEM: dict[tuple[str, str], tuple[Change, Colour]] = {
    ("identity", "no date of birth on file"): (lambda s: s.person(C, birth=None), SHUT),
    ("identity", "another date of birth than was compared"): (lambda s: s.person(C, birth_utc=NOON.utc), SHUT),
    ("identity", "18 tomorrow"): (lambda s: s.person(C, birth=date(2008, 6, 2)), RED),
    ("consent", "a question nobody answered"): (lambda s: s.put(calls=(ASKED,)), SHUT),
    ("clearance", "none"): (lambda s: s.course(clearance=None), RED),
    ("clearance", "suspended"): (lambda s: s.clearance(status="suspended"), RED),
    ("clearance", "revoked"): (lambda s: s.clearance(status="revoked"), RED),
    ("clearance", "a status nobody knows"): (lambda s: s.clearance(status="maybe"), RED),
    ("clearance", "not begun"): (lambda s: s.clearance(starts=NOON.utc + 1), RED),
    ("clearance", "expired this millisecond"): (lambda s: s.clearance(until=NOON.utc), RED),
    ("clearance", "used up"): (lambda s: s.clearance(used=2), RED),
    ("clearance", "another route"): (lambda s: s.clearance(route="nasal"), RED),
    ("clearance", "another state"): (lambda s: s.clearance(states=frozenset({"NV:2029-12-31"})), RED),
    ("clearance", "no order"): (lambda s: s.course(order=None), RED),
    ("clearance", "order without units"): (lambda s: s.order(units=0), RED),
    ("clearance", "first order over 100 mg"): (lambda s: s.order(mg_per_unit=50.5), RED),
    ("clearance", "no weight"): (lambda s: s.course(weight=None), RED),
    ("clearance", "a weight of 91 days"): (lambda s: s.course(weight=(72, NOON.plus(-91 * DAY))), RED),
    ("clearance", "over 3 mg/kg by one prescriber"): (lambda s: s.course(weight=(33.3, NOON)), RED),
    ("clearance", "a booster over the ceiling"): (lambda s: s.order(booster_units=1), RED),
    ("clearance", "no rule in force"): (lambda s: _jurisdiction(s, until=date(2026, 5, 31)), RED),
    ("clearance", "a rule not yet begun"): (lambda s: _jurisdiction(s, starts=date(2026, 6, 2)), RED),
    ("clearance", "no rule at all"): (lambda s: _rules(s), RED),
    ("clearance", "another federal rule forbids it"): (
        lambda s: _rules(
            s,
            *s.world.protocol.jurisdiction,
            Rule("US", False, date(2026, 1, 1), date(2026, 12, 31), "new"),
        ),
        RED,
    ),
    ("clearance", "the state's own rule has run out"): (
        lambda s: _rules(
            s,
            *s.world.protocol.jurisdiction,
            Rule("CA", True, date(2026, 1, 1), date(2026, 5, 30), "own"),
        ),
        RED,
    ),
    ("clearance", "the state forbids it"): (
        lambda s: _rules(
            s,
            *s.world.protocol.jurisdiction,
            Rule("CA", False, date(2026, 1, 1), date(2026, 12, 31), "own"),
        ),
        RED,
    ),
    ("clearance", "the last dose 91 days ago, signed before"): (
        lambda s: s.clearance(signed=NOON.plus(-20 * DAY)).course(doses=(KnownDose("old", NOON.utc - 91 * DAY, 100),)),
        RED,
    ),
    ("clearance", "the licence of who signed ended yesterday"): (
        lambda s: s.person(Role.PRESCRIBER, licensed=frozenset({YESTERDAY, "DEA:2029-12-31"})),
        RED,
    ),
    ("clearance", "the DEA registration ended yesterday"): (
        lambda s: s.person(Role.PRESCRIBER, licensed=frozenset({"CA:2029-12-31", YESTERDAY.replace("CA", "DEA")})),
        RED,
    ),
    ("clearance", "a DEA registration without a last day"): (
        lambda s: s.person(Role.PRESCRIBER, licensed=frozenset({"CA:2029-12-31", "DEA"})),
        RED,
    ),
    ("clearance", "whoever signed it is not known"): (lambda s: s.clearance(prescriber="gone"), RED),
    ("interval", "167 h"): (lambda s: s.course(doses=(KnownDose("old", NOON.utc - 167 * HOUR, 100),)), RED),
    ("interval", "dose in the future"): (lambda s: s.course(doses=(KnownDose("old", NOON.utc + HOUR, 100),)), RED),
    ("last_session", "nothing done"): (lambda s: s.course(dosed_sessions=("old",)), RED),
    ("last_session", "no next-day check"): (
        lambda s: s.course(dosed_sessions=("old",), settled=frozenset({("old", "integration")})),
        RED,
    ),
    ("last_session", "adverse event open"): (
        lambda s: s.course(
            dosed_sessions=("old",),
            settled=frozenset({("old", w) for w in ("integration", "next_day", "adverse_event_opened")}),
        ),
        RED,
    ),
    ("last_session", "adverse event under review"): (
        lambda s: s.course(
            dosed_sessions=("old",),
            settled=frozenset(
                {("old", w) for w in ("integration", "next_day", "adverse_event_opened", "adverse_event_reviewed")}
            ),
        ),
        AMBER,
    ),
    ("last_session", "an event after one was closed"): (
        lambda s: s.course(
            dosed_sessions=("old",),
            settled=frozenset({("old", w) for w in ("integration", "next_day", "adverse_event_opened")}),
        ),
        RED,
    ),
    ("last_session", "a review owed"): (
        lambda s: s.course(
            dosed_sessions=("old",),
            settled=frozenset({("old", w) for w in ("integration", "next_day")}),
            reviews=frozenset({"old"}),
        ),
        RED,
    ),
    ("last_session", "the course review due"): (
        lambda s: s.course(
            dosed_sessions=tuple(f"s{n}" for n in range(6)),
            settled=frozenset({(f"s{n}", w) for n in range(6) for w in ("integration", "next_day")}),
        ),
        RED,
    ),
    ("suicide_screen", "item 9 not acknowledged"): (
        lambda s: s.course(measures=(Measure("phq9", (0,) * 8 + (1,), 1, NOON, 9),)),
        RED,
    ),
    ("consent", "never signed"): (lambda s: s.course(consent=None), RED),
    ("consent", "an older text"): (lambda s: s.course(consent=("2025-9", NOON)), RED),
    ("consent", "withdrawn"): (lambda s: s.course(consent_withdrawn=True), RED),
    ("location", "another street"): (lambda s: s.answer("location", S, street="12 Oak Street"), RED),
    ("location", "another flat"): (lambda s: s.answer("location", S, unit="5"), RED),
    ("location", "no flat said"): (lambda s: s.answer("location", C, unit="?"), RED),
    ("location", "therapist not licensed"): (lambda s: s.person(T, licensed=frozenset({"NV:2029-12-31"})), RED),
    ("location", "therapist's licence ended yesterday"): (lambda s: s.person(T, licensed=frozenset({YESTERDAY})), RED),
    ("location", "prescriber not licensed"): (lambda s: s.person(Role.PRESCRIBER, licensed=frozenset()), RED),
    ("emergency_numbers", "the client has not said where"): (lambda s: s.unanswered("location", C), SHUT),
    ("emergency_numbers", "the therapist has not said the county"): (lambda s: s.unanswered("location", T), SHUT),
    ("emergency_numbers", "none"): (lambda s: s.course(dispatch=None), RED),
    ("emergency_numbers", "911 is none"): (lambda s: dispatch_of(s, number="911"), RED),
    ("emergency_numbers", "another state"): (lambda s: dispatch_of(s, state="NV"), RED),
    ("emergency_numbers", "another county"): (lambda s: dispatch_of(s, county="Marin"), RED),
    ("emergency_numbers", "checked 91 days ago"): (lambda s: dispatch_of(s, checked=NOON.plus(-91 * DAY)), SHUT),
    ("emergency_numbers", "county only"): (lambda s: dispatch_of(s, county_only=True), AMBER),
    ("support_person", "nobody"): (lambda s: s.hold(S, ""), RED),
    ("support_person", "somebody unknown"): (lambda s: s.outside(people=_without(s, "ben")), RED),
    ("support_person", "the client's phone"): (lambda s: s.person(S, phone="+15550101"), RED),
    ("support_person", "the dispatcher's phone"): (lambda s: s.person(S, phone="+15550106"), RED),
    ("support_person", "no phone"): (lambda s: s.person(S, phone=""), RED),
    ("support_person", "another client who is arriving"): (
        lambda s: s.outside(others=(replace(_other("eli", State.ARRIVING), support="ben"),)),
        RED,
    ),
    ("support_person", "the stand-in"): (lambda s: _duty(s.hold(Role.STANDIN, "ben"), Role.STANDIN), RED),
    ("support_person", "not trained"): (lambda s: s.course(trained=frozenset()), RED),
    ("support_person", "the adult who stays has no name"): (
        lambda s: s.answer("support_person", S, stays="another", adult_name=" "),
        RED,
    ),
    ("second_contact", "the support person's number"): (
        lambda s: s.answer("second_contact", C, phone="+1 555 0102"),
        RED,
    ),
    ("second_contact", "the client's own number"): (lambda s: s.answer("second_contact", C, phone="15550101"), RED),
    ("second_contact", "no number"): (lambda s: s.answer("second_contact", C, phone="call me"), RED),
    ("second_contact", "another number than the one that was called"): (
        lambda s: s.answer("second_contact", C, phone="+14155550199"),
        SHUT,
    ),
    ("on_call", "nobody"): (lambda s: s.hold(Role.PRESCRIBER, ""), RED),
    ("on_call", "the therapist"): (lambda s: _duty(s.hold(Role.PRESCRIBER, "ana"), Role.PRESCRIBER), RED),
    ("on_call", "never asked"): (lambda s: _duty(s, Role.PRESCRIBER, asked=False), SHUT),
    ("on_call", "not acknowledged"): (lambda s: _duty(s, Role.PRESCRIBER, person=""), SHUT),
    ("on_call", "acknowledged by another person"): (lambda s: _duty(s, Role.PRESCRIBER, person="eve"), SHUT),
    ("on_call", "acknowledged 61 min ago"): (lambda s: _duty(s, Role.PRESCRIBER, ago=61), SHUT),
    ("on_call", "acknowledged before it was asked"): (lambda s: _duty(s, Role.PRESCRIBER, ago=2, asked_ago=1), SHUT),
    ("therapist", "nobody"): (lambda s: s.hold(T, ""), RED),
    ("therapist", "not licensed"): (lambda s: s.person(T, licensed=frozenset({"NV"})), RED),
    ("therapist", "another client arriving"): (lambda s: s.outside(others=(_other("ana", State.ARRIVING),)), RED),
    ("therapist", "another client dosed"): (lambda s: s.outside(others=(_other("ana", State.DOSED),)), RED),
    ("therapist", "another session an hour from now"): (
        lambda s: s.outside(others=(_other("ana", State.SCHEDULED, NOON.utc + 60 * MINUTE),)),
        SHUT,
    ),
    ("on_call", "four other clients of the prescriber"): (lambda s: s.outside(covered=4), SHUT),
    ("therapist", "no second factor"): (lambda s: s.outside(second_factor={}), SHUT),
    ("therapist", "second factor 61 min ago"): (
        lambda s: s.outside(second_factor={T: NOON.plus(-61 * MINUTE)}),
        SHUT,
    ),
    ("standin_dispatcher", "no stand-in"): (lambda s: s.hold(Role.STANDIN, ""), RED),
    ("standin_dispatcher", "no dispatcher"): (lambda s: s.hold(Role.DISPATCHER, ""), RED),
    ("standin_dispatcher", "the therapist is the stand-in"): (
        lambda s: _duty(s.hold(Role.STANDIN, "ana"), Role.STANDIN),
        RED,
    ),
    ("standin_dispatcher", "the therapist is the dispatcher"): (
        lambda s: _duty(s.hold(Role.DISPATCHER, "ana"), Role.DISPATCHER),
        RED,
    ),
    ("standin_dispatcher", "one person for both"): (lambda s: _both(s, "kim"), RED),
    ("standin_dispatcher", "stand-in silent"): (lambda s: _duty(s, Role.STANDIN, person=""), SHUT),
    ("standin_dispatcher", "dispatcher 61 min ago"): (lambda s: _duty(s, Role.DISPATCHER, ago=61), SHUT),
    ("standin_dispatcher", "the prescriber is the only stand-in"): (lambda s: _small(s, Role.STANDIN), AMBER),
    ("standin_dispatcher", "the prescriber is the only dispatcher"): (lambda s: _small(s, Role.DISPATCHER), AMBER),
    ("watch", "the disk is nearly full"): (lambda s: s.watch(record="low"), RED),
    ("watch", "the disk is full"): (lambda s: s.watch(record="full"), RED),
    ("watch", "put back from a backup"): (lambda s: s.watch(record="restored"), RED),
    ("watch", "nobody knows how the record stands"): (lambda s: s.watch(record="maybe"), RED),
    ("watch", "canary never heard"): (lambda s: s.put(canary_heard={}), SHUT),
    ("watch", "heard by the support person only"): (lambda s: s.put(canary_heard={S: NOON}), SHUT),
    ("watch", "heard 11 min ago"): (lambda s: s.put(canary_heard={T: NOON.plus(-11 * MINUTE)}), SHUT),
    ("watch", "no witness"): (lambda s: s.watch(witness="none"), RED),
    ("watch", "witness silent for 61 s"): (lambda s: s.watch(witness_asked=NOON.plus(-61_000)), RED),
    ("watch", "witness never asked"): (lambda s: s.watch(witness_asked=None), RED),
    ("watch", "the only witness is here"): (lambda s: s.watch(witness="here"), AMBER),
    ("watch", "cycle 11 s old"): (lambda s: s.watch(cycle=NOON.plus(-11_000)), RED),
    ("watch", "no cycle yet"): (lambda s: s.watch(cycle=None), RED),
    ("watch", "clock stepped forward"): (lambda s: s.watch(clock_step=2_001), RED),
    ("watch", "clock stepped back"): (lambda s: s.watch(clock_step=-2_001), RED),
    ("medicines", "only what was cleared, and nothing was"): (
        lambda s: s.answer("medicines", C, sedative="cleared"),
        RED,
    ),
    ("lines", "another number of the client since it was rung"): (lambda s: s.person(C, phone_utc=NOON.utc), SHUT),
    ("lines", "never any picture"): (lambda s: s.put(sight={}), SHUT),
    ("lines", "client's picture stopped"): (lambda s: s.sees(C, "in", "stopped", NOON.utc - 10_001), RED),
    ("lines", "client sees nothing"): (lambda s: s.sees(C, "out", "stopped", NOON.utc - 10_001), RED),
    ("lines", "therapist's picture stopped"): (lambda s: s.sees(T, "in", "stopped", NOON.utc - 10_001), RED),
    ("lines", "therapist sees nothing"): (lambda s: s.sees(T, "out", "unknown", NOON.utc - 10_001), RED),
    ("pressure", "systolic 141"): (lambda s: s.answer("pressure", T, sbp1=141, sbp2=141), AMBER),
    ("pressure", "systolic 160, first set"): (lambda s: _first_set(s, sbp1=160, sbp2=160), SHUT),
    ("pressure", "implausible"): (lambda s: s.answer("pressure", T, sbp1=76, dbp1=122), SHUT),
    ("oxygen", "94"): (lambda s: s.answer("oxygen", T, spo2=94), AMBER),
    ("oxygen", "91"): (lambda s: s.answer("oxygen", T, spo2=91), RED),
    ("oxygen", "implausible"): (lambda s: s.answer("oxygen", T, spo2=101), SHUT),
    ("oxygen", "no figure"): (lambda s: s.answer("oxygen", T, spo2=None), SHUT),
    ("oxygen", "no oximeter, no substitute"): (lambda s: s.answer("oxygen", T, device="none", substitute=" "), SHUT),
    ("oxygen", "no oximeter"): (lambda s: s.answer("oxygen", T, device="none", substitute="colour, each 5 min"), AMBER),
    ("fasting", "food 5 h ago"): (lambda s: s.answer("fasting", C, food_at=NOON.utc - 5 * HOUR), AMBER),
    ("fasting", "food 3 h ago"): (lambda s: s.answer("fasting", S, food_at=NOON.utc - 3 * HOUR), RED),
    ("fasting", "water 1 h ago"): (lambda s: s.answer("fasting", C, fluids_at=NOON.utc - HOUR), RED),
    ("fasting", "food tomorrow"): (lambda s: s.answer("fasting", C, food_at=NOON.utc + DAY), RED),
    ("medicine", "nothing is ordered"): (lambda s: s.course(order=None), RED),
    ("medicine", "wrong strength"): (lambda s: s.answer("medicine", T, mg=100), RED),
    ("medicine", "wrong count"): (lambda s: s.answer("medicine", S, units=3), RED),
    ("medicine", "different lots"): (lambda s: s.answer("medicine", S, lot="K-2292"), RED),
    ("afterwards", "nothing booked"): (lambda s: s.course(aftercare=frozenset()), RED),
}
"""(gate, what is wrong) → how it comes about, colour. The gates the server works out itself, or from two answers."""


def dispatch_of(scene: Scene, **changed: object) -> Scene:
    number = scene.world.course.dispatch
    assert number is not None
    return scene.course(dispatch=replace(number, **changed))  # type: ignore[arg-type]


def _without(scene: Scene, person: str) -> dict[str, object]:
    return {key: known for key, known in scene.world.people.items() if key != person}


def _duty(
    scene: Scene,
    role: Role,
    *,
    asked: bool = True,
    person: str | None = None,
    ago: float = 0,
    asked_ago: float | None = None,
) -> Scene:
    who = scene.session.roles[role] if person is None else person
    when = NOON.plus(-minutes(ago + 1 if asked_ago is None else asked_ago))
    duty_asked = {**scene.session.duty_asked, role: when}
    if not asked:
        del duty_asked[role]
    return scene.put(duty_asked=duty_asked, duty={**scene.session.duty, role: (who, NOON.plus(-minutes(ago)))})


def _both(scene: Scene, person: str) -> Scene:
    scene.hold(Role.STANDIN, person).hold(Role.DISPATCHER, person)
    return _duty(scene, Role.STANDIN)


def _small(scene: Scene, role: Role) -> Scene:
    return _duty(scene.hold(role, "ada"), role)


def _first_set(scene: Scene, **values: float) -> Scene:
    return scene.unanswered("pressure", T).answer("pressure", T, **values)


COLOURS = {"shut": SHUT, "amber": AMBER, "red": RED, "final": RED, "danger": RED}


def _answers() -> list[tuple[str, str, Change, Colour]]:
    """Every answer of every form that is not well."""
    cases = []
    for (gate, role, name, value), meaning in meanings().items():
        if meaning != "green":

            def change(s: Scene, gate: str = gate, role: Role = role, name: str = name, value: str = value) -> Scene:
                return s.answer(gate, role, **{name: value})

            cases.append((gate, f"{role}: {name}={value}", change, COLOURS[meaning]))
    return cases


CASES = [(gate, what, change, colour) for (gate, what), (change, colour) in SYSTEM.items()] + _answers()
