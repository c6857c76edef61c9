"""What each answer of each form at the gates means, written down from the law and not from the rules.

green: well. shut: it waits. amber: the prescriber decides. red: it holds until it is put right. final: no medicine
today. danger: final, and an alarm at once.
"""

from typing import Final

from telekap.care.people import Role

C, S, T, D = Role.CLIENT, Role.SUPPORT, Role.THERAPIST, Role.DISPATCHER

MEANS: Final[dict[tuple[str, Role], dict[str, str]]] = {
    ("identity", T): {
        "name": "matches=green mismatch=final unsure=shut",
        "birth": "matches=green mismatch=final unsure=shut",
        "face": "matches=green mismatch=final unsure=shut",
    },
    ("consent", C): {"affirm": "yes=green unsure=shut no=final"},
    ("consent", T): {"affirm": "yes=green unsure=shut no=final"},
    ("location", T): {
        "place": "safe=green water=red moving=red unsafe=red",
        "cover": "usual=green slow=amber unknown=shut",
    },
    ("support_person", S): {
        "adult": "yes=green no=red",
        "sober": "yes=green no=red",
        "hears": "yes=green no=shut",
        "stays": "me=green another=green nobody=red",
        "before": "yes=green first=amber hired=amber",
    },
    ("support_person", T): {
        "seen": "yes=green no=red",
        "sober": "yes=green no=red",
        "phone": "yes=green no=red",
        "four_points": "yes=green no=shut",
    },
    ("second_contact", D): {"reached": "answered=green unverified=amber wrong=red"},
    ("therapist", T): {"free": "yes=green no=red", "second_device": "yes=green no=red"},
    ("lines", T): {
        "alarm": "yes=green no=red",
        "support_phone": "answered=green silent=red",
        "client_phone": "answered=green silent=amber",
    },
    ("lines", S): {"heard": "yes=green no=red"},
    ("pressure", T): {"minute_apart": "yes=green no=shut", "read_out": "yes=green no=shut"},
    ("medicines", C): {
        "listed": "yes=green no=red",
        "alcohol": "no=green yes=final",
        "drugs": "no=green yes=final",
        "opioid": "no=green yes=final",
        "sedative": "no=green yes=red cleared=green",
        "stimulant": "no=green yes=amber",
        "new": "no=green illness=red allergy=red",
        "psychedelic": "no=green yes=amber",
        "interacting": "no=green yes=amber",
    },
    ("medicines", S): {
        "alcohol": "no=green yes=final",
        "drugs": "no=green yes=final",
        "intoxicated": "no=green yes=danger",
    },
    ("suicide_screen", T): {
        "alone": "yes=green no=shut",
        "q1": "no=green yes=amber",
        "q2": "no=green yes=amber",
        "q3": "no=green yes=danger",
        "q4": "no=green yes=danger",
        "q5": "no=green yes=danger",
        "q6": "no=green yes=danger",
        "item9": "none=green new=red",
    },
    ("mind_body", C): {
        "body": "well=green mild=amber fever=final vomiting=final chest=danger headache=danger nerves=danger",
        "pressed": "no=green yes=final",
        "pregnant": "no=green unsure=amber yes=final",
    },
    ("mind_body", T): {
        "alone": "yes=green no=shut",
        "oriented": "yes=green no=final",
        "mind": "well=green agitated=amber psychosis=danger mania=final",
        "pressed": "no=green yes=final",
        "body": "well=green mild=amber ill=final alarming=danger",
    },
    ("kit", S): {
        "spit_cup": "yes=green no=shut",
        "bowl": "yes=green no=red",
        "towel": "yes=green no=shut",
        "water": "yes=green no=shut",
        "cuff": "yes=green no=red",
        "card": "yes=green no=red",
    },
    ("kit", T): {"seen": "yes=green no=shut"},
    ("room", T): {
        "lying": "yes=green no=red",
        "frame": "both=green partial=amber none=red",
        "clear": "yes=green no=red",
        "alone": "yes=green no=red",
    },
    ("medicine", T): {"label": "readable=green hard=amber mismatch=red", "expiry": "future=green passed=red"},
    ("medicine", S): {"label": "readable=green hard=amber mismatch=red", "expiry": "future=green passed=red"},
    ("afterwards", C): {"rest": "yes=green no=red"},
    ("afterwards", S): {"stays": "yes=green no=red"},
}
"""(gate, who is asked) → question → each answer and what it means."""


def meanings() -> dict[tuple[str, Role, str, str], str]:
    """(gate, who is asked, question, answer) → what it means."""
    return {
        (gate, role, name, answer): meaning
        for (gate, role), questions in MEANS.items()
        for name, said in questions.items()
        for answer, meaning in (one.split("=") for one in said.split())
    }
