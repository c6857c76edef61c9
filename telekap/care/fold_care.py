"""What decisions, duties, counts and the words afterwards change in a session. Nothing here judges or refuses."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from telekap.care import facts as f
from telekap.care.facts import Entry, Fact
from telekap.care.session import Session
from telekap.care.traces import Afterword, Agreement, CareDecision, Change, Event, Failed, Fold, Leftover


def _decided(s: Session, e: Entry, x: f.CareDecided) -> Change:
    made = CareDecision(
        n=e.n,
        at=e.at,
        matter=x.matter,
        choice=x.choice,
        subject=x.subject,
        instead=x.instead,
        reason=x.reason,
        prescriber=x.prescriber,
        by=e.by,
        by_voice=x.by_voice,
    )
    return {"cared": (*s.cared, made)}


def _countersigned(s: Session, e: Entry, x: f.DecisionCountersigned) -> Change:
    return {"cared": tuple(replace(one, countersigned=True) if one.n == x.decision else one for one in s.cared)}


def _successor(s: Session, e: Entry, x: f.SuccessorNamed) -> Change:
    # Who is to take a duty over may look at once: nobody takes on what they cannot see.
    held = x.person in s.roles.values()
    # Of two places that wait for one person the later one counts: one answer must not take both and leave the first.
    others = {role: person for role, person in s.successors.items() if person != x.person}
    return {
        "successors": {**others, x.role: x.person},
        "guests": s.guests if held else s.guests | {x.person},
        "guest_roles": {**s.guest_roles, x.person: x.role},
    }


def _presence(s: Session, e: Entry, x: f.PresenceChanged) -> Change:
    # Said again, it is no news: what began with the silence must not begin anew.
    known = s.presence.get(x.role)
    since = known[1] if known is not None and known[0] == x.there else e.at
    back = {s.roles.get(x.role, "")} if x.there else set()
    return {"presence": {**s.presence, x.role: (x.there, since)}, "unreached": s.unreached - back}


CARE: Final[Mapping[type[Fact], Fold]] = {
    f.CareDecided: _decided,
    f.DecisionCountersigned: _countersigned,
    f.SuccessorNamed: _successor,
    f.Agreed: lambda s, e, x: {"agreed": Agreement(e.at, e.by, x.values)},
    f.SupportSeen: lambda s, e, x: {
        "support_seen": e.at,
        "support_on_picture": e.at if x.how == "video" else s.support_on_picture,
    },
    f.PresenceChanged: _presence,
    f.NoticeFailed: lambda s, e, x: {
        "failed": (*s.failed, Failed(e.n, e.at, x.person, x.subject)),
        "unreached": s.unreached | {x.person},
    },
    f.LeftoverCounted: lambda s, e, x: {
        "leftovers": (*s.leftovers, Leftover(e.n, e.at, x.role, x.units, x.secured, x.how))
    },
    f.AfterwardsAnswered: lambda s, e, x: {
        "afterwords": (*s.afterwords, Afterword(e.n, e.at, x.what, x.role, x.values, x.trouble))
    },
    f.AdverseEventReported: lambda s, e, x: {"events": (*s.events, Event(e.n, e.at, x.grade))},
}
