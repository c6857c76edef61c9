"""The demo's protocol: the shipped one, except for the date on which the invented jurisdiction's rule ends.

The shipped file ends the federal telemedicine waiver on the day the law ends it, and from then on the clearance gate is
shut, as it must be. Invented people in an invented clinic are under no waiver; a demonstration that stopped working on
that day would teach nobody anything.
"""

import tomllib
from datetime import UTC, date, datetime

from telekap.care.protocol import Protocol, read
from telekap.settings import SHIPPED_PROTOCOL


def demo_protocol() -> Protocol:
    """The shipped protocol with an invented end of the jurisdiction rule."""
    tree = tomllib.loads(SHIPPED_PROTOCOL.read_text(encoding="utf-8"))
    # The end of next year: the same on every restart of a year, so that no restart asks every gate again.
    ends = date(datetime.now(UTC).year + 1, 12, 31).isoformat()
    rule = {"where": "US", "allowed": True, "from": "2026-01-01", "until": ends}
    tree["jurisdiction"] = [{**rule, "basis": "invented, for the demonstration"}]
    return read(tree)
