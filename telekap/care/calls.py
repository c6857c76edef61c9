"""Who called for somebody: every call for help, and every stop that was heard, with the person who said it."""

from telekap.care.instant import Instant
from telekap.care.people import Role
from telekap.care.session import Call, Session


def asked_for_help(session: Session) -> list[Call]:
    """Every call for help, the newest last. From the dose on a stop or a no of the client's own is one."""
    own = [call for call in _stopped(session) if call.role is Role.CLIENT]
    return sorted((*own, *(call for call in session.calls if call.what == "help")), key=lambda call: call.n)


def heard_stop(session: Session) -> list[Call]:
    """Every stop or no of the client that somebody else heard after the dose and wrote down, the newest last."""
    return [call for call in _stopped(session) if call.role is not Role.CLIENT]


def _stopped(session: Session) -> list[Call]:
    t0 = session.t0_recorded
    return [call for call in session.calls if call.what in ("stop", "no") and t0 is not None and call.at.utc >= t0.utc]


def askers(kind: str, since: Instant, session: Session) -> frozenset[str]:
    """Everybody who asked for another person since an alarm of ``kind`` began: whom it calls are others.

    Only a call for help asks for somebody. A sign, a concern or a stop says what is seen: whoever wrote it down is told
    what to do about it like anybody else.
    """
    if kind != "help_asked":
        return frozenset()
    return frozenset(call.person for call in asked_for_help(session) if call.at.utc >= since.utc)
