"""The tables as they are now, for the statements of this version. How they came to be: ``migrations/``.

Times are ms: ``*_utc`` and ``*_elapsed`` with ``boot`` are clinic time (``care.instant``), ``*_wall`` the machine's
UTC, ``*_real`` its boot clock. Columns of bytes are sealed (``crypto``) unless their comment says otherwise.
"""

from typing import Final

import sqlalchemy as sa

metadata: Final = sa.MetaData()

meta: Final = sa.Table(
    "meta",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

data_keys: Final = sa.Table(
    "data_keys",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
)

# --- people and how they get in

people: Final = sa.Table(
    "people",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False, index=True),  # client | support | staff
    sa.Column("staff_of", sa.Text, nullable=False),  # JSON list of roles a staff member may hold
    sa.Column("handle", sa.Text, unique=True),  # what staff type to sign in
    sa.Column("password_hash", sa.Text),  # argon2
    sa.Column("totp_secret", sa.LargeBinary),
    sa.Column("totp_step", sa.Integer, nullable=False),  # last used: a code works once
    sa.Column("name", sa.LargeBinary, nullable=False),
    sa.Column("phone", sa.LargeBinary, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("licensed", sa.Text, nullable=False),  # JSON list of states
    sa.Column("administers", sa.Boolean, nullable=False),  # may invite, disable and reset staff
    sa.Column("disabled", sa.Boolean, nullable=False),  # no login of theirs holds
    sa.Column("birth", sa.LargeBinary),  # of a client; null: not on file
    sa.Column("birth_utc", sa.BigInteger),  # when it was last written down
    sa.Column("phone_utc", sa.BigInteger),  # when the number was last written down; null: before this was noted
)

circle: Final = sa.Table(
    "circle",
    metadata,
    sa.Column("client", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("part", sa.Text, nullable=False),  # support | contact
    sa.Column("since_utc", sa.BigInteger, nullable=False),
    sa.Column("gone", sa.Boolean, nullable=False),  # no longer asked; the row stays
)

duties: Final = sa.Table(
    "duties",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True),  # the later one was written later, and counts
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("starts_utc", sa.BigInteger, nullable=False),
    sa.Column("ends_utc", sa.BigInteger, nullable=False, index=True),
    sa.Column("gone", sa.Boolean, nullable=False),
)

changes: Final = sa.Table(
    "changes",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("at_utc", sa.BigInteger, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False, index=True),  # person id
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("detail", sa.LargeBinary, nullable=False),
)

logins: Final = sa.Table(
    "logins",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),  # public: stands in addresses
    sa.Column("secret", sa.LargeBinary, nullable=False),  # sha256 of the cookie, not sealed
    sa.Column("person", sa.Text, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("session", sa.Text),  # the only session this login may see; null for staff
    sa.Column("kind", sa.Text, nullable=False),  # link | password
    sa.Column("issued_wall", sa.BigInteger, nullable=False),
    sa.Column("expires_wall", sa.BigInteger, nullable=False),
    sa.Column("revoked", sa.Boolean, nullable=False),
    sa.Column("factor_utc", sa.BigInteger),  # when the second factor was last proved
    sa.Column("factor_elapsed", sa.BigInteger),
    sa.Column("factor_boot", sa.Text),
    sa.Column("factor_act", sa.Text),  # digest of the one act that proof was given for
    sa.Column("seen_wall", sa.BigInteger, nullable=False),  # when a hand last moved there
)

links: Final = sa.Table(
    "links",
    metadata,
    sa.Column("token", sa.LargeBinary, primary_key=True),  # sha256 of it, not sealed
    sa.Column("person", sa.Text, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("session", sa.Text),
    sa.Column("purpose", sa.Text, nullable=False),  # join | staff | enrol
    sa.Column("expires_wall", sa.BigInteger, nullable=False),
    sa.Column("used", sa.Integer, nullable=False),
    sa.Column("revoked", sa.Boolean, nullable=False),
)

passkeys: Final = sa.Table(
    "passkeys",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),  # the authenticator's own, base64url
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("public_key", sa.LargeBinary, nullable=False),  # public, not sealed
    sa.Column("signs", sa.BigInteger, nullable=False),  # the authenticator's own count: a smaller one is a copy
    sa.Column("made_wall", sa.BigInteger, nullable=False),
    sa.Column("used_wall", sa.BigInteger, nullable=False),
)

recovery_codes: Final = sa.Table(
    "recovery_codes",
    metadata,
    sa.Column("code", sa.LargeBinary, primary_key=True),  # keyed hash, not sealed
    sa.Column("person", sa.Text, nullable=False, index=True),
)

used_challenges: Final = sa.Table(
    "used_challenges",
    metadata,
    sa.Column("challenge", sa.LargeBinary, primary_key=True),  # sha256 of it: an answer counts once
    sa.Column("expires_wall", sa.BigInteger, nullable=False, index=True),
)

resets: Final = sa.Table(
    "resets",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("asked_by", sa.Text, nullable=False),
    sa.Column("asked_wall", sa.BigInteger, nullable=False),
    sa.Column("confirmed_by", sa.Text, nullable=False),  # "" while it waits for a second person
)

chores: Final = sa.Table(
    "chores",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),  # erase | recheck
    sa.Column("subject", sa.Text, nullable=False),  # whose key; "" for a recheck
    sa.Column("asked_by", sa.Text, nullable=False),
    sa.Column("asked_wall", sa.BigInteger, nullable=False),
    sa.Column("confirmed_by", sa.Text, nullable=False),  # "" while it waits for a second administrator
)

throttle: Final = sa.Table(
    "throttle",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),  # kind and keyed hash: no handle and no address stands here
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("until_wall", sa.BigInteger, nullable=False),
    sa.Column("newest_wall", sa.BigInteger, nullable=False, index=True),
)

devices: Final = sa.Table(
    "devices",
    metadata,
    sa.Column("token", sa.LargeBinary, primary_key=True),  # sha256 of the cookie
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("made_wall", sa.BigInteger, nullable=False),
)

link_asks: Final = sa.Table(
    "link_asks",
    metadata,
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("session", sa.Text, primary_key=True),
    sa.Column("asked_wall", sa.BigInteger, nullable=False),
)

door_diary: Final = sa.Table(
    "door_diary",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("at_wall", sa.BigInteger, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
)

reads: Final = sa.Table(
    "reads",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("at_utc", sa.BigInteger, nullable=False),
    sa.Column("session", sa.Text, nullable=False, index=True),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("login", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),  # page | facts | timeline
)

# --- the log: the truth

heads: Final = sa.Table(
    "heads",
    metadata,
    sa.Column("stream", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),  # of the newest fact, not sealed
    sa.Column("key_id", sa.Text, nullable=False),  # whose data key seals this stream
    sa.Column("anchored", sa.Integer, nullable=False),  # version in the newest anchor that names this stream
)

facts: Final = sa.Table(
    "facts",
    metadata,
    sa.Column("stream", sa.Text, primary_key=True),
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("at_utc", sa.BigInteger, nullable=False),
    sa.Column("at_elapsed", sa.BigInteger, nullable=False),
    sa.Column("boot", sa.Text, nullable=False),
    sa.Column("occurred", sa.BigInteger, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("login", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    sa.Column("prev_hash", sa.LargeBinary, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
)

anchors: Final = sa.Table(
    "anchors",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("at_utc", sa.BigInteger, nullable=False),
    sa.Column("heads", sa.Text, nullable=False),  # JSON: stream → [version, hash in hex], those moved since the last
    sa.Column("prev_hash", sa.LargeBinary, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
)

# --- read models: derived, written with the facts

courses: Final = sa.Table(
    "courses",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("prescriber", sa.Text, nullable=False),
    sa.Column("therapist", sa.Text, nullable=False),
)

sessions: Final = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("course", sa.Text, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("client", sa.Text, nullable=False, index=True),
    sa.Column("appointed", sa.BigInteger, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("t0_utc", sa.BigInteger),
    sa.Column("moved_utc", sa.BigInteger, nullable=False),  # newest fact
    sa.Column("open_alarms", sa.Integer, nullable=False),
    sa.Column("next_due_utc", sa.BigInteger),
)

session_people: Final = sa.Table(
    "session_people",
    metadata,
    sa.Column("session", sa.Text, sa.ForeignKey("sessions.id"), primary_key=True),
    sa.Column("person", sa.Text, primary_key=True, index=True),
    sa.Column("role", sa.Text, primary_key=True),  # a role, or guest
)

# --- what is to happen

due: Final = sa.Table(
    "due",
    metadata,
    sa.Column("session", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("at_utc", sa.BigInteger, nullable=False, index=True),
    sa.Column("at_elapsed", sa.BigInteger, nullable=False),
    sa.Column("boot", sa.Text, nullable=False),
    sa.Column("lease_owner", sa.Text, nullable=False),
    sa.Column("lease_real", sa.BigInteger, nullable=False),  # held, or put off, until
    sa.Column("fence", sa.Integer, nullable=False),  # grows with every claim
    sa.Column("attempts", sa.Integer, nullable=False),  # claims since this deadline was written
    sa.Index("ix_due_boot_elapsed", "boot", "at_elapsed"),
)

outbox: Final = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("session", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("place", sa.Integer, nullable=False),  # number within this version
    sa.Column("channel", sa.Text, nullable=False),  # screen
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),  # alarm | page | canary | order
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("text", sa.LargeBinary, nullable=False),
    sa.Column("at_utc", sa.BigInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False, index=True),  # waiting | delivered | failed
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_real", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("session", "version", "place", "channel"),  # a repeat of the same effect is refused
)

request_keys: Final = sa.Table(
    "request_keys",
    metadata,
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("stream", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("request", sa.LargeBinary, nullable=False),  # HMAC of what was asked, not sealed
    sa.Column("first", sa.Integer, nullable=False),  # facts first … version are its effect
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("made", sa.Text, nullable=False),  # id of what it made
    sa.Column("at_wall", sa.BigInteger, nullable=False),
)

clinic_clock: Final = sa.Table(
    "clinic_clock",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("utc", sa.BigInteger, nullable=False),
    sa.Column("elapsed", sa.BigInteger, nullable=False),
    sa.Column("boot", sa.Text, nullable=False),
)

server_clock: Final = sa.Table(
    "server_clock",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("boot", sa.Text, nullable=False),
    sa.Column("utc", sa.BigInteger, nullable=False),
    sa.Column("elapsed", sa.BigInteger, nullable=False),
)

protocols: Final = sa.Table(
    "protocols",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("content", sa.Text, nullable=False),  # JSON of the whole; limits and words, nothing of anybody
)
