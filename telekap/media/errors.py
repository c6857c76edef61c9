"""What can go wrong in the media plane, as one family.

Only calls from web end in an error: a bad packet never does, it is dropped and counted (see
`telekap.media.ice`), because anybody on the Internet can send one.
"""


class MediaError(Exception):
    """Base of the family. `reason` is a stable machine word; the text is for the log of web."""

    reason = "media_error"


class BadOffer(MediaError):
    """The session description offered by a browser cannot be answered."""

    reason = "bad_offer"


class BadCall(MediaError):
    """A call from web is not of the agreed form."""

    reason = "bad_call"


class NotSeated(MediaError):
    """The room or the seat named in a call does not exist here."""

    reason = "not_seated"


class Full(MediaError):
    """No more rooms on this worker, or no more seats in this room."""

    reason = "full"
