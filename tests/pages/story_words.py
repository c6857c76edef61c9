"""What the six say and see in the story: questions as the pages ask them, and the answers of people who are well."""

from collections.abc import Mapping
from typing import Final

Figures = Mapping[str, str | int]

HOME: Final = {
    "Street and number": "1180 Castro Street",
    "Flat, floor or room": "Apt 4",
    "City": "San Francisco",
    "State": "CA",
    "ZIP code": "94114",
    "How does help get in?": "Code 2580 at the gate",
}
SAM: Final = {
    "Your consent.": "I read it. I agree",
    "A second, smaller dose?": "I agree to that too",
    "Let Ana see you.": "Turn on the camera",
    "Show your face and chest.": "I can see myself",
    "Say hello.": "",
    "Listen.": "Play the chime",
    "Did you hear the chime?": "Yes",
    "Checking the line.": "",
    "Plug in the charger.": "It is plugged in",
    "Turn on Do Not Disturb.": "It is on",
    "Do you want this today?": "Yes",
    "Only medicines the clinic knows you take?": "Yes",
    "Any alcohol in the last 24 hours?": "No",
    "Any other drug in the last 24 hours?": "No",
    "Any strong pain medicine (opioid)?": "No",
    "Anything to calm down or to sleep?": "No",
    "A stimulant (ADHD medicine) today?": "No",
    "A psychedelic in the last 7 days?": "No",
    "Grapefruit, an antibiotic or antifungal?": "No",
    "A new illness, allergy or reaction?": "No",
    "How is your body today?": "Well",
    "Does anybody push you to do this?": "No",
    "Could you be pregnant?": "No",
    "Will you keep off driving and duties for 24 hours?": "Yes",
    "Who else can we call?": "Lou Rivera",
    "Their phone number": "+14155550177",
}
"""Question → button, label → what is typed; "" where the page goes on by itself."""

BEN: Final = {
    "Read the three figures on Sam’s screen.": "",
    "How often do you look in?": "Every 15 minutes",
    "Sam is very sleepy. How should Sam lie?": "On the side",
    "Sam does not wake up. Who calls 911?": "I do, from this phone",
    "Sam is calm. You need the shop.": "I stay in the house",
    "Are you 18 or older?": "Yes",
    "Are you sober and staying so?": "Yes",
    "No headphones, and you will hear your phone?": "Yes",
    "Who stays for 4 hours after the end?": "I do",
    "Have you done this before?": "Yes",
    "Did you hear the alarm on this phone?": "Yes",
    "As far as you know: did Sam drink alcohol?": "No",
    "As far as you know: did Sam take any other drug?": "No",
    "Does Sam seem drunk or drugged?": "No",
    "Spit cup at hand?": "Yes",
    "Bowl at hand?": "Yes",
    "Towel at hand?": "Yes",
    "Water at hand?": "Yes",
    "Is the cuff on Sam’s arm?": "Yes",
    "Emergency card on paper, or stored on this phone?": "Yes",
    "Is the label right: Sam’s name, ketamine, the pharmacy?": "Right and readable",
    "How many milligrams are in one lozenge?": "50",
    "How many lozenges did you count?": "2",
    "Which lot number is on the packet?": "K-2291",
    "Is the expiry date still ahead?": "Still ahead",
    "Does an adult stay with Sam for 4 hours after the end?": "Yes",
}
LOU: Final = {
    "You stay with Sam.": "I have read this",
    "I stay at least 4 hours": "Yes",
    "I can be reached overnight": "Yes",
    "I have read the instructions and will follow them": "Yes",
    "Lozenges that are left": "0",
    "What is left is locked away from everybody": "Yes",
    "Is everything well?": "Yes, all well",
}
BED: Final = {
    "breathing": "Yes, calm and even",
    "colour": "Yes, as always",
    "position": "On the side",
    "spit_cup": "Yes",
    "cuff": "Yes",
    "stand": "Yes, steadily",
}
"""What a support person sees of somebody who is well: field → button."""

GATES: Final[Mapping[str, Figures]] = {
    "Identity": {"name": "matches", "birth": "matches", "face": "matches"},
    "Consent": {"affirm": "yes"},
    "Location": {"county": "San Francisco", "place": "safe", "cover": "usual"},
    "Support person": {"seen": "yes", "sober": "yes", "phone": "yes", "four_points": "yes"},
    "Therapist": {"free": "yes", "second_device": "yes"},
    "Lines": {"alarm": "yes", "support_phone": "answered", "client_phone": "answered"},
    "Blood pressure": {"sbp1": 148, "dbp1": 88, "hr1": 72, "sbp2": 146, "dbp2": 86, "hr2": 70}
    | {"minute_apart": "yes", "read_out": "yes"},
    "Oxygen": {"device": "seen", "spo2": 98},
    "Suicide screen": {"alone": "yes", "item9": "none"} | {f"q{n}": "no" for n in range(1, 7)},
    "Mind and body": {"alone": "yes", "oriented": "yes", "mind": "well", "pressed": "no", "body": "well"},
    "Kit": {"seen": "yes"},
    "Room": {"lying": "yes", "frame": "both", "clear": "no", "alone": "yes"},
    "Medicine": {"label": "readable", "mg": 50, "units": 2, "lot": "K-2291", "expiry": "future"},
}
"""Title → what Ana sees. The pressure is amber; something lies on the floor, so the room is red."""

SEEN: Final[Figures] = {
    "hold": "spat",
    "moaas": 5,
    "breathing": "regular",
    "distress": 1,
    "nausea": "none",
    "orientation": 4,
    "sbp": 132,
    "dbp": 80,
    "hr": 72,
    "spo2": 97,
}
WELL: Final[Figures] = (
    SEEN
    | {"oriented": 4, "psychosis": "no", "measured": "yes", "walks": "yes", "vomiting": "no", "sips": "yes"}
    | {"dissociation": "no"}
    | {f"q{n}": "no" for n in range(1, 7)}
)
"""What the therapist sees of the same, at a check-in and at the end."""
