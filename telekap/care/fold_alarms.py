"""What the facts about alarms change in a session. Nothing here judges or refuses."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from telekap.care import facts as f
from telekap.care.facts import Entry, Fact
from telekap.care.session import Session
from telekap.care.traces import Alarm, Change, Fold


def _raised(s: Session, e: Entry, x: f.AlarmRaised) -> Change:
    alarm = Alarm(
        id=x.alarm,
        kind=x.kind,
        subject=x.subject,
        family=x.family,
        priority=x.priority,
        sentence=x.sentence,
        raised=e.at,
        owner=x.owner,
        owned_since=e.at,
        stepped=e.at,
        order=x.order,
        sounded=e.at,
        since=x.since or e.at,
    )
    return {"alarms": {**s.alarms, x.alarm: alarm}}


def _alarm(s: Session, alarm: str, **changes: Any) -> Change:
    """One alarm changed; an alarm the record does not know changes nothing."""
    known = s.alarms.get(alarm)
    return {"alarms": {**s.alarms, alarm: replace(known, **changes)}} if known else {}


def _moved(s: Session, e: Entry, x: f.AlarmMoved) -> Change:
    known = s.alarms.get(x.alarm)
    if known is None:
        return {}
    changes: dict[str, Any] = {"owner": x.owner, "order": x.order, "sounded": e.at}
    if x.step >= 0:
        changes |= {"step": x.step, "stepped": e.at}
    if x.owner != known.owner:
        changes["owned_since"] = e.at
    if x.owner != known.acked_by or x.news:  # an acknowledgement is a person's, and of what was known then
        changes |= {"acked_by": "", "acked_at": None}
    return _alarm(s, x.alarm, **changes)


def _acked(s: Session, e: Entry, x: f.AlarmAcknowledged) -> Change:
    known = s.alarms.get(x.alarm)
    if known is None:
        return {}
    since = known.owned_since if known.owner == e.by else e.at
    return _alarm(
        s,
        x.alarm,
        acked_by=e.by,
        acked_at=e.at,
        owner=e.by,
        owned_since=since,
        acks=(*known.acks, (e.by, e.n)),
    )


def _order_done(s: Session, e: Entry, x: f.OrderDone) -> Change:
    known = s.alarms.get(x.alarm)
    if known is None:
        return {}
    reached = e.at if x.outcome in ("reached", "dialled_reached") else known.reached
    tried = known.tried | {e.by} if x.outcome == "dialled_not_reached" else known.tried
    if x.outcome == "dialled_reached":
        tried = frozenset()
    return _alarm(s, x.alarm, done={**known.done, x.step: x.outcome}, reached=reached, tried=tried)


def _over(s: Session, e: Entry, x: f.AlarmOver) -> Change:
    return _alarm(s, x.alarm, over=True, order="")


def _true_again(s: Session, e: Entry, x: f.AlarmTrueAgain) -> Change:
    # Its ladder starts again at 0, and what was acknowledged was the earlier trouble.
    known = s.alarms.get(x.alarm)
    if known is None:
        return {}
    return _alarm(
        s,
        x.alarm,
        sentence=x.sentence or known.sentence,
        over=False,
        since=e.at,
        stepped=e.at,
        sounded=e.at,
        step=0,
        acked_by="",
        acked_at=None,
        done={},
        reached=None,
        tried=frozenset(),
    )


def _resolved(s: Session, e: Entry, x: f.AlarmResolved) -> Change:
    return {**_alarm(s, x.alarm, resolved=True, resolved_n=e.n, over=True, order=""), "papers_since": e.at}


ALARMS: Final[Mapping[type[Fact], Fold]] = {
    f.AlarmRaised: _raised,
    f.AlarmMoved: _moved,
    f.AlarmAcknowledged: _acked,
    f.OrderDone: _order_done,
    f.AlarmOver: _over,
    f.AlarmTrueAgain: _true_again,
    f.AlarmResolved: _resolved,
}
