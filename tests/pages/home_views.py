"""Canned views of one session as the server would tell them to the two people at home. For the pages' own tests."""

from copy import deepcopy
from dataclasses import asdict
from typing import Any

from telekap.care import gate_place
from telekap.care.check_in_forms import form_of
from telekap.care.lessons import REMEMBERED
from telekap.care.people import Role
from tests.pages.staff_stub import NOW

MINUTE = 60_000
SCRIPT = "Someone here took ketamine and needs help. The address is 418 Alder Lane, Apt 2, Fresno."
YES_NO = [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]

PEOPLE = [
    {"role": "client", "person": "sam", "name": "Sam Rivera", "there": True, "in_room": True},
    {"role": "support", "person": "ben", "name": "Ben Ortiz", "there": True, "in_room": False},
    {"role": "therapist", "person": "ana", "name": "Ana Ruiz", "there": True, "in_room": True},
]


def pick(name: str, label: str, *labels: str, **more: Any) -> dict[str, Any]:
    """A choice field; the values are the labels in small letters."""
    options = [{"value": one.lower().replace(" ", "_"), "label": one} for one in labels] or YES_NO
    return {"name": name, "label": label, "kind": "choice", "choices": options, "required": True, "hint": ""} | more


def text(name: str, label: str, **more: Any) -> dict[str, Any]:
    """A text field."""
    return {"name": name, "label": label, "kind": "text", "required": True, "hint": ""} | more


def gate(name: str, title: str, form: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """One gate as told to people at home: no colours, only whether it asks."""
    row = {
        "gate": name, "title": title, "colour": "ask", "sentence": "", "action": "", "mine": True, "form": form,
        "reading": "", "stale_at": None,
    }  # fmt: skip
    return row | more


LOCATION = gate(
    "location",
    "Where are you now?",
    [
        text("street", "Street and number"),
        text("unit", "Apartment or unit", required=False),
        text("city", "City"),
        text("way_in", "Way in", hint="Gate code, which door, which floor."),
    ],
)
FASTING = gate(
    "fasting",
    "Food and drink",
    [
        {"name": "food", "label": "Last food", "kind": "time", "required": True, "hint": "Any food, also milk."},
        {"name": "fluids", "label": "Last drink", "kind": "time", "required": True, "hint": "Clear drinks only."},
    ],
)
MEDICINES = gate(
    "medicines",
    "The last 24 hours",
    [
        pick("changed", "Any medicine other than cleared?"),
        pick("alcohol", "Alcohol?"),
        pick("cannabis", "Cannabis?", "None", "Yesterday", "Today"),
        {"name": "drinks", "label": "How many drinks", "kind": "number", "low": 0, "high": 40, "unit": "drinks"},
    ],
)
LINES = gate(
    "lines", "Can we reach you?", [pick("heard", "Did you hear the alarm sound?"), pick("rang", "Your phone rang?")]
)
KIT = gate(
    "kit",
    "Beside the bed",
    [asdict(asked.field) for asked in gate_place.KIT[Role.SUPPORT]],
    kept=dict.fromkeys(("spit_cup", "towel", "water", "cuff", "card"), "yes"),
    reading="kit/7",
)
KIT["form"][1]["hint"] = "There is no bowl. You fetch it."
KIT["form"][4]["label"] = "Is the cuff on Sam’s arm?"
LOOK = [asdict(one) for one in form_of(("look_in",), "Sam", at_the_bed=True)]
"""As the rules ask it."""
BED = {
    "Is Sam breathing calmly and evenly?": "Yes, calm and even",
    "Is the colour of Sam’s face as always?": "Yes, as always",
    "How is Sam lying?": "On the side",
}
"""Question at the bed → the answer of somebody whose client is well."""
HELD_CUP = [asdict(one) for one in form_of(("spit_cup",), "Sam", at_the_bed=True)]

BASE: dict[str, Any] = {
    "session": "se", "version": 1, "kind": "dosing", "state": "arriving", "step": "check",
    "client": {"name": "Sam Rivera"}, "appointed": NOW + 20 * MINUTE, "zone": "America/Los_Angeles", "hours": [],
    "sentence": "Not yet. Keep the medicine closed.", "next": None, "people": PEOPLE, "gates": [],
    "release": {"may": False, "reasons": [], "given": None}, "question": None,
    "order": {"form": "lozenge", "units": 2, "mg_per_unit": 50, "hold_min": 12, "swallow": False},
    "dose": None, "check_ins": [], "now_check_in": None, "code": None, "code_for": None, "alarms": [],
    "duty": {"mine": False, "asked": None, "acknowledged": None, "fresh": False}, "discharge": None, "acts": [],
    "emergency": {"number": "911", "address": "418 Alder Lane, Apt 2, Fresno, CA, 93701", "script": SCRIPT},
}  # fmt: skip

CHECKED = {"telekap.checked.se": '["camera","microphone","speaker","line","charger","quiet"]'}
"""A device whose six checks are done."""
PROMISED = {"telekap.promised.se": "1"}
"""A phone whose owner has promised."""

PROMISE = ["I am 18 or older, and sober.", "I stay until Ana says so, and 6 hours more.", "This phone stays with me."]

OWN: dict[str, dict[str, Any]] = {
    "client": {"help": None},
    "support": {
        "promise": PROMISE,
        "learning": None,
        "paired": True,
        "tonight": [],
        "remembered": [{"field": field, "value": value, "line": line} for (field, value), line in REMEMBERED.items()],
    },
}
"""Role → what only that one is told."""


def card(minutes: float | None = None) -> dict[str, Any]:
    """The emergency card, the dose ``minutes`` ago."""
    taken = {"mg": 100, "form": "lozenge", "t0": NOW - int((minutes or 0) * MINUTE)}
    return BASE["emergency"] | {
        "dispatch": "+15595550911",
        "way_in": "Gate code 2206, first door on the left",
        "dose": taken if minutes is not None else None,
        "vitals": {"at": NOW - 7 * MINUTE, "sbp": 124, "dbp": 80, "hr": 74, "spo2": 97},
        "medicines": "Sertraline 50 mg",
        "allergies": "",
    }


CARDS = [
    {
        "title": f"Card number {n}",
        "lines": ["One thing to know.", "Another thing, said in one breath of words.", "A third thing to know."],
    }
    for n in range(1, 7)
]
TONIGHT = [
    {"title": "Fine tonight", "lines": ["Light food and water.", "Sleep. Company. Quiet."]},
    {
        "title": "Not until tomorrow",
        "lines": ["Driving, machines, bath or pool.", "Alcohol, cannabis, sleeping pills."],
    },
    {"title": "Call 911", "lines": ["Hard to wake, bad breathing, chest pain."]},
]

GIVEN = {"at": NOW - MINUTE, "ends": NOW + 8 * MINUTE + 20_000, "because": "lasts", "units": 2, "mg": 100}
QUESTION = {
    "asked": NOW - 5_000, "answer_by": NOW + 115_000, "units": 2, "mine": False,
    "sentence": "Do not take it. Was anything taken?",
}  # fmt: skip


def dose(minutes: float, *, result: str = "") -> dict[str, Any]:
    """The dose, taken ``minutes`` ago."""
    t0 = NOW - int(minutes * MINUTE)
    units = [{"unit": unit, "mg": 50, "at": t0, "planned": True, "first": True} for unit in (1, 2)]
    return {
        "t0": t0, "presumed": False, "units": units, "hold": {"ends": t0 + 12 * MINUTE, "result": result},
        "floor": {"at": t0 + 120 * MINUTE, "because": "last unit", "prescriber_only": False},
    }  # fmt: skip


def check_in(name: str, due: float, status: str, form: list[dict[str, Any]]) -> dict[str, Any]:
    """One check-in due in ``due`` minutes."""
    at = NOW + int(due * MINUTE)
    return {
        "id": name, "due": at, "grace_until": at + 2 * MINUTE, "status": status, "form": deepcopy(form), "explain": [],
        "parts": [{"role": "support", "status": status, "late": 0}, {"role": "therapist", "status": status, "late": 0}],
    }  # fmt: skip


def alarm(kind: str, sentence: str, **more: Any) -> dict[str, Any]:
    """One alarm as told to somebody at home."""
    row = {
        "id": f"a-{kind}", "kind": kind, "subject": "", "family": "clinical", "priority": "high", "sentence": sentence,
        "owner": {"person": "ana", "name": "Ana Ruiz", "role": "therapist"}, "raised": NOW - 20_000, "step": 1,
        "order": "", "order_mine": False, "hops_at": NOW + 40_000, "hop": "goes to Dr Okafor",
        "acked": None, "over": False,
        "pause_ms": 0,
        "may": {"acknowledge": False, "resolve": False, "why": [], "unknowable": False},
    }  # fmt: skip
    return row | more


def view(role: str, **more: Any) -> dict[str, Any]:
    """The session as ``role`` sees it."""
    me = next(one for one in PEOPLE if one["role"] == role)
    own = OWN[role] | ({"emergency": card()} if role == "support" else {})
    return deepcopy(BASE | own | {"me": {"person": me["person"], "name": me["name"], "role": role}} | more)


LATER = {
    "units": 1, "mg": 50, "given": {"at": NOW - MINUTE, "ends": NOW + 8 * MINUTE + 20_000, "units": [3]},
}  # fmt: skip
"""The booster may be taken now."""
LATER_QUESTION = QUESTION | {"later": True, "units": 1}
EVENING: dict[str, Any] = {
    "ended": NOW - 180 * MINUTE,
    "asked": [
        {
            "what": "evening", "opens": NOW - 60 * MINUTE, "due": NOW + 60 * MINUTE, "done": False, "mine": True,
            "form": [pick("well", "Is all well?"), text("note", "What is not?", required=False)],
        }
    ],
}  # fmt: skip

LATER_EVENING: dict[str, Any] = EVENING | {
    "ended": NOW - 3 * MINUTE,
    "asked": [EVENING["asked"][0] | {"opens": NOW + 117 * MINUTE, "due": NOW + 237 * MINUTE}],
}
"""Signed three minutes after the end; the adult is asked two hours later."""

AGREED: dict[str, Any] = {
    "said": {"at": NOW - 60 * MINUTE, "by": "Sam Rivera"},
    "rows": [
        {"label": "Touch", "text": "A hand, or a hand on the shoulder"},
        {"label": "Voice", "text": "Speak when spoken to"},
        {"label": "What calms", "text": "The blue blanket, and the record that is on."},
    ],
    "form": [],
}  # fmt: skip
AGREEING = {
    "said": None,
    "rows": [],
    "form": [
        pick("touch", "Touch", "None, except in danger", "A hand, or a hand on the shoulder"),
        text("calms", "What calms", hint="Words, music, a blanket, a name."),
        text("no_help", "What does not help", required=False),
    ],
}  # fmt: skip

GIVE = "Give the medicine to Ben, who counts it in front of the camera."
TAKE = "Take the medicine from Sam. Count it in front of the camera."
CALL_OVER = "Ana tells you when this call is over."


def closing(*said: str, end: str = "") -> dict[str, Any]:
    """What is left to do after a stand-down; each line's own code stands in no word."""
    return {"rows": [{"code": "counted", "sentence": one} for one in said], "end": end}


PAPER = {"course": "co", "version": "2026-1", "again": False, "booster": True}
WRITTEN = {"text": "Dr Okafor has cleared you for 2 sessions at home, until June 30.", "by": "Dr Ada Okafor"}
LOU = {"role": "support", "person": "lou", "name": "Lou Rivera", "there": True, "in_room": False}

ALONE = [PEOPLE[0], PEOPLE[1], PEOPLE[2] | {"there": False, "in_room": False}]

CLIENT: dict[str, dict[str, Any]] = {
    "consent": view("client", state="scheduled", step="arrive", consent=PAPER),
    "early": view("client", state="scheduled", step="arrive", sentence="You are early.", words=WRITTEN),
    "location": view(
        "client", gates=[LOCATION, FASTING], next={"sentence": "", "noun": "gate-answers", "subject": "location"}
    ),
    "fasting": view("client", gates=[LOCATION | {"colour": "open"}, FASTING]),
    "medicines": view("client", gates=[LOCATION | {"colour": "open"}, FASTING | {"colour": "open"}, MEDICINES]),
    "waiting": view(
        "client", gates=[LOCATION | {"colour": "open"}], people=ALONE, code="427", code_for="pairing", agreed=AGREEING
    ),
    "late": view("client", gates=[LOCATION | {"colour": "open"}], people=ALONE, appointed=NOW - MINUTE),
    "together": view("client", gates=[LOCATION | {"colour": "open"}], sentence="Ana checks two more things."),
    "released": view(
        "client",
        state="released",
        sentence="Ana says it is time.",
        release={"may": False, "reasons": [], "given": GIVEN},
    ),
    "question": view("client", question=QUESTION),
    "hold": view("client", state="dosed", step="hold", dose=dose(4.67)),
    "spit": view("client", state="dosed", step="hold", dose=dose(12.5)),
    "journey": view("client", state="dosed", step="onset", dose=dose(32, result="spat"), code="427", code_for="t30"),
    "later": view("client", state="dosed", step="onset", dose=dose(32, result="spat"), later_unit=LATER),
    "later_question": view(
        "client", state="dosed", step="onset", dose=dose(32, result="spat"), question=LATER_QUESTION
    ),
    "dawn": view("client", state="dosed", step="return", dose=dose(100, result="spat"), code="427"),
    "discharged": view("client", state="discharged", step="after", dose=dose(160, result="spat")),
    "stood_down": view("client", state="stood_down", step="after", closing=closing(GIVE, CALL_OVER)),
    "stood_down_over": view(
        "client",
        state="stood_down",
        step="after",
        people=ALONE,
        closing=closing(end="This call is over. The clinic finds a new time with you. You can close this page."),
    ),
    "transferred": view("client", state="transferred", step="after", sentence="Help is with you."),
    "closed": view("client", state="closed", step="after"),
}
"""Screen → view of the client."""

WATCH = {
    "state": "dosed", "step": "onset", "dose": dose(32, result="spat"), "sentence": "Stay close. Let Sam rest.",
    "emergency": card(32), "agreed": AGREED,
}  # fmt: skip
CUP = WATCH | {
    "step": "hold",
    "dose": dose(4.67),
    "sentence": "Sam lets it melt. Keep the cup near.",
    "emergency": card(5),
}
CALL = "Call 911 from your own phone now. On the side, head back."
LESSONS = [
    pick("look", "How often do you look in?", "Every hour", "Every 15 minutes"),
    pick("stay", "Sam is calm. You need the shop.", "I am quick", "I stay in the house"),
]
END = {
    "state": "dosed", "step": "discharge", "dose": dose(140, result="spat"), "tonight": TONIGHT, "emergency": card(140),
    "sentence": "Stay close. Let Sam rest.",
}  # fmt: skip
COUNT = [
    {"name": "units", "label": "How many did you count?", "kind": "number", "low": 0, "high": 50},
    pick("secured", "Is it put away where only you reach it?"),
]
ENDING = {
    "may": False, "reasons": [], "earliest": NOW, "assessments": [], "early": {"may": False}, "signed": None,
    "form": [
        pick("stays", "I stay at least 4 hours"),
        pick("instructions", "I have read the instructions and will follow them"),
        {"name": "units_left", "label": "Lozenges that are left", "kind": "number", "low": 0, "high": 50},
    ],
}  # fmt: skip
SUPPORT: dict[str, dict[str, Any]] = {
    "early": view("support", state="scheduled", step="arrive"),
    "learning": view("support", learning={"cards": CARDS, "form": LESSONS}),
    "pairing": view("support", paired=False),
    "location": view("support", gates=[LOCATION]),
    "lines": view("support", gates=[LOCATION | {"colour": "open"}, LINES]),
    "kit": view("support", gates=[LOCATION | {"colour": "open"}, KIT]),
    "ready": view("support", gates=[LOCATION | {"colour": "open"}], sentence="Ana checks two more things."),
    "released": view("support", state="released", release={"may": False, "reasons": [], "given": GIVEN}),
    "question": view("support", question=QUESTION),
    "watch": view("support", **WATCH, check_ins=[check_in("t30", -2, "done", []), check_in("t45", 12.67, "later", [])]),
    "cup": view("support", **CUP, check_ins=[check_in("hold", 7.33, "later", []), check_in("t15", 10.33, "later", [])]),
    "cup_due": view(
        "support",
        **CUP,
        now_check_in="hold",
        check_ins=[check_in("hold", -0.2, "due", HELD_CUP), check_in("t15", 2.8, "later", [])],
    ),
    "due": view(
        "support",
        **WATCH,
        now_check_in="t45",
        check_ins=[check_in("t30", -15, "done", []), check_in("t45", -0.2, "due", LOOK)],
    ),
    "alarm": view(
        "support",
        **WATCH,
        alarms=[
            alarm(
                "help_asked",
                "Help is asked for Sam.",
                order="Go to Sam now.",
                order_mine=True,
                owner={"person": "ben", "name": "Ben Ortiz", "role": "support"},
            )
        ],
    ),
    "call": view("support", **WATCH, alarms=[alarm("unresponsive", "Sam does not wake up.", card=CALL)]),
    "later": view("support", **WATCH, later_unit=LATER),
    "later_question": view("support", **WATCH, question=LATER_QUESTION),
    "relieved": view("support", **WATCH) | {"people": [*PEOPLE, LOU]},
    "finish": view("support", **END, discharge=ENDING, next={"sentence": "", "noun": "assessments", "subject": ""}),
    "signed": view("support", **END, discharge=ENDING | {"signed": {"at": NOW - MINUTE, "name": "Ben Ortiz"}}),
    "discharged": view(
        "support",
        state="discharged",
        step="after",
        dose=dose(160, result="spat"),
        tonight=TONIGHT,
        sentence="At least 6 hours in the house, and reachable tonight.",
    ),
    "transferred": view(
        "support", state="transferred", step="after", sentence="Keep this phone near.", tonight=TONIGHT
    ),
    "stood_down": view(
        "support",
        state="stood_down",
        step="after",
        count={"form": COUNT, "done": None},
        closing=closing(TAKE, "Put it away where only you reach it.", CALL_OVER),
    ),
    "stood_down_over": view(
        "support",
        state="stood_down",
        step="after",
        people=ALONE,
        sentence="This is over. Thank you.",
        count={"form": [], "done": {"units": 2, "secured": True, "at": NOW}},
        closing=closing(end="The clinic finds a new time. You can close this page."),
    ),
    "evening": view("support", state="closed", step="after", afterwards=EVENING),
    "night": view(
        "support",
        state="closed",
        step="after",
        tonight=TONIGHT,
        sentence="At least 6 hours in the house, and reachable tonight.",
        afterwards=LATER_EVENING,
    ),
    "closed": view("support", state="closed", step="after", sentence="This is over. Thank you."),
}
SUPPORT["relieved"]["me"]["acting"] = False
SUPPORT["relieved"]["people"] = [one for one in SUPPORT["relieved"]["people"] if one["person"] != "ben"]
"""Screen → view of the support person."""
