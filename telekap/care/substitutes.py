"""What replaces a measurement that cannot be had: agreed at the gate before the dose, or ordered by the prescriber."""

from collections.abc import Mapping

from telekap.care.session import Session


def substitutes(session: Session) -> Mapping[str, str]:
    """Item of the plan → what is looked at instead, in every later check-in and in the discharge list.

    The newest word counts: a prescriber may also order the device back.
    """
    found: dict[str, str] = {}
    oxygen = [answer for answer in session.answers if answer.gate == "oxygen"]
    if oxygen and oxygen[-1].values.get("device") == "none":
        said = str(oxygen[-1].values.get("substitute") or "").strip()
        if said:
            found["spo2"] = said
    for one in session.cared:
        if one.choice == "substitute":
            found[one.subject] = one.instead
        elif one.choice == "another_device":
            found.pop(one.subject, None)
    return found
